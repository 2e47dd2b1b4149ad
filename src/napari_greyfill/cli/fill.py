"""The command `fill` and its options; `fill_run` does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from napari_greyfill.cli.exit_codes import FAILED, ending_in_sentences
from napari_greyfill.cli.options import Force, Invert, MaskFrame, Quiet, with_options
from napari_greyfill.pipeline.options import ONE_FILL, SHARED

__all__ = ["fill"]

_ImagePath = Annotated[
    Path,
    typer.Argument(
        metavar="IMAGE", help="The image: PNG, TIFF, JPEG, BMP, GIF or WebP.", readable=False
    ),
]
_MaskPath = Annotated[
    Path | None,
    typer.Argument(
        metavar="[MASK]",
        help="What to fill: a mask or label image of the same size, or regions of ImageJ. "
        "Without one, what is transparent in IMAGE.",
        readable=False,
    ),
]
_OutputPath = Annotated[
    Path,
    typer.Option(
        "--output", "-o", help="File to write: .png, .tif, .jpg, .bmp or .webp.", readable=False
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
_FillJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead of the summary.")
]


@with_options((*ONE_FILL, *SHARED))
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
    force: Force = False,
    as_json: _FillJson = False,
    quiet: Quiet = False,
) -> None:
    """Fill what is painted in MASK in the picture IMAGE.

    Pixels outside the mask stay bit-identical, unless the output is a JPEG. With several
    methods each writes a file of its own, named after it.
    """
    with ending_in_sentences():
        from napari_greyfill.cli.fill_run import FillCommand
        from napari_greyfill.cli.report import fill_json, fill_text

        command = FillCommand(
            image, mask, output, hints, reference, steps, force, invert, mask_frame
        )
        outcomes = command.run(options, show_progress=not (quiet or as_json))
        if as_json:
            typer.echo(fill_json(outcomes))
        elif not quiet:
            typer.echo(fill_text(outcomes))
        if outcomes.failures:
            raise typer.Exit(FAILED)
