import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.comparison.tables import to_csv, to_tsv
from napari_greyfill.errors import BadParameterError, UnwritablePathError
from napari_greyfill.viewer.fill.table import COLUMNS, MetricsTable

PSNR = [column.key for column in COLUMNS].index("psnr")
FONT = Qt.ItemDataRole.FontRole


def row(run, psnr=None, pixels=10):
    return Row(
        Combination("biharmonic", "grey-rgb", "propagation"),
        "pic",
        metrics={} if psnr is None else {"psnr": psnr},
        seconds=1.0,
        pixels=pixels,
        run=run,
    )


@pytest.fixture
def table(qtbot):
    table = MetricsTable()
    qtbot.addWidget(table)
    for run, psnr in ((1, 9.5), (2, 30.0), (3, None), (4, 101.0)):
        table.add(row(run, psnr))
    return table


def test_model_behaves(table, qtmodeltester):
    qtmodeltester.check(table.model)
    qtmodeltester.check(table.sorted)


def test_best_of_one_picture_and_hole_is_bold(table):
    table.add(row(5, 200.0, pixels=20))
    bold = [table.model.data(table.model.index(n, PSNR), FONT) is not None for n in range(5)]
    assert bold == [False, False, False, True, False]
    table.add(row(6, 300.0, pixels=20))
    assert table.model.data(table.model.index(5, PSNR), FONT).bold()
    assert table.model.data(table.model.index(3, PSNR), FONT).bold()


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
    assert QGuiApplication.clipboard().text() == to_tsv(table.shown_rows(), COLUMNS)
    path = tmp_path / "metrics.csv"
    table.save(path)
    assert path.read_text(encoding="utf-8") == to_csv(table.shown_rows())


@pytest.mark.parametrize("suffix", [".md", ".tex", ".html"])
def test_other_tables_mark_the_best(table, tmp_path, suffix):
    path = tmp_path / f"metrics{suffix}"
    table.save(path)
    bold = {".md": "**101.00**", ".tex": r"\textbf{101.00}", ".html": "<strong>101.00</strong>"}
    assert bold[suffix] in path.read_text(encoding="utf-8")


def test_other_suffixes_are_refused(table, tmp_path):
    with pytest.raises(BadParameterError, match=r"use one of: \.csv, \.md, \.tex, \.html\.$"):
        table.save(tmp_path / "metrics.xlsx")


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
