"""Warnings and errors of a command as sentences, and the exit code they stand for."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from napari_greyfill.atomic import reason_of
from napari_greyfill.errors import (
    BadParameterError,
    CancelledError,
    GreyfillError,
    GreyfillWarning,
)

if TYPE_CHECKING:
    from napari_greyfill.files import ImageFile

__all__ = ["FAILED", "INTERRUPTED", "WRONG_USAGE", "ending_in_sentences", "tell_what_is_lost"]

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
    except (typer.Exit, typer.Abort, BrokenPipeError):
        raise  # typer's own ways to end, and a reader such as `head` that has seen enough
    except (OSError, UnicodeError, MemoryError) as error:
        typer.echo(_unexplained(error), err=True)
        raise typer.Exit(FAILED) from error


def tell_what_is_lost(path: Path, like: ImageFile) -> None:
    """Say, before any work, what a result at a path will not have of what the image's file has."""
    from napari_greyfill.files import lost_metadata

    lost = lost_metadata(path, like)
    if lost:
        typer.echo(
            f"{path.name}: not carried over from {like.path.name}: {', '.join(lost)}.", err=True
        )


def _unexplained(error: Exception) -> str:
    """Return a sentence for what the system refused and no part of the package explained."""
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; crop the picture, or use fewer --jobs."
    name = getattr(error, "filename", None)
    where = f"{name} cannot be used" if name else "This failed"
    return f"{where} ({reason_of(error)}); choose another path."


def _exit_code(error: GreyfillError) -> int:
    if isinstance(error, CancelledError):
        return INTERRUPTED
    return WRONG_USAGE if isinstance(error, BadParameterError) else FAILED


@contextmanager
def _plain_warnings() -> Iterator[None]:
    said: set[str] = set()
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
                if str(message) not in said:  # what holds for several files is said once
                    typer.echo(str(message), err=True)
                said.add(str(message))
            else:
                show_otherwise(message, category, filename, lineno, file, line)

        warnings.simplefilter("always", GreyfillWarning)
        warnings.showwarning = show
        yield
