"""An image and a mask become the picture that is filled."""

import numpy as np
import pytest

from napari_greyfill.errors import NothingKnownError, ShapeMismatchError
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.pipeline.picture import read_picture


@pytest.fixture
def mask():
    mask = np.zeros((20, 24), dtype=int)
    mask[5:8, 6:10], mask[15, 20] = 1, 2
    return mask


def test_the_chosen_labels_make_the_hole_and_it_grows(mask):
    image = np.random.default_rng(0).random((20, 24))
    np.testing.assert_array_equal(read_picture(image, mask, FillOptions()).hole, mask > 0)
    chosen = read_picture(image, mask, FillOptions(labels=[2], grow=1))
    assert chosen.hole.sum() == 5 and chosen.hole[14:17, 20].all()


def test_axes_of_length_one_do_not_matter(mask):
    image = np.random.default_rng(0).random((1, 20, 24))
    picture = read_picture(image, mask[None], FillOptions())
    assert picture.hole.shape == (20, 24) and picture.given == (1, 20, 24)


def test_an_erased_hole_is_to_be_seen(mask):
    image = np.full((20, 24, 4), 200, np.uint8)
    image[mask > 0, 3] = 0
    assert read_picture(image, mask, FillOptions()).revealed
    image[..., 3] = 255
    assert not read_picture(image, mask, FillOptions()).revealed


def test_a_feather_blends_inside_the_hole_alone(mask):
    image = np.random.default_rng(0).random((20, 24))
    picture = read_picture(image, mask, FillOptions(feather=2))
    assert picture.blend is not None and not picture.blend[mask == 0].any()


def test_a_mask_of_another_size_is_a_sentence(mask):
    with pytest.raises(ShapeMismatchError, match="24"):
        read_picture(np.zeros((20, 30)), mask, FillOptions())


def test_a_mask_that_grows_over_everything_says_so(mask):
    with pytest.raises(NothingKnownError, match=r"Grown by 40 pixels .*; grow it by less"):
        read_picture(np.zeros((20, 24)), mask, FillOptions(grow=40))
    with pytest.raises(NothingKnownError, match="leave some of the picture unpainted"):
        read_picture(np.zeros((20, 24)), np.ones((20, 24), bool), FillOptions(grow=40))
