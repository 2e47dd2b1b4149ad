"""Progress, the time left, and notes on stderr; and how far a download is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

from napari_greyfill.compute.events import Event, Note
from napari_greyfill.compute.time_left import TimeLeft
from napari_greyfill.weights import transfer

__all__ = ["download_bar", "progress_bar"]


@contextmanager
def progress_bar(wanted: bool) -> Iterator[Callable[[Event], None]]:
    """Yield a function that shows one event: its note, and a bar if stderr is a terminal."""
    if not (wanted and sys.stderr.isatty()):
        yield _say
        return
    bar = _bar(TaskProgressColumn(), TimeElapsedColumn())
    watch = TimeLeft()
    with bar:
        task = bar.add_task("starting", total=1.0)

        def show(event: Event) -> None:
            if isinstance(event, Note):
                bar.console.print(event.text, markup=False, highlight=False, soft_wrap=True)
            else:
                said = ", ".join(filter(None, (event.text, watch.said(event.fraction))))
                bar.update(task, completed=event.fraction, description=said, refresh=True)

        yield show


@contextmanager
def download_bar(title: str, *, wanted: bool) -> Iterator[transfer.Progress]:
    """Yield a function that shows a download, if stderr is a terminal.

    Parameters
    ----------
    title : str
        What is downloaded.
    wanted : bool
        Whether to show anything.
    """
    if not (wanted and sys.stderr.isatty()):
        yield transfer.silent
        return
    with _bar(DownloadColumn(), TransferSpeedColumn()) as bar:
        task = bar.add_task(title, total=None)

        def show(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield show


def _bar(*columns: ProgressColumn) -> Progress:
    """Return a bar on stderr that goes away at the end, with columns after it."""
    description = TextColumn("{task.description}", markup=False)
    return Progress(
        description, BarColumn(), *columns, console=Console(stderr=True), transient=True
    )


def _say(event: Event) -> None:
    if isinstance(event, Note):
        typer.echo(event.text, err=True)
