"""Grouped bars of what was measured, each metric on one axis for all.

Where a single picture was filled, methods stand one below the other, with a bar for each pipeline,
and metrics side by side. Where there are several pictures, each method has a panel, each picture a
group in it, and all panels have the same axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_greyfill.comparison.columns import best_rows, columns_named
from napari_greyfill.comparison.figures import as_label, grid
from napari_greyfill.comparison.row import Row
from napari_greyfill.errors import BadParameterError
from napari_greyfill.measure.metrics import METRICS, Metric
from napari_greyfill.pipeline.names import GREY, pipeline_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["bars"]

# Okabe and Ito's colours, which colour-blind people tell apart
_COLOURS = {
    "grey-rgb": "#0072B2",
    "rgb-grey-rgb": "#E69F00",
    "rgb-rgb": "#009E73",
    GREY: "#444444",
}
_SHOWN = ("hole_psnr", "hole_ssim")
_INCH_PER_BAR = 0.17
_LONGEST_NAME = 18
Panel = dict[str, dict[str, Row]]  # rows by pipeline and picture


def bars(rows: Sequence[Row], metrics: str | Sequence[str] = _SHOWN) -> Figure:
    """Return grouped bars, with a bar for each pipeline.

    Parameters
    ----------
    rows : sequence of Row
        Rows without a finite number leave a gap; a method without any is left out. Intervals of
        rows that are means are drawn as whiskers.
    metrics : str or sequence of str
        Keys of metrics, side by side; those that no row has are left out.

    Raises
    ------
    BadParameterError
        If there is no such metric.
    """
    wanted = [_metric(key) for key in ([metrics] if isinstance(metrics, str) else metrics)]
    shown = [m for m in wanted if any(np.isfinite(_value(row, m.key)) for row in rows)]
    shown = shown or wanted[:1]
    measured = [r for r in rows if any(np.isfinite(_value(r, m.key)) for m in shown)]
    panels = _panels(measured or rows)
    pictures = list(dict.fromkeys(row.picture for row in rows))
    draw = _one_picture if len(pictures) <= 1 else _several_pictures
    figure = draw(panels, pictures, shown)
    _add_legend(figure)
    return figure


# ------------------------------------------------------------ one picture


def _one_picture(
    panels: Mapping[str, Panel], pictures: Sequence[str], metrics: Sequence[Metric]
) -> Figure:
    """Return methods one below the other, metrics side by side."""
    count = sum(map(len, panels.values())) + len(panels)
    figure, axes = grid(
        *(1, len(metrics)),
        (1.8 + 2.9 * len(metrics), max(1.6, 1.0 + 1.25 * _INCH_PER_BAR * count)),
        sharey="row",
    )
    for axis, metric in zip(axes[0], metrics, strict=True):
        _draw_lying(axis, panels, pictures[0] if pictures else "", metric)
        axis.set_xlabel(_axis_title(metric).replace("\n", " "), fontsize=8)
    for axis in axes[0, 1:]:
        axis.tick_params(axis="y", length=0)
    return figure


def _draw_lying(axis: Axes, panels: Mapping[str, Panel], picture: str, metric: Metric) -> None:
    """Draw a group of bars for each method, the first one on top."""
    place, ticks, ends = 0.0, [], [0.0]
    rows = [row for panel in panels.values() for by in panel.values() for row in by.values()]
    best = {id(rows[number]) for number in best_rows(rows).get(metric.key, ())}
    for panel in panels.values():
        first = place
        for pipeline, by_picture in _grey_last(panel):
            row = by_picture.get(picture)
            value = _value(row, metric.key)
            axis.barh(
                *(place, value, 0.9),
                color=_COLOURS.get(pipeline),
                label=pipeline_title(pipeline),
                xerr=_whiskers(row, metric.key),
                error_kw={"elinewidth": 0.9, "capsize": 2, "ecolor": "#222222"},
            )
            if row is not None and np.isfinite(value):
                ends.append(_end(row, metric.key))
                _write_at(axis, (ends[-1], place), row, metric, bold=id(row) in best)
            place += 1
        ticks.append((first + place - 1) / 2)
        place += 0.6
    axis.set_yticks(ticks, [as_label(name) for name in panels])
    axis.set_ylim(place - 1.0, -0.7)
    axis.set_xlim(min(0.0, *ends), 1.18 * (max(ends) or 1.0))
    _tidy(axis, "x")
    if len(ends) == 1:
        axis.text(0.5, 0.5, "nothing measured", transform=axis.transAxes, ha="center")


def _write_at(
    axis: Axes, place: tuple[float, float], row: Row, metric: Metric, *, bold: bool
) -> None:
    """Write a number at the end of its bar, that of the best bold."""
    (column,) = columns_named(metric.key)
    axis.annotate(
        column.as_text(column.value(row)),
        place,
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        fontsize=6.5,
        fontweight="bold" if bold else "normal",
    )


# ------------------------------------------------------------ several pictures


def _several_pictures(
    panels: Mapping[str, Panel], pictures: Sequence[str], metrics: Sequence[Metric]
) -> Figure:
    """Return a panel for each method, one below the other, all with the same axis."""
    names = [as_label(_short(Path(picture).stem)) for picture in pictures]
    most = max((len(pipelines) for pipelines in panels.values()), default=1)
    width = max(4.5, 1.2 + _INCH_PER_BAR * (most + 1) * len(pictures))
    lines = max(1, len(panels))
    size = (width * len(metrics), 2.3 * lines + 0.5)
    figure, axes = grid(lines, len(metrics), size, sharey="col")
    for line, (title, pipelines) in zip(axes, panels.items(), strict=False):
        for axis, metric in zip(line, metrics, strict=True):
            _draw_standing(axis, pipelines, pictures, metric.key)
            axis.set_title(title, fontsize=9, loc="left")
            axis.set_ylabel(_axis_title(metric), fontsize=8)
            axis.set_xticks(range(len(pictures)), names)
            turn = len(pictures) > 3
            axis.tick_params(axis="x", labelsize=8, rotation=35 if turn else 0)
            for label in axis.get_xticklabels():
                label.set_horizontalalignment("right" if turn else "center")
                label.set_rotation_mode("anchor")
    return figure


def _draw_standing(
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
    _tidy(axis, "y")
    if not np.isfinite(heights).any():
        axis.text(0.5, 0.5, "nothing measured", transform=axis.transAxes, ha="center")


# ------------------------------------------------------------ both


def _metric(key: str) -> Metric:
    found = {metric.key: metric for metric in METRICS}
    if key not in found:
        raise BadParameterError(f"There is no metric {key!r}; choose one of: {', '.join(found)}.")
    return found[key]


def _axis_title(metric: Metric) -> str:
    unit = ", dB" if metric.key.endswith("psnr") else ""
    better = "higher" if metric.higher_is_better else "lower"
    return f"{metric.title}{unit}\n({better} is better)"


def _panels(rows: Sequence[Row]) -> dict[str, Panel]:
    """Return rows by method and colorizer; rgb-rgb, which has none, is with each of them."""
    colorizers: dict[str, list[str]] = {}
    for row in rows:
        names = colorizers.setdefault(row.combination.method, [])
        if row.combination.colorizer and row.combination.colorizer not in names:
            names.append(row.combination.colorizer)
    panels: dict[str, Panel] = {}
    for row in rows:
        method = row.combination.method
        mine = [row.combination.colorizer] if row.combination.colorizer else colorizers[method]
        for colorizer in mine or [""]:
            panel = panels.setdefault(f"{method} + {colorizer}" if colorizer else method, {})
            panel.setdefault(row.combination.pipeline, {})[row.picture] = row
    return panels


def _grey_last(
    pipelines: Mapping[str, Mapping[str, Row]],
) -> list[tuple[str, Mapping[str, Row]]]:
    return sorted(pipelines.items(), key=lambda item: item[0] == GREY)


def _value(row: Row | None, metric: str) -> float:
    value = float("nan") if row is None else row.metrics.get(metric, float("nan"))
    return value if np.isfinite(value) else float("nan")


def _whiskers(row: Row | None, metric: str) -> list[list[float]] | None:
    """Return how far an interval reaches to both sides; None without one."""
    if row is None or metric not in row.intervals:
        return None
    low, high = row.intervals[metric]
    value = _value(row, metric)
    both = [[max(0.0, value - low)], [max(0.0, high - value)]]
    return both if np.isfinite(both).all() else None


def _end(row: Row, metric: str) -> float:
    """Return how far a bar and its whisker reach."""
    high = row.intervals.get(metric, (np.nan, np.nan))[1]
    return float(np.nanmax([_value(row, metric), high]))


def _tidy(axis: Axes, which: Any) -> None:  # noqa: ANN401 - a literal of matplotlib's
    axis.set_axisbelow(True)
    axis.grid(axis=which, linewidth=0.4, color="#cccccc")
    axis.tick_params(labelsize=8)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def _add_legend(figure: Figure) -> None:
    """Name each pipeline once, above all panels; pictures without colour have but one."""
    found: dict[str, Any] = {}
    for axis in figure.axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    if found.keys() - {pipeline_title(GREY)}:
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
