import numpy as np
import pytest

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.comparison.means import behind_best, mean_rows
from napari_greyfill.measure.statistics import mean_of

GOOD, BAD, BROKEN = (Combination(name, "grey") for name in ("blend", "telea", "broken"))


def row(way, picture, psnr, **more):
    return Row(way, picture, {"hole_psnr": psnr}, seconds=psnr / 10, pixels=10, **more)


def fills():
    """Return two ways on masks of which some are far harder, and one that never works."""
    rows = []
    for number, hard in enumerate((0.0, 12.0, 5.0, 20.0)):
        rows.append(row(GOOD, f"mask {number}", 40.0 - hard, peak_memory=number))
        rows.append(row(BAD, f"mask {number}", 39.0 - hard - number / 10))
        rows.append(Row(BROKEN, f"mask {number}", error="It failed."))
    return rows


def test_means_and_their_intervals_in_the_order_of_the_ways():
    good, bad, broken = mean_rows(fills())
    assert [good.combination, bad.combination, broken.combination] == [GOOD, BAD, BROKEN]
    expected = mean_of([40.0, 28.0, 35.0, 20.0])
    assert good.metrics["hole_psnr"] == expected.mean == 30.75
    assert good.intervals["hole_psnr"] == (expected.low, expected.high)
    assert good.seconds == pytest.approx(3.075)
    assert (good.count, good.pixels, good.peak_memory) == (4, 10, 3)
    assert (broken.error, broken.count, broken.metrics) == ("It failed.", 0, {})


def test_only_masks_that_all_have_filled_count():
    rows = [each for each in fills() if each.picture != "mask 3" or each.combination == GOOD]
    good, bad, _ = mean_rows(rows)
    assert good.count == bad.count == 3
    assert good.metrics["hole_psnr"] == pytest.approx((40 + 28 + 35) / 3)


def test_perfect_fills_are_left_out_of_the_mean():
    rows = [row(GOOD, "a", np.inf), row(GOOD, "b", 30.0), row(GOOD, "c", 31.0)]
    assert mean_rows(rows)[0].metrics["hole_psnr"] == 30.5


def test_one_mask_has_no_interval():
    (only,) = mean_rows([row(GOOD, "a", 30.0)])
    assert only.metrics == {"hole_psnr": 30.0}
    assert only.intervals == {}


def test_what_is_worse_on_every_mask_is_clearly_behind():
    good, bad, _ = mean_rows(fills())
    low, high = good.intervals["hole_psnr"]
    assert low < bad.metrics["hole_psnr"] < high  # the intervals of the means tell nothing
    (behind,) = behind_best(fills())
    assert (behind.combination, behind.best) == (BAD, GOOD)
    assert behind.difference.mean == pytest.approx(-1.15)
    assert behind.difference.is_clear
    assert behind.difference.losses == 4


def test_nothing_measured_is_behind_nothing():
    assert behind_best([Row(GOOD, "a")]) == ()
    assert mean_rows([]) == ()
