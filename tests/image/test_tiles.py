import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_greyfill.image.geometry import Window
from napari_greyfill.image.tiles import tiles

planes = arrays(bool, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.booleans())


@given(planes, st.integers(1, 20), st.integers(0, 9))
def test_cores_cover_the_hole_once_and_frames_hold_their_halo(hole, side, halo):
    count = np.zeros(hole.shape, int)
    for core, frame in tiles(hole, side, halo):
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
