import numpy as np
import pytest

from napari_greyfill import Result, compare_masks, compare_masks_steps, fill, metrics, random_mask
from napari_greyfill.comparison.randomly import usual_share
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import (
    BadParameterError,
    CancelledError,
    EmptyMaskError,
    EveryMethodFailedError,
    ShapeMismatchError,
)
from napari_greyfill.inpaint import INPAINTERS
from tests.inpainters import Broken
from tests.recording import recorded

FAST = {"methods": ["telea", "biharmonic"], "count": 3, "share": 0.04}


@pytest.fixture
def broken(monkeypatch):
    monkeypatch.setattr(INPAINTERS, "_entries", dict(INPAINTERS._entries))
    INPAINTERS.add(MethodInfo("broken", "Broken", "inpainter", "Never works."), Broken)


def test_every_mask_is_the_random_one_of_its_seed(cell):
    found = compare_masks(cell, **FAST, seed=5)
    assert [row.count for row in found.rows] == [3, 3]
    assert found.masks == 3
    holes = [random_mask(cell.shape, share=0.04, seed=5 + number) for number in range(3)]
    np.testing.assert_array_equal(found.hole, np.logical_or.reduce(holes))
    for number, hole in enumerate(holes):
        image = fill(cell, hole, method="telea").image
        (row,) = (
            row
            for row in found.each
            if (row.combination.method, row.picture) == ("telea", f"mask {number + 1}")
        )
        assert row.metrics == pytest.approx(metrics(image, cell, hole))
        assert row.image is None


def test_the_rows_are_means_with_intervals(cell):
    found = compare_masks(cell, **FAST)
    for row in found.rows:
        values = [e.metrics["hole_psnr"] for e in found.each if e.combination == row.combination]
        low, high = row.intervals["hole_psnr"]
        assert row.metrics["hole_psnr"] == pytest.approx(np.mean(values))
        assert min(values) - 1e-9 < low < row.metrics["hole_psnr"] < high < max(values) + 1e-9


def test_more_masks_begin_with_the_same(cell):
    few, more = (compare_masks(cell, **{**FAST, "count": count}) for count in (2, 3))
    assert [row.metrics for row in few.each] == [row.metrics for row in more.each[:4]]


def test_what_is_damaged_is_neither_drawn_on_nor_measured(astronaut, scratch):
    damaged = np.where(scratch[..., None], np.uint8(255), astronaut)
    choices = {**FAST, "methods": "telea", "pipelines": "rgb-rgb"}
    found = compare_masks(damaged, scratch, **choices)
    assert not (found.hole & scratch).any()
    assert found.notes == ()
    first = random_mask(scratch.shape, share=0.04, keep_clear_of=scratch)
    image = fill(damaged, first | scratch, method="telea", pipeline="rgb-rgb").image
    error = (image[first].astype(float) - astronaut[first]) ** 2
    expected = 10 * np.log10(255**2 / error.mean())
    assert found.each[0].metrics["hole_psnr"] == pytest.approx(expected)


def test_the_share_is_by_default_that_of_the_mask(scratch):
    assert usual_share(None) is None
    assert usual_share(scratch) == pytest.approx(max(0.005, scratch.mean()))
    assert usual_share(np.ones((9, 9), bool)) == 0.25


def test_auto_is_one_method_for_all_masks(cell):
    found = compare_masks(cell, count=2, share=0.02, methods="auto")
    assert len(found.rows) == 1
    assert found.rows[0].count == 2


def test_each_mask_comes_as_it_is_finished_and_need_not_come_again(cell):
    found, events = recorded(compare_masks_steps(cell, **FAST))
    results = [event for event in events if isinstance(event, Result)]
    assert [len(event.value.each) for event in results] == [2, 4, 6]
    assert [round(event.fraction, 3) for event in results] == [0.333, 0.667, 1.0]
    fractions = [event.fraction for event in events]
    assert fractions == sorted(fractions)
    done = results[1].value.each
    again, events = recorded(compare_masks_steps(cell, **FAST, done=done))
    assert [row.metrics for row in again.each] == [row.metrics for row in found.each]
    assert all(one is other for one, other in zip(again.each, done, strict=False))
    assert not any(event.text.startswith("mask 1 of 3, ") for event in events)


def test_cancelling_ends_it(cell):
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(CancelledError):
        recorded(
            compare_masks_steps(cell, **{**FAST, "methods": "biharmonic"}, cancelled=cancelled)
        )


def test_a_method_that_fails_has_a_row(cell, broken):
    found = compare_masks(cell, **{**FAST, "methods": ["broken", "telea"]})
    assert "a bug" in found.rows[0].error
    assert found.rows[1].count == 3
    found.require_some()
    with pytest.raises(EveryMethodFailedError, match="a bug"):
        compare_masks(cell, **{**FAST, "methods": "broken"}).require_some()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"kind": "round"}, BadParameterError, "kind of mask"),
        ({"count": 0}, BadParameterError, "count"),
        ({"methods": "magic"}, BadParameterError, "no inpainter"),
        ({"mask": np.ones((3, 3), bool)}, ShapeMismatchError, "of the image's size"),
    ],
)
def test_what_is_wrong_is_said_before_the_first_step(cell, options, error, message):
    with pytest.raises(error, match=message):
        compare_masks_steps(cell, **options)


def test_an_empty_mask_is_none(cell):
    with pytest.raises(EmptyMaskError):
        compare_masks_steps(cell, np.zeros(cell.shape, bool))
