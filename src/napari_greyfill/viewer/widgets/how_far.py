"""How far something is: a bar, and a sentence that goes on."""

from __future__ import annotations

from qtpy.QtWidgets import QProgressBar

__all__ = ["ShareBar", "going_on"]


class ShareBar(QProgressBar):
    """A bar that shows a share, without a number."""

    def __init__(self) -> None:
        super().__init__()
        self.setRange(0, 1000)
        self.setTextVisible(False)

    def show_share(self, share: float) -> None:
        """Show the finished share of a work, 0 to 1."""
        self.setValue(round(1000 * share))


def going_on(text: str, left: str = "") -> str:
    """Return what work is at, as a sentence that is not over.

    Parameters
    ----------
    text : str
        With what the work goes on.
    left : str
        How long it will take; empty if nobody knows.
    """
    return f"{text[:1].upper()}{text[1:]}{', ' + left if left else ''}…"
