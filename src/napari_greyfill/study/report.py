"""Write what a study has found: tables, figures, and a report that holds them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.atomic import write_text
from napari_greyfill.comparison import Combination, Row, combinations
from napari_greyfill.comparison.bars import bars
from napari_greyfill.comparison.columns import best_rows, columns_named
from napari_greyfill.comparison.figures import (
    Tile,
    as_label,
    column_title,
    contact_sheet,
    save_figure,
)
from napari_greyfill.comparison.tables import Table, write_table
from napari_greyfill.compute.versions import version_of
from napari_greyfill.measure import METRICS
from napari_greyfill.pipeline.names import GREY
from napari_greyfill.study.document import (
    Heading,
    Part,
    Picture,
    Text,
    as_html,
    as_markdown,
)
from napari_greyfill.study.folder import StudyFolder
from napari_greyfill.study.settings import StudySettings
from napari_greyfill.study.summary import compared, means_of
from napari_greyfill.study.tables import (
    all_means,
    failures,
    paired_csv,
    paired_table,
    study_table,
    table_of,
    training_table,
)
from napari_greyfill.study.thumbnails import ORIGINAL, WITH_HOLE, hole_in, name_of, read_small
from napari_greyfill.study.training import by_purpose, shape_of_hole, shapes_of_kind

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["write_report"]

_PACKAGES = (
    *("napari-greyfill", "numpy", "scipy", "scikit-image", "matplotlib"),
    *("torch", "opencv-python-headless", "opencv-python"),
)
_TABLES = ("table.csv", "table.tex")
_FIGURES = (("bars_psnr", "psnr"), ("bars_ssim", "ssim"), ("bars_hole_psnr", "hole_psnr"))


def write_report(
    settings: StudySettings,
    folder: StudyFolder,
    pictures: Sequence[str],
    kinds: Sequence[str] = ("png",),
) -> list[Path]:
    """Write everything that the rows so far allow; earlier reports of the study are replaced.

    Parameters
    ----------
    settings : StudySettings
        What the study was asked for.
    folder : StudyFolder
        Where the rows are, and the report goes.
    pictures : sequence of str
        The pictures of the study, by name.
    kinds : sequence of {"png", "svg", "pdf"}
        Formats of the figures; the report shows PNG, which is always written.

    Returns
    -------
    list of Path
        The files, the report first.

    Raises
    ------
    UnwritablePathError
    """
    found = _Found.of(settings, folder, pictures)
    figures = found.write_figures(tuple(dict.fromkeys(("png", *kinds))))
    texts = {
        "report.md": as_markdown(found.parts()),
        "report.html": as_html(found.parts()),
        "paired.csv": paired_csv(compared(found.rows)),
    }
    for name, text in texts.items():
        write_text(folder.path / name, text)
    tables = [folder.path / name for name in _TABLES]
    for path in tables:
        write_table(found.rows, path)
    return [*(folder.path / name for name in texts), *tables, *figures]


@dataclass(frozen=True, eq=False)
class _Found:
    """The rows of a study, in order, and where its pictures are."""

    settings: StudySettings
    folder: StudyFolder
    pictures: list[str]
    rows: list[Row]

    @classmethod
    def of(cls, settings: StudySettings, folder: StudyFolder, pictures: Sequence[str]) -> _Found:
        plan = [
            combination
            for colour in (True, False)
            for combination in combinations(settings.choices, colour=colour)
        ]
        rows = [row for row in folder.rows_of(pictures) if row.combination in plan]
        order = {picture: number for number, picture in enumerate(pictures)}
        rows.sort(key=lambda row: (order[row.picture], plan.index(row.combination)))
        return cls(settings, folder, list(dict.fromkeys(row.picture for row in rows)), rows)

    # ------------------------------------------------------------ figures

    def write_figures(self, kinds: Sequence[str]) -> list[Path]:
        """Write bars and contact sheet, and return their files."""
        if not self.rows:
            return []
        figures = {name: bars(self.rows, metric) for name, metric in _FIGURES}
        figures["contact_sheet"] = self._contact_sheet()
        written = []
        for name, figure in figures.items():
            for kind in kinds:
                written.append(self.folder.path / f"{name}.{kind}")
                save_figure(figure, written[-1])
        return written

    def _contact_sheet(self) -> Figure:
        columns = self._columns()
        tiles = []
        for picture in self.pictures:
            mine = [row for row in self.rows if row.picture == picture]
            best = best_rows(mine).get("hole_psnr", set())
            line = [
                Tile(self._small(picture, ORIGINAL), as_label(Path(picture).stem)),
                Tile(self._small(picture, WITH_HOLE), "with hole"),
                *(Tile(None) for _ in columns),
            ]
            for number, row in enumerate(mine):
                place = _column_of(row.combination, columns)
                if place is not None:
                    image = self._small(picture, name_of(row.combination))
                    line[2 + place] = Tile(image, _numbers(row), bold=number in best)
            tiles.append(line)
        return contact_sheet(tiles, ["original", "to fill", *map(column_title, columns)])

    def _columns(self) -> list[Combination]:
        """Return the combinations that ever worked; grey ones only if there is nothing else."""
        found = dict.fromkeys(row.combination for row in self.rows if not row.error)
        return [c for c in found if c.pipeline != GREY] or list(found)

    def _small(self, picture: str, what: str) -> NDArray[np.uint8] | None:
        return read_small(self.folder.thumbnail(picture, what))

    # ------------------------------------------------------------ the report's text

    def parts(self) -> list[Part]:
        """Return the report."""
        skipped = self.folder.skipped
        return [
            Heading(f"Comparison on {_count(len(self.pictures), 'picture')}", 1),
            Text(self._what_was_done()),
            *self._means(colour=True),
            *self._means(colour=False),
            *self._trained(),
            *self._paired(),
            *self._figures(),
            *self._failed(skipped),
            Heading("Settings"),
            self._settings(),
            Heading("Every picture"),
            table_of(self.rows),
        ]

    def _what_was_done(self) -> str:
        given = (
            "masks from a folder"
            if self.settings.masks
            else f"generated masks ({self.settings.mask_kind}, {self.settings.share:.0%} of the "
            "picture, one for each picture by the seed)"
        )
        return (
            f"Each picture was filled in every combination under {given}, and measured against "
            "itself. PSNR and SSIM are of the whole picture, the other metrics of the hole."
        )

    def _means(self, *, colour: bool) -> list[Part]:
        means = means_of(self.rows, colour=colour)
        if means.frame.empty:
            return []
        what = "Mean over" if colour else "Mean over grey pictures:"
        left = (
            f" {_count(means.left_out, 'picture')} without all results left out."
            if means.left_out
            else ""
        )
        parts: list[Part] = [
            Heading(f"{what} {_count(len(means.pictures), 'picture')}"),
            Text(f"The best of each column is bold.{left}"),
        ]
        if colour:
            parts.append(study_table(means))
        return [*parts, all_means(means)]

    def _trained(self) -> list[Part]:
        """Return the networks by what they were trained for, and what is foreign to each."""
        groups = by_purpose(self.settings.choices.methods)
        if not groups:
            return []
        sizes = sorted({row.shape for row in self.rows if row.shape is not None})
        shapes = self._shapes()
        parts: list[Part] = [
            Heading("What the networks were trained for"),
            Text(
                "Compare networks of one group with each other, on pictures of that group. What "
                "is foreign to a network here says little about what it can do."
            ),
        ]
        for purpose, infos in groups.items():
            parts += [Heading(purpose[:1].upper() + purpose[1:], 3)]
            parts += [training_table(infos, shapes, sizes)]
            for colour in (True, False):
                means = means_of(self.rows, colour=colour).of([info.name for info in infos])
                parts += [] if means.frame.empty else [all_means(means)]
        return parts

    def _shapes(self) -> set[str]:
        """Return the shapes of the holes."""
        if not self.settings.masks:
            return shapes_of_kind(self.settings.mask_kind)
        small = (self._small(picture, WITH_HOLE) for picture in self.pictures)
        holes = [hole_in(image) for image in small if image is not None]
        return {shape_of_hole(hole) for hole in holes if hole.any()}

    def _paired(self) -> list[Part]:
        lines = compared(self.rows)
        if not lines:
            return []
        return [
            Heading("Is the difference more than chance?"),
            Text(
                "Mean difference picture by picture, with a 95 % bootstrap interval of that mean, "
                "and on how many pictures the first is better. Bold where the interval lies on "
                "one side of zero. With fewer than about ten pictures an interval is too narrow."
            ),
            paired_table(lines),
        ]

    def _figures(self) -> list[Part]:
        if not self.rows:
            return []
        titles = {metric.key: metric.title for metric in METRICS}
        shown = [Picture(f"{name}.png", f"{titles[metric]} bars") for name, metric in _FIGURES]
        return [
            Heading("Figures"),
            *shown,
            Heading("Contact sheet"),
            Text("Below each result: hole PSNR in dB and ΔE; the best of each picture is bold."),
            Picture("contact_sheet.png", "Contact sheet"),
        ]

    def _failed(self, skipped: dict[str, str]) -> list[Part]:
        parts: list[Part] = []
        if skipped:
            lines = tuple(sorted(skipped.items()))
            parts += [
                Heading(f"{_count(len(skipped), 'picture')} skipped"),
                Table(("Picture", "Because"), lines, (False, False)),
            ]
        failed = failures(self.rows)
        return [*parts, Heading("Failed"), failed] if failed.lines else parts

    def _settings(self) -> Table:
        values = self.settings.to_dict()
        choices = values.pop("choices")
        lines = [(name.capitalize(), ", ".join(names)) for name, names in choices.items()]
        lines += [(name.replace("_", " ").capitalize(), str(v)) for name, v in values.items()]
        lines += [(package, found) for package in _PACKAGES if (found := version_of(package, ""))]
        return Table(("Setting", "Value"), tuple(lines), (False, False))


def _column_of(combination: Combination, columns: Sequence[Combination]) -> int | None:
    """Return where a result stands: one of a grey picture, in its method's first column."""
    for place, column in enumerate(columns):
        alike = combination.pipeline == GREY and combination.method == column.method
        if alike or combination == column:
            return place
    return None


def _numbers(row: Row) -> str:
    if row.error:
        return "failed"
    psnr, difference = columns_named("hole_psnr", "delta_e")
    texts = [psnr.text(row)]
    if difference.key in row.metrics:
        texts.append(f"{difference.title} {difference.text(row)}")
    return "  ".join(texts)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
