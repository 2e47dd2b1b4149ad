import pytest
from qtpy.QtCore import QItemSelectionModel, Qt

from napari_greyfill.comparison.columns import Column
from napari_greyfill.errors import UnwritablePathError
from napari_greyfill.viewer.widgets.tables import SortedRows, TableModel, ask_and_write, table_view

COLUMNS = (
    Column("name", "Name", "What it is called.", lambda row: row[0]),
    Column("size", "Size", "How large it is.", lambda row: row[1], "float64", 1),
)
ROLE = Qt.ItemDataRole


def largest(rows):
    sizes = [size or 0 for _, size in rows]
    return {"size": {sizes.index(max(sizes))}} if rows else {}


@pytest.fixture
def model():
    model = TableModel(COLUMNS, key=lambda row: row[0], best=largest)
    for row in (("b", 9.0), ("c", 30.0), ("a", None)):
        model.add(row)
    return model


def cell(model, row, column, role=ROLE.DisplayRole):
    return model.data(model.index(row, column), role)


def bold(model):
    return [cell(model, row, 1, ROLE.FontRole) is not None for row in range(model.rowCount())]


def test_it_behaves_as_qt_asks(model, qtmodeltester):
    qtmodeltester.check(model)
    qtmodeltester.check(SortedRows(model))
    qtmodeltester.check(TableModel(COLUMNS))


def test_cells_are_text_and_numbers_align_right(model):
    assert [cell(model, row, 1) for row in range(3)] == ["9.0", "30.0", "–"]
    assert cell(model, 0, 0, ROLE.TextAlignmentRole) is None
    assert cell(model, 0, 1, ROLE.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight


def test_sorting_is_by_number_with_what_is_missing_last_in_size(model):
    rows = SortedRows(model)
    rows.sort(1, Qt.SortOrder.DescendingOrder)
    assert [name for name, _ in rows.shown()] == ["c", "b", "a"]
    assert rows.row_at(rows.index(1, 0)) == ("b", 9.0)


def test_a_row_of_the_same_key_replaces_the_earlier_one(model, qtbot):
    with qtbot.waitSignal(model.dataChanged):
        model.add(("c", 2.0))
    assert model.rows == [("b", 9.0), ("c", 2.0), ("a", None)]


def test_what_is_best_follows_the_rows(model):
    assert bold(model) == [False, True, False]
    model.add(("d", 31.0))
    assert bold(model) == [False, False, False, True]
    model.show_rows([("x", 2.0), ("y", 1.0)])
    assert bold(model) == [True, False]
    model.show_rows([])
    assert model.rowCount() == 0


def test_tips_say_what_a_cell_shows_unless_told_otherwise(model):
    assert cell(model, 1, 1, ROLE.ToolTipRole) == "30.0"
    told = TableModel(COLUMNS, tip=lambda row, column: f"{row[0]}: {column.title}")
    told.add(("b", 9.0))
    assert cell(told, 0, 1, ROLE.ToolTipRole) == "b: Size"


def test_a_selection_stays_where_there_are_as_many_rows(model, qtbot):
    view = table_view(model, "tip", 50)
    qtbot.addWidget(view)
    view.selectionModel().select(
        model.index(1, 0),
        QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
    )
    model.show_rows([("d", 1.0), ("e", 2.0), ("f", 3.0)])
    assert [index.row() for index in view.selectionModel().selectedRows()] == [1]


def test_what_cannot_be_written_is_shown(monkeypatch, tmp_path):
    shown = []
    tables = "napari_greyfill.viewer.widgets.tables"
    path = str(tmp_path / "t.csv")
    monkeypatch.setattr(f"{tables}.QFileDialog.getSaveFileName", lambda *_: (path, ""))
    monkeypatch.setattr(f"{tables}.show_failure", shown.append)

    def fail(path):
        raise UnwritablePathError(f"{path} cannot be written; choose another folder.")

    ask_and_write(None, "Save", "t.csv", "CSV (*.csv)", fail)
    assert [str(error) for error in shown] == [f"{path} cannot be written; choose another folder."]
