"""The commands and their options.

What a command needs is imported once it runs, so that `--help` is quick.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from napari_greyfill import __version__
from napari_greyfill.cli.compare import compare
from napari_greyfill.cli.evaluate import evaluate
from napari_greyfill.cli.exit_codes import ending_in_sentences
from napari_greyfill.cli.fill import fill
from napari_greyfill.cli.mask import mask
from napari_greyfill.cli.weights import app as weights_app

__all__ = ["app", "main"]

app = typer.Typer(
    name="napari-greyfill",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(weights_app)
app.command()(fill)
app.command()(mask)
app.command()(compare)
app.command()(evaluate)


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
