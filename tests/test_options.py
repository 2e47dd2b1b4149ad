from dataclasses import dataclass, fields

import pytest

from napari_greyfill import BadParameterError
from napari_greyfill.options import Option, option_field


def test_entries_are_titles_or_choices():
    plain = Option("side", "Side", "Which.", "both", choices=("bright", "both"))
    assert plain.entries == {"bright": "Bright", "both": "Both"}
    named = Option("side", "Side", "Which.", "both", choices=("both",), titles=("Either",))
    assert named.entries == {"both": "Either"}


@pytest.mark.parametrize(
    ("default", "good", "bad"),
    [(1, 7, 1.5), (0.5, 3, "x"), (True, False, None), ("a", "b", "c")],
)
def test_values_are_checked_by_the_default(default, good, bad):
    choices = ("a", "b") if isinstance(default, str) else ()
    option = Option("name", "Title", "Tip.", default, choices=choices)
    option.check(good)
    with pytest.raises(BadParameterError):
        option.check(bad)


def test_a_field_says_what_its_option_is():
    @dataclass
    class Chosen:
        side: str = option_field("both", "Side", "Which.", choices=("bright", "both"))

    (only,) = fields(Chosen)
    option = Option(only.name, default=only.default, **only.metadata)
    assert Chosen().side == "both" and option.title == "Side" and option.choices[0] == "bright"
