"""The command `compare`: check, read, fill in every way, write, print a table."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from napari_greyfill.atomic import write_text
from napari_greyfill.cli.exit_codes import tell_what_is_lost
from napari_greyfill.cli.options import read_options
from napari_greyfill.cli.progressbar import progress_bar
from napari_greyfill.comparison import (
    Comparison,
    MaskComparison,
    compare_masks_steps,
    compare_steps,
)
from napari_greyfill.comparison.bars import bars
from napari_greyfill.comparison.figures import save_figure
from napari_greyfill.comparison.sheet import sheet_of
from napari_greyfill.compute.events import Event
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import BadParameterError, CancelledError, UnwritablePathError
from napari_greyfill.files import (
    ImageFile,
    make_folder,
    read_image,
    read_mask,
    read_picture,
    write_image,
)
from napari_greyfill.study.thumbnails import name_of

__all__ = ["CompareCommand", "RandomMasks"]

_TABLES: dict[str, Callable[[Comparison], str]] = {
    "markdown": Comparison.to_markdown,
    "csv": Comparison.to_csv,
    "latex": Comparison.to_latex,
    "html": Comparison.to_html,
}
_FILES = {"comparison.md": "markdown", "comparison.csv": "csv", "comparison.tex": "latex"}


@dataclass(frozen=True)
class RandomMasks:
    """Random masks to compare on, as `compare_masks` takes them."""

    count: int
    kind: str
    share: float | None


@dataclass(frozen=True)
class CompareCommand:
    """The paths of one run of the command.

    Attributes
    ----------
    image : Path
    mask : Path or None
        None only with random masks.
    output : Path or None
        A folder.
    reference : Path or None
        None for the image itself.
    no_reference : bool
        Whether nothing is measured.
    invert : bool
        Whether to fill where the mask is not painted.
    force : bool
        Whether files may be overwritten.
    frame : str
        As in `read_mask`.
    masks : RandomMasks or None
        None for the one that is given.
    """

    image: Path
    mask: Path | None
    output: Path | None
    reference: Path | None
    no_reference: bool
    invert: bool
    force: bool
    frame: str = "auto"
    masks: RandomMasks | None = None

    def run(
        self, names: dict[str, Any], options: dict[str, Any], form: str, *, show_progress: bool
    ) -> str:
        """Compare, write the results, and return the table.

        Parameters
        ----------
        names : dict
            Methods, pipelines and colorizers, as `compare_steps` takes them.
        options : dict
            As the command line holds them.
        form : {"markdown", "csv", "latex", "html"}
            Which table is returned.
        show_progress : bool
            Whether a bar on standard error follows the work.

        Raises
        ------
        GreyfillError
        """
        self._check(form)
        original = read_picture(self.image)
        if self.output is not None:
            tell_what_is_lost(self.output / f"results{_suffix(original)}", original)
        painted = None
        if self.mask is not None:
            painted = read_mask(self.mask, original, frame=self.frame, invert=self.invert)
        truth = self._truth()
        chosen = {**names, **read_options(options, original.metadata.nodata)}
        work: Generator[Event, None, Comparison]
        if self.masks is None:
            assert painted is not None
            work = compare_steps(original.array, painted, reference=truth, **chosen)
        else:
            work = compare_masks_steps(original.array, painted, **asdict(self.masks), **chosen)
        with progress_bar(show_progress) as show:
            comparison = exhaust(work, show)
        try:
            self._write(comparison, original, original.array if isinstance(truth, str) else truth)
        except KeyboardInterrupt as error:
            raise CancelledError(
                f"Cancelled; some of the results may be in {self.output} already."
            ) from error
        return _TABLES[form](comparison)

    def _check(self, form: str) -> None:
        if form not in _TABLES:
            raise BadParameterError(
                f"There is no format {form!r}; choose one of: {', '.join(_TABLES)}."
            )
        if self.reference is not None and self.no_reference:
            raise BadParameterError("--reference and --no-reference exclude each other; drop one.")
        if self.masks is not None and (self.reference is not None or self.no_reference):
            raise BadParameterError(
                "Random masks are measured against the image itself; leave --reference and "
                "--no-reference out."
            )
        if self.mask is None and self.masks is None:
            raise BadParameterError("Give a MASK, or --random 10 for ten random ones.")
        if self.output is None:
            return
        if self.output.is_file():
            raise UnwritablePathError(f"{self.output} is a file; give a folder.")
        there = next(path for path in (self.output, *self.output.parents) if path.exists())
        if not (there.is_dir() and os.access(there, os.W_OK)):
            raise UnwritablePathError(
                f"There is no permission to write to {there}; choose another folder."
            )
        if there == self.output and any(there.iterdir()) and not self.force:
            raise UnwritablePathError(
                f"The folder {self.output} is not empty; add --force to overwrite files in it."
            )

    def _truth(self) -> Any:  # noqa: ANN401 - as `compare` takes it
        if self.no_reference:
            return None
        return "image" if self.reference is None else read_image(self.reference).array

    def _write(self, comparison: Comparison, like: ImageFile, truth: Any) -> None:  # noqa: ANN401
        """Write images, tables and figures."""
        if self.output is None:
            return
        make_folder(self.output)
        suffix = _suffix(like)
        for row in comparison.rows:
            if row.image is not None:
                write_image(self.output / f"{name_of(row.combination)}{suffix}", row.image, like)
        for name, form in _FILES.items():
            write_text(self.output / name, _TABLES[form](comparison))
        if isinstance(comparison, MaskComparison):
            write_text(self.output / "masks.csv", comparison.to_csv_of_each())
        save_figure(bars(comparison.rows), self.output / "comparison_bars.png")
        if any(row.image is not None for row in comparison.rows):
            sheet = sheet_of(comparison.rows, like.array, reference=truth)
            save_figure(sheet, self.output / "contact_sheet.png")


def _suffix(like: ImageFile) -> str:
    return ".png" if like.array.dtype in (np.bool_, np.uint8, np.uint16) else ".tif"
