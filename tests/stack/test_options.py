"""What is chosen for a stack."""

import json

import pytest

from napari_greyfill.errors import BadParameterError
from napari_greyfill.stack.options import StackOptions


@pytest.mark.parametrize(
    "wrong", [{"context": "y"}, {"context": None}, {"dust": 1}, {"quick": None}, {"quick": 1}]
)
def test_wrong_values_are_sentences(wrong):
    with pytest.raises(BadParameterError, match=r"\.$"):
        StackOptions(**wrong)


def test_every_option_has_a_title_and_a_tip():
    for option in StackOptions.options():
        assert option.title and option.tip.endswith(".")
        option.check(option.default) if option.name != "planes" else None


def test_options_of_stacks_are_parted_from_the_others():
    own, rest = StackOptions.parted({"context": "none", "method": "spectral"})
    assert own.changed() == {"context": "none"} and rest == {"method": "spectral"}


def test_all_of_it_is_json():
    assert json.loads(json.dumps(StackOptions(planes=slice(1, 3)).to_dict()))["planes"]
