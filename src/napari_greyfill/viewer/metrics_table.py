"""The table of runs: a Qt model over plain rows, and the view with its buttons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt, Signal
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.errors import UnwritablePath
from napari_greyfill.viewer.models import COLUMNS, RunRow, to_csv, to_tsv
from napari_greyfill.viewer.parts import button, side_by_side
from napari_greyfill.viewer.texts import METRICS_TABLE as TEXTS

__all__ = ["MetricsTable", "RunTableModel"]

_SORT_ROLE = Qt.ItemDataRole.UserRole


class RunTableModel(QAbstractTableModel):
    """Runs as rows, `COLUMNS` as columns; the sort role gives numbers, not text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[RunRow] = []

    def add(self, row: RunRow) -> None:
        """Append a row."""
        end = len(self.rows)
        self.beginInsertRows(QModelIndex(), end, end)
        self.rows.append(row)
        self.endInsertRows()

    def clear(self) -> None:
        """Remove all rows."""
        self.beginResetModel()
        self.rows.clear()
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of runs."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what Qt asks of a cell."""
        if not index.isValid():
            return None
        column, row = COLUMNS[index.column()], self.rows[index.row()]
        value = column.value(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == _SORT_ROLE:
            return value if value is not None else float("-inf")
        if role == Qt.ItemDataRole.TextAlignmentRole and not isinstance(value, str):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{column.title}: {column.text(row)}"
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:  # noqa: ANN401
        """Return the title of a column, or its explanation as a tooltip."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[section].explanation
        return None


class MetricsTable(QWidget):
    """The table with its buttons.

    Signals
    -------
    run_chosen : int
        The number of the run whose row was clicked.
    """

    run_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RunTableModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(_SORT_ROLE)
        self.view = self._make_view()
        self.copy_button = button("Copy", TEXTS["copy"], self.copy)
        self.save_button = button("Save CSV…", TEXTS["save"], self._ask_and_save)
        self.clear_button = button("Clear", TEXTS["clear"], self.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        layout.addLayout(side_by_side(self.copy_button, self.save_button, self.clear_button))
        self._enable_buttons()

    def add(self, row: RunRow) -> None:
        """Append a run and scroll to it."""
        self.model.add(row)
        self.view.resizeColumnsToContents()
        self._enable_buttons()
        last = self.model.index(len(self.model.rows) - 1, 0)
        self.view.scrollTo(self._sorted.mapFromSource(last))

    def clear(self) -> None:
        """Remove all rows."""
        self.model.clear()
        self._enable_buttons()

    def shown_rows(self) -> list[RunRow]:
        """Return the rows in the order they are shown."""
        indices = [
            self._sorted.mapToSource(self._sorted.index(i, 0)).row()
            for i in range(self._sorted.rowCount())
        ]
        return [self.model.rows[i] for i in indices]

    def copy(self) -> None:
        """Put the table on the clipboard as it is shown."""
        QGuiApplication.clipboard().setText(to_tsv(self.shown_rows()))

    def save(self, path: Path) -> None:
        """Write the table as CSV.

        Raises
        ------
        UnwritablePath
            If the file cannot be written.
        """
        try:
            path.write_text(to_csv(self.shown_rows()), encoding="utf-8")
        except OSError as error:
            raise UnwritablePath(
                f"{path} cannot be written ({error.strerror}); choose another folder."
            ) from error

    def _ask_and_save(self) -> None:
        from napari.utils.notifications import show_error

        chosen, _ = QFileDialog.getSaveFileName(self, "Save metrics", "metrics.csv", "CSV (*.csv)")
        if not chosen:
            return
        try:
            self.save(Path(chosen))
        except UnwritablePath as error:
            show_error(str(error))

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self._sorted)
        view.setToolTip(TEXTS["table"])
        view.setSortingEnabled(True)
        view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        header = view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        view.setMinimumHeight(90)
        view.clicked.connect(self._choose)
        return view

    def _choose(self, index: QModelIndex) -> None:
        self.run_chosen.emit(self.model.rows[self._sorted.mapToSource(index).row()].run)

    def _enable_buttons(self) -> None:
        for action in (self.copy_button, self.save_button, self.clear_button):
            action.setEnabled(bool(self.model.rows))
