import csv
import io

import numpy as np

from napari_greyfill.comparison import Combination, MaskComparison, Row

GOOD, BAD = Combination("blend", "rgb-rgb"), Combination("telea", "grey-rgb", "hybrid")
HOLE = np.ones((3, 4), bool)


def comparison(masks=4, gap=1.0):
    each = []
    for number in range(masks):
        psnr = 30.0 + number
        each.append(Row(GOOD, f"mask {number + 1}", {"hole_psnr": psnr, "ssim": 0.9}, pixels=5))
        each.append(Row(BAD, f"mask {number + 1}", {"hole_psnr": psnr - gap * number}, pixels=5))
    return MaskComparison.of(each, HOLE, (), 0)


def test_the_summary_names_the_best_and_the_next():
    found = comparison()
    assert found.masks == 4
    text = found.summary()
    assert text.startswith("Means over 4 random masks, with 95 % intervals. Best: blend, RGB-RGB.")
    assert "Next: telea + hybrid, Grey-RGB, 1.50 dB behind (" in text
    assert "chance" not in text


def test_what_may_be_chance_is_called_so():
    each = [
        Row(way, f"mask {number}", {"hole_psnr": psnr})
        for way, numbers in ((GOOD, (30, 32, 31)), (BAD, (31, 30, 31)))
        for number, psnr in enumerate(numbers)
    ]
    assert "chance" in MaskComparison.of(each, HOLE, (), 0).summary()


def test_tables_have_intervals_and_markdown_the_differences():
    found = comparison()
    text = found.to_markdown()
    assert "31.50 (30.50 … 32.50)" in text
    assert "| telea + hybrid | Grey-RGB | **1.50** |" in text
    assert "3 of 4" in text
    (first, *_) = csv.DictReader(io.StringIO(found.to_csv()))
    low, high = float(first["hole_psnr_low"]), float(first["hole_psnr_high"])
    assert (low, high) == found.rows[0].intervals["hole_psnr"]
    assert first["count"] == "4"
    assert len(list(csv.DictReader(io.StringIO(found.to_csv_of_each())))) == 8


def test_a_single_mask_has_neither(tmp_path):
    found = comparison(masks=1)
    path = tmp_path / "table.md"
    assert found.to_markdown(path) == path.read_text(encoding="utf-8")
    assert "…" not in found.to_markdown()
    assert found.summary().endswith("Best: blend, RGB-RGB.")
