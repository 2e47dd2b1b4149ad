"""What a fill hands out: steps on the way, and the result at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.picture import Patch, Picture

__all__ = ["FillResult", "StageName", "Step"]

StageName = Literal["start", "grey", "colour", "done"]

# names of kept steps that others look for
WITH_HOLE = "grey with hole"
FILLED_GREY = "filled grey"
FILLED_COLOUR = "filled colour"
FINAL = "filled"


@dataclass(frozen=True, eq=False)
class Step:
    """One moment of a fill.

    Attributes
    ----------
    stage : {"start", "grey", "colour", "done"}
    name : str
        What is happening or what the image shows, for people.
    fraction : float
        Finished share of the whole fill, 0 to 1.
    kind : {"progress", "preview", "result", "note", "finished"}
        "progress" has no image; "preview" is an unfinished one; "result" is an intermediate
        or final image worth keeping; "note" is a sentence the user must see; "finished" comes
        once for each of several methods, with its `result`.
    method : str
        Whose step it is, where several methods run; empty otherwise.
    result : FillResult or None
    expected_error : float or None
        The root mean square error to expect in the hole, in the units of the image, if the
        method estimates it.
    """

    stage: StageName
    name: str
    fraction: float
    kind: Literal["progress", "preview", "result", "note", "finished"] = "progress"
    picture: Picture | None = field(default=None, repr=False)
    patches: tuple[Patch, ...] = field(default=(), repr=False)
    as_grey: bool = False
    method: str = ""
    result: FillResult | None = field(default=None, repr=False)
    expected_error: float | None = None

    @property
    def remark(self) -> str:
        """Return what there is to say about the image, for people; may be empty."""
        if self.expected_error is None or self.picture is None:
            return ""
        return f"expected error about {_in_units(self.expected_error, self.picture)}"

    @property
    def has_image(self) -> bool:
        """Return whether there is something to see."""
        return self.picture is not None

    @property
    def image(self) -> NDArray[Any] | None:
        """Return the whole image as it is at this step, in the type of the input.

        It is put together anew on every access; None for steps without an image.
        """
        if self.picture is None:
            return None
        if self.as_grey:
            return self.picture.composite_grey(self.patches)
        return self.picture.composite(self.patches)


def _in_units(error: float, picture: Picture) -> str:
    """Return an error as people say it: grey levels for integers, a number for floats."""
    if picture.original.dtype.kind not in "iu":
        return f"{error:.2g}"
    amount = f"{error:.0f}" if error >= 1 else f"{error:.1g}"
    return f"{amount} grey level{'' if amount == '1' else 's'}"


@dataclass(frozen=True, eq=False)
class FillResult:
    """A finished fill.

    Attributes
    ----------
    image : array
        The filled image: shape, type and range of the input, known pixels bit-identical.
    hole : (H, W) bool array
        The pixels that were invented, grown mask and NaN pixels included.
    steps : tuple of Step
        The intermediate and final images in order.
    notes : tuple of str
        Sentences the user should know: what was skipped, replaced or filled in addition.
    method, pipeline, colorizer : str
        What really ran; `colorizer` is empty where no colour was recovered.
    provenance : dict
        JSON-able: parameters, seed, device, versions, mask hash, expected error, seconds.
    seconds : float
        Wall time.
    confidences : tuple of Patch, or None
        How sure the recovered colours are, region by region; see `confidence`.
    """

    image: NDArray[Any]
    hole: NDArray[np.bool_]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    method: str
    pipeline: str
    colorizer: str
    provenance: dict[str, Any]
    seconds: float
    confidences: tuple[Patch, ...] | None = field(default=None, repr=False)

    @cached_property
    def confidence(self) -> NDArray[np.float32] | None:
        """Return how sure the recovered colours are, (H, W) float32 in [0, 1].

        1 outside the hole and at colour hints; near 0 where nothing in the picture says what
        the colour is. It is about the colour of the grey that was filled, not about that
        grey. None if no colour was recovered or the colorizer cannot tell.
        """
        if self.confidences is None:
            return None
        whole = np.ones(self.hole.shape, dtype=np.float32)
        for patch in self.confidences:  # those of other regions are 1 in this one's pixels
            view = whole[patch.window.slices]
            np.minimum(view, patch.planes, out=view)
        return whole

    @property
    def expected_error(self) -> float | None:
        """Return the error of stage 1 to expect in the hole, in the image's units, if known."""
        known = [step.expected_error for step in self.steps if step.expected_error is not None]
        return known[0] if known else None

    @cached_property
    def grey(self) -> NDArray[Any]:
        """Return the filled luma, (H, W), in the type of the input."""
        filled = [step for step in self.steps if step.name in (FILLED_GREY, FILLED_COLOUR)]
        picture = filled[0].picture
        assert picture is not None  # kept steps always have one
        return picture.composite_grey(filled[0].patches)
