"""The command `fill` for stacks and for folders of pictures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from napari_greyfill.cli.exit_codes import FAILED
from napari_greyfill.cli.fill_run import FillCommand
from napari_greyfill.cli.options import FILE, read_options
from napari_greyfill.cli.progressbar import progress_bar
from napari_greyfill.cli.report import as_json
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import (
    BadParameterError,
    CancelledError,
    EmptyMaskError,
    GreyfillError,
    UnreadableFileError,
    UnwritablePathError,
)
from napari_greyfill.files import make_folder, read_mask
from napari_greyfill.files.pairs import is_mask_of, without_masks
from napari_greyfill.files.suffixes import is_picture_name
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.axes import Axes, axes_of
from napari_greyfill.stack.bake import bake
from napari_greyfill.stack.files import StackFile, is_stack_file, is_zarr, open_stack, write_stack
from napari_greyfill.stack.keeping import journal_of
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.stack.result import StackResult
from napari_greyfill.stack.run import prepare_stack
from napari_greyfill.stack.scheduler import connected, run_tasks

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["FolderCommand", "StackCommand", "fill_several", "is_several"]


_Given = tuple[Path, Path | None, Path, str, int, str, bool, bool, str]


def is_several(path: Path) -> bool:
    """Return whether a path is a stack, or a folder of pictures."""
    return path.is_dir() or is_stack_file(path)


def fill_several(
    given: _Given, chosen: dict[str, Any], options: dict[str, Any], *, quiet: bool, json: bool
) -> None:
    """Fill a stack or a folder, and print what came of it.

    Parameters
    ----------
    given : tuple
        Image, mask and output, axes, jobs and scheduler, whether to overwrite and to invert, and
        how masks lie.
    chosen : dict
        What is chosen for stacks.
    options : dict
        What is chosen for any picture, as the command line holds it.
    quiet, json : bool
        What to print.
    """
    image, mask, output, axes, jobs, scheduler, force, invert, frame = given
    if image.is_dir() and not is_zarr(image):
        folder = FolderCommand(image, mask, output, force, invert, frame, jobs, scheduler)
        folder.run(options, quiet=quiet)
        return
    command = StackCommand(image, mask, output, axes, jobs, scheduler, force, invert)
    read = read_options(options)
    if read.get("nodata") == FILE:
        read["nodata"] = None
    fill = FillOptions(**read)
    result = command.run(StackOptions(**chosen), fill, show_progress=not (quiet or json))
    if json:
        typer.echo(as_json({"output": str(output), "provenance": result.provenance}))
    elif not quiet:
        typer.echo(stack_text(result, output))


@dataclass(frozen=True, eq=False)
class StackCommand:
    """One run of the command on a stack.

    Attributes
    ----------
    image, output : Path
    mask : Path or None
    axes : str
        As the user names them; empty to believe the file.
    jobs : int
    scheduler : str
        Of a cluster; empty for none.
    force, invert : bool
    """

    image: Path
    mask: Path | None
    output: Path
    axes: str = ""
    jobs: int = 1
    scheduler: str = ""
    force: bool = False
    invert: bool = False

    def run(self, options: StackOptions, fill: FillOptions, *, show_progress: bool) -> StackResult:
        """Fill and write; what is finished is kept beside the output until it is complete.

        Parameters
        ----------
        options : StackOptions
            What is chosen for stacks.
        fill : FillOptions
            What is chosen for each plane.
        show_progress : bool
            Whether there may be a progress bar on stderr.

        Raises
        ------
        GreyfillError
        """
        self._check_output()
        like = open_stack(self.image)
        axes = axes_of(like.data, axes=self.axes or None, labels=like.names)
        mask = self._mask(axes)
        job = prepare_stack(like.data, mask, axes, options, fill)
        store = self._store()
        with ExitStack() as stack:
            client: Client | None = None
            if self.scheduler:
                client = stack.enter_context(connected(self.scheduler))
            show = stack.enter_context(progress_bar(show_progress))
            steps = job.steps(jobs=self.jobs, client=client, store=store, place=like.place)
            try:
                result = exhaust(steps, show)
            except KeyboardInterrupt as error:
                steps.close()
                kept = f"{len(job.results)} of {len(job.tasks)} tasks are kept in {store}. "
                again = "The same command goes on."
                raise CancelledError(
                    f"Cancelled; nothing was written. {'' if store is None else kept + again}"
                ) from error
        self._write(result, axes, like)
        if store is not None:
            shutil.rmtree(store, ignore_errors=True)
            journal_of(store).unlink(missing_ok=True)
        return result

    def _store(self) -> Path | None:
        """Return where finished tasks are kept until all are; None without what is needed."""
        if any(find_spec(name) is None for name in ("zarr", "ome_zarr")):
            return None
        return self.output.with_name(f"{self.output.name}.unfinished.ome.zarr")

    def _check_output(self) -> None:
        if self.output.exists() and not self.force:
            raise UnwritablePathError(f"{self.output} exists; add --force to overwrite it.")
        zarr = self.output.name.lower().endswith(".zarr")
        if not zarr and self.output.suffix.lower() not in (".tif", ".tiff"):
            raise BadParameterError(
                f"A stack cannot be written as {self.output.suffix or self.output.name!r}; "
                "end the output in .tif or .ome.zarr."
            )
        if not self.output.parent.is_dir():
            raise UnwritablePathError(
                f"There is no folder {self.output.parent}; make it, or choose another."
            )

    def _mask(self, axes: Axes) -> Any:  # noqa: ANN401 - any array
        if self.mask is None:
            raise EmptyMaskError("A stack has no mask of its own; give the mask as well.")
        if is_stack_file(self.mask):
            found = open_stack(self.mask).data
            return found[...] == 0 if self.invert else found
        return read_mask(self.mask, axes.plane_shape, invert=self.invert)

    def _write(self, result: StackResult, axes: Axes, like: StackFile) -> None:
        if self.output.is_dir() and self.force:
            shutil.rmtree(self.output)
        if self.output.name.lower().endswith(".zarr"):
            exhaust(bake(result.lazy, axes, self.output, like.place, cancelled=never))
        else:
            write_stack(self.output, result.lazy, axes, like)


def stack_text(result: StackResult, output: Path) -> str:
    """Return a summary of a filled stack for people.

    Parameters
    ----------
    result : StackResult
        What came of it.
    output : Path
        Where it was written.
    """
    pixels = sum(plane.pixels for plane in result.planes)
    first = (
        f"Wrote {output}: {pixels:,} pixels in {len(result.planes)} planes filled in "
        f"{result.seconds:.1f} s by {result.method}."
    )
    lines = [first]
    every = sum(result.used.values()) or 1
    used = ", ".join(f"{round(100 * n / every)} % {what}" for what, n in result.used.items())
    lines.append(f"Filled from: {used}.")
    worst = result.worst_plane
    if worst is not None and result.expected_error is not None:
        lines.append(
            f"Expected error about {result.expected_error:.3g}, worst {worst.expected_error:.3g} "
            f"(plane {worst.name})."
        )
    return "\n".join(lines)


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
        if is_picture_name(self.output):
            raise UnwritablePathError(
                f"{self.output} is a name for one picture, and {self.folder} is a folder of them; "
                "name a folder to write to."
            )
        if self.output.exists() and self.folder.samefile(self.output):
            raise UnwritablePathError("The output is the folder itself; choose another one.")
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
    """Yield the masks of a picture: named as its mask, or in a folder of masks named like it."""
    for mask in masks:
        same = folder is not None and mask.stem.lower() == picture.stem.lower()
        if same or is_mask_of(mask.name, picture.name):
            yield mask
