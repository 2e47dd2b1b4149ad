"""The command `evaluate` and its options; `evaluate_run` does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from napari_greyfill.cli.compare import Colorizers, Methods, Pipelines
from napari_greyfill.cli.exit_codes import ending_in_sentences
from napari_greyfill.cli.options import (
    Invert,
    MaskFrame,
    Quiet,
    Scheduler,
    names_in,
    read_options,
    with_options,
)
from napari_greyfill.pipeline.options import SHARED

__all__ = ["evaluate"]


@with_options(SHARED)
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
    options: dict[str, Any],
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
    methods: Methods = "",
    pipelines: Pipelines = "",
    colorizers: Colorizers = "auto",
    invert: Invert = False,
    mask_frame: MaskFrame = "auto",
    jobs: Annotated[
        int, typer.Option(min=1, help="How many pictures at a time, in processes.")
    ] = 1,
    scheduler: Scheduler = "",
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
        from napari_greyfill.cli.evaluate_run import run_study
        from napari_greyfill.comparison import Choices
        from napari_greyfill.pipeline.options import FillOptions
        from napari_greyfill.study import StudySettings

        settings = StudySettings(
            dataset=str(dataset),
            choices=Choices.of(
                names_in(methods) or None,
                names_in(pipelines) or None,
                names_in(colorizers) or None,
            ),
            masks="" if masks is None else str(masks),
            mask_kind=mask_kind,
            share=share,
            invert=invert,
            mask_frame=mask_frame,
            count=count,
            options=FillOptions(**read_options(options)),
        )
        text = run_study(
            settings,
            output,
            jobs=jobs,
            scheduler=scheduler,
            kinds=names_in(figures),
            resume=resume,
            force=force,
            show_progress=not quiet,
        )
        if not quiet:
            typer.echo(text)
