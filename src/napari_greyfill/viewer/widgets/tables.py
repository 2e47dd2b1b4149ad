"""What the tables of the docks share: a Qt model of rows and columns, sorting, the view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt
from qtpy.QtGui import QFont
from qtpy.QtWidgets import QAbstractItemView, QFileDialog, QTableView, QWidget

from napari_greyfill.comparison.columns import Column
from napari_greyfill.errors import GreyfillError
from napari_greyfill.viewer.widgets.failures import show_failure

__all__ = ["SortedRows", "TableModel", "ask_and_write", "table_view"]

_SORT_ROLE = Qt.ItemDataRole.UserRole


class TableModel(QAbstractTableModel):
    """Plain rows under columns; the sort role gives numbers, not text.

    Parameters
    ----------
    columns : sequence of Column
    key : callable, optional
        A row replaces an earlier one of the same key.
    best : callable, optional
        Returns for all rows which of them are bold, by the keys of columns.
    tip : callable, optional
        Returns the tooltip of a row's cell under a column; by default what the cell shows,
        which may be wider than its column.

    Attributes
    ----------
    rows : list
        In the order they came.
    """

    def __init__(
        self,
        columns: Sequence[Column[Any]],
        parent: QWidget | None = None,
        *,
        key: Callable[[Any], object] | None = None,
        best: Callable[[list[Any]], dict[str, set[int]]] | None = None,
        tip: Callable[[Any, Column[Any]], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: list[Any] = []
        self._key, self._best_of, self._tip = key, best, tip
        self._best: dict[str, set[int]] = {}

    def add(self, row: Any) -> None:  # noqa: ANN401 - whatever the columns take
        """Append a row, or replace the one of the same key."""
        keys = [] if self._key is None else [self._key(old) for old in self.rows]
        if self._key is not None and self._key(row) in keys:
            self.rows[keys.index(self._key(row))] = row
        else:
            end = len(self.rows)
            self.beginInsertRows(QModelIndex(), end, end)
            self.rows.append(row)
            self.endInsertRows()
        self._tell_changed()

    def show_rows(self, rows: list[Any]) -> None:
        """Show other rows; a selection stays where they are as many as before."""
        if len(rows) == len(self.rows):
            self.rows = rows
            self._tell_changed()
            return
        self.beginResetModel()
        self.rows = rows
        self._best = self._best_of(rows) if self._best_of is not None else {}
        self.endResetModel()

    def _tell_changed(self) -> None:
        """Tell that any cell may show something else: what was best may be no longer."""
        self._best = self._best_of(self.rows) if self._best_of is not None else {}
        if self.rows:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what Qt asks of a cell."""
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == _SORT_ROLE:
            value = column.value(row)
            return value if value is not None else float("-inf")
        if role == Qt.ItemDataRole.TextAlignmentRole and column.dtype != "string":
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.text(row) if self._tip is None else self._tip(row, column)
        if role == Qt.ItemDataRole.FontRole and index.row() in self._best.get(column.key, ()):
            font = QFont()
            font.setBold(True)
            return font
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
            return self.columns[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.columns[section].explanation
        return None


class SortedRows(QSortFilterProxyModel):
    """The rows of a model as the user has sorted and filtered them."""

    def __init__(self, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setSourceModel(model)
        self.setSortRole(_SORT_ROLE)
        self.setFilterKeyColumn(-1)
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def row_at(self, index: QModelIndex) -> Any:  # noqa: ANN401 - a row of the model
        """Return the row of a cell of the view."""
        return self._model.rows[self.mapToSource(index).row()]

    def shown(self) -> list[Any]:
        """Return the rows that are shown, in that order."""
        return [self.row_at(self.index(number, 0)) for number in range(self.rowCount())]


def table_view(model: TableModel | SortedRows, tip: str, height: int) -> QTableView:
    """Return a view of whole rows, at least so many pixels high.

    Parameters
    ----------
    model : TableModel or SortedRows
        What to show.
    tip : str
        The tooltip of the view.
    height : int
        In pixels.
    """
    view = QTableView()
    view.setModel(model)
    view.setToolTip(tip)
    view.setTabKeyNavigation(False)  # arrows go from cell to cell, Tab goes on
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
    view.setMinimumHeight(height)
    return view


def ask_and_write(
    parent: QWidget, title: str, name: str, kinds: str, write: Callable[[Path], None]
) -> None:
    """Ask for a file and write it, or show why that does not work.

    Parameters
    ----------
    parent : QWidget
        What the dialog belongs to.
    title : str
        Of the dialog.
    name : str
        The file that is offered.
    kinds : str
        Filters, as Qt takes them.
    write : callable
        Takes the path; its errors are shown.
    """
    chosen, _ = QFileDialog.getSaveFileName(parent, title, name, kinds)
    if not chosen:
        return
    try:
        write(Path(chosen))
    except GreyfillError as error:
        show_failure(error)
