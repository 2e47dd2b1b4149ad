import numpy as np
import pytest

from napari_greyfill.errors import ShapeMismatchError, UnsupportedImageError
from napari_greyfill.measure.reference import (
    colour_values,
    handy_unit,
    reference_picture,
    value_scale,
)


def test_eight_bits_have_their_full_scale_and_others_what_they_use(cell, scratch):
    assert value_scale(reference_picture(cell, cell, scratch)).width == 255
    counts = cell.astype(np.uint16) * 3
    found = value_scale(reference_picture(counts, counts, scratch))
    assert found.width == counts.max() - counts.min()


@pytest.mark.parametrize("size", [1e-80, 1.0, 1e80])
def test_no_square_of_a_handy_number_leaves_the_range_of_floats(cell, scratch, size):
    truth = cell.astype(np.float64) * size
    scale = value_scale(reference_picture(truth, truth, scratch))
    width = scale.width / handy_unit(scale)
    assert np.isfinite(width**2)
    assert width**2 > 0


def test_what_cannot_be_measured_is_its_hole(cell, scratch):
    image, truth = cell / 255, cell / 255
    truth[5, 5] = image[6, 6] = np.nan
    image[scratch] = np.nan  # these pixels are to be filled
    picture = reference_picture(image, truth, scratch)
    assert set(zip(*np.nonzero(picture.hole), strict=True)) == {(5, 5), (6, 6)}
    assert colour_values(truth, picture)[5, 5] == 0


def test_what_does_not_compare_is_refused(cell, scratch):
    with pytest.raises(ShapeMismatchError, match="choose a reference of the same size"):
        reference_picture(cell, cell[:-1], scratch)
    with pytest.raises(ShapeMismatchError, match="choose the mask that was filled"):
        reference_picture(cell, cell, scratch[:-1])
    with pytest.raises(UnsupportedImageError, match="convert one to the type of the other"):
        reference_picture(cell, cell.astype(np.uint16), scratch)
