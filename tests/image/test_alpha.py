"""An alpha that is made opaque, and when."""

import numpy as np
import pytest

from napari_greyfill.image.alpha import about_transparent, is_erased, made_opaque

HOLE = np.array([[True, True, False], [True, False, False]])


@pytest.mark.parametrize("name", ["u1", "<u2", ">u2", "<f4", ">f4", "?"])
def test_opaque_in_the_hole_alone_and_of_the_same_type(name):
    alpha = np.array([[0, 1, 1], [0, 0, 1]], dtype=name)
    before = alpha.copy()
    opaque = made_opaque(alpha, HOLE)
    assert opaque.dtype == alpha.dtype and opaque.dtype.byteorder == alpha.dtype.byteorder
    np.testing.assert_array_equal(opaque, [[1, 1, 1], [1, 0, 1]])
    np.testing.assert_array_equal(alpha, before)


@pytest.mark.parametrize(("name", "most"), [("u1", 255), (">u2", 65535), ("f4", 1.0), ("?", True)])
def test_all_transparent_has_its_own_most(name, most):
    opaque = made_opaque(np.zeros(HOLE.shape, name), HOLE)
    assert (opaque[HOLE] == most).all() and not opaque[~HOLE].any()


def test_a_part_is_as_opaque_as_the_whole():
    whole = np.array([[0, 200], [0, 0]], np.uint8)
    part = made_opaque(whole[1:], np.array([[True, False]]), whole)
    np.testing.assert_array_equal(part, [[200, 0]])


def test_erased_if_most_of_the_hole_is_transparent():
    assert is_erased(np.array([[0, 0, 9], [9, 9, 9]]), HOLE)
    assert not is_erased(np.array([[0, 9, 0], [9, 0, 0]]), HOLE)


def test_the_sentence_says_what_became_of_it():
    assert "made opaque" in about_transparent(1200, revealed=True)
    assert about_transparent(1200, revealed=False).startswith("1,200 pixels")
