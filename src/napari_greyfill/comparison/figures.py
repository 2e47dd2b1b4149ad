"""Figures of a comparison: grouped bars, and a contact sheet of the pictures.

Matplotlib is imported once a figure is made, and used without its global state, so that figures
can be made in any thread and never open a window.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import reason_of, replacing
from napari_greyfill.comparison.configuration import Combination
from napari_greyfill.comparison.row import Row
from napari_greyfill.errors import BadParameterError, UnwritablePathError
from napari_greyfill.measure.metrics import METRICS, Metric
from napari_greyfill.pipeline.names import GREY, pipeline_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["FORMATS", "Tile", "as_label", "bars", "column_title", "contact_sheet", "save_figure"]

FORMATS = ("png", "svg", "pdf")
# Okabe and Ito's colours, which colour-blind people tell apart
_COLOURS = {
    "grey-rgb": "#0072B2",
    "rgb-grey-rgb": "#E69F00",
    "rgb-rgb": "#009E73",
    GREY: "#767676",
}
_INCH_PER_BAR, _INCH_PER_TILE = 0.17, 1.25
_LONGEST_NAME = 18


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


def bars(rows: Sequence[Row], metric: str = "hole_psnr") -> Figure:
    """Return grouped bars: a panel for each method and colorizer.

    In it, each picture has a group with a bar for each pipeline.

    Parameters
    ----------
    rows : sequence of Row
        Rows without a finite number leave a gap; a method without any has no panel.
    metric : str
        The key of a metric.

    Raises
    ------
    BadParameterError
        If there is no such metric.
    """
    shown = _metric(metric)
    measured = [row for row in rows if np.isfinite(row.metrics.get(metric, np.nan))]
    panels = _panels(measured or rows)
    pictures = list(dict.fromkeys(row.picture for row in rows))
    names = [as_label(_short(Path(picture).stem)) for picture in pictures]
    most = max((len(pipelines) for pipelines in panels.values()), default=1)
    width = max(4.5, 1.2 + _INCH_PER_BAR * (most + 1) * len(pictures))
    figure, axes = _grid(max(1, len(panels)), 1, width, 2.3 * max(1, len(panels)) + 0.5)
    for axis, (title, pipelines) in zip(axes[:, 0], panels.items(), strict=False):
        _draw_bars(axis, pipelines, pictures, metric)
        axis.set_title(title, fontsize=9, loc="left")
        axis.set_ylabel(_axis_title(shown), fontsize=8)
        axis.set_xticks(range(len(pictures)), names)
        turn = len(pictures) > 3
        axis.tick_params(axis="x", labelsize=8, rotation=35 if turn else 0)
        for label in axis.get_xticklabels():
            label.set_horizontalalignment("right" if turn else "center")
            label.set_rotation_mode("anchor")
    _add_legend(figure, panels)
    return figure


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
    figure, axes = _grid(rows, columns, _INCH_PER_TILE * columns, (_INCH_PER_TILE + 0.22) * rows)
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


def _grid(rows: int, columns: int, width: float, height: float) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def _metric(key: str) -> Metric:
    found = {metric.key: metric for metric in METRICS}
    if key not in found:
        raise BadParameterError(f"There is no metric {key!r}; choose one of: {', '.join(found)}.")
    return found[key]


def as_label(name: str) -> str:
    """Return a file's name as a figure can show it, whatever characters it has."""
    return name.encode("utf-8", "replace").decode("utf-8").replace("$", r"\$")


def _axis_title(metric: Metric) -> str:
    unit = ", dB" if metric.key.endswith("psnr") else ""
    better = "higher" if metric.higher_is_better else "lower"
    return f"{metric.title}{unit}\n({better} is better)"


Panels = dict[str, dict[str, dict[str, Row]]]


def _panels(rows: Sequence[Row]) -> Panels:
    """Return rows by panel, pipeline and picture; every colorizer's panel has rgb-rgb as well."""
    colorizers: dict[str, list[str]] = {}
    for row in rows:
        names = colorizers.setdefault(row.combination.method, [])
        if row.combination.colorizer and row.combination.colorizer not in names:
            names.append(row.combination.colorizer)
    panels: Panels = {}
    for row in rows:
        method = row.combination.method
        mine = [row.combination.colorizer] if row.combination.colorizer else colorizers[method]
        for colorizer in mine or [""]:
            panel = panels.setdefault(f"{method} + {colorizer}" if colorizer else method, {})
            panel.setdefault(row.combination.pipeline, {})[row.picture] = row
    return panels


def _draw_bars(
    axis: Axes,
    pipelines: Mapping[str, Mapping[str, Row]],
    pictures: Sequence[str],
    metric: str,
) -> None:
    wide = 0.8 / max(1, len([p for p in pipelines if p != GREY]))
    heights = []
    for number, (pipeline, by_picture) in enumerate(_grey_last(pipelines)):
        values = [_value(by_picture.get(picture), metric) for picture in pictures]
        # a picture without colour has one bar only, in the middle
        offset = 0.0 if pipeline == GREY else wide * (number + 0.5) - 0.4
        places = np.arange(len(pictures)) + offset
        title = pipeline_title(pipeline)
        axis.bar(places, values, 0.92 * wide, color=_COLOURS.get(pipeline), label=title)
        heights += values
    axis.set_xlim(-0.6, len(pictures) - 0.4)
    axis.set_axisbelow(True)
    axis.grid(axis="y", linewidth=0.4, color="#cccccc")
    axis.tick_params(axis="y", labelsize=8)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    if not np.isfinite(heights).any():
        axis.text(0.5, 0.5, "nothing measured", transform=axis.transAxes, ha="center")


def _grey_last(
    pipelines: Mapping[str, Mapping[str, Row]],
) -> list[tuple[str, Mapping[str, Row]]]:
    return sorted(pipelines.items(), key=lambda item: item[0] == GREY)


def _value(row: Row | None, metric: str) -> float:
    value = float("nan") if row is None else row.metrics.get(metric, float("nan"))
    return value if np.isfinite(value) else float("nan")


def _add_legend(figure: Figure, panels: Panels) -> None:
    """Name each pipeline once, above all panels."""
    found: dict[str, Any] = {}
    for axis in figure.axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    if panels:
        figure.legend(
            found.values(),
            found.keys(),
            loc="outside upper right",
            ncols=len(found),
            fontsize=8,
            frameon=False,
        )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def column_title(combination: Combination) -> str:
    """Return a combination in three short lines, to stand above a column."""
    lines = (combination.method, pipeline_title(combination.pipeline), combination.colorizer)
    return "\n".join(line for line in lines if line)
