"""The commands `compare` and `evaluate` and their options.

What a command needs is imported once it runs, so that `--help` is quick.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_greyfill.cli.exit_codes import ending_in_sentences
from napari_greyfill.cli.options import Device, Force, Grow, Invert, MaskFrame, Quiet, Seed

__all__ = ["compare", "evaluate"]

_Methods = Annotated[
    str,
    typer.Option(
        help="Methods, as in biharmonic,telea; 'napari-greyfill methods' lists them.",
        show_default="all that can run here",
    ),
]
_Pipelines = Annotated[
    str,
    typer.Option(help="Pipelines, as in grey-rgb,rgb-rgb.", show_default="all three"),
]
_Colorizers = Annotated[str, typer.Option(help="Colorizers, as in propagation,progressive.")]
_FolderTo = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Folder for the filled images and the tables.", readable=False
    ),
]


def compare(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="The image.", readable=False)],
    mask: Annotated[Path, typer.Argument(metavar="MASK", help="What to fill.", readable=False)],
    output: _FolderTo = None,
    methods: _Methods = "",
    pipelines: _Pipelines = "",
    colorizers: _Colorizers = "auto",
    reference: Annotated[
        Path | None,
        typer.Option(
            help="The true image to measure against.", show_default="IMAGE itself", readable=False
        ),
    ] = None,
    no_reference: Annotated[
        bool, typer.Option("--no-reference", help="There is no true image: measure nothing.")
    ] = False,
    device: Device = "auto",
    seed: Seed = 0,
    grow: Grow = 0,
    invert: Invert = False,
    mask_frame: MaskFrame = "auto",
    form: Annotated[
        str, typer.Option("--format", help="The table printed: markdown, csv, latex or html.")
    ] = "markdown",
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Fill MASK in IMAGE in several ways, and compare the results in a table.

    The results are measured against IMAGE itself, for masks painted on an intact picture.
    """
    with ending_in_sentences():
        from napari_greyfill.cli.compare import CompareCommand

        command = CompareCommand(
            image, mask, output, reference, no_reference, invert, force, mask_frame
        )
        table = command.run(
            {
                "methods": _names(methods),
                "pipelines": _names(pipelines),
                "colorizers": _names(colorizers),
                "device": device,
                "seed": seed,
                "grow": grow,
            },
            form,
            show_progress=not quiet,
        )
        if not quiet:
            typer.echo(table, nl=False)


def evaluate(
    dataset: Annotated[
        Path,
        typer.Argument(
            metavar="DATASET", help="A folder of pictures; subfolders count.", readable=False
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="Folder for tables, figures and report.", readable=False
        ),
    ],
    masks: Annotated[
        Path | None,
        typer.Option(
            help="Folder with a mask for each picture, by name.",
            show_default="generate",
            readable=False,
        ),
    ] = None,
    mask_kind: Annotated[str, typer.Option(help="Kind of generated masks.")] = "centre",
    share: Annotated[
        float, typer.Option(help="Share of the picture that generated masks cover.")
    ] = 0.15,
    count: Annotated[
        int,
        typer.Option("--n", min=0, help="How many pictures, chosen by the seed; 0 for all."),
    ] = 0,
    methods: _Methods = "",
    pipelines: _Pipelines = "",
    colorizers: _Colorizers = "auto",
    seed: Seed = 0,
    device: Device = "auto",
    grow: Grow = 0,
    invert: Invert = False,
    mask_frame: MaskFrame = "auto",
    jobs: Annotated[
        int, typer.Option(min=1, help="How many pictures at a time, in processes.")
    ] = 1,
    figures: Annotated[
        str, typer.Option(help="Formats of the figures besides PNG, as in svg,pdf.")
    ] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the study in the folder.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Throw the study in the folder away.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Fill holes in the pictures of DATASET in every way, and write tables and a report.

    A study that was cancelled or killed goes on with --resume.
    """
    with ending_in_sentences():
        from napari_greyfill.cli.evaluate import run_study
        from napari_greyfill.comparison import Choices
        from napari_greyfill.study import StudySettings

        settings = StudySettings(
            dataset=str(dataset),
            choices=Choices.of(_names(methods), _names(pipelines), _names(colorizers)),
            masks="" if masks is None else str(masks),
            mask_kind=mask_kind,
            share=share,
            invert=invert,
            mask_frame=mask_frame,
            count=count,
            seed=seed,
            grow=grow,
            device=device,
        )
        text = run_study(
            settings,
            output,
            jobs=jobs,
            kinds=_names(figures) or [],
            resume=resume,
            force=force,
            show_progress=not quiet,
        )
        if not quiet:
            typer.echo(text)


def _names(text: str) -> list[str] | None:
    """Read a list such as biharmonic,telea; None if it is empty."""
    return [name.strip() for name in text.split(",") if name.strip()] or None
