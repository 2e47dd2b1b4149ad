"""What a fill costs in napari: seconds, memory and stalls, beside a call of `fill`.

Pictures of 12 megapixels, and a pyramid whose finest level has 81. The clock of a run goes from
Run to the moment its layers are there; the stall of the event loop is that of napari adding a
layer of the same size, and that of the result's arrival.
"""

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from skimage import data

from benchmarks.frame import table, timed
from benchmarks.responsiveness import Clock, all_anew, wait
from napari_greyfill import fill

HEADER = (
    "picture",
    "hole",
    "fill, s",
    "dock, s",
    "napari adds a layer, s",
    "rest, s",
    "dock's peak, MB",
    "stays, MB",
    "stall, ms",
    "stall of napari alone, ms",
)
HOLES = {"17 × 20": (17, 20), "150 × 150": (150, 150)}


def measure(repeats: int) -> str:
    import napari

    viewer = napari.Viewer()
    _, dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")
    wait(1000)
    rows = [
        _row(viewer, dock, name, image, hole, max(2, repeats))
        for name, image in _pictures()
        for hole in HOLES
    ]
    viewer.close()
    return (
        "## In napari\n\n"
        "The default method from Run to the moment its layer is there, 8 bits, previews on, "
        f"medians of {max(2, repeats)} runs, in a window without a graphics card. *Fill* is a "
        "call of `fill` for the same hole. The *pyramid* has five levels in memory, the finest of "
        "9024 × 9024 pixels and "
        "244 MB; a call of `fill` copies that for its result, the dock does not. *Napari adds "
        "a layer* is `viewer.add_image` by hand, of a copy of the picture or of the "
        "pyramid itself; the *rest* is what is left of the dock's time. Stalls "
        "are the longest ones of the event loop, from Run until the new layer is drawn.\n\n"
        + table(HEADER, rows)
    )


def _pictures() -> list[tuple[str, Any]]:
    finest = _tiled(data.astronaut(), 9024, 9024)
    levels = [np.ascontiguousarray(finest[::step, ::step]) for step in (2, 4, 8, 16)]
    return [
        ("grey, 12 MP", _tiled(data.camera(), 3000, 4000)),
        ("RGB, 12 MP", _tiled(data.astronaut(), 3000, 4000)),
        ("RGB pyramid, 81 MP", [finest, *levels]),
    ]


def _tiled(tile: np.ndarray, height: int, width: int) -> np.ndarray:
    times = (-(-height // tile.shape[0]), -(-width // tile.shape[1]), 1)[: tile.ndim]
    return np.ascontiguousarray(np.tile(tile, times)[:height, :width])


def _row(
    viewer: Any, dock: Any, name: str, image: Any, hole: str, repeats: int
) -> tuple[object, ...]:
    finest = image[0] if isinstance(image, list) else image
    mask = np.zeros(finest.shape[:2], np.uint8)
    top, left = (length // 2 for length in mask.shape)
    mask[top : top + HOLES[hole][0], left : left + HOLES[hole][1]] = 1
    rgb = finest.ndim == 3
    display = {"rgb": rgb} if rgb else {"rgb": rgb, "contrast_limits": (0, 255)}
    viewer.layers.clear()
    viewer.add_image(image, name="picture", multiscale=isinstance(image, list), **display)
    viewer.add_labels(mask, name="mask")
    fill(finest[:512, :512], _tiled(mask[top : top + 256, left : left + 256], 512, 512))
    bare, run, added = [], [], []
    for _ in range(repeats):
        bare.append(timed(lambda: fill(finest, mask))[1])
        added.append(_by_hand(viewer, image, display))
        run.append(_run(viewer, dock, clock=None))
    stalls = _run(viewer, dock, clock=Clock())[3]
    seconds, peak, stays = (float(np.median([each[i] for each in run])) for i in range(3))
    by_hand = float(np.median([each[0] for each in added]))
    fill_s = float(np.median(bare))
    rest = seconds - fill_s - by_hand
    alone = max(each[1] for each in added)
    return (name, hole, fill_s, seconds, by_hand, rest, peak, stays, stalls, alone)


def _by_hand(viewer: Any, image: Any, display: dict[str, Any]) -> tuple[float, float]:
    """Return the seconds of adding a layer, and the longest stall until it is drawn."""
    given = image if isinstance(image, list) else image.copy()
    wait(800)
    clock = Clock()
    clock.start()
    layer, seconds, _ = timed(
        lambda: viewer.add_image(given, multiscale=isinstance(image, list), **display)
    )
    wait(500)
    longest, _ = clock.stop()
    viewer.layers.remove(layer)
    return seconds, longest


def _run(viewer: Any, dock: Any, clock: Clock | None) -> tuple[float, float, float, float]:
    """Return seconds, megabytes at the peak and in the end, and the longest stall of one run."""
    for layer in [layer for layer in viewer.layers if layer.name not in ("picture", "mask")]:
        viewer.layers.remove(layer)
    dock.refresh()
    wait(1000)
    shown: list[float] = []
    peak = _Peak()
    start = time.perf_counter()
    note = lambda _: shown.append(time.perf_counter() - start)  # noqa: E731
    dock.runner.finished.connect(note)
    if clock is not None:
        clock.start()
    all_anew(dock)
    dock.run()
    assert dock.running, dock.status.text()
    wait(0, dock.run_ended)
    dock.runner.finished.disconnect(note)
    wait(500)
    longest = clock.stop()[0] if clock is not None else 0.0
    return shown[0], *peak.stop(), longest


class _Peak:
    """Notes the most memory that the process has while it runs, above the start."""

    def __init__(self) -> None:
        self._start = self._most = _megabytes()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.wait(0.005):
            self._most = max(self._most, _megabytes())

    def stop(self) -> tuple[float, float]:
        self._done.set()
        self._thread.join()
        return self._most - self._start, max(0.0, _megabytes() - self._start)


def _megabytes() -> float:
    """Return the memory that the process has now."""
    resident = Path("/proc/self/statm").read_text().split()[1]
    return int(resident) * 4096 / 1e6
