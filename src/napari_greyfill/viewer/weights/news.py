"""What tells every open dock that other weights are here now."""

from __future__ import annotations

from qtpy.QtCore import QObject, Signal

__all__ = ["NEWS", "WeightsNews"]


class WeightsNews(QObject):
    """Says that weights have come, gone, or can be used now; it outlives every dock.

    Signals
    -------
    changed
    """

    changed = Signal()


NEWS = WeightsNews()
