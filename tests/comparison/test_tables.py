import csv
import io

import numpy as np
import pandas as pd
import pytest

from napari_greyfill.comparison import Combination, Row, to_dataframe
from napari_greyfill.comparison.columns import COLUMNS, columns_named
from napari_greyfill.comparison.tables import SUFFIXES, Table, to_csv, to_tsv, write_table
from napari_greyfill.errors import BadParameterError, UnwritablePathError
from napari_greyfill.measure import METRICS

WAY = Combination("telea", "grey-rgb", "hybrid")


def row(picture="a", way=WAY, pixels=9, **metrics):
    return Row(way, picture, metrics, seconds=1.25, peak_memory=2_500_000, pixels=pixels)


def failed(picture="a"):
    return Row(Combination("gmcnn", "rgb-rgb"), picture, error="It has no weights; get them.")


ROWS = [row(psnr=30.123456789, mae=2.0), row(psnr=31.0, mae=2.0004), failed()]


class TestFrame:
    def test_every_column_has_its_type(self):
        frame = to_dataframe(ROWS)
        assert list(frame) == [column.key for column in COLUMNS if column.key != "run"]
        for column in COLUMNS[1:]:
            assert str(frame[column.key].dtype) == column.dtype

    def test_no_rows_are_a_table_of_the_same_types(self):
        assert (to_dataframe([]).dtypes == to_dataframe(ROWS).dtypes).all()

    def test_what_is_not_known_is_missing(self):
        frame = to_dataframe(ROWS)
        assert frame["psnr"].tolist()[:2] == [30.123456789, 31.0]
        assert frame.loc[2, [*(m.key for m in METRICS), "seconds", "memory"]].isna().all()
        assert frame["pixels"].isna().tolist() == [False, False, True]
        assert frame["error"].tolist() == ["", "", "It has no weights; get them."]
        assert frame["memory"][0] == 2.5

    def test_runs_have_their_numbers(self):
        frame = to_dataframe([Row(WAY, run=3), Row(WAY)])
        assert frame["run"][0] == 3
        assert frame["run"].isna()[1]

    def test_it_can_be_grouped_with_those_that_have_no_colorizer(self):
        rows = [row(psnr=20.0), row(way=Combination("telea", "rgb-rgb"), psnr=30.0)]
        means = to_dataframe(rows).groupby(["method", "pipeline", "colorizer"])["psnr"].mean()
        assert sorted(means) == [20.0, 30.0]


class TestCsv:
    def test_it_reads_back_with_full_precision(self):
        lines = list(csv.DictReader(io.StringIO(to_csv([row("a, b", psnr=30.123456789)]))))
        assert lines[0]["picture"] == "a, b"
        assert float(lines[0]["psnr"]) == 30.123456789
        assert lines[0]["mae"] == ""
        assert lines[0]["pixels"] == "9"

    def test_pandas_reads_it_as_it_was(self):
        frame = to_dataframe(ROWS)
        types = {column.key: column.dtype for column in COLUMNS if column.key in frame}
        numbers = {key: [""] for key, dtype in types.items() if dtype != "string"}
        text = io.StringIO(to_csv(ROWS))
        again = pd.read_csv(text, dtype=types, keep_default_na=False, na_values=numbers)
        pd.testing.assert_frame_equal(again, frame)

    def test_infinite_numbers_stay_so(self):
        (line,) = csv.DictReader(io.StringIO(to_csv([row(psnr=np.inf)])))
        assert float(line["psnr"]) == np.inf

    def test_pasting_gives_what_the_table_shows(self):
        header, line = to_tsv([row(psnr=30.126)], columns_named("psnr", "error")).splitlines()
        assert header.split("\t") == ["PSNR", "Failed because"]
        assert line.split("\t") == ["30.13", "–"]


class TestPrint:
    def test_columns_that_hold_nothing_are_left_out_but_for_metrics(self):
        table = Table.of(to_dataframe([Row(WAY)]))
        titles = [metric.title for metric in METRICS]
        assert list(table.header) == ["Method", "Pipeline", "Colorizer", *titles]
        assert table.lines[0][:4] == ("telea", "Grey-RGB", "hybrid", "–")

    def test_cells_of_every_form(self):
        table = Table(("A", "Δ"), (("x|_", "1"), ("<&", "2")), (False, True), frozenset({(1, 1)}))
        assert table.to_markdown() == (
            "| A | Δ |\n| --- | ---: |\n| x\\|_ | 1 |\n| <& | **2** |\n"
        )
        assert table.to_latex().splitlines() == [
            r"\begin{tabular}{lr}", r"\toprule", r"A & $\Delta$ \\", r"\midrule",
            r"x|\_ & 1 \\", r"<\& & \textbf{2} \\", r"\bottomrule", r"\end{tabular}",
        ]  # fmt: skip
        assert table.to_html().splitlines() == [
            "<table>",
            '<thead><tr><th>A</th><th class="number">Δ</th></tr></thead>',
            "<tbody>",
            '<tr><td>x|_</td><td class="number">1</td></tr>',
            '<tr><td>&lt;&amp;</td><td class="number"><strong>2</strong></td></tr>',
            "</tbody>",
            "</table>",
        ]

    def test_pandas_reads_the_page(self):
        pytest.importorskip("lxml")
        (found,) = pd.read_html(io.StringIO(Table.of(to_dataframe(ROWS)).to_html()))
        assert found["PSNR"].tolist() == ["30.12", "31.00", "–"]

    def test_special_characters_are_safe(self):
        table = Table.of(to_dataframe([Row(WAY, "a_b|50%&", error="x_1\ny")]))
        assert r"a\_b|50\%\&" in table.to_latex()
        assert r"a_b\|50%&" in table.to_markdown()
        assert len(table.to_markdown().splitlines()) == 3


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_of_every_kind(suffix, tmp_path):
    path = tmp_path / f"table{suffix.upper()}"
    write_table(ROWS, path)
    text = path.read_text(encoding="utf-8")
    assert "It has no weights" in text
    assert (text == to_csv(ROWS)) == (suffix == ".csv")


def test_other_files_are_refused(tmp_path):
    with pytest.raises(BadParameterError, match=r"use one of: \.csv, \.md, \.tex, \.html\.$"):
        write_table(ROWS, tmp_path / "table.xlsx")
    with pytest.raises(UnwritablePathError, match="choose another folder"):
        write_table(ROWS, tmp_path / "none" / "table.csv")
