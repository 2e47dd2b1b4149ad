import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_greyfill.inpaint.shadow import APART, KNOWN, LEAST, SIDE, cast, contrast, is_compact


def block(shape, y, x):
    hole = np.zeros(shape, dtype=bool)
    hole[y, x] = True
    return hole


def test_a_block_is_compact_and_a_scratch_or_specks_are_not():
    assert is_compact(block((100, 100), slice(30, 60), slice(30, 60)))
    assert not is_compact(block((100, 100), slice(30, 32), slice(10, 90)))
    assert not is_compact(block((400, 400), slice(30, 60), slice(30, 60)))
    specks = block((100, 100), slice(10, 30), slice(10, 30))
    specks |= block((100, 100), slice(60, 80), slice(60, 80))
    assert not is_compact(specks)
    assert not is_compact(np.zeros((5, 5), bool))


@given(arrays(bool, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.booleans()))
def test_a_shadow_lies_on_known_pixels_and_leaves_enough(hole):
    shadow = cast(hole)
    if shadow is None:
        return
    own = hole[shadow.window.slices]
    assert shadow.pixels.shape == own.shape
    assert not (shadow.pixels & own).any()
    assert shadow.pixels.sum() >= LEAST
    assert (shadow.pixels | own).mean() <= 1 - KNOWN / 2


def test_a_block_casts_a_whole_block_beside_itself():
    hole = block((160, 160), slice(64, 96), slice(64, 96))
    shadow = cast(hole)
    rows, columns = np.nonzero(shadow.pixels)
    assert shadow.pixels.sum() == 32 * 32
    assert (np.ptp(rows), np.ptp(columns)) == (31, 31)
    near = np.zeros_like(hole)
    near[64 - APART : 96 + APART, 64 - APART : 96 + APART] = True
    # a corner more or less: the distance is counted along the axes
    assert (shadow.pixels & near).sum() <= 4 * APART


def test_strokes_are_moved_around_the_border():
    hole = block((90, 120), slice(None), slice(50, 56))
    assert cast(hole).pixels.sum() == hole.sum()


def test_of_a_large_plane_only_the_part_with_most_hole_is_tried():
    hole = block((700, 900), slice(500, 520), slice(600, 700))
    hole[10:12, 10:12] = True
    shadow = cast(hole)
    assert max(shadow.window.shape) <= SIDE
    assert hole[shadow.window.slices].sum() == 2000


@pytest.mark.parametrize("share", [0.95, 1.0])
def test_no_room_no_shadow(share):
    hole = np.random.default_rng(0).random((60, 60)) < share
    hole[0, 0] = False
    assert cast(hole) is None


def test_contrast_is_of_the_known_pixels_nearby():
    rough = np.random.default_rng(0).normal(0.5, 0.1, (60, 120)).astype(np.float32)
    rough[:, 60:] = 0.5 + 0.1 * (rough[:, 60:] - 0.5)
    left, right = (block(rough.shape, slice(25, 35), slice(x, x + 10)) for x in (20, 90))
    hole = left | right
    given = np.where(hole, np.float32(9), rough)
    assert contrast(given, hole, left) == pytest.approx(0.1, rel=0.15)
    assert contrast(given, hole, right) == pytest.approx(0.01, rel=0.15)
    flat = np.linspace(0, 1, 120, dtype=np.float32)[None].repeat(60, 0)
    assert contrast(flat, hole, left) < 0.02  # a slow change is no contrast
    everything = np.ones_like(hole)
    assert contrast(rough, everything, everything) == 0
