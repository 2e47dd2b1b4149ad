"""Writes a filled stack in full: a button, a bar and Cancel, below the form of the dock Fill."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.compute.events import Progress
from napari_greyfill.compute.time_left import TimeLeft
from napari_greyfill.image.layer import data_of
from napari_greyfill.pipeline.intermediate import FINAL
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.bake import bake
from napari_greyfill.stack.bake_tiff import bake_tiff
from napari_greyfill.stack.ome import Place, place_of
from napari_greyfill.viewer.fill.stack_store import beside
from napari_greyfill.viewer.layers.planes import find
from napari_greyfill.viewer.layers.results import PROVENANCE
from napari_greyfill.viewer.threads.runs import Runner
from napari_greyfill.viewer.widgets.how_far import ShareBar, going_on
from napari_greyfill.viewer.widgets.parts import button
from napari_greyfill.viewer.widgets.texts import STACK as TEXTS

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.viewer import Viewer

__all__ = ["BakeBar", "Baking", "baked"]

_ZARR, _TIFF = "OME-Zarr (*.ome.zarr)", "TIFF (*.tif *.tiff)"


@dataclass(frozen=True, eq=False)
class Baking:
    """What is written where; it knows neither viewer nor widgets.

    Attributes
    ----------
    image : array-like
        The filled stack, read in parts.
    axes : Axes
    path : Path
        Its suffix says whether it becomes a TIFF or an OME-Zarr.
    place : Place or None
        Where the pixels lie.
    name : str
        Of the image, for people.
    """

    image: Any
    axes: Axes
    path: Path
    place: Place | None
    name: str


def baked(what: Baking, cancelled: CancelCheck) -> Generator[Progress, None, str]:
    """Write a stack, and return a sentence about it.

    Parameters
    ----------
    what : Baking
        The stack and where it goes.
    cancelled : callable
        Asked before each block.

    Yields
    ------
    Progress
    """
    text = f"writing {what.path.name}"
    yield Progress(text)
    if what.path.suffix.lower() in (".tif", ".tiff"):
        steps = bake_tiff(what.image, what.axes, what.path, what.place, cancelled=cancelled)
    else:
        steps = bake(
            what.image, what.axes, what.path, what.place, name=what.name, cancelled=cancelled
        )
    for share in steps:
        yield Progress(text, share)
    return f"Wrote {what.path.name} in {what.path.parent}."


class BakeRunner(Runner):
    """Writes one stack at a time in a worker thread."""

    def start(self, what: Baking) -> None:
        """Start to write; nothing must be under way."""
        self._start(baked(what, self._asked_to_stop))


class BakeBar(QWidget):
    """The button Bake, and while it writes a bar and Cancel.

    Parameters
    ----------
    viewer : napari.viewer.Viewer
    last : callable
        Returns the unique id of the layer with the last result; empty if there is none.

    Signals
    -------
    told : str
        What there is to say about it.
    failed : Exception
    ended
        It is over, whatever came of it.
    """

    told = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(
        self, viewer: Viewer, last: Callable[[], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.viewer, self._last = viewer, last
        self.runner = BakeRunner(self)
        self.bake_button = button("Bake…", TEXTS["bake"], self.ask)
        self.cancel_button = button("Cancel", TEXTS["bake_cancel"], self.cancel)
        self.progress = ShareBar()
        self._time_left = TimeLeft()
        row = QHBoxLayout()
        row.addWidget(self.bake_button)
        row.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.progress)
        self.runner.progressed.connect(self._show)
        self.runner.finished.connect(self.told)
        self.runner.failed.connect(self.failed)
        self.runner.cancelled.connect(lambda: self.told.emit("Cancelled; nothing was written."))
        self.runner.ended.connect(self._end)
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done now; hidden if there is no filled stack."""
        running, target = self.runner.running, self.target()
        self.setVisible(running or target is not None)
        self.bake_button.setEnabled(not running and target is not None)
        self.cancel_button.setVisible(running)
        self.cancel_button.setEnabled(running and not self.runner.cancelling)
        self.progress.setVisible(running)

    def target(self) -> Layer | None:
        """Return the filled stack to write: the selected one, that of the last run, or the top."""
        active = self.viewer.layers.selection.active
        last = find(self.viewer, self._last()) if self._last() else None
        tried = (active, last, *reversed(self.viewer.layers))
        return next((each for each in tried if _axes_of(each) is not None), None)

    def ask(self) -> None:
        """Ask where to, and write in a thread."""
        layer = self.target()
        if layer is None or self.runner.running:
            return
        # beside the stack, whose file the layer of the result does not know
        name = layer.metadata[PROVENANCE].get("image", "")
        sources = [each for each in self.viewer.layers if each.name == name]
        first = beside(next(iter(sources), layer), ".tif")
        chosen, kind = QFileDialog.getSaveFileName(
            self, "Write the filled stack", str(first), f"{_TIFF};;{_ZARR}"
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in (".tif", ".tiff", ".zarr"):
                path = path.with_name(path.name + (".ome.zarr" if kind == _ZARR else ".tif"))
            self.write(layer, path)

    def write(self, layer: Layer, path: Path) -> None:
        """Write a layer with a filled stack to a path, in a thread.

        Parameters
        ----------
        layer : Layer
            Made by the dock Fill, or opened from a patch store.
        path : Path
            Of the file or the folder.
        """
        axes = _axes_of(layer)
        assert axes is not None
        self._time_left.restart()
        self.progress.show_share(0)
        place = place_of(layer, axes)
        self.runner.start(Baking(data_of(layer), axes, path, place, layer.name))
        self.refresh()

    def cancel(self) -> None:
        """Stop writing; nothing is left behind."""
        self.runner.cancel()
        self.refresh()

    def leave(self) -> None:
        """Stop writing, and tell nothing of it any more."""
        self.runner.leave()

    def _show(self, news: Progress) -> None:
        self.progress.show_share(news.fraction)
        self.told.emit(going_on(news.text, self._time_left.said(news.fraction)))

    def _end(self) -> None:
        self.refresh()
        self.ended.emit()


def _axes_of(layer: Layer | None) -> Axes | None:
    """Return the axes of a filled stack; None if a layer is something else."""
    if layer is None:
        return None
    told = layer.metadata.get(PROVENANCE, {})
    try:
        names = tuple("" if name == "?" else name for name in told["axes"])
        fits = told["role"] == FINAL and tuple(data_of(layer).shape) == tuple(told["shape"])
        return Axes(names, tuple(map(int, told["shape"]))) if fits else None
    except (KeyError, TypeError, AttributeError):
        return None
