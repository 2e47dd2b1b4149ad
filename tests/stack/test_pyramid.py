import numpy as np
import pytest

from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.composite import StoredCodes
from napari_greyfill.stack.fill import fill
from napari_greyfill.stack.pyramid import Coarser, Finest, in_parts, touched
from napari_greyfill.stack.store import PatchStore


@pytest.fixture(scope="module")
def stack():
    return np.random.default_rng(0).integers(100, 4000, (3, 60, 300)).astype(np.uint16)


@pytest.fixture(scope="module")
def mask(stack):
    mask = np.zeros(stack.shape, np.uint8)
    mask[1, 20:33, 30:50] = 1
    mask[1, 40:44, 280:290] = 1
    return mask


@pytest.fixture(scope="module")
def store(stack, mask, tmp_path_factory):
    path = tmp_path_factory.mktemp("pyramid") / "filled.ome.zarr"
    fill(stack, mask, axes="ZYX", context="none", method="telea", store=path)
    return PatchStore.open(path, read_only=True)


@pytest.fixture(scope="module")
def filled(stack, mask):
    return fill(stack, mask, axes="ZYX", context="none", method="telea").image


def finest(store, values):
    return Finest(store.axes, values, StoredCodes(store), lambda index: touched(store, index))


def test_the_squares_that_were_written_to(store):
    assert touched(store, (0,)) == []
    assert touched(store, (1,)) == [Window(0, 60, 0, 256), Window(0, 60, 256, 300)]


@pytest.mark.parametrize("factor", [2, 3])
def test_a_coarser_level_changes_where_the_finest_did(stack, mask, store, filled, factor):
    level = stack[:, ::factor, ::factor]
    coarser = Coarser(level, finest(store, filled))
    blocks = [slice(i, i + factor) for i in range(0, 60, factor)]
    columns = [slice(i, i + factor) for i in range(0, 300, factor)]
    for z, (row, y), (column, x) in (
        (z, y, x) for z in range(3) for y in enumerate(blocks) for x in enumerate(columns)
    ):
        value = coarser[z, row, column] if mask[z, y, x].any() else None
        if value is not None:
            assert abs(int(value) - filled[z, y, x].mean()) <= 0.5
    untouched = np.array(
        [[[not mask[z, y, x].any() for x in columns] for y in blocks] for z in range(3)]
    )
    np.testing.assert_array_equal(coarser[...][untouched], level[untouched])


def test_its_labels_are_the_largest(store, mask, stack):
    level = stack[:, ::4, ::4]
    labels = Coarser(level, finest(store, None))
    expected = np.add.reduceat(np.add.reduceat(mask, range(0, 60, 4), 1), range(0, 300, 4), 2) > 0
    np.testing.assert_array_equal(labels[...] > 0, expected)
    assert labels.dtype == np.uint8


def test_levels_may_have_fewer_planes(stack, store, filled):
    level = stack[:2, ::2, ::2]  # 3 planes for 2: the second stands for the third, or so
    coarser = Coarser(level, finest(store, filled))
    changed = (coarser[...] != level).any(axis=(1, 2))
    assert changed.any()


def test_parts_are_those_of_the_whole(stack, store, filled):
    coarser = Coarser(stack[:, ::2, ::2], finest(store, filled))
    whole = np.asarray(in_parts(coarser, coarser.axes))
    np.testing.assert_array_equal(coarser[1, 5:30:3], whole[1, 5:30:3])
    np.testing.assert_array_equal(coarser[..., 4], whole[..., 4])
    np.testing.assert_array_equal(coarser[-1, 7], whole[-1, 7])


def test_colour_keeps_its_channels():
    axes = Axes(("Z", "Y", "X", "S"), (2, 8, 8, 3))
    values = np.zeros(axes.shape, np.uint8)
    codes = np.zeros(axes.without_colour().shape, np.uint8)
    values[1, 2:4, 4:6] = (10, 20, 30)
    codes[1, 2:4, 4:6] = 1
    level = np.full((2, 4, 4, 3), 7, np.uint8)
    windows = {(1,): [Window(2, 4, 4, 6)]}
    coarser = Coarser(level, Finest(axes, values, codes, lambda index: windows.get(index, [])))
    expected = level.copy()
    expected[1, 1, 2] = (10, 20, 30)
    np.testing.assert_array_equal(coarser[...], expected)
    labels = Coarser(level, Finest(axes, None, codes, lambda index: windows.get(index, [])))
    assert labels.shape == (2, 4, 4)
    assert np.argwhere(labels[...]).tolist() == [[1, 1, 2]]
