"""The public functions, given stacks of all kinds."""

from types import SimpleNamespace

import numpy as np
import pytest

from napari_greyfill import FillResult, GreyfillError, StackResult, fill, fill_steps
from napari_greyfill.errors import (
    BadMaskError,
    BadParameterError,
    EmptyMaskError,
    ShapeMismatchError,
    UnreadableFileError,
    UnsupportedImageError,
)
from napari_greyfill.stack.fill import stack_axes
from tests.stacks import SIDE, blob, moving, one_plane

QUICK = {"method": "biharmonic"}


def unchanged(result, stack, mask):
    known = np.broadcast_to(~mask, stack.shape)
    return np.array_equal(np.asarray(result.image)[known], np.asarray(stack)[known])


@pytest.mark.filterwarnings("ignore:Only the faithful")
@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.uint16, np.float32, np.float64])
def test_a_flat_mask_fills_every_plane_and_nothing_else(dtype):
    stack = (moving(3) > 120) if dtype is bool else moving(3).astype(dtype)
    result = fill(stack, blob(), **QUICK)
    assert isinstance(result, StackResult)
    assert result.image.dtype == stack.dtype and result.image.shape == stack.shape
    assert unchanged(result, stack, blob()) and result.hole.sum() == 3 * blob().sum()


@pytest.mark.filterwarnings("ignore:Only the faithful")
@pytest.mark.parametrize(
    ("names", "shape"),
    [("TZYX", (2, 2)), ("CZYX", (2, 2)), ("TZCYX", (1, 2, 2)), ("TYX", (2,)), ("CYX", (2,))],
)
def test_all_axes_come_back_as_they_were(names, shape):
    stack = np.resize(moving(4), (*shape, SIDE, SIDE)).copy()
    result = fill(stack, blob(), axes=names, **QUICK)
    assert result.image.shape == stack.shape and unchanged(result, stack, blob())
    assert result.filled.shape == stack.shape


@pytest.mark.filterwarnings("ignore:Only the faithful")
def test_the_plane_may_lie_along_any_axes():
    stack = np.moveaxis(moving(4), 0, -1)
    expected = np.moveaxis(fill(moving(4), blob(), **QUICK).image, 0, -1)
    np.testing.assert_array_equal(fill(stack, blob(), axes="YXZ", **QUICK).image, expected)


@pytest.mark.filterwarnings("ignore:Only the faithful")
def test_arrays_that_are_read_in_parts_give_the_same_and_stay_unread_elsewhere(tmp_path):
    da, zarr = pytest.importorskip("dask.array"), pytest.importorskip("zarr")
    stack, mask = moving(), one_plane()
    expected = fill(stack, mask).image
    kept = zarr.create_array(str(tmp_path / "a.zarr"), data=stack, chunks=(1, 32, 32))
    np.save(tmp_path / "a.npy", stack)
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    for lazy in (da.from_array(stack, chunks=(1, 32, 32)), kept, mapped):
        np.testing.assert_array_equal(np.asarray(fill(lazy, mask).image), expected)


def test_planes_without_a_mask_are_not_read_unless_they_are_neighbours():
    class Counting:
        shape, dtype = (40, SIDE, SIDE), np.dtype(np.uint8)

        def __init__(self):
            self.read = set()

        def __getitem__(self, key):
            self.read.add(key[0])
            return np.resize(moving(5), self.shape)[key]

    stack, mask = Counting(), np.zeros((40, SIDE, SIDE), bool)
    mask[20] = blob()
    fill_and_drop = list(fill_steps(stack, mask, context="none"))
    assert stack.read == {20} and fill_and_drop
    list(fill_steps(stack, mask))
    assert stack.read <= set(range(8, 33))


@pytest.mark.filterwarnings("ignore:Only the faithful")
def test_layers_say_what_their_axes_are():
    layer = SimpleNamespace(
        data=np.resize(moving(4), (2, 2, SIDE, SIDE)),
        rgb=False,
        multiscale=False,
        axis_labels=("t", "z", "y", "x"),
    )
    mask = SimpleNamespace(data=blob().astype(int), selected_label=1)
    assert fill(layer, mask, **QUICK).axes.names == ("T", "Z", "Y", "X")


