"""How errors are shown in the viewer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from napari_greyfill.errors import GreyfillError

__all__ = ["outcome_shown", "show_failure"]

T = TypeVar("T")


def show_failure(error: Exception) -> None:
    """Show a known error as its sentence; anything else as a bug, with its traceback."""
    from napari.utils.notifications import notification_manager, show_error

    if isinstance(error, GreyfillError):
        show_error(str(error))
    else:
        notification_manager.receive_error(type(error), error, error.__traceback__)


def outcome_shown(work: Callable[[], T]) -> T | None:
    """Return what work returns; a known error is shown, and gives None."""
    try:
        return work()
    except GreyfillError as error:
        show_failure(error)
        return None
