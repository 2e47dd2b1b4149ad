"""Images that a fill shows on its way, and at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Literal

from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch, Picture

__all__ = ["FILLED_COLOUR", "FILLED_GREY", "FINAL", "WITH_HOLE", "Intermediate", "StageName"]

StageName = Literal["start", "grey", "colour", "done"]

# names of kept steps that others look for
WITH_HOLE = "grey with hole"
FILLED_GREY = "filled grey"
FILLED_COLOUR = "filled colour"
FINAL = "filled"


@dataclass(frozen=True, eq=False)
class Intermediate:
    """What a fill shows on its way, and at its end.

    It holds no image but the means to make one: the picture and the patches so far.

    Attributes
    ----------
    stage : {"start", "grey", "colour", "done"}
    name : str
        What the image shows, for people.
    expected_error : float or None
        The root mean square error to expect in the hole, in the units of the image, if the
        method estimates it.
    """

    stage: StageName
    name: str
    picture: Picture = field(repr=False)
    patches: tuple[Patch, ...] = field(repr=False)
    as_grey: bool = False
    expected_error: float | None = None

    @property
    def remark(self) -> str:
        """Return what there is to say about the image, for people; may be empty."""
        if self.expected_error is None:
            return ""
        return f"expected error about {_in_units(self.expected_error, self.picture)}"

    @property
    def image(self) -> NDArray[Any]:
        """Return the whole image as it is at this step, in the type of the input.

        It is put together anew on every access.
        """
        return self.image_in(self.picture.whole)

    def image_in(self, frame: Window) -> NDArray[Any]:
        """Return a part of the image as it is at this step.

        Parameters
        ----------
        frame : Window
            The part; nothing else is read or copied.
        """
        if self.as_grey:
            return self.picture.composite_grey(self.patches, frame)
        return self.picture.composite(self.patches, frame)

    def frame(self, margin: int = 64) -> Window:
        """Return the part of the image with everything that is filled at this step.

        Parameters
        ----------
        margin : int
            Pixels around it.
        """
        cores = [patch.window for patch in self.patches]
        height, width = self.picture.hole.shape
        return reduce(Window.union, cores).expanded(margin, (height, width))


def _in_units(error: float, picture: Picture) -> str:
    """Return an error as people say it: grey levels for integers, a number for floats."""
    if picture.original.dtype.kind not in "iu":
        return f"{error:.2g}"
    amount = f"{error:.0f}" if error >= 1 else f"{error:.1g}"
    return f"{amount} grey level{'' if amount == '1' else 's'}"
