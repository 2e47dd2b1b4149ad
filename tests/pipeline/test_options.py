import inspect
import json
import subprocess
import sys
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

import napari_greyfill
from napari_greyfill import BadParameterError, FillOptions
from napari_greyfill.pipeline.options import ONE_FILL, SHARED, FillChoices, SharedChoices
from napari_greyfill.pipeline.signatures import takes_options

NAMES = [option.name for option in FillOptions.options()]


def test_every_option_says_what_it_is():
    for option in FillOptions.options():
        assert option.title
        assert option.tip.endswith(".")
        assert option.default == getattr(FillOptions(), option.name)
        if option.choices:
            assert option.default in option.choices
            assert len(option.entries) == len(option.choices)


def test_the_types_for_checkers_name_the_same_options():
    assert set(get_type_hints(FillChoices)) == set(NAMES) == {*ONE_FILL, *SHARED}
    assert set(get_type_hints(SharedChoices)) == set(SHARED)


@pytest.mark.parametrize("name", ["fill", "fill_steps", "compare", "suggest_look", "colorize"])
def test_they_are_in_signatures_and_docstrings(name):
    function = getattr(napari_greyfill, name)
    parameters = inspect.signature(function).parameters
    listed = [each for each in NAMES if each in parameters]
    assert len(listed) >= 2
    assert "<options>" not in function.__doc__
    for each in listed:
        if name == "colorize" and each == "method":
            continue  # which is that of the second stage
        assert parameters[each].default == getattr(FillOptions(), each)
        assert f"\n{each} : " in inspect.getdoc(function)


def test_a_function_that_takes_some_of_them():
    @takes_options("seed", "grow")
    def grown(image, **options):
        """Do something.

        Parameters
        ----------
        image : array
        <options>
        """
        return options

    assert list(inspect.signature(grown).parameters) == ["image", "grow", "seed"]
    assert "grow : float\n    Fill this many pixels" in inspect.getdoc(grown)
    assert grown(0, seed=3) == {"seed": 3}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("seed", 1.5, "whole number"),
        ("seed", None, "whole number"),
        ("grow", "2", "must be a number"),
        ("labels", 1, "whole numbers in a list"),
        ("method", None, "must be a name"),
        ("method", ["telea"], "must be a name"),
        ("colorizer", 5, "must be a name"),
        ("look", "both", "choose one of: auto, faithful, texture"),
        ("pipeline", "rgb", "choose one of: grey-rgb"),
        ("scale", None, "choose one of"),
        ("nodata", "x", "finite number such as -9999"),
        ("nodata", float("inf"), "leave it out"),
        ("keep_invalid", True, "choose one of"),
    ],
)
def test_every_wrong_value_is_a_sentence(name, value, sentence):
    with pytest.raises(BadParameterError, match=sentence):
        FillOptions(**{name: value})


OPTIONS = st.builds(
    FillOptions,
    method=st.sampled_from(["auto", "telea"]),
    look=st.sampled_from(["auto", "texture"]),
    pipeline=st.sampled_from(["grey-rgb", "RGB2RGB"]),
    grow=st.floats(0, 99),
    labels=st.none() | st.lists(st.integers(1, 9)).map(tuple),
    nodata=st.none() | st.floats(-99, 99),
    seed=st.integers(0, 2**31 - 1),
)


@given(OPTIONS)
def test_they_survive_a_file(options):
    stored = json.loads(json.dumps(options.to_dict()))
    assert FillOptions.from_dict(stored) == options
    assert FillOptions(**options.changed()) == options
    assert set(options.shared()) == set(SHARED)


def test_those_of_another_version_are_refused():
    with pytest.raises(BadParameterError, match="no option magic"):
        FillOptions.from_dict({"magic": 1})


def test_they_are_described_without_numpy():
    code = (
        "import sys; from napari_greyfill.pipeline.options import FillOptions\n"
        "FillOptions.options(); sys.exit('numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
