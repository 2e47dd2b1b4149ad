"""What do we add to the published networks, in time and memory? With made-up weights."""

import multiprocessing
import os
import tempfile
from pathlib import Path

import numpy as np

import napari_greyfill
from benchmarks.frame import alternating, table, timed
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.memory import Meter
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.inpaint.networks.loaded import LOADED
from napari_greyfill.weights.folder import VARIABLE

SIDES = (256, 512)
ATTENTION = (512, 680)
FIRST = ("migan-pt@made-up", "lama-ckpt@made-up")  # what people try first, at 512
MIB = 2**20


def measure(repeats: int) -> str:
    import torch

    from tests import checkpoints

    with tempfile.TemporaryDirectory() as folder:
        checkpoints.install(Path(folder), full=True)
        os.environ[VARIABLE] = folder
        fills = [
            _fill_row(method, side, repeats) for side in SIDES for method in checkpoints.METHODS
        ]
        loads = [_load_row(method) for method in checkpoints.METHODS]
        shapes = [*((side, side) for side in SIDES), ATTENTION]
        memory = [_memory_row(method, shapes) for method in checkpoints.METHODS]
        first = first_ones(Path(folder), repeats)
    return (
        "## The published networks\n\n"
        "With random weights, as wide as published. A grey picture of which the network sees all, "
        f"on the CPU, {torch.get_num_threads()} threads. *Plain* is the bare module on tensors "
        "that are ready; *fill* is "
        "`napari_greyfill.fill` with the network in memory: checks, window, edges, input, "
        f"compositing. Medians of {repeats} runs in turn.\n\n"
        + table(("network", "side", "plain, CPU s", "fill, CPU s", "ratio"), fills)
        + "\n\nFrom the file to a network that can run: the first time in a process with torch "
        "imported, and again.\n\n"
        + table(("network", "cold s", "warm s"), loads)
        + "\n\nPeak memory of a fill beyond what the loaded network takes, in MiB, each in a "
        "process of its own. The last column is where contextual attention compares 5,440 "
        "positions with each other.\n\n"
        + table(("network", *(f"{h} × {w}" for h, w in shapes)), memory)
        + f"\n\n{first}"
    )


def first_ones(folder: Path, repeats: int) -> str:
    """Return times and memory of MI-GAN and LaMa, which are put into the weights folder."""
    import torch

    from napari_greyfill.inpaint.networks.lama.network import Lama
    from napari_greyfill.inpaint.networks.migan.network import Migan
    from tests import checkpoints

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        states = {"migan-pt": Migan(512).state_dict(), "lama-ckpt": Lama(18).state_dict()}
    checkpoints.install_own(folder, "made-up", states)
    os.environ[VARIABLE] = str(folder)
    rows = []
    for method in FIRST:
        image, mask = _scene((512, 512))
        run = lambda: napari_greyfill.fill(image, mask, method=method, scale="native")  # noqa: B023, E731
        times = alternating({"plain": _plain(method, run), "fill": run}, repeats)
        plain, fill = times["plain"], times["fill"]
        (_, peak) = _memory_row(method, [(512, 512)])
        more = 100 * (fill.cpu / plain.cpu - 1)
        rows.append((method, plain.cpu, plain.wall, fill.cpu, fill.wall, f"{more:+.1f}", peak))
    header = ("network", "plain, CPU s", "plain, s", "fill, CPU s", "fill, s", "more, %", "MiB")
    return (
        "MI-GAN and LaMa (big, 18 blocks) at 512 × 512: time as above and on the clock, what a "
        "fill adds in CPU time, and its peak memory beyond the loaded network.\n\n"
        + table(header, rows)
    )


def _scene(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    image = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)
    mask = np.zeros(shape, dtype=bool)
    height, width = shape
    # so large that the window is the whole picture
    mask[height // 5 : 4 * height // 5, width // 5 : 4 * width // 5] = True
    return image, mask


def _fill_row(method: str, side: int, repeats: int) -> tuple[object, ...]:
    image, mask = _scene((side, side))
    fill = lambda: napari_greyfill.fill(image, mask, method=method, scale="native")  # noqa: E731
    times = alternating({"plain": _plain(method, fill), "fill": fill}, repeats)
    ratio = times["fill"].cpu / times["plain"].cpu
    return method, side, times["plain"].cpu, times["fill"].cpu, ratio


def _plain(method: str, fill):
    """Return what runs the modules alone, on the tensors that they get in a fill."""
    import torch

    inpainter = INPAINTERS.create(method, Compute())
    calls = []
    hooks = [
        module.register_forward_hook(lambda m, given, _: calls.append((m, given[0])))
        for module in inpainter.modules.values()
    ]
    fill()
    for hook in hooks:
        hook.remove()

    def run() -> None:
        with torch.inference_mode():
            for module, given in calls:
                module(given)

    return run


def _load_row(method: str) -> tuple[object, ...]:
    LOADED.clear()
    times = [timed(lambda: INPAINTERS.create(method, Compute()))[1] for _ in range(2)]
    return method, *times


def _memory_row(method: str, shapes: list[tuple[int, int]]) -> tuple[object, ...]:
    spawn = multiprocessing.get_context("spawn")
    peaks = []
    for shape in shapes:
        with spawn.Pool(1) as pool:
            peaks.append(round(pool.apply(_peak, (method, shape)) / MIB))
    return method, *peaks


def _peak(method: str, shape: tuple[int, int]) -> int:
    """Return by how many bytes a fill raises the memory of this process."""
    image, mask = _scene(shape)
    INPAINTERS.create(method, Compute())
    meter = Meter()
    with meter.watching():
        napari_greyfill.fill(image, mask, method=method, scale="native")
    return meter.cost.peak
