import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.tiles import STEP, tight_tiles, tiles

planes = arrays(bool, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.booleans())


@pytest.mark.parametrize("cut", [tiles, tight_tiles])
@given(hole=planes, side=st.integers(1, 20), halo=st.integers(0, 9))
def test_cores_cover_the_hole_once_and_frames_hold_their_halo(cut, hole, side, halo):
    count = np.zeros(hole.shape, int)
    for core, frame in cut(hole, side, halo):
        assert hole[core.slices].any()
        assert max(core.shape) <= side
        assert frame == core.expanded(halo, hole.shape)
        count[core.slices] += 1
    assert count.max() <= 1
    assert count[hole].all()


@pytest.mark.parametrize(("row", "core"), [(3, Window(0, 10, 0, 5)), (11, Window(10, 12, 0, 5))])
def test_only_tiles_with_hole_are_there(row, core):
    hole = np.zeros((12, 5), bool)
    hole[row, 2] = True
    assert list(tiles(hole, 10, 2)) == [(core, core.expanded(2, (12, 5)))]


@given(planes.map(lambda hole: np.kron(hole, np.ones((3, 3), bool))), st.integers(20, 120))
def test_tight_cores_end_near_the_hole_and_stay_within_their_tiles(hole, side):
    loose, tight = list(tiles(hole, side, 0)), list(tight_tiles(hole, side, 0))
    assert len(loose) == len(tight)
    for (outer, _), (core, _) in zip(loose, tight, strict=True):
        assert outer.y0 <= core.y0 < core.y1 <= outer.y1
        assert outer.x0 <= core.x0 < core.x1 <= outer.x1
        rows, columns = np.nonzero(hole[core.slices])
        assert max(rows.min(), columns.min()) < STEP
        assert core.y1 - core.y0 - rows.max() <= STEP
        assert core.x1 - core.x0 - columns.max() <= STEP