def layers_of(*layers):
    """Return layers in a viewer without windows."""
    pytest.importorskip("napari")
    from napari.components import ViewerModel

    viewer = ViewerModel()
    for kind, data, more in layers:
        getattr(viewer, f"add_{kind}")(data, **more)
    return viewer.layers


COLOURS = np.stack([moving(), 255 - moving(), moving()], axis=-1)
LAYERS = {
    "3-D": (moving(), {}, "ZYX"),
    "4-D": (np.stack([moving()] * 2), {"axis_labels": ("t", "z", "y", "x")}, "TZYX"),
    "4-D of words": (
        np.stack([moving()] * 2, 1),
        {"axis_labels": ["plane", "time", "y", "x"]},
        "ZTYX",
    ),
    "RGB": (COLOURS, {"rgb": True}, "ZYXS"),
    "RGB, 5-D": (np.stack([COLOURS] * 2), {"rgb": True, "axis_labels": tuple("tzyx")}, "TZYXS"),
    "pyramid": ([moving(), moving()[:, ::2, ::2]], {"multiscale": True}, "ZYX"),
}


@pytest.mark.filterwarnings("ignore:Only the faithful")
@pytest.mark.parametrize("name", LAYERS)
def test_layers_of_napari_of_any_dimension(name):
    data, more, axes = LAYERS[name]
    painted = one_plane() if axes != "ZTYX" else one_plane()[:, None].repeat(2, 1)
    image, mask = layers_of(("image", data, more), ("labels", painted.astype(int), {}))
    result = fill(image, mask, **QUICK)
    whole = data[0] if name == "pyramid" else data
    assert "".join(result.axes.names) == axes
    assert result.image.shape == whole.shape and result.image.dtype == whole.dtype
    assert result.hole.sum() == painted.sum() * (2 if axes.startswith("TZ") else 1)
    assert (result.image[..., 0:5, 0:5] == whole[..., 0:5, 0:5]).all() or "S" in axes
    (filled, shown, kind), (region, _, _) = result.to_layers()
    assert kind == "image" and filled.shape == whole.shape and shown["rgb"] == ("S" in axes)
    assert region.shape == result.axes.without_colour().shape


def test_a_layer_of_four_axes_that_nobody_named_needs_names_only_where_planes_help_each_other():
    data, mask = np.stack([moving(2)] * 2), blob().astype(int)
    image, labels = layers_of(("image", data, {}), ("labels", mask, {}))
    with pytest.raises(UnsupportedImageError, match='axes="TZYX"'):
        fill(image, labels)
    assert fill(image, labels, **QUICK).hole.sum() == 4 * blob().sum()
    assert fill(image, labels, axes="TZYX", context="none").axes.names[:2] == ("T", "Z")


def test_a_layer_of_shapes_is_no_mask():
    image, shapes = layers_of(
        ("image", moving(), {}), ("shapes", [[3, 20, 20], [3, 30, 30]], {"shape_type": "line"})
    )
    with pytest.raises(BadMaskError, match="convert it to labels"):
        fill(image, shapes)


@pytest.mark.parametrize("given", ["store", "resume", "client"])
def test_what_is_for_a_stack_is_refused_for_a_picture(given):
    with pytest.raises(BadParameterError, match=f"{given} can be given for a stack"):
        fill(moving()[0], blob(), **{given: "something"})


@pytest.mark.filterwarnings("ignore:Only the faithful")
def test_only_the_planes_that_are_asked_for():
    result = fill(moving(), blob(), planes=slice(1, 3), **QUICK)
    assert [plane.index for plane in result.planes] == [(1,), (2,)]
    np.testing.assert_array_equal(result.image[0], moving()[0])


@pytest.mark.filterwarnings("ignore:Only the faithful")
def test_a_stack_of_colours_and_one_of_channels():
    stack = np.stack([moving(3)] * 3, axis=-1)
    result = fill(stack, blob(), **QUICK)
    assert result.axes.colour == 3 and result.filled.shape == (3, SIDE, SIDE)
    channels = fill(stack, blob(), channel_axis=-1, rgb=False, **QUICK)
    assert channels.axes.stack_names == ("Z", "C") and channels.filled.shape == stack.shape


