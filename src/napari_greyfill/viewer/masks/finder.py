"""From the choices in the Masks dock to functions that make masks in a thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.masks import Tones, detect_mask, random_mask
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.layers.models import PlaneSource
from napari_greyfill.viewer.masks.form import MasksForm

if TYPE_CHECKING:
    from napari.layers import Image, Labels
    from napari.viewer import Viewer

__all__ = ["MaskFinder"]

Work = Callable[[], NDArray[np.bool_]]


class MaskFinder:
    """Takes from viewer and form what is needed; the work itself touches neither.

    Parameters
    ----------
    viewer : Viewer
    form : MasksForm
    """

    def __init__(self, viewer: Viewer, form: MasksForm) -> None:
        self._viewer = viewer
        self._form = form
        # of the plane looked at last, by layer and position; filled in the thread
        self._tones: dict[tuple[str, tuple[int, ...]], Tones] = {}

    def forget(self) -> None:
        """Look at the picture anew next time."""
        self._tones = {}

    def work(self) -> Work | None:
        """Return what finds the mask of the tab in front; None if there is nothing to find."""
        if self._form.tab is self._form.picture:
            return self._detecting()
        return self._drawing() if self._form.tab is self._form.random else None

    def work_at(self, index: tuple[int, ...], number: int) -> Work | None:
        """Return what finds the mask of another plane than the one in view.

        Parameters
        ----------
        index : tuple of int
            Where the plane lies.
        number : int
            Of the plane; random masks of planes have seeds one after the other.
        """
        if self._form.tab is self._form.picture:
            return self._detecting(index)
        return self._drawing(index, number) if self._form.tab is self._form.random else None

    def _detecting(self, index: tuple[int, ...] | None = None) -> Work | None:
        kind, options = self._form.picture.kind, self._form.picture.options()
        image = self._form.image.layer
        if options is None or image is None:
            return None
        index = planes.plane_index(image, self._viewer) if index is None else index
        key, source, rgb = (image.unique_id, index), planes.plane_at(image, index), bool(image.rgb)
        kept = self._tones

        def find() -> NDArray[np.bool_]:
            tones = kept.get(key) or Tones.of(source.read(), rgb=rgb)
            kept.clear()
            kept[key] = tones
            return detect_mask(tones, kind, **options)

        return find

    def _drawing(self, index: tuple[int, ...] | None = None, number: int = 0) -> Work | None:
        tab, image = self._form.random, self._form.image.layer
        if image is None:
            return None
        index = planes.plane_index(image, self._viewer) if index is None else index
        size, share = planes.plane_size(image), tab.chosen_share()
        kind, seed, border = tab.kind.currentData(), tab.seed.value() + number, tab.border.value()
        clear = _source(tab.clear_of.layer, index, image)
        objects = _source(tab.objects.layer, index, image) if kind == "semantic" else None

        def draw() -> NDArray[np.bool_]:
            return random_mask(
                size,
                kind,
                share=share,
                seed=seed,
                free_border=border,
                keep_clear_of=None if clear is None else clear.read(),
                objects=None if objects is None else objects.read(),
            )

        return draw


def _source(layer: Labels | None, index: tuple[int, ...], image: Image) -> PlaneSource | None:
    return None if layer is None else planes.plane_at(layer, index, image)
