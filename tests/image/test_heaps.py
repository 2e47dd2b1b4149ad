import io

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage import data, measure

from napari_greyfill.image.heaps import heaps_of, kind_of_greys


@pytest.fixture
def painted():
    mask = np.zeros((96, 120), bool)
    mask[20:40, 30:80] = True
    mask[60:64, 10:90] = True
    return mask


def regions(*numbers, dtype=np.uint8):
    """Squares of the given numbers on 0."""
    plane = np.zeros((60, 30 * len(numbers) + 10), dtype)
    for place, number in enumerate(numbers):
        plane[10:40, 5 + 30 * place : 25 + 30 * place] = number
    return plane


def as_jpeg(plane, quality):
    buffer = io.BytesIO()
    Image.fromarray(plane).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


@pytest.mark.parametrize("quality", [5, 20, 50, 75, 90])
@pytest.mark.parametrize("white", [255, 252, 140])
def test_what_jpeg_left_is_divided_where_it_was_painted(painted, quality, white):
    plane = as_jpeg(painted.astype(np.uint8) * np.uint8(white), quality)
    assert kind_of_greys(plane) == "soft"
    wrong = (plane > heaps_of(plane).middle) != painted
    assert wrong.mean() < 0.001  # at quality 5 single pixels of an edge change sides


@pytest.mark.parametrize("sigma", [0.5, 1, 2, 4])
@pytest.mark.parametrize("dtype", ["u1", "u2", "f8"])
def test_soft_edges(painted, sigma, dtype):
    plane = np.rint(gaussian_filter(painted * 255.0, sigma)).astype(dtype)
    assert kind_of_greys(plane) == "soft"


def test_greys_of_reducing(painted):
    small = Image.fromarray(painted.astype(np.uint8) * 255).resize((50, 40), Image.BILINEAR)
    assert kind_of_greys(np.asarray(small)) == "soft"


@pytest.mark.parametrize(
    "numbers",
    [(1, 2, 3), (1, 2, 255), (1, 15, 255), (1, 2, 200), (100, 200, 255), (50, 100, 150, 200)],
)
def test_a_few_numbers_are_labels(numbers):
    assert kind_of_greys(regions(*numbers)) == "labels"


def test_many_numbers_are_labels():
    cells = measure.label(data.coins() > 140)
    assert cells.max() > 100
    assert kind_of_greys(cells) == "labels"
    rng = np.random.default_rng(0)
    dots = np.zeros((200, 200), np.uint16)
    for number in range(1, 400):
        y, x = rng.integers(0, 198, 2)
        dots[y : y + 2, x : x + 2] = number
    assert kind_of_greys(dots) == "labels"


@pytest.mark.parametrize("values", [(0, 1), (0, 255), (1, 2), (254, 255), (0, 127), (7, 7)])
def test_two_values(painted, values):
    assert kind_of_greys(np.where(painted, np.uint8(values[1]), np.uint8(values[0]))) == "two"


@pytest.mark.parametrize("name", ["camera", "coins", "moon", "page", "brick", "grass"])
def test_pictures_are_no_masks(name):
    assert kind_of_greys(getattr(data, name)()) == "picture"
