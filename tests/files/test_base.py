import numpy as np
import pytest
from PIL import Image, ImageOps

from napari_greyfill.files.base import separated, turned_back, upright


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_a_picture_upright_and_back(orientation):
    stored = np.arange(12 * 7 * 3, dtype=np.uint8).reshape(12, 7, 3)
    image = Image.fromarray(stored)
    image.getexif()[0x0112] = orientation
    shown = upright(stored, orientation)
    np.testing.assert_array_equal(shown, np.asarray(ImageOps.exif_transpose(image)))
    np.testing.assert_array_equal(turned_back(shown, orientation), stored)


@pytest.mark.parametrize(
    ("channels", "left", "has_alpha"), [(1, 1, False), (2, 1, True), (3, 3, False), (4, 3, True)]
)
def test_colours_and_alpha_are_told_apart(channels, left, has_alpha):
    array = np.arange(5 * 6 * channels, dtype=np.uint8).reshape(5, 6, channels)
    colours, alpha = separated(array[..., 0] if channels == 1 else array)
    assert colours.reshape(5, 6, -1).shape[-1] == left
    if has_alpha:
        np.testing.assert_array_equal(alpha, array[..., -1])
    else:
        assert alpha is None
