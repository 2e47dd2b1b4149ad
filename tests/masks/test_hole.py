import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_greyfill.errors import BadMaskError, EmptyMaskError
from napari_greyfill.masks import hole_from_mask, selected_labels

LABELS = np.array([[0, 1, 1], [2, 0, 300]])


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", ">u2", "int64", "uint64"])
def test_everything_but_zero_is_painted(dtype):
    mask = (LABELS % 256).astype(dtype)
    hole = hole_from_mask(mask)
    assert hole.dtype == bool
    np.testing.assert_array_equal(hole, LABELS != 0)


def test_negative_labels_are_painted():
    assert hole_from_mask(-LABELS).sum() == 4


@pytest.mark.parametrize("labels", [[2], (1, 300), {2, 7}, np.array([300, 1])])
def test_only_chosen_labels_are_painted(labels):
    expected = np.isin(LABELS, list(labels))
    np.testing.assert_array_equal(hole_from_mask(LABELS, labels=labels), expected)
    np.testing.assert_array_equal(selected_labels(LABELS, labels), expected)


@given(arrays(np.uint8, (5, 6), elements=st.integers(0, 3)), st.sets(st.integers(1, 3)))
def test_selected_labels_are_those_that_were_chosen(labels, chosen):
    expected = [[value in chosen for value in row] for row in labels.tolist()]
    assert selected_labels(labels, chosen).tolist() == expected
    assert selected_labels(labels).tolist() == (labels > 0).tolist()


@pytest.mark.parametrize("painted", [1.0, 255.0, -0.5])
def test_floats_with_two_values_are_a_mask(painted):
    mask = np.where(LABELS == 1, painted, 0).astype(np.float32)
    np.testing.assert_array_equal(hole_from_mask(mask), LABELS == 1)


def test_labels_may_be_floats_too():
    mask = np.where(LABELS == 1, 2.0, 0.0)
    np.testing.assert_array_equal(hole_from_mask(mask, labels=[2]), LABELS == 1)
    with pytest.raises(EmptyMaskError):
        hole_from_mask(mask, labels=[1])


@pytest.mark.parametrize("value", [0.5, 2.0, np.nan, np.inf])
def test_floats_in_between_are_refused_with_a_way_out(value):
    mask = np.array([[0.0, 1.0], [value, 1.0]])
    with pytest.raises(BadMaskError, match=r"mask > 0\.5"):
        hole_from_mask(mask)


@pytest.mark.parametrize("shape", [(), (5,), (4, 5, 3), (2, 4, 5)])
def test_a_mask_has_two_dimensions(shape):
    with pytest.raises(BadMaskError, match=f"has {len(shape)}; pass the mask of one plane"):
        hole_from_mask(np.ones(shape, bool))


@pytest.mark.parametrize("dtype", ["complex64", "U1", object])
def test_what_is_no_number_is_no_mask(dtype):
    with pytest.raises(BadMaskError, match="use booleans or integers"):
        hole_from_mask(np.ones((3, 3)).astype(dtype))


def test_nothing_painted_is_an_error_that_names_the_labels():
    with pytest.raises(EmptyMaskError, match="No pixel of the mask is painted; paint"):
        hole_from_mask(np.zeros((3, 3), bool))
    with pytest.raises(EmptyMaskError, match="with label 5, 7; paint"):
        hole_from_mask(LABELS, labels={7, 5})
    with pytest.raises(EmptyMaskError, match="none chosen"):
        hole_from_mask(LABELS, labels=[])


def test_the_hole_is_never_the_mask_itself():
    mask = LABELS != 0
    hole = hole_from_mask(mask)
    hole[:] = False
    assert mask.any()


def test_lists_are_masks_too():
    assert hole_from_mask([[0, 1], [0, 0]]).tolist() == [[False, True], [False, False]]


@pytest.mark.parametrize("shape", [(1, 3, 4), (1, 1, 3, 4), (3, 4, 1), (1, 3, 4, 1)])
def test_axes_of_length_one_do_not_matter(shape):
    painted = np.arange(12).reshape(3, 4) % 5
    np.testing.assert_array_equal(hole_from_mask(painted.reshape(shape)), painted != 0)


def test_a_mask_of_one_row_keeps_it():
    assert hole_from_mask(np.ones((1, 1, 5))).shape == (1, 5)
    assert hole_from_mask(np.ones((1, 5, 1))).shape == (5, 1)
