"""One scale for a whole stack, and windows of it."""

import numpy as np
import pytest

from napari_greyfill import fill
from napari_greyfill.errors import NothingKnownError
from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.masks import matched
from napari_greyfill.stack.source import StackImage, range_of_stack
from tests.stacks import moving, one_plane


def ranged(stack, mask):
    axes = axes_of(stack)
    image, found = StackImage(stack, axes), matched(mask, axes)
    places = [(index, Window(0, 8, 0, 8)) for index in np.ndindex(axes.stack_shape)]
    return range_of_stack(image, found, places)


def test_a_type_that_is_used_has_its_own_scale():
    stack = np.linspace(0, 255, 5 * 64).reshape(5, 8, 8).astype(np.uint8)
    assert ranged(stack, np.zeros((8, 8), bool)).own


def test_dim_and_bright_planes_share_a_scale():
    stack = np.concatenate([np.full((4, 8, 8), 100), np.full((4, 8, 8), 900)]).astype(np.uint16)
    found = ranged(stack, np.zeros((8, 8), bool))
    assert (found.low, found.high) == (100, 900)


def test_holes_and_pixels_without_a_value_do_not_count():
    stack = np.linspace(5.0, 9.0, 3 * 64).reshape(3, 8, 8).astype(np.float32)
    stack[:, 0, 0], stack[:, 4, 4] = np.nan, 1e6
    mask = np.zeros((8, 8), bool)
    mask[4, 4] = True
    assert ranged(stack, mask).high < 10


def test_nothing_known_is_said():
    with pytest.raises(NothingKnownError, match="unpainted"):
        ranged(np.full((3, 8, 8), np.nan), np.zeros((8, 8), bool))


def test_windows_are_grey_on_the_scale_of_the_stack():
    stack = np.zeros((2, 8, 8, 3), np.uint8)
    stack[1] = 51
    image = StackImage(stack, axes_of(stack))
    image = StackImage(
        stack,
        image.axes,
        range_of_stack(image, matched(np.zeros((8, 8)), image.axes), [((1,), Window(0, 8, 0, 8))]),
    )
    values = image.read((1,), Window(0, 2, 0, 3))
    assert values.shape == (2, 3, 3) and image.kind == "rgb"
    plane = image.grey(values, np.eye(2, 3, dtype=bool))
    assert plane[0, 0] == 0 and plane[0, 1] == image.values.to_unit(np.array(51.0))


class OwnType:
    """A type of values that numpy does not know, as that of tensorstore."""

    numpy_dtype = np.dtype(np.uint8)


class Lazy:
    """An array that is read once numpy asks for it, with a type of its own; logs what was read."""

    def __init__(self, values, read=None):
        self._values, self.read = values, [] if read is None else read
        self.shape, self.dtype, self.ndim = values.shape, OwnType(), values.ndim
        self.domain = type("Domain", (), {"labels": ("t", "y", "x")})

    def __getitem__(self, place):
        return Lazy(self._values[place], self.read)

    def __array__(self, dtype=None, copy=None):
        self.read.append(self._values.shape)
        return np.array(self._values, dtype=dtype)


def test_an_array_that_reads_when_it_is_asked_with_a_type_of_its_own():
    lazy = Lazy(moving())
    result = fill(lazy, one_plane(), reference=lazy)
    assert result.axes.names == ("T", "Y", "X") and result.metrics["hole_psnr"] > 20
    assert all(len(shape) == 2 for shape in lazy.read[: len(result.results)])
    np.testing.assert_array_equal(result.image, fill(moving(), one_plane(), axes="TYX").image)


@pytest.mark.parametrize("jobs", [1, 2])
def test_tensorstore(tmp_path, jobs):
    tensorstore = pytest.importorskip("tensorstore")
    if jobs > 1:
        pytest.importorskip("distributed")
    stack, mask = moving(), one_plane() | one_plane(plane=5)
    spec = {
        "driver": "zarr3",
        "kvstore": {"driver": "file", "path": str(tmp_path / "stack.zarr")},
        "metadata": {"shape": stack.shape, "data_type": "uint8", "dimension_names": list("zyx")},
    }
    store = tensorstore.open(spec, create=True).result()
    store[...] = stack
    result = fill(store, tensorstore.array(mask), jobs=jobs)
    assert result.axes.names == ("Z", "Y", "X") and result.stack.dtype == np.uint8
    np.testing.assert_array_equal(result.image, fill(stack, mask, axes="ZYX").image)
