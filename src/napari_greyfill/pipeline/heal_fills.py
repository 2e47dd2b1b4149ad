"""How a stroke is filled while one heals: at once, better soon after, or from another place."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.events import Event
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import NothingKnownError
from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.inpaint.diffusion import Biharmonic
from napari_greyfill.inpaint.membrane import membrane
from napari_greyfill.pipeline.job import make_job
from napari_greyfill.pipeline.options import FillOptions, PipelineName
from napari_greyfill.pipeline.run import coloured, filled_grey

__all__ = ["Refinement", "cloned", "quick"]

BIHARMONIC = 2_500  # pixels; more take the membrane, which is much quicker
NEAR = 6  # pixels around the stroke that a quick fill sees


@dataclass(frozen=True, eq=False)
class Refinement:
    """A fill of a stroke that takes its time; it shares no memory with what is being healed.

    Attributes
    ----------
    picture : Picture
        The surroundings of the stroke.
    place : tuple of slice
        Where in it the box of the stroke is.
    painted : (h, w) bool array
        The stroke in its box.
    method : str
    seed : int
    """

    picture: Picture
    place: tuple[slice, slice]
    painted: NDArray[np.bool_]
    method: str
    seed: int

    def steps(self, cancelled: CancelCheck = never) -> Generator[Event, None, NDArray[Any]]:
        """Fill, yield events and return the painted pixels in reading order.

        Parameters
        ----------
        cancelled : callable
            Asked inside, in the thread that runs this; True ends it with a `CancelledError`.
        """
        pipeline: PipelineName = "rgb-rgb" if self.method == "texture" else "grey-rgb"
        options = FillOptions(method=self.method, pipeline=pipeline, seed=self.seed, device="cpu")
        job = make_job(self.picture, options, cancelled=cancelled)
        filled = yield from filled_grey(job, job.grey_share)
        result = yield from coloured(filled, job.grey_share)
        image: NDArray[Any] = result.image
        return image[self.place][self.painted]

    def run(self) -> NDArray[Any]:
        """Fill in one go, and return the painted pixels."""
        return exhaust(self.steps())


def quick(picture: Picture) -> NDArray[Any]:
    """Return a picture with its hole filled smoothly, in milliseconds.

    Small holes are filled biharmonically, larger ones with a membrane.

    Parameters
    ----------
    picture : Picture
        A stroke and its surroundings.

    Returns
    -------
    array of the shape and type of the picture

    Raises
    ------
    NothingKnownError
        If no pixel around the hole has a value.
    """
    hole, window = picture.hole, _near(picture)
    missing = picture.missing(window)
    _require_known(missing)
    plane = picture.planes(window)
    if np.count_nonzero(missing) <= BIHARMONIC:
        filled = exhaust(Biharmonic().run(plane, missing)).plane
    else:
        filled = membrane(plane, hole[window.slices], ~missing).astype(np.float32)
    return picture.composite((Patch(window, filled),))


def cloned(picture: Picture, source: NDArray[Any], *, blended: bool = True) -> NDArray[Any]:
    """Return a picture with its hole filled from another place.

    What differs between the source and the picture along the rim is continued into the hole as a
    membrane, and added: the texture is the source's, the brightness is the rim's.

    Parameters
    ----------
    picture : Picture
        A stroke and its surroundings.
    source : array of the shape and type of the picture
        The other place.
    blended : bool
        Whether to add the membrane.

    Returns
    -------
    array of the shape and type of the picture

    Raises
    ------
    NothingKnownError
        If no pixel around the hole, or of the source, has a value.

    References
    ----------
    P. Perez, M. Gangnet, A. Blake, "Poisson Image Editing", ACM Trans. Graph. 22(3), 2003,
    section 3, doi 10.1145/882262.882269; seamless cloning without mixing gradients.
    """
    if not blended:
        copied = np.array(picture.original)
        colours = copied[..., :3] if picture.kind == "rgba" else copied
        taken = source[..., :3] if picture.kind == "rgba" else source
        colours[picture.hole] = taken[picture.hole]
        return copied
    window, missing = picture.whole, picture.missing(picture.whole)
    bad = ~np.isfinite(source.reshape(*picture.hole.shape, -1)).all(axis=-1)
    _require_known(missing)
    _require_known(bad)
    other = Picture(source, np.zeros_like(bad), picture.kind, picture.values)
    texture = membrane(other.planes(window), bad)
    rim = picture.planes(window) - texture
    filled = texture + membrane(rim, picture.hole, ~(missing | bad))
    return picture.composite((Patch(window, filled.astype(np.float32)),))


def _near(picture: Picture) -> Window:
    """Return a window as small as a quick fill can do with."""
    box = tight_box(picture.hole)
    assert box is not None  # the caller has looked
    near = box.expanded(NEAR, (picture.hole.shape[0], picture.hole.shape[1]))
    whole = picture.whole
    return whole if picture.missing(near).all() else near


def _require_known(missing: NDArray[np.bool_]) -> None:
    if missing.all():
        raise NothingKnownError(
            "No pixel around the stroke has a value to fill from; paint a smaller stroke."
        )
