"""Runs one comparison at a time in a worker thread and tells about it by signals.

`compare_the_ways` is the generator that runs in the thread; it never touches viewer, layers or
widgets. Exceptions do not leave it: a worker thread would lose some.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal

from napari_greyfill.device import CancelCheck
from napari_greyfill.errors import Cancelled
from napari_greyfill.evaluate import CompareStep, Comparison, Row, compare_steps
from napari_greyfill.viewer.models import PlaneSource
from napari_greyfill.viewer.worker import Failed

if TYPE_CHECKING:
    from napari.qt.threading import GeneratorWorker

__all__ = ["CompareRequest", "CompareRunner", "compare_the_ways"]


@dataclass(frozen=True, eq=False)
class CompareRequest:
    """Everything a comparison needs, taken from the viewer at the moment Run was pressed.

    Attributes
    ----------
    reference : PlaneSource or None
        None unless another layer is the reference.
    measured : bool
        Whether there is a reference at all.
    """

    image: PlaneSource
    mask: PlaneSource
    rgb: bool
    image_name: str
    mask_name: str
    methods: tuple[str, ...]
    pipelines: tuple[str, ...]
    colorizers: tuple[str, ...]
    reference: PlaneSource | None = None
    measured: bool = True
    device: str = "auto"
    grow: float = 0.0


def compare_the_ways(
    request: CompareRequest, done: tuple[Row, ...], cancelled: CancelCheck
) -> Generator[CompareStep, None, Comparison | Failed | None]:
    """Run a request; None is returned by a cancelled run."""
    try:
        reference = "image" if request.measured else None
        return (
            yield from compare_steps(
                request.image.read(),
                request.mask.read(),
                methods=request.methods,
                pipelines=request.pipelines,
                colorizers=request.colorizers,
                reference=reference if request.reference is None else request.reference.read(),
                rgb=request.rgb,
                device=request.device,
                grow=request.grow,
                done=done,
                cancelled=cancelled,
            )
        )
    except Cancelled:
        return None
    except Exception as error:  # noqa: BLE001 - reported by the window, whatever it is
        return Failed(error)


class CompareRunner(QObject):
    """Starts, cancels and follows comparisons. All signals come in the GUI thread.

    Signals
    -------
    stepped : CompareStep
    finished : Comparison
    failed : Exception
    cancelled
    ended
        The run is over, after one of the three above.
    """

    stepped = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers: list[GeneratorWorker] = []  # the running one, or none
        workers = self._workers  # a closure over self would keep it from being destroyed
        self.destroyed.connect(lambda: [worker.quit() for worker in workers])

    @property
    def running(self) -> bool:
        """Return whether a comparison is under way, being cancelled included."""
        return bool(self._workers)

    @property
    def cancelling(self) -> bool:
        """Return whether the running comparison was asked to stop."""
        return self.running and self._workers[0].abort_requested

    def start(self, request: CompareRequest, done: tuple[Row, ...] = ()) -> None:
        """Start a comparison, or go on after these rows; there must be none running."""
        from napari.qt.threading import create_worker

        assert not self.running
        workers = self._workers
        worker = create_worker(
            compare_the_ways,
            request,
            done,
            lambda: bool(workers) and workers[0].abort_requested,
            _start_thread=False,
        )
        workers.append(worker)
        worker.yielded.connect(self.stepped.emit)
        worker.returned.connect(self._on_returned)
        worker.finished.connect(self._on_finished)
        worker.start()

    def cancel(self) -> None:
        """Ask the running comparison to stop."""
        for worker in self._workers:
            worker.quit()

    def _on_returned(self, outcome: Comparison | Failed | None) -> None:
        if isinstance(outcome, Failed):
            self.failed.emit(outcome.error)
        elif outcome is not None:
            self.finished.emit(outcome)

    def _on_finished(self) -> None:
        """Come last, whatever happened; a run that was asked to stop never returns anything."""
        stopped = self.cancelling
        self._workers.clear()
        if stopped:
            self.cancelled.emit()
        self.ended.emit()
