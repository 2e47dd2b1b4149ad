"""What the tables of the docks share: a Qt model of rows and columns, sorting, the view."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt
from qtpy.QtWidgets import QAbstractItemView, QFileDialog, QTableView, QWidget

from napari_greyfill.comparison.tables import Column
from napari_greyfill.errors import GreyfillError
from napari_greyfill.viewer.widgets.failures import show_failure

__all__ = ["SortedRows", "TableModel", "ask_and_write", "table_view"]

_SORT_ROLE = Qt.ItemDataRole.UserRole


class TableModel(QAbstractTableModel):
    """Plain rows under columns; the sort role gives numbers, not text.

    Attributes
    ----------
    columns : tuple of Column
        Set by subclasses.
    rows : list
        In the order they came.
    """

    columns: ClassVar[tuple[Column[Any], ...]] = ()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Any] = []

    def add(self, row: Any) -> None:  # noqa: ANN401 - whatever the columns take
        """Append a row."""
        end = len(self.rows)
        self.beginInsertRows(QModelIndex(), end, end)
        self.rows.append(row)
        self.endInsertRows()

    def replace_rows(self, rows: list[Any]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def clear(self) -> None:
        """Remove all rows."""
        self.replace_rows([])

    def tell_changed(self) -> None:
        """Tell that any cell may show something else."""
        last = self.index(len(self.rows) - 1, len(self.columns) - 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def tip(self, row: Any, column: Column[Any]) -> str:  # noqa: ANN401
        """Return the tooltip of a cell."""
        return f"{column.title}: {column.text(row)}"

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
        value = column.value(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == _SORT_ROLE:
            return value if value is not None else float("-inf")
        if role == Qt.ItemDataRole.TextAlignmentRole and not isinstance(value, str):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(row, column)
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
    """Return a view of whole rows, at least so many pixels high."""
    view = QTableView()
    view.setModel(model)
    view.setToolTip(tip)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().hide()
    view.setMinimumHeight(height)
    return view


def ask_and_write(
    parent: QWidget, title: str, name: str, kinds: str, write: Callable[[Path], None]
) -> None:
    """Ask for a file and write it, or show why that does not work."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, name, kinds)
    if not chosen:
        return
    try:
        write(Path(chosen))
    except GreyfillError as error:
        show_failure(error)
