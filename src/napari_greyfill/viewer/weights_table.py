"""The Qt model of the weights: one row for each published checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, Qt
from qtpy.QtWidgets import QWidget

from napari_greyfill.weights.folder import megabytes
from napari_greyfill.weights.store import StoredCheckpoint

__all__ = ["STATES", "WeightsTableModel", "details"]

STATES = {
    "ready": "ready",
    "download": "can be downloaded",
    "by hand": "fetch by hand",
    "damaged": "damaged",
}

_COLUMNS: tuple[tuple[str, Callable[[StoredCheckpoint], str]], ...] = (
    ("State", lambda stored: STATES[stored.state]),
    ("Checkpoint", lambda stored: stored.info.title),
    ("Trained on", lambda stored: stored.info.training_data),
    ("At", lambda stored: f"{stored.info.size} px"),
    ("Size", lambda stored: _size(stored)),
    ("Licence", lambda stored: stored.info.licence),
)


class WeightsTableModel(QAbstractTableModel):
    """Published checkpoints as rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[StoredCheckpoint] = []

    def update_rows(self, rows: list[StoredCheckpoint]) -> None:
        """Show these checkpoints; a selection stays where the rows are as many as before."""
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        self.rows = rows
        last = self.index(len(rows) - 1, len(_COLUMNS) - 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of checkpoints."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(_COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what Qt asks of a cell."""
        if not index.isValid():
            return None
        text = _COLUMNS[index.column()][1](self.rows[index.row()])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return text
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:  # noqa: ANN401
        """Return the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section][0]
        return None


def details(stored: StoredCheckpoint) -> str:
    """Return what people should know before they get a checkpoint, as rich text."""
    info = stored.info
    where = info.url or info.page
    return (
        f"<b>{info.title}</b><br>{info.good_for}<br><br>"
        f"<b>Trained on</b> {info.training_data}, {info.masks}, at {info.size} pixels.<br>"
        f"<b>Licence</b> {info.licence}<br>"
        f"<b>Please cite</b> {info.citation}<br>"
        f"<b>From</b> {where}"
    )


def _size(stored: StoredCheckpoint) -> str:
    if stored.path.is_file():
        return megabytes(stored.path.stat().st_size)
    return megabytes(stored.info.bytes) if stored.info.bytes else "–"
