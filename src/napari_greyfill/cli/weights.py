"""The commands `napari-greyfill weights list`, `get`, `add`, `remove` and `verify`.

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
from napari_greyfill.errors import GreyfillError, UnwritablePathError

if TYPE_CHECKING:
    from napari_greyfill.weights.store import StoredCheckpoint, WeightsStore
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
_Ids = Annotated[list[str], typer.Argument(metavar="ID", help=f"Checkpoints; {_LISTED}")]


@app.command("list")
def list_command(folder: _Folder = None, as_json: _Json = False) -> None:
    """List the published checkpoints and whether they are on this computer."""
    from napari_greyfill.weights.store import WeightsStore

    with ending_in_sentences(_INTERRUPTED):
        store = WeightsStore(folder)
        store.sweep()
        found = store.list()
        if as_json:
            _print_json(found, folder=str(store.folder.path))
            return
        typer.echo(f"In {store.folder.path}")
        for problem in {row.problem for row in found if row.state == "unreadable"}:
            typer.echo(problem, err=True)
        for checkpoint in found:
            typer.echo(f"\n{_described(checkpoint)}")


@app.command()
def get(ids: _Ids, folder: _Folder = None, as_json: _Json = False) -> None:
    """Download checkpoints that need no browser."""
    from napari_greyfill.weights.store import WeightsStore

    with ending_in_sentences(_INTERRUPTED):
        store = WeightsStore(folder)
        infos = [store.info(name) for name in ids]  # so that a mistyped id downloads nothing
        for info in infos:
            with _progress_bar(info.title, wanted=not as_json) as progress:
                path = store.get(info.id, progress)
            if not as_json:
                typer.echo(f"{info.title} is ready: {path}")
                typer.echo(f"Licence: {info.licence}.")
        if as_json:
            _print_json([found for found in store.list() if found.info in infos])


@app.command()
def add(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A checkpoint file.", readable=False)
    ],
    name: Annotated[
        str | None, typer.Option("--id", help=f"Which checkpoint it is; {_LISTED}")
    ] = None,
    folder: _Folder = None,
    as_json: _Json = False,
) -> None:
    """Copy a checkpoint that you have fetched with a browser to where networks find it."""
    from napari_greyfill.weights.store import WeightsStore

    with ending_in_sentences(_INTERRUPTED):
        added = WeightsStore(folder).add(file, name)
        if as_json:
            _print_json([added])
        else:
            typer.echo(f"{added.info.title} is ready: {added.path}")
            typer.echo(f"Licence: {added.info.licence}.")


@app.command()
def remove(ids: _Ids, folder: _Folder = None, as_json: _Json = False) -> None:
    """Delete checkpoints."""
    from napari_greyfill.weights.store import WeightsStore

    with ending_in_sentences(_INTERRUPTED):
        store = WeightsStore(folder)
        infos = [store.info(name) for name in ids]
        for info in infos:
            store.remove(info.id)
            if not as_json:
                typer.echo(f"Removed {info.title}.")
        if as_json:
            _print_json([found for found in store.list() if found.info in infos])


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
    from napari_greyfill.weights.store import WeightsStore

    with ending_in_sentences(_INTERRUPTED):
        store = WeightsStore(folder)
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
    }
    texts = (info.title, info.good_for, f"Licence: {info.licence}.")
    lines = [f"{info.id}", f"  {words[checkpoint.state]}"]
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
