"""What the axes of a stack are."""

from types import SimpleNamespace

import numpy as np
import pytest

from napari_greyfill.errors import BadParameterError, GreyfillError, UnsupportedImageError
from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.axes import axes_of, labels_on, names_of_axes


def shaped(*shape):
    return SimpleNamespace(shape=shape)


def test_one_axis_before_the_plane_is_depth():
    axes = axes_of(shaped(7, 8, 9))
    assert axes.names == ("Z", "Y", "X") and axes.stack_shape == (7,) and axes.planes == 7


def test_a_last_axis_of_three_is_colour():
    axes = axes_of(shaped(7, 8, 9, 3))
    assert axes.names == ("Z", "Y", "X", "S") and axes.colour == 3
    assert axes_of(shaped(7, 8, 9, 3), rgb=False, axes="TZYX").colour is None


def test_names_may_be_words_and_lie_in_any_order():
    axes = axes_of(shaped(8, 2, 9, 5), axes=["row", "channel", "x", "time"])
    assert axes.names == ("Y", "C", "X", "T") and axes.plane_shape == (8, 9)
    assert axes.stack_names == ("C", "T") and axes.words((1, 3)) == "C 1, T 3"
    array = np.arange(8 * 2 * 9 * 5).reshape(8, 2, 9, 5)
    part = axes.upright(array[axes.place((1, 3), Window(2, 5, 0, 4))])
    np.testing.assert_array_equal(part, array[2:5, 1, 0:4, 3])


def test_colour_before_rows_is_moved_and_put_back():
    axes = axes_of(shaped(4, 3, 8, 9), axes="ZSYX")
    array = np.arange(4 * 3 * 8 * 9).reshape(4, 3, 8, 9)
    plane = axes.upright(array[axes.place((2,))])
    assert plane.shape == (8, 9, 3)
    np.testing.assert_array_equal(axes.laid(plane), array[2])


def test_what_layers_and_arrays_say_is_believed():
    assert axes_of(shaped(2, 3, 8, 9), labels=("t", "z", "y", "x")).names == ("T", "Z", "Y", "X")
    assert axes_of(shaped(2, 3, 8, 9), labels=("-4", "-3", "-2", "-1")).names[:2] == ("", "")
    assert axes_of(shaped(2, 8, 9, 3), labels=("time", "y", "x")).names == ("T", "Y", "X", "S")
    zarr = SimpleNamespace(metadata=SimpleNamespace(dimension_names=("z", "y", "x")))
    assert labels_on(zarr) == ("z", "y", "x") and labels_on(np.zeros((2, 2))) is None


def test_several_axes_that_nobody_named_cannot_be_told():
    axes = axes_of(shaped(2, 3, 8, 9))
    with pytest.raises(UnsupportedImageError, match=r'axes="TZYX"'):
        axes.context("auto")
    assert axes.context("none") == ()


def test_neighbours_are_those_of_depth_and_time():
    axes = axes_of(shaped(2, 3, 4, 8, 9), axes="TZCYX")
    assert axes.context("auto") == (1, 0) and axes.context("t") == (0,)
    with pytest.raises(BadParameterError, match="no axis Z"):
        axes_of(shaped(4, 8, 9), axes="TYX").context("z")


def test_channels_are_no_depth():
    assert axes_of(shaped(4, 8, 9), axes="CYX").context("auto") == ()
    axes = axes_of(shaped(5, 8, 9, 2), channel_axis=-1)
    assert axes.names == ("Z", "Y", "X", "C") and axes.stack_shape == (5, 2)
    assert axes_of(shaped(2, 5, 8, 9), channel_axis=0).names == ("C", "Z", "Y", "X")


@pytest.mark.parametrize("axes", ["ZYX", "TZYY", "ABCD", "", 5, "TZYXQ", ["t", "z", "y"]])
def test_names_that_do_not_fit_are_refused(axes):
    if axes == "":
        assert axes_of(shaped(2, 3, 8, 9), axes=axes).names[-1] == "X"
        return
    with pytest.raises(GreyfillError, match=r"name|give"):
        axes_of(shaped(2, 3, 8, 9), axes=axes)


@pytest.mark.parametrize("axis", [4, -5, 1.5, "c"])
def test_there_must_be_such_a_channel_axis(axis):
    with pytest.raises(BadParameterError, match="channel_axis"):
        axes_of(shaped(2, 3, 8, 9), channel_axis=axis)


def test_one_plane_on_each_axis_matters_not():
    axes = axes_of(shaped(1, 1, 8, 9))
    assert axes.planes == 1 and axes.context("auto") == () and axes.words((0, 0)) == ""


def test_letters_are_the_same_in_either_case():
    assert names_of_axes("tzyx") == ("T", "Z", "Y", "X")
