"""The command `fill` for folders of pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import typer

from napari_greyfill.cli.exit_codes import FAILED
from napari_greyfill.cli.fill_run import FillCommand
from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.errors import (
    CancelledError,
    EmptyMaskError,
    GreyfillError,
    UnreadableFileError,
    UnwritablePathError,
)
from napari_greyfill.files import make_folder
from napari_greyfill.files.pairs import is_mask_of, without_masks
from napari_greyfill.files.suffixes import is_picture_name
from napari_greyfill.stack.scheduler import connected, run_tasks

__all__ = ["FolderCommand"]


@dataclass(frozen=True, eq=False)
class FolderCommand:
    """One run of the command on a folder of pictures, with one mask for all or one each.

    Attributes
    ----------
    folder, mask, output : Path
    force, invert : bool
    frame : str
        As in `read_mask`.
    jobs : int
        How many processes of this computer share the pictures.
    scheduler : str
        Of a cluster that shares them instead; empty for none.
    """

    folder: Path
    mask: Path | None
    output: Path
    force: bool = False
    invert: bool = False
    frame: str = "auto"
    jobs: int = 1
    scheduler: str = ""

    def run(self, options: dict[str, Any], *, quiet: bool) -> None:
        """Fill every picture, with a line for each; what is there already is left.

        Parameters
        ----------
        options : dict
            As the command line holds them.
        quiet : bool
            Whether to print what failed only.

        Raises
        ------
        GreyfillError
            If there is nothing to fill, or nowhere to write.
        typer.Exit
            With the exit code of failure if any picture failed.
        """
        pictures = self._pictures()
        make_folder(self.output)
        commands = []
        for picture, mask in pictures:
            target = self.output / picture.name
            if not target.exists() or self.force:
                own = None if mask is None else mask.absolute()
                paths = (picture.absolute(), own, target.absolute())
                commands.append(
                    FillCommand(*paths, force=True, invert=self.invert, frame=self.frame)
                )
            elif not quiet:
                typer.echo(f"{picture.name}: is there already, left as it is")
        failed = 0
        with ExitStack() as stack:
            client = stack.enter_context(connected(self.scheduler)) if self.scheduler else None
            work = partial(_filled_picture, options=options)
            done = run_tasks(commands, work, jobs=self.jobs, client=client)
            for command, (line, filled) in stack.enter_context(closing(done)):
                failed += not filled
                if not (quiet and filled):
                    typer.echo(f"{command.image.name}: {line}", err=not filled)
        if failed:
            typer.echo(f"{failed} of {len(pictures)} pictures failed.", err=True)
            raise typer.Exit(FAILED)

    def _pictures(self) -> list[tuple[Path, Path | None]]:
        if is_picture_name(self.output):
            raise UnwritablePathError(
                f"{self.output} is a name for one picture, and {self.folder} is a folder of them; "
                "name a folder to write to."
            )
        if self.output.exists() and self.folder.samefile(self.output):
            raise UnwritablePathError("The output is the folder itself; choose another one.")
        found = sorted(p for p in self.folder.iterdir() if p.is_file() and is_picture_name(p))
        pictures, masks = without_masks(found)
        if self.mask is not None and self.mask.is_file():
            pictures = [p for p in pictures if not p.samefile(self.mask)]
            pairs: list[tuple[Path, Path | None]] = [(p, self.mask) for p in pictures]
        else:
            if self.mask is not None:
                masks = sorted(self._masks_in(self.mask))
            pairs = [(p, next(_masks_of(p, masks, self.mask), None)) for p in pictures]
        if not pairs:
            raise UnreadableFileError(
                f"There is no picture in {self.folder}; choose another folder."
            )
        if all(mask is None for _, mask in pairs):
            raise EmptyMaskError(
                f"No picture in {self.folder} has a mask; give one mask for all, or a folder with "
                "masks of the same names."
            )
        return pairs

    def _masks_in(self, folder: Path) -> Iterator[Path]:
        if not folder.is_dir():
            raise UnreadableFileError(f"There is no mask or folder {folder}; choose another.")
        yield from (path for path in folder.iterdir() if path.is_file())


def _filled_picture(
    command: FillCommand, cancelled: CancelCheck, *, options: dict[str, Any]
) -> tuple[str, bool]:
    """Fill one picture of a folder, and return a line on it, and whether it was filled."""
    try:
        if command.mask is None:
            raise EmptyMaskError("no mask is named like it; add one, or give one for all.")
        (outcome,) = command.run(options, show_progress=False).outcomes
    except CancelledError:
        raise
    except GreyfillError as error:
        return str(error), False
    result = outcome.result
    pixels = result.provenance["filled_pixels"]
    return f"{pixels:,} pixels filled in {result.seconds:.1f} s by {result.method}", True


def _masks_of(picture: Path, masks: list[Path], folder: Path | None) -> Iterator[Path]:
    """Yield the masks of a picture: named as its mask, or in a folder of masks named like it.

    That folder may be the one of the pictures; a picture is never its own mask.
    """
    for mask in masks:
        if mask.samefile(picture):
            continue
        same = folder is not None and mask.stem.lower() == picture.stem.lower()
        if same or is_mask_of(mask.name, picture.name):
            yield mask
