"""A contact sheet of one comparison: where the ways of filling differ, magnified.

Outside the hole all results are the same, and a hole is often a hundredth of the picture. So the
picture is shown once, and of each result the windows in which the results differ most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.comparison.columns import best_rows, columns_named
from napari_greyfill.comparison.figures import as_label, column_title
from napari_greyfill.comparison.row import Row
from napari_greyfill.errors import NothingKnownError
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.values import ValueRange, value_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["sheet_of", "zooms"]

_SMALLEST, _LARGEST = 40, 96  # sides of a window in pixels
_WORTH = 0.1  # of what the first window shows, that another one must show
_MOST_COLUMNS = 8
_INCH = 1.25
_LONGEST = 1200  # pixels of the overview
_HOLE_COLOUR = (230, 0, 120)  # hardly found in pictures
Mask = NDArray[np.bool_]


def sheet_of(
    rows: Sequence[Row],
    image: NDArray[Any],
    *,
    reference: NDArray[Any] | None = None,
    most: int = 3,
) -> Figure:
    """Return the picture with its hole, and windows of it as each way has filled them.

    Parameters
    ----------
    rows : sequence of Row
        Fills of one hole; those without an image are left out.
    image : (H, W), (H, W, 3) or (H, W, 4) array
        What was filled.
    reference : array of the same shape, optional
        What they were measured against.
    most : int
        How many windows at most.

    Raises
    ------
    NothingKnownError
        If no row has an image.
    """
    shown = [row for row in rows if row.result is not None]
    if not shown:
        raise NothingKnownError("No result has an image to show; run the comparison again.")
    assert shown[0].result is not None
    hole = shown[0].result.hole
    results = [np.asarray(row.image) for row in shown]
    windows = zooms(hole, results, most=most)
    scale = _scale(image, hole)
    pictures = [(_with_hole(_as_8_bits(image, scale), hole), "with hole", False)]
    if reference is not None:
        pictures.append((_as_8_bits(reference, scale), "reference", False))
    best = best_rows(shown).get("hole_psnr", set())
    pictures += [
        (_as_8_bits(filled, scale), _title(row), number in best)
        for number, (row, filled) in enumerate(zip(shown, results, strict=True))
    ]
    return _drawn(pictures, windows)


def zooms(hole: Mask, results: Sequence[NDArray[Any]] = (), *, most: int = 3) -> list[Window]:
    """Return windows that show most of what results differ in.

    Parameters
    ----------
    hole : (H, W) bool array
        Where they may differ.
    results : sequence of arrays
        Filled pictures of one shape; with fewer than two, what counts is how much hole is seen.
    most : int
        How many windows at most; they hardly overlap, and the first shows most.
    """
    weight = np.zeros(hole.shape, np.float32)
    weight[hole] = _spread([np.asarray(result)[hole] for result in results])
    side = _side(hole)
    block = max(1, min(side) // 8)
    found: list[Window] = []
    first = 0.0
    for _ in range(most):
        seen = _blurred(weight, block, min(side) / 4)
        worth = float(seen.max())
        if found and worth < _WORTH * first:
            break
        first = first or worth
        y, x = np.unravel_index(int(seen.argmax()), seen.shape)
        found.append(
            _around(int(y) * block + block // 2, int(x) * block + block // 2, side, hole.shape)
        )
        weight[found[-1].expanded(min(side) // 4, (hole.shape[0], hole.shape[1])).slices] = 0
    return found


def _spread(values: Sequence[NDArray[Any]]) -> NDArray[np.float32] | float:
    """Return by how much results differ in each pixel of the hole, and a little everywhere."""
    if len(values) < 2:
        return 1.0
    stack = np.stack([np.asarray(each, np.float32) for each in values])
    apart = np.nan_to_num(stack.max(axis=0) - stack.min(axis=0))
    apart = apart.mean(axis=-1) if apart.ndim == 2 else apart
    most = float(apart.max(initial=0))
    return np.asarray(apart / most + 1e-3, np.float32) if most else 1.0


def _side(hole: Mask) -> tuple[int, int]:
    """Return the size of the windows, which follows how wide the hole is at its usual pixels."""
    labels, count = ndimage.label(hole, np.ones((3, 3)))
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    extents = np.array(
        [max(part.stop - part.start for part in box) for box in ndimage.find_objects(labels)]
    )
    usual = np.repeat(areas / extents, np.ceil(areas / 16).astype(int)) if count else [0.0]
    side = int(np.clip(3 * np.median(usual) + 16, _SMALLEST, _LARGEST))
    return min(side, hole.shape[0]), min(side, hole.shape[1])


def _blurred(weight: NDArray[np.float32], block: int, sigma: float) -> NDArray[np.float32]:
    """Return how much weight there is around the middles of blocks, near ones counting most."""
    rows, columns = (-side % block for side in weight.shape)
    padded = np.pad(weight, ((0, rows), (0, columns)))
    shape = (padded.shape[0] // block, block, padded.shape[1] // block, block)
    sums = padded.reshape(shape).sum(axis=(1, 3))
    return np.asarray(ndimage.gaussian_filter(sums, sigma / block, mode="constant"))


def _around(y: int, x: int, side: tuple[int, int], shape: tuple[int, ...]) -> Window:
    """Return the window of a size around a pixel, moved into the picture."""
    y0 = max(0, min(y - side[0] // 2, shape[0] - side[0]))
    x0 = max(0, min(x - side[1] // 2, shape[1] - side[1]))
    return Window(y0, y0 + side[0], x0, x0 + side[1])


# ------------------------------------------------------------ colours


def _scale(image: NDArray[Any], hole: Mask) -> ValueRange | None:
    """Return what black and white stand for, from what is known; None for 1 and 8 bits."""
    if image.dtype in (np.uint8, np.bool_):
        return None
    colours = image[..., :3] if image.ndim == 3 else image
    known = np.asarray(colours[~hole])
    finite = np.nan_to_num(known) if known.dtype.kind == "f" else known
    return value_range(finite)


def _as_8_bits(image: NDArray[Any], scale: ValueRange | None) -> NDArray[np.uint8]:
    colours = np.asarray(image[..., :3] if image.ndim == 3 else image)
    if scale is None:
        return colours if colours.dtype == np.uint8 else np.uint8(255) * colours.astype(np.uint8)
    finite = np.nan_to_num(colours) if colours.dtype.kind == "f" else colours
    return np.asarray((255 * scale.to_clipped_unit(finite)).round(), np.uint8)


def _with_hole(image: NDArray[np.uint8], hole: Mask) -> NDArray[np.uint8]:
    colour = image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=-1)
    return np.where(hole[..., None], np.array(_HOLE_COLOUR, np.uint8), colour)


def _title(row: Row) -> str:
    text = column_title(row.combination)
    (psnr,) = columns_named("hole_psnr")
    return f"{text}\n{psnr.text(row)} dB" if psnr.key in row.metrics else text


# ------------------------------------------------------------ drawing


def _drawn(
    pictures: Sequence[tuple[NDArray[np.uint8], str, bool]], windows: Sequence[Window]
) -> Figure:
    """Return the overview on the left, and columns of pictures with rows of windows."""
    from matplotlib.figure import Figure

    columns = min(len(pictures), _MOST_COLUMNS)
    blocks = [pictures[at : at + columns] for at in range(0, len(pictures), columns)]
    lines = len(windows) * len(blocks)
    height = _INCH * lines + 0.6 * len(blocks)
    overview = pictures[0][0]
    left = float(np.clip(height * overview.shape[1] / overview.shape[0], 2.2, 4.5))
    figure = Figure(figsize=(left + _INCH * columns, max(height, 2.0)), layout="constrained")
    parts = figure.subfigures(1, 2, squeeze=False, width_ratios=[left, _INCH * columns])
    _draw_overview(parts[0, 0].subplots(), overview, windows)
    axes = parts[0, 1].subplots(lines, columns, squeeze=False)
    for axis in axes.flat:
        axis.set_axis_off()
    for number, block in enumerate(blocks):
        top = number * len(windows)
        _draw_block(axes[top : top + len(windows)], block, windows)
    return figure


def _draw_overview(axis: Axes, image: NDArray[np.uint8], windows: Sequence[Window]) -> None:
    from matplotlib.patches import Rectangle

    step = max(1, -(-max(image.shape[:2]) // _LONGEST))
    extent = (-0.5, image.shape[1] - 0.5, image.shape[0] - 0.5, -0.5)
    axis.imshow(image[::step, ::step], extent=extent)
    axis.set_axis_off()
    axis.set_anchor("N")
    for number, window in enumerate(windows, 1):
        height, width = window.shape
        frame = Rectangle((window.x0, window.y0), width, height, fill=False, edgecolor="white")
        axis.add_patch(frame)
        axis.text(
            *(window.x0, window.y0, str(number)),
            fontsize=8,
            color="black",
            va="bottom",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )


def _draw_block(
    axes: NDArray[Any],
    pictures: Sequence[tuple[NDArray[np.uint8], str, bool]],
    windows: Sequence[Window],
) -> None:
    for column, (image, title, bold) in enumerate(pictures):
        for line, window in enumerate(windows):
            axis = axes[line, column]
            axis.imshow(
                image[window.slices], cmap="gray", vmin=0, vmax=255, interpolation="nearest"
            )
            if column == 0:
                axis.text(
                    -0.08, 0.5, str(line + 1), transform=axis.transAxes, fontsize=8, ha="right"
                )
        weight = "bold" if bold else "normal"
        axes[0, column].set_title(as_label(title), fontsize=7, fontweight=weight)
