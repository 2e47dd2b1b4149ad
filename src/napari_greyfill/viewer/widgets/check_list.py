"""A list of names to tick, and how methods stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QSizePolicy

from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.viewer.widgets.tips import wrapped

__all__ = ["CheckList", "Entry", "method_entry"]

_NAME = Qt.ItemDataRole.UserRole
_MOST_LINES = 7


class Entry(NamedTuple):
    """One line of a list: what it stands for, and whether it can be ticked."""

    name: str
    title: str
    tip: str
    can_run: bool = True


def method_entry(info: MethodInfo) -> Entry:
    """Return how a method is listed; the tip of one that cannot run or is slow says so."""
    slow = f" Slow: {info.slow}." if info.slow else ""
    why_not = "" if info.available else f" Cannot run: {info.why_not}"
    return Entry(info.name, info.title, f"{info.summary}{slow}{why_not}", info.available)


class CheckList(QListWidget):
    """A list of names to tick; what cannot run is grey and says why.

    Signals
    -------
    ticked
        A tick was set or taken away.
    """

    ticked = Signal()

    def __init__(self, tip: str = "") -> None:
        super().__init__()
        self.setToolTip(tip)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # covers lines
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.itemChanged.connect(lambda _: self.ticked.emit())

    def fill(self, entries: Iterable[Entry], ticked: Sequence[str]) -> None:
        """List entries, some of them ticked, as far as they can run.

        Parameters
        ----------
        entries : iterable of Entry
            In the order shown.
        ticked : sequence of str
            Names.
        """
        self.blockSignals(True)
        self.clear()
        for entry in entries:
            item = QListWidgetItem(entry.title, self)
            item.setData(_NAME, entry.name)
            item.setToolTip(wrapped(entry.tip))
            flags = Qt.ItemFlag.ItemIsUserCheckable
            item.setFlags(flags | Qt.ItemFlag.ItemIsEnabled if entry.can_run else flags)
            item.setCheckState(_state(entry.can_run and entry.name in ticked))
        self.blockSignals(False)
        self._show_lines(min(_MOST_LINES, self.count()))

    def show_all(self) -> None:
        """Make the list as large as its content, which a menu does not do by itself."""
        self._show_lines(self.count())
        self.setMinimumWidth(self.sizeHintForColumn(0) + 2 * self.frameWidth() + 24)

    def chosen(self) -> tuple[str, ...]:
        """Return the names that are ticked."""
        return tuple(item.data(_NAME) for item in self._ticked())

    def chosen_titles(self) -> list[str]:
        """Return the titles that are ticked."""
        return [item.text() for item in self._ticked()]

    def tick(self, names: Sequence[str]) -> None:
        """Tick these, as far as they can run, and no others."""
        for item in self._items():
            can_run = bool(item.flags() & Qt.ItemFlag.ItemIsEnabled)
            item.setCheckState(_state(can_run and item.data(_NAME) in names))

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    def _ticked(self) -> list[QListWidgetItem]:
        return [item for item in self._items() if item.checkState() == Qt.CheckState.Checked]

    def _show_lines(self, lines: int) -> None:
        height = max(1, lines) * max(1, self.sizeHintForRow(0))
        self.setFixedHeight(height + 2 * self.frameWidth() + 2)


def _state(ticked: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
