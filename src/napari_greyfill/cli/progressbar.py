"""Progress and notes on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from napari_greyfill.pipeline.result import Step

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(wanted: bool) -> Iterator[Callable[[Step], None]]:
    """Yield a function that shows one step: its note, and a bar if stderr is a terminal."""
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
    with bar:
        task = bar.add_task("starting", total=1.0)

        def show(step: Step) -> None:
            if step.kind == "note":
                bar.console.print(step.name, markup=False, highlight=False, soft_wrap=True)
            else:
                bar.update(task, completed=step.fraction, description=step.name, refresh=True)

        yield show


def _say(step: Step) -> None:
    if step.kind == "note":
        typer.echo(step.name, err=True)
