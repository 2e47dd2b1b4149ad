"""The command `fill` for stacks, and whether it is one that it is given."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from napari_greyfill.cli.folder_run import FolderCommand
from napari_greyfill.cli.options import read_options
from napari_greyfill.cli.progressbar import progress_bar
from napari_greyfill.cli.report import as_json, measures
from napari_greyfill.compute.device import never
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import (
    BadParameterError,
    CancelledError,
    EmptyMaskError,
    UnwritablePathError,
)
from napari_greyfill.files import read_mask
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.axes import Axes, axes_of
from napari_greyfill.stack.bake import bake
from napari_greyfill.stack.files import StackFile, is_stack_file, is_zarr, open_stack, write_stack
from napari_greyfill.stack.keeping import journal_of
from napari_greyfill.stack.measured import truth_of
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.stack.result import StackResult
from napari_greyfill.stack.run import prepare_stack
from napari_greyfill.stack.scheduler import connected

if TYPE_CHECKING:
    from distributed import Client

__all__ = [
    "Several",
    "StackCommand",
    "fill_several",
    "is_several",
    "require_unchosen",
]


@dataclass(frozen=True, eq=False)
class Several:
    """What the command was given for a stack or a folder.

    Attributes
    ----------
    image, output : Path
    mask, reference : Path or None
    axes : str
        Of a stack; empty to believe the file.
    jobs : int
    scheduler : str
        Of a cluster; empty for none.
    force, invert : bool
    frame : str
        How masks lie, as in `read_mask`.
    """

    image: Path
    mask: Path | None
    output: Path
    axes: str
    jobs: int
    scheduler: str
    force: bool
    invert: bool
    frame: str
    reference: Path | None = None


def is_several(path: Path) -> bool:
    """Return whether a path is a stack, or a folder of pictures."""
    return path.is_dir() or is_stack_file(path)


def require_unchosen(chosen: dict[str, Any], axes: str, why: str) -> None:
    """Check that nothing is chosen that only means something for a stack.

    Parameters
    ----------
    chosen : dict
        What is chosen for stacks.
    axes : str
        As the user names them.
    why : str
        For what these choices are, and what there is instead.

    Raises
    ------
    BadParameterError
    """
    names = [*StackOptions(**chosen).changed(), *(["axes"] if axes else [])]
    if names:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in names)
        raise BadParameterError(f"{flags} is for {why}; leave it out.")


def fill_several(
    given: Several, chosen: dict[str, Any], options: dict[str, Any], *, quiet: bool, json: bool
) -> None:
    """Fill a stack or a folder, and print what came of it.

    Parameters
    ----------
    given : Several
        Paths, and what is not chosen by name.
    chosen : dict
        What is chosen for stacks.
    options : dict
        What is chosen for any picture, as the command line holds it.
    quiet, json : bool
        What to print.
    """
    image, output = given.image, given.output
    if "," in options.get("method", ""):
        raise BadParameterError(
            "Several methods are for a single picture; name one for a stack or a folder."
        )
    own = {name: getattr(given, name) for name in ("jobs", "scheduler", "force", "invert")}
    if image.is_dir() and not is_zarr(image):
        require_unchosen(chosen, given.axes, "a stack, and this is a folder of pictures")
        if given.reference is not None or json:
            raise BadParameterError(
                "--reference and --json are for one picture or stack, and this is a folder; leave "
                "them out."
            )
        folder = FolderCommand(image, given.mask, output, frame=given.frame, **own)
        folder.run(options, quiet=quiet)
        return
    read = read_options(options)
    from_file = not options.get("nodata", "").strip()
    command = StackCommand(
        image, given.mask, output, given.axes, reference=given.reference, nodata=from_file, **own
    )
    fill = FillOptions(**read)
    result = command.run(StackOptions(**chosen), fill, show_progress=not (quiet or json))
    if json:
        typer.echo(stack_json(result, output))
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
    reference : Path or None
        The true stack.
    nodata : bool
        Whether the file's own no-data value counts.
    """

    image: Path
    mask: Path | None
    output: Path
    axes: str = ""
    jobs: int = 1
    scheduler: str = ""
    force: bool = False
    invert: bool = False
    reference: Path | None = None
    nodata: bool = False

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
        if self.nodata and like.nodata is not None:
            fill = replace(fill, nodata=like.nodata)
        axes = axes_of(like.data, axes=self.axes or None, labels=like.names)
        mask = self._mask(axes)
        job = prepare_stack(like.data, mask, axes, options, fill)
        if self.reference is not None:
            job.truth = truth_of(open_stack(self.reference).data, job.work.image)
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
        if self.output.is_dir() and not is_zarr(self.output):
            raise UnwritablePathError(
                f"{self.output} is a folder, and no stack; choose another name."
            )
        given = [path for path in (self.image, self.mask, self.reference) if path is not None]
        if self.output.is_dir() and any(
            path.exists() and self.output.samefile(path) for path in given
        ):
            raise UnwritablePathError(
                f"{self.output} is read while it is filled, so it cannot be overwritten; choose "
                "another name."
            )
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
        if not os.access(self.output.parent, os.W_OK):
            raise UnwritablePathError(
                f"There is no permission to write to {self.output.parent}; choose another folder."
            )

    def _mask(self, axes: Axes) -> Any:  # noqa: ANN401 - any array
        if self.mask is None:
            raise EmptyMaskError("A stack has no mask of its own; give the mask as well.")
        if is_stack_file(self.mask):
            found = open_stack(self.mask).data
            return found[...] == 0 if self.invert else found
        return read_mask(self.mask, axes.plane_shape, invert=self.invert)

    def _write(self, result: StackResult, axes: Axes, like: StackFile) -> None:
        if not self.output.name.lower().endswith(".zarr"):
            write_stack(self.output, result.lazy, axes, like)
            return
        fresh = self.output
        if self.output.exists():  # stays until the new one is complete
            fresh = self.output.with_name(f"{self.output.name}.new.ome.zarr")
            shutil.rmtree(fresh, ignore_errors=True)
        exhaust(bake(result.lazy, axes, fresh, like.place, cancelled=never))
        if fresh != self.output:
            shutil.rmtree(self.output)
            fresh.rename(self.output)


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
    if result.metrics:
        lines += [f"Means over the {len(result.planes)} planes:", *measures(result.metrics)]
    return "\n".join(lines)


def stack_json(result: StackResult, output: Path) -> str:
    """Return the same for programs, with the whole provenance and the metrics of each plane.

    Parameters
    ----------
    result : StackResult
        What came of it.
    output : Path
        Where it was written.
    """
    fields = {
        "output": str(output),
        "metrics": result.metrics or None,
        "planes": [
            {"index": list(plane.index), "metrics": plane.metrics or None}
            for plane in result.planes
        ],
        "notes": list(result.notes),
        "provenance": result.provenance,
    }
    return as_json(fields)
