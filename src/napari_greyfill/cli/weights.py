"""The commands of `napari-greyfill weights`, such as `list`, `get`, `add` and `verify`.

What a command needs is imported once it runs, so that `--help` is quick.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from napari_greyfill.cli.exit_codes import FAILED, ending_in_sentences
from napari_greyfill.compute.pytorch import lacking_torch
from napari_greyfill.errors import (
    BadCheckpointError,
    BadParameterError,
    DownloadError,
    GreyfillError,
    UnwritablePathError,
)
from napari_greyfill.weights.catalogue import PURPOSES, CheckpointInfo
from napari_greyfill.weights.stored import IDENTITIES

if TYPE_CHECKING:
    from napari_greyfill.weights.store import WeightsStore
    from napari_greyfill.weights.stored import StoredCheckpoint
    from napari_greyfill.weights.transfer import Progress

__all__ = ["app"]

_INTERRUPTED = "Cancelled; run the same command again to go on."
_WIDTH = 88
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


@app.command("list")
def list_command(folder: _Folder = None, as_json: _Json = False) -> None:
    """List the published checkpoints, whether they are on this computer, and your own weights.

    Files that were put into the folder by hand are looked at first.
    """
    from napari_greyfill.inpaint.networks.store import network_weights
    from napari_greyfill.weights.together import in_order

    with ending_in_sentences(_INTERRUPTED):
        store = network_weights(folder)
        store.sweep()
        _look(store)
        found = store.list()
        if as_json:
            _print_json(found, folder=str(store.folder.path))
            return
        typer.echo(f"In {store.folder.path}")
        for problem in {row.problem for row in found if row.state == "unreadable"}:
            typer.echo(problem, err=True)
        for checkpoint in in_order(found):
            typer.echo(f"\n{_described(checkpoint)}")


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
    from napari_greyfill.inpaint.networks.store import network_weights
    from napari_greyfill.weights.together import downloadable, size_of

    with ending_in_sentences(_INTERRUPTED):
        if every == bool(ids):
            raise BadParameterError("Give the ids of checkpoints, or --all and none.")
        store = network_weights(folder)
        # all of them first, so that a mistyped id downloads nothing
        infos = downloadable(store.list()) if every else [store.info(name) for name in ids or ()]
        if every and not as_json:
            typer.echo(f"To download: {len(infos)} checkpoints, {size_of(infos)}.")
        problems = [_fetched(store, info, every=every, quiet=as_json) for info in infos]
        if as_json:
            _print_json([found for found in store.list() if found.info in infos])
        if any(problems):
            raise typer.Exit(FAILED)


def _fetched(store: WeightsStore, info: CheckpointInfo, *, every: bool, quiet: bool) -> str:
    """Download one checkpoint; return why it is not here if it is one of all, or nothing."""
    if info.non_commercial and info.url and not quiet:
        typer.echo(f"{info.title} is not for commercial use. Licence: {info.licence}.")
    try:
        with _progress_bar(info.title, wanted=not quiet) as progress:
            path = store.get(info.id, progress)
    except (DownloadError, BadCheckpointError) as error:
        if not every:
            raise
        typer.echo(str(error), err=True)
        return str(error)
    if quiet:
        return ""
    if store.stored(info).state == "unconfirmed":
        typer.echo(f"{info.title} has arrived: {path}")
        typer.echo(_to_confirm(store, info))
    else:
        typer.echo(f"{info.title} is ready: {path}")
    typer.echo(f"Licence: {info.licence}.")
    return ""


def _to_confirm(store: WeightsStore, info: CheckpointInfo) -> str:
    sha256 = store.folder.sha256(info)
    return (
        f"It is a program, and no SHA-256 of it is published; the one it has is {sha256}. If you "
        f"trust {info.url or info.page}, let it run with: napari-greyfill weights confirm "
        f"{info.id} {sha256}"
    )


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
    from napari_greyfill.inpaint.networks.store import network_weights

    with ending_in_sentences(_INTERRUPTED):
        store = network_weights(folder)
        if sha256 is None:
            info = store.info(name)
            if store.stored(info).state != "unconfirmed":
                raise BadParameterError(
                    f"{name} is no program that waits to be confirmed; see: napari-greyfill "
                    "weights list"
                )
            typer.echo(_to_confirm(store, info))
            return
        found = store.confirm(name, sha256)
        if as_json:
            _print_json([found])
        else:
            _print_added(found)


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
    from napari_greyfill.inpaint.networks.store import network_weights
    from napari_greyfill.weights.own import Own

    with ending_in_sentences(_INTERRUPTED):
        _require_one_meaning(name, own_name, training_data or licence)
        own = None if own_name is None else Own(own_name, "", training_data, licence)
        added = network_weights(folder).add(file, name, own=own, confirmed_sha256=confirmed_sha256)
        if as_json:
            _print_json([added])
        else:
            _print_added(added)


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
    from napari_greyfill.inpaint.networks.store import network_weights
    from napari_greyfill.weights.own import Own

    with ending_in_sentences(_INTERRUPTED):
        store = network_weights(folder)
        _look(store)
        known = store.said(name)
        said = Own(
            own_name or known.name,
            training_data=training_data or known.training_data,
            licence=licence or known.licence,
        )
        described = store.describe(name, said)
        if as_json:
            _print_json([described])
        else:
            _print_added(described)


@app.command()
def remove(ids: _Ids, folder: _Folder = None, as_json: _Json = False) -> None:
    """Delete checkpoints."""
    from napari_greyfill.inpaint.networks.store import network_weights

    with ending_in_sentences(_INTERRUPTED):
        store = network_weights(folder)
        infos = [store.info(name) for name in ids]
        for info in infos:
            store.remove(info.id)
            if not as_json:
                typer.echo(f"Removed {info.title}.")
        if as_json:
            _print_json([store.stored(info) for info in infos])


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
    from napari_greyfill.inpaint.networks.store import network_weights

    with ending_in_sentences(_INTERRUPTED):
        store = network_weights(folder)
        found_all = store.list()
        here = [found.info.id for found in found_all if found.state in ("ready", "damaged")]
        unreadable = [found.problem for found in found_all if found.state == "unreadable"]
        if unreadable:
            raise UnwritablePathError(unreadable[0])
        infos = [store.info(name) for name in ids or here]
        results = [_Verified.of(store, info.id) for info in infos]
        if as_json:
            found = [asdict(result) for result in results]
            typer.echo(json.dumps({"checkpoints": found}, indent=2))
        else:
            _print_verified(results)
        if any(result.problem for result in results):
            raise typer.Exit(FAILED)


@dataclass(frozen=True)
class _Verified:
    id: str
    sha256: str | None
    problem: str | None

    @classmethod
    def of(cls, store: WeightsStore, name: str) -> _Verified:
        try:
            return cls(name, store.verify(name), None)
        except GreyfillError as error:
            return cls(name, None, str(error))


def _look(store: WeightsStore) -> None:
    """Look at the files that were put into the folder by hand, or say why nobody can."""
    if lacking_torch():
        typer.echo(f"No network can run: {lacking_torch()}", err=True)
    else:
        store.recognise()


def _require_one_meaning(name: str | None, own_name: str | None, facts: str) -> None:
    if name is not None and own_name is not None:
        raise BadParameterError(
            "A file is a published checkpoint or your own; give --id or --name, not both."
        )
    if facts and own_name is None:
        raise BadParameterError(
            "Training data and licence of published checkpoints are known; give them with --name "
            "only."
        )


def _print_added(added: StoredCheckpoint) -> None:
    info = added.info
    typer.echo(f"{info.title} is ready: {added.path}")
    typer.echo(f"It is {IDENTITIES[added.identity]}.")
    if info.own:
        typer.echo(f"Training data: {info.training_data}.")
    typer.echo(f"Licence: {info.licence}.")


def _print_verified(results: list[_Verified]) -> None:
    for result in results:
        if result.problem:
            typer.echo(result.problem, err=True)
        else:
            typer.echo(f"{result.id} is as it should be (SHA-256 {result.sha256}).")
    if not results:
        typer.echo("There are no checkpoints on this computer.")


def _print_json(found: list[StoredCheckpoint], **others: Any) -> None:  # noqa: ANN401
    checkpoints = [checkpoint.to_dict() for checkpoint in found]
    typer.echo(json.dumps({**others, "checkpoints": checkpoints}, indent=2))


def _described(checkpoint: StoredCheckpoint) -> str:
    info = checkpoint.info
    words = {
        "ready": "ready",
        "download": f"not here; get it with: napari-greyfill weights get {info.id}",
        "by hand": f"not here; fetch {info.published_as or 'it'} by hand from {info.page}",
        "damaged": f"damaged; see: napari-greyfill weights verify {info.id}",
        "unreadable": "not known: the folder cannot be read",
        "unknown": "could not be looked at",
        "unconfirmed": f"here, to be confirmed with: napari-greyfill weights confirm {info.id}",
    }
    licence = f"Licence: {info.licence}."
    if info.non_commercial:
        licence = f"Not for commercial use. {licence}"
    texts = [info.title, info.good_for, licence]
    if not info.own:
        rank = ", recommended" if info.rank else ""
        texts.insert(1, f"For {PURPOSES[info.purpose]}; trained at {info.size} pixels{rank}.")
    if info.own:
        texts.insert(2, f"Training data: {info.training_data}.")
    what = f"; {IDENTITIES[checkpoint.identity]}" if checkpoint.identity else ""
    lines = [f"{info.id}", f"  {words[checkpoint.state]}{what}"]
    layout = textwrap.TextWrapper(
        _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
    return "\n".join([*lines, *map(layout.fill, texts)])


@contextmanager
def _progress_bar(title: str, *, wanted: bool) -> Iterator[Progress]:
    """Yield a function that shows a download on stderr, if that is a terminal."""
    from napari_greyfill.weights.transfer import silent

    if not (wanted and sys.stderr.isatty()):
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield show