def test_a_single_plane_is_a_picture_however_many_axes_it_has():
    for shape in ((1, SIDE, SIDE), (1, 1, SIDE, SIDE)):
        result = fill(moving(1).reshape(shape), blob(), method="biharmonic")
        assert isinstance(result, FillResult) and result.image.shape == shape
    assert stack_axes(np.zeros((8, 9, 3))) is None and stack_axes(np.zeros((8, 9))) is None


def test_the_mask_turns_from_one_painted_plane_to_the_next():
    mask = one_plane(plane=1) | one_plane(plane=4)
    result = fill(moving(), mask, interpolate_mask=True, context="none")
    assert [plane.index for plane in result.planes] == [(1,), (2,), (3,), (4,)]


def test_planes_of_nan_are_left_and_not_looked_at():
    stack = moving().astype(np.float32)
    stack[4] = np.nan
    result = fill(stack, one_plane(plane=3))
    assert np.isnan(result.image[4]).all() and np.isfinite(result.image[3]).all()


def test_all_planes_masked_at_one_place_are_filled_from_themselves():
    result = fill(moving(6), np.stack([blob()] * 6), axes="ZYX")
    assert set(result.used) == {"its own plane"} and result.complete


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"mask": np.ones((2, SIDE, SIDE), bool)}, ShapeMismatchError),
        ({"mask": blob(40)}, ShapeMismatchError),
        ({"mask": np.zeros((SIDE, SIDE), bool)}, EmptyMaskError),
        ({"image": np.zeros((2, 3, SIDE, SIDE))}, UnsupportedImageError),
        ({"image": np.zeros((3, SIDE, SIDE), complex)}, UnsupportedImageError),
        ({"image": np.zeros((0, SIDE, SIDE))}, UnsupportedImageError),
        ({"axes": "TZYX"}, BadParameterError),
        ({"axes": "CYX", "context": "z"}, BadParameterError),
        ({"planes": 9}, BadParameterError),
        ({"context": "y"}, BadParameterError),
        ({"hints": ([[1, 1]], [[1.0, 0, 0]])}, BadParameterError),
        ({"reference": np.zeros((2, 3))}, GreyfillError),
        ({"jobs": 0}, BadParameterError),
        ({"interpolate_mask": True}, GreyfillError),
        ({"interpolate_mask": None}, BadParameterError),
        ({"method": "nonsense"}, BadParameterError),
        ({"resume": 5}, BadParameterError),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(arguments, error):
    with pytest.raises(error, match=r"[;:] .*\.$"):
        fill(**{"image": moving(3), "mask": blob(), **arguments})


def test_the_number_of_jobs_is_checked_for_a_single_picture_too():
    with pytest.raises(BadParameterError, match="jobs is 0"):
        fill(moving(1)[0], blob(), jobs=0)


class Gone:
    """An array whose fourth plane cannot be read."""

    def __init__(self, data):
        self.data, self.shape, self.dtype = data, data.shape, data.dtype
        self.ndim = data.ndim

    def __getitem__(self, place):
        if place[0] == 3:
            raise OSError("the disk is gone")
        return self.data[place]


def test_what_cannot_be_read_is_a_sentence():
    stack, masks = moving(5), np.stack([blob()] * 5)
    with pytest.raises(UnreadableFileError, match=r"part of the image .*disk is gone.*run again"):
        fill(Gone(stack), blob(), axes="TYX")
    with pytest.raises(UnreadableFileError, match=r"part of the mask .*disk is gone.*run again"):
        fill(stack, Gone(masks), axes="TYX")


def test_axes_of_unknown_length_are_a_sentence():
    class Unknown(Gone):
        def __init__(self, data):
            super().__init__(data)
            self.shape = (float("nan"), *data.shape[1:])

    with pytest.raises(UnsupportedImageError, match="call compute_chunk_sizes"):
        fill(Unknown(moving(5)), blob(), axes="TYX")
