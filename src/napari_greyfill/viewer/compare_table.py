"""The table of a comparison: a Qt model over rows, and the view with filter and buttons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt, Signal
from qtpy.QtGui import QFont, QGuiApplication
from qtpy.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.errors import BadParameter, GreyfillError
from napari_greyfill.evaluate import Combination, Row
from napari_greyfill.evaluate.comparison import write_text
from napari_greyfill.evaluate.figures import bars, save_figure
from napari_greyfill.evaluate.tables import (
    COLUMNS,
    best_rows,
    to_csv,
    to_latex,
    to_markdown,
    to_tsv,
)
from napari_greyfill.viewer.parts import button, side_by_side
from napari_greyfill.viewer.texts import COMPARE as TEXTS

__all__ = ["CompareTable", "CompareTableModel"]

_SORT_ROLE = Qt.ItemDataRole.UserRole
_LAST = ("colorizer", "error")  # docks are narrow, and the numbers matter more
_COLUMNS = tuple(
    sorted((c for c in COLUMNS if c.key != "picture"), key=lambda column: column.key in _LAST)
)
_WRITERS: dict[str, Callable[[list[Row]], str]] = {
    ".csv": to_csv,
    ".md": to_markdown,
    ".tex": to_latex,
}


class CompareTableModel(QAbstractTableModel):
    """Ways of filling as rows; the best of each column is bold, the sort role gives numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self._best: dict[str, set[int]] = {}

    def add(self, row: Row) -> None:
        """Append a row, or replace the one of the same combination."""
        known = [old.combination for old in self.rows]
        if row.combination in known:
            self.rows[known.index(row.combination)] = row
        else:
            end = len(self.rows)
            self.beginInsertRows(QModelIndex(), end, end)
            self.rows.append(row)
            self.endInsertRows()
        self._best = best_rows(self.rows)
        last = self.index(len(self.rows) - 1, len(_COLUMNS) - 1)
        self.dataChanged.emit(self.index(0, 0), last)  # what was best may be no longer

    def clear(self) -> None:
        """Remove all rows."""
        self.beginResetModel()
        self.rows, self._best = [], {}
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(_COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what Qt asks of a cell."""
        if not index.isValid():
            return None
        column, row = _COLUMNS[index.column()], self.rows[index.row()]
        value = column.value(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == _SORT_ROLE:
            return value if value is not None else float("-inf")
        if role == Qt.ItemDataRole.FontRole and index.row() in self._best.get(column.key, ()):
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.TextAlignmentRole and column.digits is not None:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.error or f"{row.combination.title}\n{column.title}: {column.text(row)}"
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
            return _COLUMNS[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return _COLUMNS[section].explanation
        return None


class CompareTable(QWidget):
    """The table with its filter and buttons.

    Signals
    -------
    chosen : Combination
        A row was clicked, or reached with the arrow keys.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CompareTableModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(_SORT_ROLE)
        self._sorted.setFilterKeyColumn(-1)
        self._sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter rows")
        self.filter.setClearButtonEnabled(True)
        self.filter.setToolTip(TEXTS["filter"])
        self.filter.textChanged.connect(self._sorted.setFilterFixedString)
        self.view = self._make_view()
        self.copy_button = button("Copy", TEXTS["copy"], self.copy)
        self.save_button = button("Save table…", TEXTS["save"], self._ask_and_save)
        self.figure_button = button("Figure…", TEXTS["figure"], self._ask_and_draw)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.filter)
        layout.addWidget(self.view)
        layout.addLayout(side_by_side(self.copy_button, self.save_button, self.figure_button))
        self._enable_buttons()

    @property
    def rows(self) -> list[Row]:
        """Return the rows in the order they came."""
        return self.model.rows

    def add(self, row: Row) -> None:
        """Append a row, or replace the one of the same combination."""
        self.model.add(row)
        self.view.resizeColumnsToContents()
        self._enable_buttons()

    def clear(self) -> None:
        """Remove all rows."""
        self.model.clear()
        self._enable_buttons()

    def shown_rows(self) -> list[Row]:
        """Return the rows that are shown, in that order."""
        shown = (self._sorted.index(number, 0) for number in range(self._sorted.rowCount()))
        return [self.rows[self._sorted.mapToSource(index).row()] for index in shown]

    def copy(self) -> None:
        """Put the table on the clipboard as it is shown."""
        QGuiApplication.clipboard().setText(to_tsv(self.shown_rows()))

    def save(self, path: Path) -> None:
        """Write the rows that are shown, as the suffix says.

        Raises
        ------
        BadParameter
            For other suffixes than .csv, .md and .tex.
        UnwritablePath
        """
        writer = _WRITERS.get(path.suffix.lower())
        if writer is None:
            known = ", ".join(_WRITERS)
            raise BadParameter(f"A table cannot be written as {path.name}; use one of: {known}.")
        write_text(path, writer(self.shown_rows()))

    def draw(self, path: Path) -> None:
        """Write a chart of the rows that are shown; raises as `save_figure` does."""
        save_figure(bars(self.shown_rows()), path)

    def _ask_and_save(self) -> None:
        kinds = "CSV (*.csv);;Markdown (*.md);;LaTeX (*.tex)"
        self._ask_and("Save table", "comparison.csv", kinds, self.save)

    def _ask_and_draw(self) -> None:
        kinds = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"
        self._ask_and("Save figure", "comparison.png", kinds, self.draw)

    def _ask_and(self, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
        from napari.utils.notifications import show_error

        chosen, _ = QFileDialog.getSaveFileName(self, title, name, kinds)
        if not chosen:
            return
        try:
            write(Path(chosen))
        except GreyfillError as error:
            show_error(str(error))

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self._sorted)
        view.setToolTip(TEXTS["table"])
        view.setSortingEnabled(True)
        view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
        view.setMinimumHeight(150)
        view.selectionModel().currentRowChanged.connect(lambda index, _: self._choose(index))
        view.clicked.connect(self._choose)
        return view

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            row: Row = self.rows[self._sorted.mapToSource(index).row()]
            combination: Combination = row.combination
            self.chosen.emit(combination)

    def _enable_buttons(self) -> None:
        for action in (self.copy_button, self.save_button, self.figure_button):
            action.setEnabled(bool(self.rows))
