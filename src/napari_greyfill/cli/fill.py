"""The command `fill` and its options; `fill_run` does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from napari_greyfill.cli.exit_codes import FAILED, ending_in_sentences
from napari_greyfill.cli.options import (
    Force,
    Invert,
    MaskFrame,
    Quiet,
    Scheduler,
    with_options,
)
from napari_greyfill.errors import BadParameterError
from napari_greyfill.pipeline.options import ONE_FILL, SHARED
from napari_greyfill.stack.options import StackOptions

__all__ = ["fill"]

_ImagePath = Annotated[
    Path,
    typer.Argument(
        metavar="IMAGE",
        help="The image: PNG, TIFF, JPEG, BMP, GIF or WebP; a stack: TIFF or OME-Zarr; or a "
        "folder of pictures.",
        readable=False,
    ),
]
_MaskPath = Annotated[
    Path | None,
    typer.Argument(
        metavar="[MASK]",
        help="What to fill: a mask or label image of the same size, or regions of ImageJ. "
        "Without one, what is transparent in IMAGE. For a stack one plane serves all; for a "
        "folder, one mask serves all, or a folder has one for each.",
        readable=False,
    ),
]
_OutputPath = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        help="File to write: .png, .tif, .jpg, .bmp or .webp; of a stack .tif or .ome.zarr; of a "
        "folder, a folder.",
        readable=False,
    ),
]
_Hints = Annotated[
    Path | None,
    typer.Option(
        help="Colours for places in the hole: a picture, transparent elsewhere.", readable=False
    ),
]
_Reference = Annotated[
    Path | None,
    typer.Option(help="The true image, to measure the result against.", readable=False),
]
_Steps = Annotated[
    Path | None, typer.Option(help="Folder for the intermediate images.", readable=False)
]
_Interval = Annotated[
    float | None,
    typer.Option(
        help="Also write between which values the true ones lie, with this probability (0.9, for "
        "example): two images beside the output, named ...-low and ...-high.",
    ),
]
_FillJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead of the summary.")
]


_Axes = Annotated[
    str,
    typer.Option(
        help="What the axes of a stack are, as in TZCYX.", show_default="as the file says"
    ),
]
_Jobs = Annotated[
    int,
    typer.Option(
        min=1, help="How many processes share the planes of a stack, or the pictures of a folder."
    ),
]


@with_options((*ONE_FILL, *SHARED), StackOptions.options())
def fill(
    image: _ImagePath,
    output: _OutputPath,
    options: dict[str, Any],
    mask: _MaskPath = None,
    invert: Invert = False,
    mask_frame: MaskFrame = "auto",
    hints: _Hints = None,
    reference: _Reference = None,
    steps: _Steps = None,
    interval: _Interval = None,
    axes: _Axes = "",
    jobs: _Jobs = 1,
    scheduler: Scheduler = "",
    force: Force = False,
    as_json: _FillJson = False,
    quiet: Quiet = False,
) -> None:
    """Fill what is painted in MASK in the picture, the stack or the folder IMAGE.

    Pixels outside the mask stay bit-identical, unless the output is a JPEG. With several
    methods each writes a file of its own, named after it. The same command goes on with a
    stack or a folder that was interrupted.
    """
    with ending_in_sentences():
        from napari_greyfill.cli.stack_run import (
            Several,
            fill_several,
            is_several,
            require_unchosen,
        )

        stacks = StackOptions.options()
        chosen = {option.name: options.pop(option.name) for option in stacks}
        if is_several(image):
            if hints or steps or interval is not None:
                raise BadParameterError(
                    "--hints, --steps and --interval are for a single picture; leave them out."
                )
            several = Several(
                image, mask, output, axes, jobs, scheduler, force, invert, mask_frame, reference
            )
            fill_several(several, chosen, options, quiet=quiet, json=as_json)
            return
        require_unchosen(chosen, axes, "a stack, and this is a single picture")
        from napari_greyfill.cli.fill_run import FillCommand
        from napari_greyfill.cli.report import fill_json, fill_text

        command = FillCommand(
            image, mask, output, hints, reference, steps, force, invert, mask_frame, interval
        )
        outcomes = command.run(options, show_progress=not (quiet or as_json))
        if as_json:
            typer.echo(fill_json(outcomes))
        elif not quiet:
            typer.echo(fill_text(outcomes))
        if outcomes.failures:
            raise typer.Exit(FAILED)
