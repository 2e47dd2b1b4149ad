"""The command `compare` and its options; `compare_run` does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from napari_greyfill.cli.exit_codes import ending_in_sentences
from napari_greyfill.cli.options import (
    Force,
    Invert,
    MaskFrame,
    Quiet,
    names_in,
    with_options,
)
from napari_greyfill.pipeline.options import SHARED

__all__ = ["Colorizers", "Methods", "Pipelines", "compare"]

Methods = Annotated[
    str,
    typer.Option(
        help="Methods, as in biharmonic,telea; 'napari-greyfill methods' lists them. "
        "'networks' are all whose weights are here, 'all' the slow ones too.",
        show_default="all that can run here and are not slow",
    ),
]
Pipelines = Annotated[
    str,
    typer.Option(help="Pipelines, as in grey-rgb,rgb-rgb.", show_default="all three"),
]
Colorizers = Annotated[str, typer.Option(help="Colorizers, as in propagation,progressive.")]
_FolderTo = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Folder for the filled images and the tables.", readable=False
    ),
]


@with_options(SHARED)
def compare(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="The image.", readable=False)],
    options: dict[str, Any],
    mask: Annotated[
        Path | None,
        typer.Argument(
            metavar="MASK",
            help="What to fill; with --random what is damaged, if anything.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    output: _FolderTo = None,
    methods: Methods = "",
    pipelines: Pipelines = "",
    colorizers: Colorizers = "auto",
    reference: Annotated[
        Path | None,
        typer.Option(
            help="The true image to measure against.", show_default="IMAGE itself", readable=False
        ),
    ] = None,
    no_reference: Annotated[
        bool, typer.Option("--no-reference", help="There is no true image: measure nothing.")
    ] = False,
    random: Annotated[
        int,
        typer.Option(
            "--random",
            metavar="N",
            min=0,
            help="Compare on so many random masks: means with 95 % intervals.",
            show_default="on MASK",
        ),
    ] = 0,
    mask_kind: Annotated[str, typer.Option(help="Kind of the random masks.")] = "free-form",
    share: Annotated[
        float | None,
        typer.Option(
            help="Share of the image that each random mask covers.",
            show_default="as MASK, else as usual for the kind",
        ),
    ] = None,
    invert: Invert = False,
    mask_frame: MaskFrame = "auto",
    form: Annotated[
        str, typer.Option("--format", help="The table printed: markdown, csv, latex or html.")
    ] = "markdown",
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Fill MASK in IMAGE in several ways, and compare the results in a table.

    The results are measured against IMAGE itself, for masks painted on an intact picture. With
    --random, holes are drawn at random where MASK is not painted.
    """
    with ending_in_sentences():
        from napari_greyfill.cli.compare_run import CompareCommand, RandomMasks

        command = CompareCommand(
            *(image, mask, output, reference, no_reference, invert, force, mask_frame),
            masks=RandomMasks(random, mask_kind, share) if random else None,
        )
        names = {
            "methods": names_in(methods) or None,
            "pipelines": names_in(pipelines) or None,
            "colorizers": names_in(colorizers) or None,
        }
        table = command.run(names, options, form, show_progress=not quiet)
        if not quiet:
            typer.echo(table, nl=False)
