"""Options stand in signatures and docstrings of the functions that take them."""

import inspect
from dataclasses import dataclass

from napari_greyfill.options import option_field
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.pipeline.signatures import takes_options


@dataclass(frozen=True)
class More:
    """One further option."""

    quick: bool = option_field(False, "Quick", "Whether to hurry.")


def shown(function):
    return list(inspect.signature(function).parameters)


def test_chosen_ones_take_the_place_of_the_keywords():
    @takes_options("seed", "grow")
    def paint(picture, **options):
        """Paint.

        Parameters
        ----------
        picture : array
        <options>
        """

    assert set(shown(paint)) == {"picture", "seed", "grow"}
    assert shown(paint)[0] == "picture"
    assert inspect.signature(paint).parameters["grow"].default == 0.0
    lines = [line.strip() for line in paint.__doc__.splitlines()]
    assert "<options>" not in lines
    assert {"seed : int", "grow : float"} <= set(lines)


def test_all_of_them_and_more():
    @takes_options(also=More)
    def paint(**options): ...

    assert shown(paint)[-1] == "quick"
    assert {each.name for each in FillOptions.options()} <= set(shown(paint))
