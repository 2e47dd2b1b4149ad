"""A scroll area for docks: up and down only, never narrower than what it holds."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, QSize, Qt
from qtpy.QtWidgets import QFrame, QScrollArea, QWidget

__all__ = ["VerticalScroll"]


class VerticalScroll(QScrollArea):
    """Scrolls up and down, and is never narrower than what it holds."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def minimumSizeHint(self) -> QSize:
        """Return the width of the content, its scroll bar and the theme's frame; little height."""
        beside = self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth()
        return QSize(self.widget().minimumSizeHint().width() + beside, 120)

    def sizeHint(self) -> QSize:
        """Return the size the content would like, scroll bar included."""
        return self.minimumSizeHint().expandedTo(self.widget().sizeHint())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for room anew when the content or the theme changes."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return bool(super().eventFilter(watched, event))
