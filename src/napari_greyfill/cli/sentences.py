"""How commands end: warnings and errors as sentences, and an exit code for each kind."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import typer

from napari_greyfill.errors import BadParameter, Cancelled, GreyfillError, GreyfillWarning

__all__ = ["ending_in_sentences"]

_FAILED, _WRONG_USAGE, _INTERRUPTED = 1, 2, 130


@contextmanager
def ending_in_sentences() -> Iterator[None]:
    """Show our warnings and errors as sentences, and end with the exit code they stand for."""
    try:
        with _plain_warnings():
            yield
    except KeyboardInterrupt as error:
        typer.echo("Cancelled; nothing was written.", err=True)
        raise typer.Exit(_INTERRUPTED) from error
    except GreyfillError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_exit_code(error)) from error


def _exit_code(error: GreyfillError) -> int:
    if isinstance(error, Cancelled):
        return _INTERRUPTED
    return _WRONG_USAGE if isinstance(error, BadParameter) else _FAILED


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
