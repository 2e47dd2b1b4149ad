"""Progress, the time left, and notes on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from napari_greyfill.compute.events import Event, Note
from napari_greyfill.compute.time_left import TimeLeft

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(wanted: bool) -> Iterator[Callable[[Event], None]]:
    """Yield a function that shows one event: its note, and a bar if stderr is a terminal."""
    if not (wanted and sys.stderr.isatty()):
        yield _say
        return
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
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


def _say(event: Event) -> None:
    if isinstance(event, Note):
        typer.echo(event.text, err=True)
