"""Runs on whole stacks, as the Fill dock starts, shows, keeps and continues them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.errors import GreyfillError
from napari_greyfill.image.layer import data_of
from napari_greyfill.pipeline.names import GREY
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.fill import stack_axes
from napari_greyfill.stack.masks import matched
from napari_greyfill.stack.ome import place_of
from napari_greyfill.stack.result import FilledPlane, StackResult
from napari_greyfill.stack.store import PatchStore
from napari_greyfill.stack.tasks import StackPatch
from napari_greyfill.viewer.fill.form import FillForm
from napari_greyfill.viewer.fill.stack_worker import Canvas, StackRequest, Stored
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.layers.models import checksum
from napari_greyfill.viewer.layers.overlays import Overlay
from napari_greyfill.viewer.layers.stack_results import StackLayers
from napari_greyfill.viewer.widgets.run_dock import Painted

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.viewer import Viewer

__all__ = ["StackRuns"]

_COUNTED = 2**27  # bytes of a mask that are looked at to know whether it was painted on


class StackRuns:
    """The run on a stack that is under way, and what an earlier one got done.

    Parameters
    ----------
    viewer : napari.viewer.Viewer
    form : FillForm
        With the choices.
    """

    def __init__(self, viewer: Viewer, form: FillForm) -> None:
        self.viewer = viewer
        self.form = form
        self.request: StackRequest | None = None  # of the run under way
        self._layers: StackLayers | None = None
        self._source = ""
        self.shown = ""  # unique id of the layer with the last result
        self._latest: FilledPlane | None = None
        self._finished = 0  # planes, with those of the run that this one continues
        self._store: PatchStore | None = None
        self.path: Path | None = None  # where the run keeps its result
        self._kept: tuple[Hashable, StackResult] | None = None

    # ------------------------------------------------------------ readiness

    def axes(self) -> Axes | None:
        """Return the axes of the chosen stack; None if a single picture is chosen.

        Raises
        ------
        GreyfillError
            If the axes of the layer make no sense.
        """
        image = self.form.image_layer
        if image is None or image.ndim < 3:
            return None
        return stack_axes(image)

    def follow(self) -> None:
        """Offer the planes of the chosen stack."""
        try:
            self.form.stack.follow(self.axes(), self.form.image_layer)
        except GreyfillError:
            self.form.stack.follow(None)

    def why_not(self) -> str:
        """Return why the chosen stack cannot be filled, or an empty string."""
        form = self.form
        if len(form.chosen_methods()) > 1:
            return "A stack is filled by one method: choose none in Also run."
        if form.reference_layer is not None:
            return "A reference measures one plane: choose none, or the plane in view by itself."
        if form.hints_layer is not None:
            return "Colour hints are for one plane: choose none, or the plane in view by itself."
        try:
            axes = self.axes()
            assert axes is not None
            axes.context(form.stack.fields["context"].value)
            matched(form.mask_layer, axes)
        except GreyfillError as error:
            return _for_the_dock(str(error))
        return form.stack.why_not() or self._why_not_mask() or self._why_not_there()

    def _why_not_there(self) -> str:
        row = self.form.stack.store
        found = row.found()
        if not row.exact or not found.there or (found.ours and found.finished is not None):
            return ""
        if found.ours:
            return (
                "The folder to keep the result in has one already, without the journal that "
                "tells how to go on: choose another name."
            )
        return "The folder to keep the result in holds something else: choose another name."

    def _why_not_mask(self) -> str:
        data = data_of(self.form.mask_layer)
        if isinstance(data, np.ndarray) and data.nbytes <= _COUNTED and not data.any():
            return "The mask is empty: paint over what is to be filled."
        return ""

    def chosen(self, index: tuple[int, ...]) -> Hashable:
        """Return what tells whether another run would be of the same things.

        Parameters
        ----------
        index : tuple of int
            The plane in view.
        """
        form = self.form
        image, mask = form.image_layer, form.mask_layer
        if image is None or mask is None:
            return None
        data = data_of(mask)
        counted = isinstance(data, np.ndarray) and data.nbytes <= _COUNTED
        painted = Painted(checksum(data) if counted else id(data))
        ids = (image.unique_id, id(image.data), mask.unique_id, painted)
        where = form.stack.store.wanted
        return (*ids, form.options(), repr(form.stack.options(index)), where)

    def kept_of(self, chosen: Hashable) -> StackResult | None:
        """Return what a cancelled run of the same things got done, if there was one."""
        if self._kept is None or self._kept[0] != chosen:
            return None
        return self._kept[1]

    def goes_on(self, chosen: Hashable) -> bool:
        """Return whether there is something to continue, in memory or on disk.

        Parameters
        ----------
        chosen : hashable
            What a run would be of.
        """
        return self.kept_of(chosen) is not None or self.form.stack.store.found().goes_on

    def ready(self) -> str:
        """Return what is said before a run that goes on from disk; otherwise nothing."""
        row = self.form.stack.store
        found = row.found()
        if row.path is None or not found.goes_on:
            return ""
        count = found.finished or 0
        parts = "1 finished part" if count == 1 else f"{count} finished parts"
        other = "" if row.exact else " Another mask or other options begin a new one."
        return f"{row.path.name} has {parts} of a run: Continue goes on with it.{other}"

    # ------------------------------------------------------------ a run

    def begin(self, index: tuple[int, ...], *, keep: bool) -> StackRequest:
        """Take everything a run needs from the viewer.

        Parameters
        ----------
        index : tuple of int
            The plane in view.
        keep : bool
            Whether layers of earlier runs are left to the user.
        """
        form = self.form
        image, mask, axes = form.image_layer, form.mask_layer, self.axes()
        assert image is not None
        assert mask is not None
        assert axes is not None
        painted = data_of(mask)
        where = form.stack.store
        resume = self.kept_of(self.chosen(index)) if where.wanted is None else None
        self.request = StackRequest(
            data=data_of(image),
            # a copy: painting goes on while the fill runs
            mask=_copied(painted) if isinstance(painted, np.ndarray) else painted,
            axes=axes,
            options=form.stack.options(index),
            fill=form.options(),
            image_name=image.name,
            mask_name=mask.name,
            resume=resume,
            levels=tuple(image.data) if image.multiscale else (image.data,),
            path=where.wanted,
            exact=where.exact,
            place=place_of(image, axes),
            about=_about(image),
        )
        self.path = None
        self._source = image.unique_id
        self._layers = StackLayers(self.viewer, image.unique_id, planes.Placement.of(image, ()))
        if keep and resume is None:
            self._layers.leave_earlier()
        self._latest, self._store = None, None
        self._finished = 0 if resume is None else self._finished
        if self.request.path is None:
            kept = () if resume is None else resume.patches
            self._layers.lay(self._overlay(kept))
        return self.request

    def show(self, news: Canvas | Stored | FilledPlane) -> None:
        """Show what a run has done so far."""
        assert self._layers is not None
        assert self.request is not None
        if isinstance(news, Canvas):
            self._layers.begin(news.image, news.labels)
            return
        if isinstance(news, Stored):
            self._store, self.path = news.store, news.store.path
            self.form.stack.store.take(self.path)
            self._layers.lay(self._overlay(()))
            return
        self._latest, self._finished = news, news.finished
        self._layers.add(news)

    def finish(self, result: StackResult) -> Layer:
        """Show a result and return its layer."""
        assert self._layers is not None
        assert self.request is not None
        self._kept = None
        return self._end(result)

    def _end(self, result: StackResult) -> Layer:
        assert self._layers is not None
        assert self.request is not None
        names = {"image": self.request.image_name, "mask": self.request.mask_name}
        where = {} if self.path is None else {"store": str(self.path)}
        overlay = self._overlay(result.patches)
        layer = self._layers.end(overlay, {**result.provenance, **names, **where})
        self.shown = layer.unique_id
        return layer

    def _overlay(self, patches: Iterable[StackPatch]) -> Overlay:
        assert self.request is not None
        return Overlay(self.request.levels, self.request.axes, patches, self._store)

    def keep(self, chosen: Hashable) -> str:
        """Keep what a cancelled run got done, and say so.

        Parameters
        ----------
        chosen : hashable
            What the run was of.
        """
        request = self.request
        assert request is not None
        so_far = request.resume if self._latest is None else self._latest.so_far
        if so_far is None:
            return "Cancelled before a plane was finished; no layer was changed."
        self._end(so_far)
        self._kept = (chosen, so_far)
        count = self._finished
        done = "1 finished plane stays" if count == 1 else f"{count} finished planes stay"
        return f"Cancelled; {done}. Continue goes on with the others."

    def summary(self, result: StackResult) -> str:
        """Return what came of a run, for people."""
        pixels = sum(plane.pixels for plane in result.planes)
        count = len(result.planes)
        text = f"Filled {pixels:,} pixels in {count} {'plane' if count == 1 else 'planes'}"
        text += f" in {result.seconds:.1f} s. {_errors(result)}{_sentence(result.reason)}"
        if self.path is not None:
            text = f"{text.strip()} Kept in {self.path.name}."
        image = planes.find(self.viewer, self._source)
        if image is None:
            text = f"{text.strip()} Its image was removed meanwhile."
        elif self.request is not None and data_of(image) is not self.request.data:
            text = f"{text.strip()} The image was changed meanwhile: this is of what it was."
        return text.strip()

    def row(self, result: StackResult, run: int) -> Row:
        """Return the row of a run for the table.

        Parameters
        ----------
        result : StackResult
            What came of it.
        run : int
            Its number.
        """
        assert self.request is not None
        colour = self.request.axes.colour is not None
        return Row(
            Combination(result.method, result.pipeline if colour else GREY, result.colorizer),
            picture=f"{self.request.image_name}, {len(result.planes)} planes. {_errors(result)}",
            seconds=result.seconds,
            pixels=sum(plane.pixels for plane in result.planes),
            run=run,
        )


def _about(image: Layer) -> dict[str, Any]:
    """Return what to know of a layer when its store is opened again, as JSON has it."""
    told = getattr(image.source, "path", None)
    limits = None if image.rgb else [float(each) for each in image.contrast_limits]
    return {
        "name": image.name,
        "path": str(told) if told else "",
        "scale": [float(each) for each in image.scale],
        "translate": [float(each) for each in image.translate],
        "units": [str(each) for each in image.units],
        "axis_labels": list(image.axis_labels),
        "rgb": bool(image.rgb),
        "contrast_limits": limits,
    }


def _copied(mask: NDArray[Any]) -> NDArray[Any]:
    """Return a copy of a mask; planes where nothing is painted take neither time nor memory."""
    if mask.ndim < 3:
        return np.array(mask)
    copy = np.zeros(mask.shape, mask.dtype)  # pages of zeros are there once they are written to
    for index in np.ndindex(*mask.shape[:-2]):
        plane = mask[index]
        if plane.max() or (plane.dtype.kind == "i" and plane.min()):
            copy[index] = plane
    return copy


def _errors(result: StackResult) -> str:
    mean, worst = result.expected_error, result.worst_plane
    if mean is None or worst is None:
        return ""
    where = worst.name or "the plane"
    return f"Expected error {mean:.3g}, at most {worst.expected_error:.3g} ({where}). "


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _for_the_dock(sentence: str) -> str:
    """Return a sentence of the engine with what can be done in a window."""
    start, found, _ = sentence.partition("name them, as in")
    if not found:
        return sentence
    return f"{start}name them in Layers > Metadata, or set Other planes to None."
