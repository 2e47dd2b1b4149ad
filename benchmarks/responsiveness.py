"""Does the window stay alive? The longest stall of napari's event loop while a fill runs.

A timer that should tick every 5 milliseconds notes the gaps between its ticks, first with an
idle window, then while the dock fills.
"""

import time

import numpy as np
from skimage import data

from benchmarks.frame import table, timed
from napari_greyfill.colorization.progressive import Progressive, Schedule
from napari_greyfill.pipeline import fill

TICK = 5  # milliseconds
STEPS = Schedule((40, 20, 10), (0.01, 0.005, 0.003))


def measure(repeats: int) -> str:
    import napari
    from qtpy.QtCore import QEventLoop, QTimer
    from qtpy.QtWidgets import QApplication

    viewer = napari.Viewer()
    image = data.astronaut()
    mask = np.zeros(image.shape[:2], dtype=np.uint8)
    mask[180:330, 200:350] = 1
    viewer.add_image(image, name="photo")
    viewer.add_labels(mask, name="mask")
    _, dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")
    clock = _Clock()
    timer = QTimer()
    timer.setInterval(TICK)
    timer.timeout.connect(clock.tick)

    def until(signal, seconds: float) -> float:
        """Run the event loop until a signal, or for a time; return how long it took."""
        loop = QEventLoop()
        if signal is not None:
            signal.connect(loop.quit)
        else:
            QTimer.singleShot(int(1000 * seconds), loop.quit)
        start = time.perf_counter()
        timer.start()
        clock.start()
        loop.exec()
        timer.stop()
        return time.perf_counter() - start

    def chosen(colorizer: str) -> None:
        combo = dock.form.colorizer
        combo.setCurrentIndex(combo.findData(colorizer))

    until(None, 1.0)
    rows = []
    until(None, 3.0)
    rows.append(("idle", clock.longest, clock.late, "", ""))
    schedules = Progressive.SCHEDULES
    Progressive.SCHEDULES = {3: STEPS}
    for colorizer in ("propagation", "progressive"):
        chosen(colorizer)
        dock.refresh()
        bare = timed(lambda c=colorizer: fill(image, mask, colorizer=c, grow=2))[1]
        seconds, longest, late = [], [], []
        for _ in range(min(repeats, 3)):
            dock.run()
            seconds.append(until(dock.run_ended, 0))
            longest.append(clock.longest)
            late.append(clock.late)
            QApplication.processEvents()
        rows.append((colorizer, max(longest), max(late), float(np.median(seconds)), bare))
    Progressive.SCHEDULES = schedules
    viewer.close()
    header = ("while", "longest stall, ms", "stalls over 50 ms", "in the dock, s", "bare, s")
    return (
        "## Longest stall of the event loop\n\n"
        f"A timer of {TICK} ms in a napari window with a 512 × 512 colour photograph and a hole "
        "of 150 × 150; previews and intermediate layers on. Worst of "
        f"{min(repeats, 3)} runs; the progressive network with {'/'.join(map(str, STEPS.steps))} "
        "steps. Stalls include napari drawing the new layers. The last columns compare the dock "
        "(worker thread, previews, layers) with a bare call of `fill`.\n\n" + table(header, rows)
    )


class _Clock:
    """Notes the gaps between ticks, in milliseconds."""

    def start(self) -> None:
        self.longest, self.late, self._last = 0.0, 0, time.perf_counter()

    def tick(self) -> None:
        now = time.perf_counter()
        gap = 1000 * (now - self._last) - TICK
        self._last = now
        self.longest = max(self.longest, gap)
        self.late += gap > 50
