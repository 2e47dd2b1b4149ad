"""Patch stores opened in napari, as File > Open and drag and drop do."""

import numpy as np
import pytest
import tifffile
import zarr
from npe2 import PluginManifest

import napari_greyfill
from napari_greyfill.stack.about import describe
from napari_greyfill.stack.keeping import journal_of
from napari_greyfill.viewer.reader import get_reader
from tests.viewer.stacks import stack_of


@pytest.fixture
def stored(tmp_path):
    """Return a path, a stack and its fill."""
    stack = stack_of(3)
    mask = np.zeros((40, 48), np.uint8)
    mask[15:20, 20:28] = 1
    path = tmp_path / "pic filled.ome.zarr"
    options = {"axes": "ZYX", "context": "none", "method": "telea"}
    napari_greyfill.fill(stack, mask, store=path, **options)
    return path, stack, napari_greyfill.fill(stack, mask, **options)


def opened(viewer, path):
    return viewer.open(str(path), plugin="napari-greyfill")


def test_the_manifest_names_it():
    (reader,) = PluginManifest.from_distribution("napari-greyfill").contributions.readers
    assert reader.accepts_directories


@pytest.mark.parametrize("journal", [False, True])
def test_the_stack_is_read_from_its_file(viewer, stored, tmp_path, journal):
    path, stack, result = stored
    tifffile.imwrite(tmp_path / "pic.tif", stack, photometric="minisblack")
    about = {"name": "pic", "path": str(tmp_path / "pic.tif"), "scale": [2, 1, 1]}
    describe(path, {**about, "contrast_limits": [0, 4000]})
    image, labels = opened(viewer, journal_of(path) if journal else path)
    np.testing.assert_array_equal(image.data, result.image)
    np.testing.assert_array_equal(labels.data, result.filled)
    assert (image.name, labels.name) == ("pic filled", "pic filled region")
    np.testing.assert_array_equal(image.scale, (2, 1, 1))
    assert tuple(image.contrast_limits) == (0, 4000)
    assert not labels.visible
    assert labels.features["made of"].tolist()[0] == "its own plane"


def test_a_pyramid_is_read_as_one(viewer, stored, tmp_path):
    path, stack, result = stored
    group = zarr.open_group(str(tmp_path / "pic.ome.zarr"), mode="w")
    for number, level in enumerate((stack, stack[:, ::2, ::2])):
        group.create_array(str(number), data=level)
    axes = [{"name": name} for name in "zyx"]
    datasets = [{"path": "0", "coordinateTransformations": []}, {"path": "1"}]
    group.attrs["ome"] = {"multiscales": [{"axes": axes, "datasets": datasets}]}
    describe(path, {"name": "pic", "path": str(tmp_path / "pic.ome.zarr")})
    image, labels = opened(viewer, path)
    assert image.multiscale
    assert labels.multiscale
    np.testing.assert_array_equal(image.data[0], result.image)
    assert image.data[1].shape == (3, 20, 24)


def test_a_stack_that_is_open_is_taken_from_the_viewer(viewer, stored):
    path, stack, result = stored
    viewer.add_image(stack, name="pic")
    describe(path, {"name": "pic", "path": ""})
    image, _ = opened(viewer, path)
    np.testing.assert_array_equal(image.data, result.image)


def test_without_its_stack_only_what_was_filled_is_shown_and_said(
    viewer, stored, messages, open_dock
):
    path, _, result = stored
    image, labels = opened(viewer, path)
    filled = np.asarray(result.filled) > 0
    np.testing.assert_array_equal(np.asarray(image.data)[filled], result.image[filled])
    assert not np.asarray(image.data)[~filled].any()
    np.testing.assert_array_equal(labels.data, result.filled)
    assert "not where it was" in messages["warning"][0]
    assert image.name == "pic filled pixels alone"
    viewer.layers.selection.active = image
    assert open_dock().baking.target() is None


def test_it_can_be_baked_from_the_dock(viewer, stored, open_dock):
    path, stack, _ = stored
    viewer.add_image(stack, name="pic")
    describe(path, {"name": "pic", "path": ""})
    image, _ = opened(viewer, path)
    dock = open_dock()
    viewer.layers.selection.active = image
    dock.refresh()
    assert not dock.baking.isHidden()
    assert dock.baking.target().name == image.name


def test_other_folders_are_left_to_other_readers(tmp_path):
    (tmp_path / "filled.ome.zarr").mkdir()
    assert get_reader(str(tmp_path / "filled.ome.zarr")) is None
    assert get_reader([]) is None
