import errno

import numpy as np
import pytest
import tifffile

from napari_greyfill.errors import CancelledError, UnsupportedImageError, UnwritablePathError
from napari_greyfill.stack import bake_tiff as module
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.bake_tiff import bake_tiff
from napari_greyfill.stack.ome import Place


def numbers(shape, dtype):
    return np.random.default_rng(0).integers(0, 255, shape).astype(dtype)


def test_imagej_reads_axes_and_scale(tmp_path):
    stack, path = numbers((2, 3, 20, 30), np.uint16), tmp_path / "a.tif"
    place = Place((1.0, 2.0, 0.5, 0.25), (0.0,) * 4, ("second", *["micrometer"] * 3))
    shares = list(bake_tiff(stack, Axes(tuple("TZYX"), stack.shape), path, place))
    assert shares[-1] == 1
    assert len(shares) == 6
    with tifffile.TiffFile(path) as tiff:
        assert tiff.series[0].axes == "TZYX"
        np.testing.assert_array_equal(tiff.asarray(), stack)
        assert tiff.imagej_metadata["spacing"] == 2
        assert tiff.imagej_metadata["unit"] == "micrometer"
        across = tiff.pages[0].tags["XResolution"].value
        assert across[0] / across[1] == 4


@pytest.mark.parametrize(
    ("names", "shape", "dtype", "expected"),
    [
        ("TYXS", (2, 20, 30, 3), "u1", "TYXS"),
        ("TYXS", (2, 20, 30, 4), "u2", "TYXS"),
        ("TSYX", (2, 3, 20, 30), "u1", "TYXS"),
        ("YXZ", (20, 30, 3), "f4", "ZYX"),
        (("", "Z", "Y", "X"), (2, 3, 20, 30), "f8", "QZYX"),
    ],
)
def test_any_axes_and_types(tmp_path, names, shape, dtype, expected):
    stack, path = numbers(shape, dtype), tmp_path / "a.tif"
    list(bake_tiff(stack, Axes(tuple(names), shape), path))
    with tifffile.TiffFile(path) as tiff:
        assert tiff.series[0].axes == expected
        order = [expected.index(name or "Q") for name in names]
        np.testing.assert_array_equal(tiff.asarray().transpose(order), stack)


def test_cancelled_leaves_what_was_there(tmp_path):
    stack, path = numbers((3, 20, 30), np.uint8), tmp_path / "a.tif"
    path.write_text("mine")
    asked = iter([False, True])
    with pytest.raises(CancelledError):
        list(
            bake_tiff(stack, Axes(tuple("ZYX"), stack.shape), path, cancelled=lambda: next(asked))
        )
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_left_in_the_middle_leaves_nothing(tmp_path):
    stack = numbers((3, 20, 30), np.uint8)
    steps = bake_tiff(stack, Axes(tuple("ZYX"), stack.shape), tmp_path / "a.tif")
    next(steps)
    steps.close()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_sentence(tmp_path, monkeypatch):
    stack = numbers((3, 20, 30), np.uint8)

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.np, "ascontiguousarray", full)
    with pytest.raises(UnwritablePathError, match="make room"):
        list(bake_tiff(stack, Axes(tuple("ZYX"), stack.shape), tmp_path / "a.tif"))
    assert list(tmp_path.iterdir()) == []


def test_no_truth_values(tmp_path):
    stack = np.zeros((3, 20, 30), bool)
    with pytest.raises(UnsupportedImageError, match="OME-Zarr"):
        list(bake_tiff(stack, Axes(tuple("ZYX"), stack.shape), tmp_path / "a.tif"))
