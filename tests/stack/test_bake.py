"""A full copy has the pixels of what was baked, and is there whole or not at all."""

import numpy as np
import pytest

from napari_greyfill.errors import CancelledError, UnwritablePathError
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.bake import bake
from napari_greyfill.stack.composite import Composite
from napari_greyfill.stack.ome import Place
from napari_greyfill.stack.store import PatchStore
from napari_greyfill.stack.tasks import TaskResult
from tests.stack.test_store import KINDS, patch_of

zarr = pytest.importorskip("zarr")
ORDERS = {
    "ZYX": (0, 1, 2),
    "TZCYX": (0, 2, 1, 3, 4),
    "YXZ": (2, 0, 1),
    "ZYXS": (3, 0, 1, 2),
    "SZXY": (0, 1, 3, 2),
}


@pytest.mark.parametrize("kind", ORDERS)
def test_has_the_pixels_of_a_composite(tmp_path, kind):
    axes = KINDS[kind]
    stack = np.random.default_rng(3).integers(0, 60000, axes.shape).astype(np.uint16)
    store = PatchStore.create(tmp_path / "s", axes, np.uint16)
    store.add(TaskResult("a", (patch_of(axes),)))
    both = Composite(stack, store)
    shares = list(bake(both, axes, tmp_path / "b.ome.zarr"))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    group = zarr.open_group(str(tmp_path / "b.ome.zarr"), mode="r")
    np.testing.assert_array_equal(group["0"][...], np.asarray(both).transpose(ORDERS[kind]))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.ome.zarr", "s"]


def test_coarser_levels_are_means_and_say_where_they_lie(tmp_path):
    models = pytest.importorskip("ome_zarr_models.v05")
    axes = Axes(("Z", "Y", "X"), (2, 1025, 700))
    stack = np.random.default_rng(3).integers(0, 200, axes.shape).astype(np.uint8)
    place = Place.of(axes, (2.0, 0.5, 0.5), (0.0, 10.0, 0.0), ("micrometer",) * 3)
    list(bake(stack, axes, tmp_path / "b", place))
    group = zarr.open_group(str(tmp_path / "b"), mode="r")
    assert [group[str(i)].shape for i in range(3)] == [
        (2, 1025, 700),
        (2, 513, 350),
        (2, 257, 175),
    ]
    means = stack[:, :1024].reshape(2, 512, 2, 350, 2).mean((2, 4))
    np.testing.assert_allclose(group["1"][:, :512], means, atol=0.5)
    np.testing.assert_allclose(
        group["1"][:, 512], stack[:, 1024].reshape(2, 350, 2).mean(-1), atol=0.5
    )
    (scales,) = models.Image.from_zarr(group).ome_attributes.multiscales
    first, second = (level.coordinateTransformations for level in scales.datasets[:2])
    assert (first[0].scale, first[1].translation) == ([2, 0.5, 0.5], [0, 10, 0])
    assert (second[0].scale, second[1].translation) == ([2, 1, 1], [0, 10.25, 0.25])


def test_cancelled_leaves_nothing(tmp_path):
    axes = KINDS["ZYX"]
    stop = iter([False, False, True])
    steps = bake(np.zeros(axes.shape), axes, tmp_path / "b", cancelled=lambda: next(stop))
    with pytest.raises(CancelledError, match="nothing was written"):
        list(steps)
    steps = bake(np.zeros(axes.shape), axes, tmp_path / "b")
    next(steps)
    steps.close()
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    from zarr.storage import LocalStore

    working = LocalStore.set
    written = []

    async def full(self, key, value):
        written.append(key)
        if len(written) > 8:
            raise OSError(28, "No space left on device")
        return await working(self, key, value)

    monkeypatch.setattr(LocalStore, "set", full)
    axes = KINDS["ZYX"]
    with pytest.raises(UnwritablePathError, match="No space left on device"):
        list(bake(np.ones(axes.shape, np.uint8), axes, tmp_path / "b"))
    assert len(written) > 8
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path):
    with pytest.raises(UnwritablePathError, match="exists already"):
        list(bake(np.zeros((5, 600, 700)), KINDS["ZYX"], tmp_path))
