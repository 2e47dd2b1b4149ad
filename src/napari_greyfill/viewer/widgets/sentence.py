"""A label that wraps, and is never clipped however narrow its dock is."""

from __future__ import annotations

from qtpy.QtCore import QSize
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QLabel, QSizePolicy

__all__ = ["Sentence"]


class Sentence(QLabel):
    """Shows sentences as high as they need to be, and asks for no width."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

    def setText(self, text: str) -> None:
        """Show a text."""
        super().setText(text)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Grow or shrink with the width."""
        super().resizeEvent(event)
        self._make_room()

    def sizeHint(self) -> QSize:
        """Return the height that the text needs at this width."""
        return QSize(0, max(0, self.heightForWidth(self.width())))

    def minimumSizeHint(self) -> QSize:
        """Return the same; layouts ask for it."""
        return self.sizeHint()

    def _make_room(self) -> None:
        self.setMinimumHeight(0)  # which Qt would take for what the text needs
        self.setMinimumHeight(self.sizeHint().height())
