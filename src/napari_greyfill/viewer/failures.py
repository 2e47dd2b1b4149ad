"""How errors are shown in the viewer."""

from __future__ import annotations

from napari_greyfill.errors import GreyfillError

__all__ = ["show_failure"]


def show_failure(error: Exception) -> None:
    """Show a known error as its sentence; anything else as a bug, with its traceback."""
    from napari.utils.notifications import notification_manager, show_error

    if isinstance(error, GreyfillError):
        show_error(str(error))
    else:
        notification_manager.receive_error(type(error), error, error.__traceback__)
