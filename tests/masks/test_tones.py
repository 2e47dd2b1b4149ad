import numpy as np
import pytest

from napari_greyfill.errors import UnsupportedImageError
from napari_greyfill.image.colour import luma
from napari_greyfill.masks import Tones


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_one_picture_has_the_same_tones_in_every_type(dtype, astronaut):
    unit = astronaut / 255
    image = (unit * np.iinfo(dtype).max).astype(dtype) if dtype != np.float32 else unit
    np.testing.assert_allclose(Tones.of(image).planes, unit, atol=1 / 255)


def test_grey_is_the_luma(astronaut):
    tones = Tones.of(astronaut)
    np.testing.assert_array_equal(tones.luma, luma(tones.planes))
    assert Tones.of(astronaut[..., 0]).luma.shape == astronaut.shape[:2]


def test_alpha_is_kept_and_is_no_colour(astronaut):
    alpha = np.full((*astronaut.shape[:2], 1), 9, np.uint8)
    tones = Tones.of(np.concatenate([astronaut, alpha], axis=-1))
    np.testing.assert_array_equal(tones.colours, astronaut)
    assert tones.original.shape[-1] == 4


def test_what_is_no_number_is_black_and_marked(cell):
    image = cell.astype(np.float32)
    image[3:5, 4] = np.nan
    tones = Tones.of(image)
    assert np.count_nonzero(tones.invalid) == 2
    assert (tones.planes[tones.invalid] == 0).all()


def test_of_each_name_only_the_latest_is_kept(cell):
    tones, made = Tones.of(cell), []
    for key in (1, 1, 2, 1):
        assert tones.kept("blur", key, lambda key=key: made.append(key) or key) == key
    assert made == [1, 2, 1]


def test_what_is_no_picture_is_refused():
    with pytest.raises(UnsupportedImageError):
        Tones.of(np.zeros(5))
