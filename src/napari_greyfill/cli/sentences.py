"""Warnings and errors of a command as sentences, and the exit code they stand for."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import typer

from napari_greyfill.errors import BadParameter, Cancelled, GreyfillError, GreyfillWarning

__all__ = ["FAILED", "INTERRUPTED", "WRONG_USAGE", "ending_in_sentences"]

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130


@contextmanager
def ending_in_sentences(
    when_interrupted: str = "Cancelled; nothing was written.",
) -> Iterator[None]:
    """Show our warnings and errors as sentences, and end with the exit code they stand for."""
    try:
        with _plain_warnings():
            yield
    except KeyboardInterrupt as error:
        typer.echo(when_interrupted, err=True)
        raise typer.Exit(INTERRUPTED) from error
    except GreyfillError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_exit_code(error)) from error


def _exit_code(error: GreyfillError) -> int:
    if isinstance(error, Cancelled):
        return INTERRUPTED
    return WRONG_USAGE if isinstance(error, BadParameter) else FAILED


@contextmanager
def _plain_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        show_otherwise = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, GreyfillWarning):
                typer.echo(str(message), err=True)
            else:
                show_otherwise(message, category, filename, lineno, file, line)

        warnings.simplefilter("always", GreyfillWarning)
        warnings.showwarning = show
        yield
