"""The commands of `napari-greyfill weights`, such as `list`, `get`, `add` and `verify`.

`weights_run` does their work, and is imported once one of them runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_greyfill.cli.exit_codes import ending_in_sentences
from napari_greyfill.errors import BadParameterError
from napari_greyfill.weights.own import Own

if TYPE_CHECKING:
    from napari_greyfill.cli.weights_run import WeightsCommand

__all__ = ["app"]

_INTERRUPTED = "Cancelled; run the same command again to go on."
_LISTED = "'napari-greyfill weights list' lists them."

app = typer.Typer(
    name="weights",
    help="Get, add and check the checkpoints of published networks.",
    no_args_is_help=True,
)

_Folder = Annotated[
    Path | None,
    typer.Option(
        help="Where checkpoints are kept.",
        show_default="NAPARI_GREYFILL_WEIGHTS, or your data folder",
        readable=False,
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
_TrainingData = Annotated[
    str, typer.Option(help="What they were trained on, as far as you know.", show_default=False)
]
_Licence = Annotated[
    str, typer.Option(help="Their licence, as far as you know.", show_default=False)
]
_Ids = Annotated[list[str], typer.Argument(metavar="ID", help=f"Checkpoints; {_LISTED}")]


@contextmanager
def _running(folder: Path | None, as_json: bool) -> Iterator[WeightsCommand]:
    """Yield what does the work of a command, which ends in sentences."""
    with ending_in_sentences(_INTERRUPTED):
        from napari_greyfill.cli.weights_run import WeightsCommand

        yield WeightsCommand(folder, as_json)


@app.command("list")
def list_command(folder: _Folder = None, as_json: _Json = False) -> None:
    """List the published checkpoints, whether they are on this computer, and your own weights.

    Files that were put into the folder by hand are looked at first.
    """
    with _running(folder, as_json) as command:
        command.list_all()


@app.command()
def get(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help=f"Checkpoints; {_LISTED}")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="All that are not here and need no browser.")
    ] = False,
    folder: _Folder = None,
    as_json: _Json = False,
) -> None:
    """Download checkpoints that need no browser."""
    with _running(folder, as_json) as command:
        command.get(ids or [], every=every)


@app.command()
def confirm(
    name: Annotated[str, typer.Argument(metavar="ID", help=f"A checkpoint; {_LISTED}")],
    sha256: Annotated[
        str | None, typer.Argument(metavar="SHA256", help="Of the file, as you were told it.")
    ] = None,
    folder: _Folder = None,
    as_json: _Json = False,
) -> None:
    """Let a checkpoint run that is a program (TorchScript), by its SHA-256.

    Without a SHA-256, say which one the file has.
    """
    with _running(folder, as_json) as command:
        command.confirm(name, sha256)


@app.command()
def add(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A checkpoint file.", readable=False)
    ],
    name: Annotated[
        str | None,
        typer.Option(
            "--id", help=f"Which published checkpoint it is, where no hash tells; {_LISTED}"
        ),
    ] = None,
    own_name: Annotated[
        str | None, typer.Option("--name", help="What you call weights of your own.")
    ] = None,
    training_data: _TrainingData = "",
    licence: _Licence = "",
    confirmed_sha256: Annotated[
        str, typer.Option("--confirm", help="The SHA-256 of a program that may run.")
    ] = "",
    folder: _Folder = None,
    as_json: _Json = False,
) -> None:
    """Copy a checkpoint to where networks find it: a published one, or one of your own.

    Weights of your own become a method, NETWORK@NAME. Files of one network with the same name
    go together.
    """
    with _running(folder, as_json) as command:
        own = _own(name, own_name, training_data, licence)
        command.add(file, name, own, confirmed_sha256)


@app.command()
def describe(
    name: Annotated[str, typer.Argument(metavar="ID", help=f"Weights of your own; {_LISTED}")],
    own_name: Annotated[
        str | None, typer.Option("--name", help="What to call them from now on.")
    ] = None,
    training_data: _TrainingData = "",
    licence: _Licence = "",
    folder: _Folder = None,
    as_json: _Json = False,
) -> None:
    """Say what weights of your own were trained on and what their licence is."""
    with _running(folder, as_json) as command:
        command.describe(name, Own(own_name or "", "", training_data, licence))


@app.command()
def remove(ids: _Ids, folder: _Folder = None, as_json: _Json = False) -> None:
    """Delete checkpoints."""
    with _running(folder, as_json) as command:
        command.remove(ids)


@app.command()
def verify(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID", help=f"Checkpoints; {_LISTED}", show_default="all that are here"
        ),
    ] = None,
    folder: _Folder = None,
    as_json: _Json = False,
) -> None:
    """Read checkpoints from end to end and load them."""
    with _running(folder, as_json) as command:
        command.verify(ids or [])


def _own(name: str | None, own_name: str | None, training_data: str, licence: str) -> Own | None:
    """Return what was said about weights of one's own; raises if it is said of published ones."""
    if name is not None and own_name is not None:
        raise BadParameterError(
            "A file is a published checkpoint or your own; give --id or --name, not both."
        )
    if (training_data or licence) and own_name is None:
        raise BadParameterError(
            "Training data and licence of published checkpoints are known; give them with --name "
            "only."
        )
    return None if own_name is None else Own(own_name, "", training_data, licence)
