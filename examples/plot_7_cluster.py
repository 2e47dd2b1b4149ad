"""
Larger than memory, on a dask cluster
=====================================

A stack on disk is filled by two worker processes, window by window, and the result goes to disk
as it comes. Nothing larger than a window is ever in memory; here the stack is small, so that it
is quick.
"""

import logging
import tempfile
from pathlib import Path

import dask.array as da
import matplotlib.pyplot as plt
import numpy as np
import zarr
from distributed import Client, LocalCluster
from skimage import data, filters

import napari_greyfill as greyfill

# %%
# A stack on disk
# ---------------
# Six planes that come into focus one after the other, each with a scratch of its own.


def make_stack(folder: Path) -> tuple[zarr.Array, zarr.Array]:
    """Write a stack and its mask, chunked plane by plane."""
    cells = data.cell()[260:452, 340:532].astype(float)
    planes = [filters.gaussian(cells, 0.5 + z / 2) for z in range(6)]
    stack = np.stack(planes).round().astype(np.uint8)
    mask = np.zeros(stack.shape, np.uint8)
    for z in range(6):
        mask[z, 20 + 28 * z : 23 + 28 * z, 30:160] = 1
    stack[mask > 0] = 255
    return tuple(
        zarr.create_array(folder / name, data=array, chunks=(1, 64, 64))
        for name, array in (("stack.zarr", stack), ("mask.zarr", mask))
    )


# %%
# Two workers
# -----------
# ``Client("tcp://...")`` in place of the ``LocalCluster`` is all that another cluster takes. What
# starts processes stands below the guard, as in every script: each process imports it again.

if __name__ == "__main__":
    folder = Path(tempfile.mkdtemp())
    stack, mask = make_stack(folder)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=logging.ERROR
        ) as cluster,
        Client(cluster) as client,
    ):
        result = greyfill.fill(
            stack, mask, axes="ZYX", client=client, store=folder / "filled.ome.zarr"
        )
    print(f"{len(result.planes)} planes, complete: {result.complete}")

# %%
# What is on disk
# ---------------
# The patch store holds only the chunks with filled pixels. ``lazy`` puts stack and fill together
# as they are read, as napari does when you look at it.

if __name__ == "__main__":
    filled = da.asarray(result.lazy)
    written = list((folder / "filled.ome.zarr").rglob("c/*/*/*"))
    print(f"{filled.shape} of {filled.dtype}; {len(written)} files of chunks were written")

    fig, axes = plt.subplots(2, 3, figsize=(9, 6), layout="constrained")
    for z, column in zip((0, 2, 5), axes.T, strict=True):
        for ax, (title, planes) in zip(
            column, {"stack": stack, "filled": filled}.items(), strict=True
        ):
            ax.imshow(np.asarray(planes[z]), cmap="gray", vmin=0, vmax=255)
            ax.set_title(f"{title}, plane {z}")
            ax.axis("off")
    plt.show()

# %%
# A run that was killed goes on where it stopped when the same lines run again, and gives the
# same bits. The page *Large stacks and clusters* has a script for SLURM.
