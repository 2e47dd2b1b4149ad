from itertools import combinations

import pytest

from napari_greyfill.viewer.layers import colours
from tests.colour_vision import VISIONS, distance

# What stands side by side in a picture, and must be told apart.
TOGETHER = {
    "where pixels come from": (
        colours.INFERRED,
        colours.CORRECTED,
        colours.COPIED,
        colours.RECORDED,
    ),
    "what planes of stacks are made of": (
        colours.INFERRED,
        colours.COPIED,
        colours.CORRECTED,
        colours.BORROWED,
        colours.RECORDED,
    ),
    "what was found": (colours.DUST, colours.DROPPED),
    "what is painted": (colours.STROKE, colours.WAITING),
    "source and result": (colours.SOURCE, colours.INFERRED, colours.COPIED),
    "how sure a colour is": (colours.GUESSED, (1.0, 1.0, 1.0)),
}


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("group", TOGETHER.values(), ids=TOGETHER)
def test_colours_that_stand_together_are_told_apart(group, vision):
    for one, other in combinations(group, 2):
        assert distance(one, other, vision) > 18, (one, other)


def test_the_check_would_notice_red_and_green():
    assert distance((0.8, 0.2, 0.1), (0.35, 0.5, 0.1), "normal") > 40
    assert distance((0.8, 0.2, 0.1), (0.35, 0.5, 0.1), "without red") < 18


def test_an_outline_shows_on_black_and_on_white():
    for each in (*TOGETHER["what planes of stacks are made of"], colours.DUST):
        assert distance(each, (0, 0, 0), "normal") > 20
        assert distance(each, (1, 1, 1), "normal") > 20


def test_napari_gets_four_numbers():
    assert colours.with_opacity(colours.MASKED, 0.5) == (1.0, 0.0, 1.0, 0.5)
