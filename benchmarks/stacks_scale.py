"""Stacks larger than memory, runs that are killed, several processes: what they cost."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from threading import Thread

import numpy as np
from scipy import ndimage

PLANES, SIDE, HOLES = 200, 2048, 20
FILLED = 5  # of the 200 planes are filled; what a region costs does not depend on how many are
FIRST = 100  # of them
HUGE = (1000, 7168, 7168)  # uint16: 103 GB
PLACES = 10  # holes in each of a hundred planes of it
ALONE = (420, 450, 480)  # planes of it with holes that the planes next to them have not
FAST = {"method": "telea", "context": "none"}  # so that reading, writing and keeping are seen


def measure(repeats: int) -> str:
    """Return the section; everything is dear enough to run once, whatever `repeats` says."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = [
            "## Stacks beyond memory",
            f"Load of the {os.cpu_count()} cores at the beginning: {os.getloadavg()[0]:.1f}.",
            _planes(folder),
            _huge(folder),
            _huge_by_default(folder),
            _workers(folder),
            _overhead(),
        ]
    return "\n\n".join(parts)


def make_planes(folder: Path) -> None:
    """Write 200 planes that drift, in 16 bits, and holes in some."""
    rng = np.random.default_rng(0)
    base = ndimage.gaussian_filter(rng.normal(size=(SIDE + PLANES,) * 2), 4)
    base = (base - base.min()) / np.ptp(base) * 50000
    shape = (PLANES, SIDE, SIDE)
    stack = np.lib.format.open_memmap(folder / "stack.npy", "w+", np.uint16, shape)
    mask = np.lib.format.open_memmap(folder / "mask.npy", "w+", np.bool_, shape)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    for z in range(PLANES):
        stack[z] = base[z : z + SIDE, z // 2 : z // 2 + SIDE] + rng.normal(0, 200, (SIDE, SIDE))
    for z in range(FIRST, FIRST + 3 * FILLED, 3):
        for y, x, radius in zip(*rng.integers(60, SIDE - 60, (2, HOLES)),
                                rng.integers(8, 41, HOLES), strict=True):  # fmt: skip
            mask[z] |= (rows - y) ** 2 + (columns - x) ** 2 <= radius**2


def _planes(folder: Path) -> str:
    make_planes(folder)
    found = _apart("planes", folder)
    return (
        f"{PLANES} planes of {SIDE} × {SIDE} in 16 bits ({PLANES * SIDE**2 * 2 / 2**30:.1f} GB, "
        f"memory-mapped), {HOLES} holes of radius 8 to 40 in {FILLED} of them: "
        f"{found['seconds']:.0f} s for {found['tasks']} regions, {found['ratio']:.2f} times the "
        f"sum of the regions, peak {found['peak']:.0f} MB."
    )


def make_huge(folder: Path) -> None:
    """Write an OME-Zarr that has chunks only around its holes."""
    import zarr

    stack = zarr.create_array(
        str(folder / "huge.zarr"), shape=HUGE, chunks=(1, 256, 256), dtype="uint16", fill_value=0
    )
    mask, alone = (
        zarr.create_array(
            str(folder / name), shape=HUGE, chunks=(1, 1024, 1024), dtype="bool", fill_value=False
        )
        for name in ("hole.zarr", "alone.zarr")
    )
    rng = np.random.default_rng(0)
    texture = ndimage.gaussian_filter(rng.normal(size=(400, 400)), 3) * 1e5 + 20000
    for place in range(PLACES):
        y, x = 512 * (place + 1), 256 * (2 * place + 3)
        for z in range(400, 500):
            shift = z - 400
            stack[z, y : y + 256, x : x + 256] = texture[shift : shift + 256, place : place + 256]
            mask[z, y + 120 : y + 134, x + 115 : x + 137] = True
            if z in ALONE:
                alone[z, y + 120 : y + 134, x + 115 : x + 137] = True


def _huge(folder: Path) -> str:
    make_huge(folder)
    whole = _apart("huge", folder, "whole.ome.zarr")
    started = time.perf_counter()
    process = _started("huge", folder, "killed.ome.zarr")
    journal = folder / "killed.ome.zarr.journal"
    while not (journal.exists() and journal.read_bytes().count(b"\n") > PLACES * 40):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    lines = journal.read_bytes().count(b"\n") - 1
    resumed = _apart("huge", folder, "killed.ome.zarr")
    seconds = time.perf_counter() - started
    same = resumed["digest"] == whole["digest"]
    size = sum(p.stat().st_size for p in (folder / "whole.ome.zarr").rglob("*") if p.is_file())
    return (
        f"A made-up OME-Zarr of {np.prod(HUGE) * 2 / 1e9:.0f} GB with {whole['pixels']:,} pixels "
        f"to fill in {PLACES * 100} holes (Telea, plane by plane): {whole['seconds']:.0f} s, "
        f"{whole['tasks']} regions, peak {whole['peak']:.0f} MB; the store takes {size / 1e6:.1f} "
        f"MB. Killed by kill -9 after {lines} regions and begun again: {seconds:.0f} s, peak "
        f"{resumed['peak']:.0f} MB, {'the same bits' if same else 'OTHER BITS'}."
    )


def _huge_by_default(folder: Path) -> str:
    found = _apart("alone", folder, "alone.ome.zarr")
    return (
        f"The same file with {len(ALONE) * PLACES} holes in {len(ALONE)} planes by the default, "
        f"which looks at the planes around them: {found['seconds']:.0f} s, {found['tasks']} "
        f"regions, {found['ratio']:.2f} times their sum, peak {found['peak']:.0f} MB."
    )


def _workers(folder: Path) -> str:
    load = os.getloadavg()[0]
    one, two = (_apart("workers", folder, jobs)["seconds"] for jobs in ("1", "2"))
    return (
        f"The same {PLANES} planes by one and by two processes: {one:.0f} and {two:.0f} "
        f"s, {one / two:.2f} times as fast (load before: {load:.1f}, their start counted)."
    )


def _overhead() -> str:
    from napari_greyfill.stack.scheduler import local_cluster, run_tasks

    with local_cluster(2) as client:
        list(run_tasks(range(20), nothing, client=client))
        started = time.perf_counter()
        count = sum(1 for _ in run_tasks(range(500), nothing, client=client))
    each = (time.perf_counter() - started) / count * 1000
    return f"The scheduler takes {each:.1f} ms a region (500 that do nothing, two processes)."


def nothing(task, cancelled):
    return task


def _started(*arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-m", "benchmarks.stacks_scale", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _apart(*arguments: object) -> dict:
    out, _ = _started(*arguments).communicate()
    return json.loads(out.splitlines()[-1])


def timed(task, cancelled=None, *, work, spent, function):
    started = time.perf_counter()
    result = function(task, cancelled, work=work)
    spent.append(time.perf_counter() - started)
    return result


def watch(peak: list[float]) -> None:
    """Keep the largest memory of this process in MB; pages of mapped files are the system's."""
    while True:
        status = Path("/proc/self/status").read_text()
        peak[0] = max(peak[0], int(status.split("RssAnon:")[1].split()[0]) / 1024)
        time.sleep(0.02)


def child(what: str, folder: Path, more: str = "") -> dict:
    """Run one thing in a process of its own, so that its peak is its own."""
    import hashlib

    import napari_greyfill as greyfill
    from napari_greyfill.stack import run

    peak = [0.0]
    Thread(target=watch, args=(peak,), daemon=True).start()
    started, spent = time.perf_counter(), []
    if what in ("planes", "alone"):
        run.work_on = partial(timed, spent=spent, function=run.work_on)
    if what in ("huge", "alone"):
        import zarr

        names, options = (("huge", "hole"), FAST) if what == "huge" else (("huge", "alone"), {})
        image, mask = (zarr.open(str(folder / f"{n}.zarr"), mode="r") for n in names)
        result = greyfill.fill(image, mask, axes="ZYX", store=folder / more, **options)
    else:
        image, mask = (np.load(folder / f"{n}.npy", mmap_mode="r") for n in ("stack", "mask"))
        result = greyfill.fill(image, mask, axes="ZYX", jobs=int(more or 1))
    seconds = time.perf_counter() - started
    digest = hashlib.sha256()
    for patch in sorted(result.patches, key=lambda p: (p.index, p.window)):
        digest.update(repr(patch.index).encode() + patch.values[patch.hole].tobytes())
    return {
        "seconds": seconds,
        "ratio": seconds / sum(spent) if spent else 0.0,
        "peak": peak[0],
        "tasks": len(result.results),
        "pixels": sum(plane.pixels for plane in result.planes),
        "digest": digest.hexdigest(),
    }


if __name__ == "__main__":
    print(json.dumps(child(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])))
