"""The commands and their options.

What a command needs is imported once it runs, so that `--help` is quick.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from napari_greyfill import __version__
from napari_greyfill.cli import comparing
from napari_greyfill.cli.exit_codes import FAILED, ending_in_sentences
from napari_greyfill.cli.mask import mask
from napari_greyfill.cli.options import Device, Force, Grow, Invert, MaskFrame, Quiet, Seed
from napari_greyfill.cli.weights import app as weights_app
from napari_greyfill.errors import BadParameterError

__all__ = ["app", "main"]

app = typer.Typer(
    name="napari-greyfill",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(weights_app)
app.command()(mask)
app.command()(comparing.compare)
app.command()(comparing.evaluate)


def main() -> None:
    """Run the command line."""
    _show_what_can_be_shown()
    app(prog_name="napari-greyfill")


def _show_what_can_be_shown() -> None:
    """Show question marks for what the terminal cannot, such as file names that are no text."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"napari-greyfill {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Fill painted holes in images: grey first, then the colour."""
    _show_what_can_be_shown()


_LISTED = "'napari-greyfill methods' lists them."
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
_Method = Annotated[
    str, typer.Option(help=f"How the hole is filled, or several ways, as in a,b; {_LISTED}")
]
_Pipeline = Annotated[
    str, typer.Option(help="What is filled first: grey-rgb, rgb-grey-rgb or rgb-rgb.")
]
_Colorizer = Annotated[str, typer.Option(help=f"How colour is recovered; {_LISTED}")]
_Labels = Annotated[
    str, typer.Option(help="Labels of the mask to fill, as in 1,2.", show_default="all but 0")
]
_Feather = Annotated[
    float, typer.Option(min=0, help="Blend with what is under the mask's rim, in pixels.")
]
_Scale = Annotated[
    str, typer.Option(help="At which size networks see a hole: auto, native or training.")
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
_NoData = Annotated[
    str,
    typer.Option(
        help="A value that stands for none, such as -9999; none ignores the file's own.",
        show_default="as the file's GDAL_NODATA says",
    ),
]
_Invalid = Annotated[
    str,
    typer.Option(
        "--keep-invalid",
        help="What becomes of unpainted pixels without a value: keep, fill, or auto, which keeps "
        "large areas at the border.",
    ),
]
_Steps = Annotated[
    Path | None, typer.Option(help="Folder for the intermediate images.", readable=False)
]
_FillJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead of the summary.")
]


@app.command()
def fill(
    image: _ImagePath,
    output: _OutputPath,
    mask: _MaskPath = None,
    method: _Method = "auto",
    pipeline: _Pipeline = "grey-rgb",
    colorizer: _Colorizer = "auto",
    labels: _Labels = "",
    device: Device = "auto",
    seed: Seed = 0,
    grow: Grow = 0,
    invert: Invert = False,
    mask_frame: MaskFrame = "auto",
    feather: _Feather = 0,
    scale: _Scale = "auto",
    hints: _Hints = None,
    nodata: _NoData = "",
    keep_invalid: _Invalid = "auto",
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
        from napari_greyfill.cli.fill import FillCommand, nodata_in
        from napari_greyfill.cli.report import fill_json, fill_text

        parameters = {
            "method": _names(method),
            "pipeline": pipeline,
            "colorizer": colorizer,
            "labels": _numbers(labels),
            "device": device,
            "seed": seed,
            "grow": grow,
            "feather": feather,
            "scale": scale,
            "keep_invalid": keep_invalid,
        }
        command = FillCommand(
            image,
            mask,
            output,
            hints,
            reference,
            steps,
            force,
            invert,
            mask_frame,
            nodata=nodata_in(nodata),
        )
        outcome = command.run(parameters, show_progress=not (quiet or as_json))
        if as_json:
            typer.echo(fill_json(outcome))
        elif not quiet:
            typer.echo(fill_text(outcome))
        if getattr(outcome, "failures", None):
            raise typer.Exit(FAILED)


@app.command()
def methods(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the methods for --method and --colorizer, and whether they can run here."""
    from napari_greyfill.cli.report import methods_json, methods_text

    typer.echo(methods_json() if as_json else methods_text())


@app.command()
def demo(
    output: Annotated[Path, typer.Option(help="Folder for the results.", readable=False)] = Path(
        "demo_output"
    ),
    interactive: Annotated[
        bool | None,
        typer.Option(
            "--interactive/--no-interactive",
            help="Whether to leave the napari window open.",
            show_default="if there is somebody to see it",
        ),
    ] = None,
) -> None:
    """Fill a demo picture in napari, and write the results to a folder."""
    with ending_in_sentences("Cancelled; what was written so far stays."):
        from napari_greyfill.viewer.demo import run_demo

        for path in run_demo(output, interactive):
            typer.echo(f"Wrote {path}")


def _names(text: str) -> str | list[str]:
    """Read a name, or a list such as a,b."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    return names[0] if len(names) == 1 and "," not in text else names


def _numbers(text: str) -> tuple[int, ...] | None:
    """Read a list such as 1,2; None if it is empty."""
    if not text.strip():
        return None
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError as error:
        raise BadParameterError(
            f"The labels {text!r} are no whole numbers with commas between; "
            "give them as in --labels 1,2."
        ) from error
