"""Does napari stay alive while a stack too large for memory is filled from the dock?

A timer notes for how long the thread of the window was busy between its ticks, in seconds of the
processor, which other work on the machine does not change.
"""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.frame import table
from benchmarks.responsiveness import TICK, wait

SHAPE = (100, 2048, 2048)
EVERY = 10  # of so many planes one has a hole
HEADER = ("while", "longest busy, ms", "busy over 50 ms, times", "busy in all, %")


def measure(repeats: int) -> str:
    import dask.array
    import napari

    viewer = napari.Viewer()
    noise = np.random.default_rng(0).normal(1000, 30, SHAPE[1:]).astype(np.float32)
    rows = np.linspace(0, 500, SHAPE[1], dtype=np.float32)[:, None]

    def plane(block_id: tuple[int, ...]) -> np.ndarray:
        return (noise + np.roll(rows, block_id[0] * 8, axis=0)).astype(np.uint16)[None]

    stack = dask.array.map_blocks(
        plane, chunks=((1,) * SHAPE[0], SHAPE[1:2], SHAPE[2:]), dtype=np.uint16
    )
    viewer.add_image(stack, name="stack", contrast_limits=(800, 1700), axis_labels=("z", "y", "x"))
    mask = np.zeros(SHAPE, np.uint8)
    y, x = np.mgrid[: SHAPE[1], : SHAPE[2]]
    mask[::EVERY, (y - 700) ** 2 + (x - 900) ** 2 < 12**2] = 1
    viewer.add_labels(mask, name="mask")
    _, dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")
    form = dock.form.stack
    form.planes.setCurrentIndex(form.planes.findData("all"))
    dock.refresh()
    clock = BusyClock()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "filled.ome.zarr"
        form.store.choose(path)
        dock.refresh()
        wait(2000)  # the window's own first drawing
        clock.start()
        wait(5000)
        found.append(("idle", *clock.stop()))
        found.append(("moving the slider by hand", *_sliding(viewer, clock)))
        start = time.thread_time()
        clock.start()
        dock.run()
        pressed = time.thread_time() - start
        wait(0, dock.run_ended)
        found.append(("filling, from Run to the end", *clock.stop()))
        planes = dock.table.rows[0].pixels
        size = sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
        viewer.close()
    copied = 1000 * pressed
    return (
        "## A large stack in napari\n\n"
        f"A lazy stack of {' × '.join(map(str, SHAPE))} in 16 bits "
        f"({np.prod(SHAPE) * 2 / 1e9:.1f} GB if it were in memory), made as it is read, with a "
        f"mask for each plane and a hole in every {EVERY}th: {planes:,} pixels, filled from the "
        f"dock and kept in a store ({size / 1e3:,.0f} kB). *Busy* is how long the thread of the "
        f"window worked between two ticks of a timer of {TICK} ms, in time of the processor, "
        f"because the load was {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores. Pressing Run "
        f"took {copied:.0f} ms of it, most of that for a copy of the mask.\n\n"
        + table(HEADER, found)
    )


def _sliding(viewer: Any, clock: "BusyClock") -> tuple[float, int, float]:
    """Show ten planes one after the other, as a person may: that much is napari alone."""
    clock.start()
    for number in range(1, 11):
        viewer.dims.set_current_step(0, 5 * number)
        wait(200)
    viewer.dims.set_current_step(0, 0)
    wait(200)
    return clock.stop()


class BusyClock:
    """Notes how busy its thread was between the ticks of a timer."""

    def __init__(self) -> None:
        from qtpy.QtCore import QTimer

        self._timer = QTimer()
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._begin, self._last = (time.perf_counter(), time.thread_time()), time.thread_time()
        self._longest, self._late = 0.0, 0
        self._timer.start()

    def stop(self) -> tuple[float, int, float]:
        """Return the longest in milliseconds, how often over 50 ms, and the share of all."""
        self._tick()
        self._timer.stop()
        wall = time.perf_counter() - self._begin[0]
        return self._longest, self._late, 100 * (self._last - self._begin[1]) / wall

    def _tick(self) -> None:
        now = time.thread_time()
        busy, self._last = 1000 * (now - self._last), now
        self._longest = max(self._longest, busy)
        self._late += busy > 50
