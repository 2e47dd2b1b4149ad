"""What figures of comparisons share: contact sheets of pictures, and how figures are written.

Matplotlib is imported once a figure is made, and used without its global state, so that figures
can be made in any thread and never open a window.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import reason_of, replacing
from napari_greyfill.comparison.configuration import Combination
from napari_greyfill.errors import BadParameterError, UnwritablePathError
from napari_greyfill.pipeline.names import pipeline_title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FORMATS", "Tile", "as_label", "column_title", "contact_sheet", "grid", "save_figure"]

Share = bool | Literal["none", "all", "row", "col"]

FORMATS = ("png", "svg", "pdf")
_INCH_PER_TILE = 1.25


@dataclass(frozen=True, eq=False)
class Tile:
    """One picture of a contact sheet.

    Attributes
    ----------
    image : (h, w) or (h, w, 3) array or None
        8 bits; None leaves the place empty.
    text : str
        What stands below.
    bold : bool
    """

    image: NDArray[np.uint8] | None
    text: str = ""
    bold: bool = False


def contact_sheet(tiles: Sequence[Sequence[Tile]], header: Sequence[str]) -> Figure:
    """Return pictures in rows and columns, each with its text below.

    Parameters
    ----------
    tiles : sequence of sequences of Tile
        One for each row, as long as the header.
    header : sequence of str
        What stands above each column.
    """
    rows, columns = max(1, len(tiles)), len(header)
    size = (_INCH_PER_TILE * columns, (_INCH_PER_TILE + 0.22) * rows)
    figure, axes = grid(rows, columns, size)
    for axis in axes.flat:
        axis.set_axis_off()
    for number, line in enumerate(tiles):
        for column, tile in enumerate(line):
            axis = axes[number, column]
            if tile.image is not None:
                axis.imshow(tile.image, cmap="gray", vmin=0, vmax=255)
            weight = "bold" if tile.bold else "normal"
            axis.text(
                0.5,
                -0.03,
                tile.text,
                fontsize=6.5,
                fontweight=weight,
                ha="center",
                va="top",
                transform=axis.transAxes,
            )
    for column, title in enumerate(header):
        axes[0, column].set_title(title, fontsize=7)
    return figure


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a figure as PNG, SVG or PDF, as the suffix says.

    Raises
    ------
    BadParameterError
        For other suffixes.
    UnwritablePathError
    """
    path = Path(path)
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise BadParameterError(f"A figure cannot be written as {path.name}; use one of: {known}.")
    # without a date, so that the same figure is the same file
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    try:
        drawn = BytesIO()
        figure.savefig(drawn, format=kind, dpi=150, metadata=metadata)
        with replacing(path) as file:
            file.write(drawn.getbuffer())
    except OSError as error:
        raise UnwritablePathError(
            f"{path} cannot be written ({reason_of(error)}); choose another folder."
        ) from error


def grid(
    rows: int, columns: int, size: tuple[float, float], *, sharey: Share = False
) -> tuple[Figure, Any]:
    """Return a figure, and its axes by row and column.

    Parameters
    ----------
    rows, columns : int
        How many axes.
    size : (width, height)
        In inches.
    sharey : bool or str
        Which axes have the same vertical one, as matplotlib takes it.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, sharey=sharey)


def as_label(name: str) -> str:
    """Return a file's name as a figure can show it, whatever characters it has."""
    return name.encode("utf-8", "replace").decode("utf-8").replace("$", r"\$")


def column_title(combination: Combination) -> str:
    """Return a combination in three short lines, to stand above a column."""
    lines = (combination.method, pipeline_title(combination.pipeline), combination.colorizer)
    return "\n".join(line for line in lines if line)
