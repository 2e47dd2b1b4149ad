import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari.layers import Labels, Points

from napari_greyfill import ColourHints
from napari_greyfill.errors import BadParameterError, ShapeMismatchError
from napari_greyfill.image.geometry import Window

RED, GREEN = (1.0, 0.0, 0.0), (0.0, 0.5, 0.0)


def painted(hints, shape):
    """Return the hints as a mask and a picture."""
    return hints.planes(Window(0, shape[0], 0, shape[1]))


def test_points_are_discs_and_the_later_one_counts():
    hints = ColourHints.from_points([[5, 5], [5, 8]], [RED, GREEN], size=5)
    where, colours = painted(hints, (12, 14))
    assert where[3:8, 5].all()
    assert not where[3, 3]
    assert where.sum() == len(hints)
    np.testing.assert_array_equal(colours[5, 4], np.float32(RED))
    np.testing.assert_array_equal(colours[5, 6], np.float32(GREEN))


@pytest.mark.parametrize("size", [0, 0.4, 1])
def test_a_point_is_at_least_the_pixel_it_lies_in(size):
    hints = ColourHints.from_points([[3.3, 6.8]], [RED], size)
    np.testing.assert_array_equal(hints.pixels, [[3, 7]])


@given(
    st.lists(st.tuples(st.floats(-5, 15), st.floats(-5, 15), st.floats(0, 9)), max_size=5),
)
def test_no_pixel_has_two_colours(points):
    array = np.array(points, dtype=float).reshape(-1, 3)
    colours = np.linspace(0, 1, 3 * len(array)).reshape(-1, 3)
    hints = ColourHints.from_points(array[:, :2], colours, array[:, 2])
    assert len(np.unique(hints.pixels, axis=0)) == len(hints)
    assert {tuple(c) for c in hints.colours} <= {tuple(c) for c in colours.astype(np.float32)}
    hole = np.ones((11, 12), dtype=bool)
    where, _ = painted(hints.inside(hole), hole.shape)
    np.testing.assert_array_equal(where, painted(hints, hole.shape)[0])
    assert where.sum() == len(hints.inside(hole))


@pytest.mark.parametrize(
    ("colours", "expected"),
    [
        (np.array([[255, 0, 51]], np.uint8), (1, 0, 0.2)),
        (np.array([[65535, 0, 13107, 9]], np.uint16), (1, 0, 0.2)),
        ([[1.0, 0.0, 0.2, 0.5]], (1, 0, 0.2)),
    ],
)
def test_colours_of_several_types(colours, expected):
    hints = ColourHints.from_points([[0, 0]], colours, size=1)
    np.testing.assert_allclose(hints.colours, [expected], atol=1e-6)


def test_a_picture_is_painted_where_it_is_opaque_or_where_the_mask_says():
    picture = np.zeros((6, 7, 4), np.uint8)
    picture[2, 3] = (255, 0, 0, 255)
    picture[4, 5] = (0, 255, 0, 200)
    picture[1, 1] = (0, 0, 255, 100)
    where, colours = painted(ColourHints.from_picture(picture), (6, 7))
    np.testing.assert_array_equal(np.argwhere(where), [[2, 3], [4, 5]])
    np.testing.assert_array_equal(colours[2, 3], RED)
    mask = np.zeros((6, 7), int)
    mask[1, 1] = 3
    hints = ColourHints.from_picture(picture[..., :3], mask)
    np.testing.assert_array_equal(hints.pixels, [[1, 1]])
    np.testing.assert_array_equal(hints.colours, [[0, 0, 1]])


def test_layers_give_the_colours_they_show():
    points = Points([[4, 5], [9, 2]], size=[3, 1], face_color=["red", "green"])
    hints = ColourHints.of(points)
    where, colours = painted(hints, (12, 12))
    np.testing.assert_array_equal(colours[4, 4], np.float32(RED))
    np.testing.assert_allclose(colours[9, 2], GREEN, atol=0.01)
    assert not where[9, 3]
    data = np.zeros((12, 12), int)
    data[1:3, 4] = 1
    data[7, 8] = 5
    labels = Labels(data, colormap={1: "red", 5: "green", None: "blue"})
    where, colours = painted(ColourHints.of(labels), (12, 12))
    np.testing.assert_array_equal(where, data > 0)
    np.testing.assert_array_equal(colours[2, 4], np.float32(RED))
    np.testing.assert_allclose(colours[7, 8], GREEN, atol=0.01)


def test_layers_without_anything_give_no_hints():
    assert len(ColourHints.of(Points(np.empty((0, 2))))) == 0
    assert len(ColourHints.of(Labels(np.zeros((4, 5), int)))) == 0


def test_pairs_and_arrays_are_taken_too():
    picture = np.zeros((6, 7, 4))
    picture[2, 3] = (*RED, 1)
    mask = picture[..., 3] > 0
    expected = ColourHints.from_picture(picture)
    assert ColourHints.of(expected) is expected
    for given_ in (picture, (picture, mask), (picture[..., :3], mask)):
        found = ColourHints.of(given_)
        np.testing.assert_array_equal(found.pixels, expected.pixels)
        np.testing.assert_array_equal(found.colours, expected.colours)
    assert len(ColourHints.of(([[2, 3]], [RED]))) > 1


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (
            lambda: ColourHints.from_points([[1, 2, 3]], [RED]),
            BadParameterError,
            "not on one plane",
        ),
        (lambda: ColourHints.from_points([[1, np.nan]], [RED]), BadParameterError, "pass finite"),
        (lambda: ColourHints.from_points([[1, 2]], [RED, RED]), ShapeMismatchError, "1 points"),
        (lambda: ColourHints.from_points([[1, 2]], [[1.0, 0.0]]), ShapeMismatchError, "one RGB"),
        (
            lambda: ColourHints.from_points([[1, 2]], [[2.0, 0, 0]]),
            BadParameterError,
            "from 0 to 1",
        ),
        (lambda: ColourHints.from_points([[1, 2]], [[np.nan, 0, 0]]), BadParameterError, "0 to 1"),
        (lambda: ColourHints.from_points([[1, 2]], [[255, 0, 0]]), BadParameterError, "unsigned"),
        (lambda: ColourHints.from_points([[1, 2]], [RED], -1), BadParameterError, "Sizes"),
        (
            lambda: ColourHints.from_picture(np.zeros((4, 5))),
            ShapeMismatchError,
            "no colour picture",
        ),
        (
            lambda: ColourHints.from_picture(np.zeros((4, 5, 3))),
            BadParameterError,
            "alpha channel",
        ),
        (
            lambda: ColourHints.from_picture(np.zeros((4, 5, 3)), np.zeros((5, 4))),
            ShapeMismatchError,
            "its mask",
        ),
        (lambda: ColourHints.of(Labels(np.zeros((2, 4, 5), int))), BadParameterError, "two axes"),
        (lambda: ColourHints(np.zeros((3, 2), int), np.zeros((2, 3))), ShapeMismatchError, "pass"),
        (
            lambda: ColourHints.from_picture(np.ones((4, 5, 4))).inside(np.ones((5, 4), bool)),
            ShapeMismatchError,
            "4 x 5 pixels and the image 5 x 4",
        ),
    ],
)
def test_what_cannot_be_hints_is_said_in_a_sentence(make, error, sentence):
    with pytest.raises(error, match=sentence) as caught:
        make()
    assert str(caught.value).endswith(".")
