"""Results of pyramids: the fill pasted over the original when it is read."""

import numpy as np
import pytest
from skimage import data

import napari_greyfill
from tests.recorded_reads import Recorded

SIDE = 2048


def pyramid(rgb=False):
    tile = data.astronaut() if rgb else data.camera()
    finest = np.ascontiguousarray(np.tile(tile, (4, 4) + (1,) * (tile.ndim - 2)))
    return [finest[::step, ::step].copy() for step in (1, 2, 8)]


def mask_of(shape):
    mask = np.zeros(shape[:2], np.uint8)
    mask[701:712, 900:921] = 1
    return mask


@pytest.fixture
def dock_with(viewer, open_dock):
    """Return the dock with a pyramid and a mask."""

    def make(levels, **more):
        viewer.add_image(levels, name="pic", multiscale=True, **more)
        viewer.add_labels(mask_of(levels[0].shape), name="mask")
        dock = open_dock()
        dock.form.method.setCurrentIndex(dock.form.method.findData("biharmonic"))
        dock.refresh()
        return dock

    return make


@pytest.mark.parametrize("rgb", [False, True])
def test_every_level_is_filled_where_the_hole_is_and_nowhere_else(viewer, dock_with, run, rgb):
    levels = pyramid(rgb)
    run(dock_with(levels, rgb=rgb))
    layer = viewer.layers["pic filled"]
    assert layer.multiscale
    assert layer.rgb == rgb
    assert [level.shape for level in layer.data] == [level.shape for level in levels]
    expected = napari_greyfill.fill(levels[0], mask_of(levels[0].shape), method="biharmonic")
    np.testing.assert_array_equal(np.asarray(layer.data[0]), expected.image)
    for step, level, before in zip((1, 2, 8), layer.data, levels, strict=True):
        changed = np.asarray(level) != before
        rows, columns = np.nonzero(changed.any(axis=-1) if rgb else changed)
        assert rows.size
        assert (rows.min() * step + step > 699) and (rows.max() * step < 714)
        assert (columns.min() * step + step > 898) and (columns.max() * step < 923)


def test_a_coarser_level_has_the_means_of_the_finer_one(viewer, dock_with, run):
    levels = pyramid()
    run(dock_with(levels))
    finest, coarser, _ = (np.asarray(level) for level in viewer.layers["pic filled"].data)
    means = finest[702:710, 902:920].reshape(4, 2, 9, 2).mean(axis=(1, 3))
    np.testing.assert_array_equal(coarser[351:355, 451:460], np.rint(means))


def test_little_of_a_file_is_read(viewer, dock_with, run, monkeypatch):
    files = [Recorded(pyramid()[0]), *pyramid()[1:]]
    dock = dock_with(files, contrast_limits=(0, 255))
    viewer.layers["pic"].visible = False
    seen, show = [], dock.results.show

    def noted_show(*args, **more):
        seen.extend(files[0].reads)
        return show(*args, **more)

    monkeypatch.setattr(dock.results, "show", noted_show)
    files[0].reads.clear()
    run(dock)
    assert seen
    assert max(seen) <= 1024**2
    assert sum(seen) < SIDE**2 / 2


def test_a_second_run_updates_the_layer(viewer, dock_with, run):
    dock = dock_with(pyramid())
    run(dock)
    first = viewer.layers["pic filled"]
    dock.form.fields["grow"].value = 6
    run(dock)
    names = [layer.name for layer in viewer.layers]
    assert names == ["pic", "pic filled", "pic filled region", "mask"]
    assert viewer.layers["pic filled"] == first


def test_planes_of_a_stack(viewer, open_dock, run):
    levels = [np.stack([level, level[::-1]]) for level in pyramid()]
    viewer.add_image(levels, name="pic", multiscale=True)
    viewer.add_labels(mask_of((SIDE, SIDE)), name="mask")
    dock = open_dock()
    viewer.dims.set_current_step(0, 1)
    dock.form.method.setCurrentIndex(dock.form.method.findData("biharmonic"))
    run(dock)
    finest = viewer.layers["pic filled"].data[0]
    assert finest.shape == (1, SIDE, SIDE)
    expected = napari_greyfill.fill(levels[0][1], mask_of((SIDE, SIDE)), method="biharmonic")
    np.testing.assert_array_equal(np.asarray(finest[0]), expected.image)


def test_a_lazy_plane_gives_a_lazy_result(viewer, open_dock, run):
    dask = pytest.importorskip("dask.array")
    image = pyramid()[0]
    viewer.add_image(dask.from_array(image, chunks=700), name="pic", contrast_limits=(0, 255))
    viewer.add_labels(mask_of(image.shape), name="mask")
    dock = open_dock()
    dock.form.method.setCurrentIndex(dock.form.method.findData("biharmonic"))
    run(dock)
    layer = viewer.layers["pic filled"]
    assert isinstance(layer.data, dask.Array)
    expected = napari_greyfill.fill(image, mask_of(image.shape), method="biharmonic")
    np.testing.assert_array_equal(layer.data.compute(), expected.image)
