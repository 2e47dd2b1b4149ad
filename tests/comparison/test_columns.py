import numpy as np
import pandas as pd
import pytest

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.comparison.columns import COLUMNS, best_cells, best_rows, columns_named

WAY = Combination("telea", "grey-rgb", "hybrid")


def row(picture="a", pixels=9, **metrics):
    return Row(WAY, picture, metrics, seconds=1.25, peak_memory=2_500_000, pixels=pixels)


ROWS = [
    row(psnr=30.1, mae=2.0),
    row(psnr=31.0, mae=2.0004),
    Row(Combination("gmcnn", "rgb-rgb"), "a", error="It has no weights; get them.", pixels=9),
]


def test_columns_explain_themselves_and_are_found_by_their_keys():
    assert len({column.key for column in COLUMNS}) == len(COLUMNS)
    assert all(column.title and column.explanation for column in COLUMNS)
    assert columns_named(*(column.key for column in COLUMNS)) == COLUMNS


@pytest.mark.parametrize(
    ("metrics", "text"),
    [({}, "–"), ({"psnr": 31.2345}, "31.23"), ({"psnr": np.inf}, "∞"), ({"psnr": np.nan}, "–")],
)
def test_text_of_a_metric(metrics, text):
    (column,) = columns_named("psnr")
    assert column.text(row(**metrics)) == text


@pytest.mark.parametrize("missing", [None, "", float("nan"), pd.NA])
def test_what_is_missing_is_a_dash(missing):
    assert {column.as_text(missing) for column in COLUMNS} == {"–"}


def test_infinite_numbers_keep_their_sign():
    (column,) = columns_named("psnr")
    assert (column.as_text(np.inf), column.as_text(-np.inf)) == ("∞", "-∞")


def test_more_or_less_is_better_and_what_shows_the_same_ties():
    best = best_rows(ROWS)
    assert best["psnr"] == {1}
    assert best["mae"] == {0, 1}  # 2.000 both
    assert best["seconds"] == {0, 1}
    assert best["delta_e"] == set()
    assert "method" not in best


def test_pictures_and_holes_do_not_compare():
    rows = [row("a", psnr=1.0), row("a", psnr=2.0), row("b", psnr=3.0), row("b", psnr=4.0)]
    assert best_rows(rows)["psnr"] == {1, 3}
    other_hole = [*rows, row("a", pixels=7, psnr=9.0)]
    assert best_rows(other_hole)["psnr"] == {1, 3}


def test_alone_nothing_is_best():
    assert not any(best_rows([row(psnr=1.0)]).values())
    assert best_rows([]) == {}


def test_columns_that_are_not_there_do_not_matter():
    assert best_cells({"ssim": [0.5, None, 0.25]}) == {"ssim": {0}}
