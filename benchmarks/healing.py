"""How quickly a stroke heals: from the lifted mouse to its first and to its final pixels.

Real mouse events on the canvas of a real window, on a picture of 4096 x 4096 pixels of 16 bits.
The clock goes from the event of the lifted button to the end of the drawing that shows the pixels.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.frame import table
from benchmarks.responsiveness import wait
from napari_greyfill.image.geometry import Window

SIDE = 4096
STROKES = 200
LARGEST = 1500  # pixels of a stroke
Seconds = tuple[float, float]  # wall, CPU
MOVES = 12  # milliseconds between moves; the canvas ignores those in quicker succession
HEADER = (
    "what",
    "median, ms",
    "95th percentile, ms",
    "goal, ms",
    "first 50, ms",
    "last 50, ms",
    "CPU, median, ms",
    "CPU, 95th percentile, ms",
)


def measure(repeats: int) -> str:
    import napari
    import psutil

    viewer = napari.Viewer()
    viewer.window.resize(1400, 900)
    viewer.add_image(_picture(), name="slide", contrast_limits=(0, 8000))
    _, dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal")
    wait(1500)
    bench = _Bench(viewer, dock)
    bench.strokes(10)  # what is imported once
    process, layers = psutil.Process(os.getpid()), len(viewer.layers)
    first, final, sizes = bench.strokes(STROKES)
    undo = bench.undos(min(50, STROKES))
    bench.without_mouse(20)
    before = process.memory_info().rss
    bench.without_mouse(STROKES)
    grown = (process.memory_info().rss - before) / 2**20
    assert len(viewer.layers) == layers
    viewer.close()
    rows = [
        ("first pixels", *_row(first, 80)),
        ("final pixels", *_row(final, 250)),
        ("undo", *_row(undo, 50)),
    ]
    return (
        "## Healing\n\n"
        f"{STROKES} strokes of {min(sizes):,} to {max(sizes):,} pixels (median "
        f"{int(np.median(sizes)):,}) with real mouse events in the dock *Heal*, on a picture of "
        f"{SIDE} × {SIDE} pixels of 16 bits, in a window without a graphics card. The "
        "clock goes from the event of the lifted button, or of the key, to the end of the drawing "
        "that shows the pixels. *CPU* is what the process takes meanwhile, in all threads.\n\n"
        + table(HEADER, rows)
        + f"\n\nAfter {STROKES} strokes there are as many layers as before. "
        f"{STROKES} more of 25 × 25 pixels, given to the dock without a mouse, take "
        f"{grown:.0f} MB of memory."
    )


def _row(seconds: list[tuple[float, float]], goal: int) -> tuple[object, ...]:
    taken, cpu = 1000 * np.array(seconds).T
    return (
        float(np.median(taken)),
        float(np.percentile(taken, 95)),
        goal,
        float(np.median(taken[:50])),
        float(np.median(taken[-50:])),
        float(np.median(cpu)),
        float(np.percentile(cpu, 95)),
    )


def _now() -> Seconds:
    return time.perf_counter(), time.process_time()


def _minus(one: Seconds, other: Seconds) -> Seconds:
    return one[0] - other[0], one[1] - other[1]


def _picture() -> np.ndarray:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE]
    smooth = 3000 + 1500 * np.sin(x / 40 + y / 90) + 1000 * np.cos(y / 55)
    return (smooth + rng.normal(0, 100, (SIDE, SIDE))).astype(np.uint16)


class _Bench:
    """Paints with the mouse and notes when what was done can be seen."""

    def __init__(self, viewer: Any, dock: Any) -> None:
        self.viewer, self.dock = viewer, dock
        self.canvas = viewer.window._qt_viewer.canvas  # the mouse is a person's, not a plugin's
        self.native = self.canvas.native
        self.rng = np.random.default_rng(1)
        self._drawn = (0.0, 0.0)
        self.canvas._scene_canvas.events.draw.connect(self._note, position="last")

    def _note(self, event: Any) -> None:
        from vispy.gloo import gl

        gl.glFinish()
        self._drawn = _now()

    def strokes(self, count: int) -> tuple[list[Seconds], list[Seconds], list[int]]:
        """Return the seconds to first and to final pixels of each stroke, and their sizes."""
        first, final, sizes = [], [], []
        for number in range(count):
            if number % 50 == 0:
                self._look_elsewhere()
            released = self._stroke()
            size = self.dock.session.edits[-1].count
            assert size <= LARGEST, size
            sizes.append(size)
            first.append(self._seen_since(released))
            self._until(lambda: not self.dock.runner.running)
            self._seen_since(_now())
            final.append(_minus(self._drawn, released))
            wait(400 if number % 2 else 20)  # the hand rests, or it does not
        return first, final, sizes

    def _seen_since(self, moment: Seconds) -> Seconds:
        """Wait until something is drawn after a moment; return how long that took."""
        self._until(lambda: self._drawn[0] > moment[0])
        return _minus(self._drawn, moment)

    def undos(self, count: int) -> list[Seconds]:
        from qtpy.QtCore import Qt
        from qtpy.QtTest import QTest

        taken = []
        for _ in range(count):
            start = _now()
            QTest.keyClick(self.native, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            taken.append(self._seen_since(start))
            wait(50)
        return taken

    def without_mouse(self, count: int) -> None:
        """Heal squares in the view."""
        _, y, x = self.viewer.scene.camera.center
        for _ in range(count):
            top, left = (int(middle + self.rng.integers(-200, 200)) for middle in (y, x))
            window = Window(top, top + 25, left, left + 25)
            self.dock.stroke(window, np.ones((25, 25), dtype=bool), "heal")
            wait(20)
        self._until(lambda: not (self.dock.runner.running or self.dock.cancel_button.isEnabled()))

    def _look_elsewhere(self) -> None:
        self.viewer.scene.camera.zoom = 1.0
        self.viewer.scene.camera.center = (0.0, *self.rng.uniform(600, SIDE - 600, 2))
        wait(500)

    def _stroke(self) -> Seconds:
        """Paint a stroke; return when the button was lifted."""
        size = int(self.rng.integers(7, 36))
        self.dock.layers.brush.brush_size = size
        longest = max(0.0, (LARGEST * 0.85 - np.pi * (size / 2 + 1) ** 2) / (size + 2))
        length = self.rng.uniform(0, min(longest, 120))
        angle = self.rng.uniform(0, 2 * np.pi)
        start = np.array([self.native.width(), self.native.height()]) * self.rng.uniform(
            0.25, 0.75, 2
        )
        step = length * np.array([np.cos(angle), np.sin(angle)]) / 4
        places = [start + step * i for i in range(5 if length > 4 else 1)]
        self._send("MouseButtonPress", places[0])
        for place in places[1:]:
            self._send("MouseMove", place)
            wait(MOVES)
        wait(30)
        released = _now()
        self._send("MouseButtonRelease", places[-1])
        return released

    def _send(self, kind: str, place: np.ndarray) -> None:
        from qtpy.QtCore import QEvent, QPointF, Qt
        from qtpy.QtGui import QMouseEvent
        from qtpy.QtWidgets import QApplication

        at, buttons = QPointF(*place.tolist()), Qt.MouseButton
        button = buttons.NoButton if kind == "MouseMove" else buttons.LeftButton
        held = buttons.NoButton if kind == "MouseButtonRelease" else buttons.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(getattr(QEvent.Type, kind), at, at, button, held, none)
        QApplication.sendEvent(self.native, event)

    def _until(self, condition: Callable[[], bool]) -> None:
        from qtpy.QtWidgets import QApplication

        end = time.perf_counter() + 20
        while not condition():
            assert time.perf_counter() < end, "nothing was drawn"
            QApplication.processEvents()
            time.sleep(0.001)
