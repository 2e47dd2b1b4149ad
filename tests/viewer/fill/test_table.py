import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication

from napari_greyfill.errors import UnwritablePathError
from napari_greyfill.viewer.fill.table import MetricsTable, RunTableModel
from napari_greyfill.viewer.layers.models import COLUMNS, RunRow, to_csv, to_tsv

PSNR = [column.key for column in COLUMNS].index("psnr")


def row(run, psnr=None):
    metrics = {} if psnr is None else {"psnr": psnr}
    return RunRow(run, "pic", "biharmonic", "grey-rgb", "propagation", 1.0, 10, metrics)


@pytest.fixture
def table(qtbot):
    table = MetricsTable()
    qtbot.addWidget(table)
    for run, psnr in ((1, 9.5), (2, 30.0), (3, None), (4, 101.0)):
        table.add(row(run, psnr))
    return table


def test_model_behaves(qtmodeltester):
    model = RunTableModel()
    model.add(row(1, 30.0))
    model.add(row(2))
    qtmodeltester.check(model)


def test_sorting_is_by_number_not_by_text(table):
    table.view.sortByColumn(PSNR, Qt.SortOrder.DescendingOrder)
    assert [r.run for r in table.shown_rows()] == [4, 2, 1, 3]


def test_click_tells_the_run_after_sorting(table, qtbot):
    table.view.sortByColumn(PSNR, Qt.SortOrder.DescendingOrder)
    with qtbot.waitSignal(table.run_chosen) as chosen:
        table.view.clicked.emit(table.view.model().index(1, 0))
    assert chosen.args == [2]


def test_copy_and_save_what_is_shown(table, tmp_path):
    table.view.sortByColumn(PSNR, Qt.SortOrder.AscendingOrder)
    table.copy_button.click()
    assert QGuiApplication.clipboard().text() == to_tsv(table.shown_rows())
    path = tmp_path / "metrics.csv"
    table.save(path)
    assert path.read_text(encoding="utf-8") == to_csv(table.shown_rows())


def test_unwritable_path(table, tmp_path):
    with pytest.raises(UnwritablePathError, match="choose another folder"):
        table.save(tmp_path / "missing" / "metrics.csv")


def test_clear_disables_the_buttons(table):
    assert table.copy_button.isEnabled()
    table.clear_button.click()
    assert table.model.rows == []
    assert not table.copy_button.isEnabled()
    assert not table.save_button.isEnabled()


def test_headers_explain_themselves(table):
    model = table.model
    tips = [
        model.headerData(i, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        for i in range(model.columnCount())
    ]
    assert all(tips)
