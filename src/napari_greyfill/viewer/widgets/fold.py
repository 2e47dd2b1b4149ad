"""A part of a form that is folded up at first."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QPushButton, QVBoxLayout, QWidget

__all__ = ["Fold"]


class Fold(QWidget):
    """A button, and below it what it shows and hides.

    What is folded up is hidden, so that Tab passes it by.

    Parameters
    ----------
    title : str
        On the button.
    tip : str
        Its tooltip.
    content : QWidget
        What is folded up.

    Signals
    -------
    toggled : bool
        It was opened or closed.
    """

    toggled = Signal(bool)

    def __init__(self, title: str, tip: str, content: QWidget) -> None:
        super().__init__()
        self.title = title
        self._open = False
        self._content = content
        self.button = QPushButton()
        self.button.setToolTip(tip)
        self.button.clicked.connect(lambda: self._turn(not self._open))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addWidget(content)
        self._show()

    def isExpanded(self) -> bool:
        """Return whether it is open."""
        return self._open

    def expand(self) -> None:
        """Open it."""
        self._turn(True)

    def collapse(self) -> None:
        """Fold it up."""
        self._turn(False)

    def _turn(self, wanted: bool) -> None:
        if wanted == self._open:
            return
        self._open = wanted
        self._show()
        self.toggled.emit(wanted)

    def _show(self) -> None:
        self.button.setText(f"{'▾' if self._open else '▸'} {self.title}")
        self._content.setVisible(self._open)
