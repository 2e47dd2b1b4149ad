"""Does the window stay alive? The longest stall of napari's event loop while a fill runs.

A timer that should tick every 5 milliseconds notes the gaps between its ticks: with an idle
window; while a layer is updated as often as previews are, with no fill; and while the dock fills,
until its result arrives. Adding the result's layer is napari's work; it is timed apart and
compared with adding one by hand.
"""

import time
from typing import Any

import numpy as np
from skimage import data

from benchmarks.frame import table, timed
from napari_greyfill import fill

TICK = 5  # milliseconds
COLORIZERS = ("propagation", "progressive")
HEADER = ("while", "longest stall, ms", "stalls over 50 ms a second", "in the dock, s", "bare, s")


def measure(repeats: int) -> str:
    import napari

    runs = min(repeats, 3)
    viewer = napari.Viewer()
    image, mask = _picture()
    viewer.add_image(image, name="photo")
    viewer.add_labels(mask, name="mask")
    _, dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")
    dock.form.keep.setChecked(True)
    clock = Clock()
    showing = _time_results(dock, clock)
    wait(1000)  # the window's own first drawing
    rows = [("idle", *_watched(clock, 3000), "", "")]
    rows.append(("drawing alone", *_drawing(viewer, image, clock), "", ""))
    for colorizer in COLORIZERS:
        fill(image, mask, colorizer=colorizer)  # what is imported once
        bare = timed(lambda c=colorizer: fill(image, mask, colorizer=c))[1]
        rows.append((colorizer, *_filling(dock, colorizer, clock, runs), bare))
    dock.form.preview.setChecked(False)
    rows.append(("progressive, no previews", *_filling(dock, "progressive", clock, runs), bare))
    by_hand = timed(lambda: viewer.add_image(image))[1]
    viewer.close()
    return (
        "## Longest stall of the event loop\n\n"
        f"A timer of {TICK} ms in a napari window with a 512 × 512 colour photograph and a hole "
        f"of 150 × 150, previews on but in the last row; worst of {runs} runs, from Run until "
        "the result arrives. "
        "*Drawing alone* is a layer of the same size updated as often as previews are, with no "
        "fill: that much is napari drawing, here without a graphics card. *In the dock* is from "
        "Run to the end, layers included, without the timer; *bare* is a call of `fill` without a "
        "window.\n\n"
        + table(HEADER, rows)
        + f"\n\nAdding the layer of a result takes {1000 * np.median(showing):.0f} ms at "
        f"the end of a run; adding one by hand takes napari {1000 * by_hand:.0f} ms."
    )


def _picture() -> tuple[np.ndarray, np.ndarray]:
    image = data.astronaut()
    mask = np.zeros(image.shape[:2], dtype=np.uint8)
    mask[180:330, 200:350] = 1
    return image, mask


def _time_results(dock: Any, clock: "Clock") -> list[float]:
    """Stop the clock when a result arrives, and note how long showing it takes."""
    show, taken = dock.results.show, []

    def timed_show(*args: Any, **kwargs: Any) -> Any:
        clock.stop()
        result, seconds, _ = timed(lambda: show(*args, **kwargs))
        taken.append(seconds)
        return result

    dock.results.show = timed_show
    return taken


def wait(milliseconds: int, signal: Any = None) -> None:
    """Run the event loop for a time, or until a signal."""
    from qtpy.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    if signal is None:
        QTimer.singleShot(milliseconds, loop.quit)
    else:
        signal.connect(loop.quit)
    loop.exec()


def all_anew(dock: Any) -> None:
    """Have the next run of a dock keep nothing of the one before, as with another seed."""
    seed = dock.form.fields["seed"]
    seed.value += 1


def _watched(clock: "Clock", milliseconds: int) -> tuple[float, float]:
    clock.start()
    wait(milliseconds)
    return clock.stop()


def _drawing(viewer: Any, image: np.ndarray, clock: "Clock") -> tuple[float, float]:
    """Update a layer every 0.7 seconds, as previews do."""
    from qtpy.QtCore import QTimer

    layer = viewer.add_image(image.copy(), name="drawing")
    wait(1000)
    timer = QTimer()
    timer.timeout.connect(lambda: setattr(layer, "data", np.roll(layer.data, 1, axis=0)))
    timer.start(700)
    found = _watched(clock, 6000)
    timer.stop()
    viewer.layers.remove(layer)
    return found


def _filling(dock: Any, colorizer: str, clock: "Clock", runs: int) -> tuple[float, float, float]:
    """Return the worst stalls until a result arrives, and the time of a run without the clock.

    The clock's ticks take the interpreter from the worker, so they would slow it down.
    """
    combo = dock.form.colorizer
    combo.setCurrentIndex(combo.findData(colorizer))
    found = [_run(dock, clock)[0] for _ in range(runs)]
    seconds = _run(dock, None)[1]
    return max(f[0] for f in found), max(f[1] for f in found), seconds


def _run(dock: Any, clock: "Clock | None") -> tuple[tuple[float, float], float]:
    wait(1000)
    dock.refresh()
    start = time.perf_counter()
    if clock is not None:
        clock.start()
    all_anew(dock)
    dock.run()
    wait(0, dock.run_ended)
    seconds = time.perf_counter() - start
    return (clock.stop() if clock is not None else (0.0, 0.0)), seconds


class Clock:
    """Notes the gaps between the ticks of a timer."""

    def __init__(self) -> None:
        from qtpy.QtCore import QTimer

        self._timer = QTimer()
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)
        self._found = (0.0, 0.0)

    def start(self) -> None:
        self._begin = self._last = time.perf_counter()
        self._longest, self._late = 0.0, 0
        self._timer.start()

    def stop(self) -> tuple[float, float]:
        """Return the longest gap in milliseconds and the gaps over 50 ms in a second."""
        if self._timer.isActive():
            self._tick()
            self._timer.stop()
            self._found = (self._longest, self._late / (self._last - self._begin))
        return self._found

    def _tick(self) -> None:
        now = time.perf_counter()
        gap = max(0.0, 1000 * (now - self._last) - TICK)
        self._last = now
        self._longest = max(self._longest, gap)
        self._late += gap > 50
