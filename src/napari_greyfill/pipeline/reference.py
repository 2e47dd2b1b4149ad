"""The true picture that a fill is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.checks import array_of
from napari_greyfill.image.arrays import ImageLike, channels_last
from napari_greyfill.image.layer import data_of
from napari_greyfill.image.picture import Picture, plane_of
from napari_greyfill.measure.damage import about_reference
from napari_greyfill.measure.metrics import Measure
from napari_greyfill.pipeline.options import FillOptions

__all__ = ["Reference"]


@dataclass(frozen=True, eq=False)
class Reference:
    """What measuring needs of picture and reference, worked out once.

    Attributes
    ----------
    measure : Measure
    is_colour : bool
    warning : str
        Why the numbers will mislead, as a sentence with what to do next: the picture is its own
        reference, and plainly damaged in its hole. Empty otherwise.
    """

    measure: Measure
    is_colour: bool
    warning: str = ""

    @classmethod
    def of(
        cls,
        reference: ImageLike | None,
        picture: Picture,
        options: FillOptions,
        *,
        channel_axis: int | None = None,
    ) -> Reference | None:
        """Return a reference as `fill` takes it, ready to measure; None for none.

        Parameters
        ----------
        reference : array, napari Image layer, "image" or None
            The true picture; "image" is the picture itself.
        picture : Picture
            Whose fills are measured.
        options : FillOptions
            Of them the value that stands for none, `nodata`.
        channel_axis : int, optional
            The axis of the colours of the reference; the last one, if any, for None.

        Raises
        ------
        GreyfillError
            If it does not fit, as in `metrics`.
        """
        if reference is None:
            return None
        itself = isinstance(reference, str) and reference == "image"
        image = np.asanyarray(picture.original)
        truth = image if itself else array_of("reference", data_of(reference))
        truth = truth if itself else channels_last(truth, channel_axis)[0]
        colour = picture.is_colour
        measure = Measure(
            _colours(image),
            _colours(plane_of(truth, rgb=colour)),
            picture.hole,
            rgb=colour,
            nodata=options.nodata,
        )
        warning = about_reference(image, picture.hole, nodata=options.nodata) if itself else ""
        return cls(measure, colour, warning)

    def measured(self, image: NDArray[Any]) -> dict[str, float]:
        """Return the metrics of a filled image, as `metrics` does."""
        return self.measure(_colours(plane_of(image, rgb=self.is_colour)))


def _colours(image: NDArray[Any]) -> NDArray[Any]:
    """Return an image without its alpha channel."""
    return image[..., :3] if image.ndim == 3 else image
