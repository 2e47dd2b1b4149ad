import numpy as np
import pytest

from napari_greyfill import compare
from napari_greyfill.comparison import Combination, Row
from napari_greyfill.comparison.sheet import sheet_of, zooms
from napari_greyfill.errors import NothingKnownError


@pytest.fixture
def hole():
    made = np.zeros((120, 200), bool)
    made[10:16, 10:60] = True
    made[80:86, 140:160] = True
    return made


class TestZooms:
    def test_most_of_the_hole_is_shown_first(self, hole):
        first, second = zooms(hole)[:2]
        assert hole[first.slices].sum() > hole[second.slices].sum() > 0

    def test_where_results_differ_most_comes_first(self, hole):
        flat = np.zeros(hole.shape)
        other = flat.copy()
        other[80:86, 140:160] = 1.0
        (window,) = zooms(hole, [flat, other])
        assert window.y0 < 80 < 86 < window.y1
        assert window.x0 < 140 < 160 < window.x1

    def test_equal_results_show_the_hole(self, hole):
        image = np.zeros((*hole.shape, 3), np.uint8)
        assert hole[zooms(hole, [image, image])[0].slices].any()

    def test_windows_lie_in_the_picture_and_are_as_many_as_asked(self, hole):
        for window in zooms(hole, most=2):
            assert 0 <= window.y0 < window.y1 <= 120
            assert 0 <= window.x0 < window.x1 <= 200
        assert len(zooms(hole, most=1)) == 1
        assert zooms(np.ones((9, 7), bool), most=1)[0].shape == (9, 7)

    def test_wide_holes_have_wide_windows(self):
        sides = []
        for width in (3, 20):
            made = np.zeros((200, 200), bool)
            made[90 : 90 + width, 20:180] = True
            sides.append(zooms(made)[0].shape[0])
        assert sides[0] < sides[1]


@pytest.fixture
def filled(cell, scratch):
    return compare(cell, scratch, methods=["telea", "biharmonic"])


def titles(figure):
    return [axis.get_title() for axis in figure.axes if axis.get_title()]


def test_every_result_has_its_windows_and_the_best_is_bold(filled, cell):
    figure = sheet_of(filled.rows, cell, reference=cell, most=1)
    first, second = (f"{row.metrics['hole_psnr']:.2f} dB" for row in filled.rows)
    assert titles(figure) == [
        "with hole",
        "reference",
        f"telea\nGrey\n{first}",
        f"biharmonic\nGrey\n{second}",
    ]
    best = max(filled.rows, key=lambda row: row.metrics["hole_psnr"]).combination.method
    bold = [a.get_title() for a in figure.axes if a.title.get_fontweight() == "bold"]
    assert [title.split("\n")[0] for title in bold] == [best]


def test_windows_are_those_of_the_results(filled, cell, scratch):
    figure = sheet_of(filled.rows, cell, most=1)
    (window,) = zooms(scratch, [row.image for row in filled.rows], most=1)
    shown = {axis.get_title().split("\n")[0]: axis for axis in figure.axes if axis.get_title()}
    for row in filled.rows:
        (image,) = shown[row.combination.method].images
        np.testing.assert_array_equal(image.get_array(), row.image[window.slices])


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, bool])
def test_other_types_have_one_scale(cell, scratch, dtype):
    image = cell > 60 if dtype is bool else cell.astype(dtype)
    found = compare(image, scratch, methods="telea")
    figure = sheet_of(found.rows, image)
    values = [axis.images[0].get_array() for axis in figure.axes if axis.images]
    assert all(each.dtype == np.uint8 for each in values)
    assert max(int(each.max()) for each in values) > 200


def test_many_results_are_wrapped(filled, cell):
    figure = sheet_of(filled.rows * 5, cell, most=1)
    assert len(titles(figure)) == 11
    assert figure.get_figwidth() < 16


def test_without_images_there_is_nothing_to_show(cell):
    with pytest.raises(NothingKnownError, match="run the comparison"):
        sheet_of([Row(Combination("telea", "grey"))], cell)
