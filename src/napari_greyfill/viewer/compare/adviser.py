"""Looks, off the thread of the windows, for what a comparison should be measured against."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QObject, Signal

from napari_greyfill.image.layer import data_of
from napari_greyfill.measure.partner import ReferenceAdvice, suggest_reference
from napari_greyfill.viewer.layers.choosing import is_made_here
from napari_greyfill.viewer.layers.models import PlaneSource
from napari_greyfill.viewer.threads.background import Background

if TYPE_CHECKING:
    from collections.abc import Iterable

    from napari.layers import Image, Layer

__all__ = ["Adviser", "ToAdvise", "is_like", "partners_of"]

_MOST = 200_000_000  # values of a plane that are compared with those of another one


@dataclass(frozen=True, eq=False)
class ToAdvise:
    """What advice is about, taken from the viewer.

    Attributes
    ----------
    image : PlaneSource
    hole : (H, W) bool array
    others : mapping of str to PlaneSource
        What may be its intact partner, by the unique ids of the layers.
    nodata : float or None
        As in `fill`.
    """

    image: PlaneSource
    hole: NDArray[np.bool_]
    others: Mapping[str, PlaneSource] = field(default_factory=dict)
    nodata: float | None = None

    def advice(self) -> ReferenceAdvice:
        """Read the planes and return what to measure against."""
        others = {name: source.opened() for name, source in self.others.items()}
        return suggest_reference(self.image.opened(), self.hole, others, nodata=self.nodata)


class Adviser(QObject):
    """Gives advice on one picture and hole at a time, and remembers the last.

    Signals
    -------
    advised
        There is new advice, and no more to come.
    """

    advised = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.advice = ReferenceAdvice()
        self._about: Hashable = None
        self._work = Background(self)
        self._work.failed.connect(lambda _: self._keep(ReferenceAdvice()))  # the run will say why
        self._work.rested.connect(self.advised)

    @property
    def busy(self) -> bool:
        """Return whether advice is on its way."""
        return self._work.busy

    def ask(self, about: Hashable, wanted: ToAdvise) -> None:
        """Look, unless the last advice was about the same.

        Parameters
        ----------
        about : hashable
            Tells whether anything has changed.
        wanted : ToAdvise
            What to look at.
        """
        if about != self._about:
            self._about = about
            self._work.ask("reference", wanted.advice, self._keep)

    def leave(self) -> None:
        """Tell nothing any more."""
        self._work.leave()
        self.blockSignals(True)

    def _keep(self, advice: ReferenceAdvice) -> None:
        self.advice = advice


def partners_of(image: Image, layers: Iterable[Image], index: tuple[int, ...]) -> list[Image]:
    """Return the layers that may show an image without its damage.

    They hold as many pixels of the same type; results of this plugin are none.

    Parameters
    ----------
    image : Image
        Which may be damaged.
    layers : iterable of Image
        To choose from.
    index : tuple of int
        The plane of the image that is looked at.
    """
    data = data_of(image)
    if int(np.prod(data.shape[len(index) :])) > _MOST:
        return []
    return [
        layer for layer in layers if layer.unique_id != image.unique_id and is_like(layer, image)
    ]


def is_like(layer: Layer, image: Image) -> bool:
    """Return whether a layer holds a picture of the same size, type and colours; no result does.

    Parameters
    ----------
    layer : Layer
        Which may be one.
    image : Image
        The picture.
    """
    rgb = getattr(layer, "rgb", None)  # which only images have
    if rgb is None or bool(rgb) != bool(image.rgb) or is_made_here(layer):
        return False
    own, other = data_of(layer), data_of(image)
    return own.dtype == other.dtype and tuple(own.shape) == tuple(other.shape)
