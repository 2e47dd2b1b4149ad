"""The look "auto": texture for photographs only."""

import numpy as np
import pytest
from skimage import data

from napari_greyfill import FillOptions, suggest_look
from napari_greyfill.image.picture import Picture
from napari_greyfill.image.specks import Plan
from napari_greyfill.pipeline.suggest import method_for


@pytest.fixture(scope="module")
def grass():
    """A photograph of 8 bits whose texture a faithful fill would lose, and a wide hole."""
    grey = data.grass()[:160, :160]
    hole = np.zeros(grey.shape, bool)
    hole[50:110, 50:110] = True
    return np.stack([grey, grey, grey // 2], -1), hole


def test_photographs_may_get_texture(grass):
    look = suggest_look(*grass)
    assert look.name == "texture"
    assert "wide" in look.reason


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda photo: photo[..., 0], "grey"),
        (lambda photo: photo.astype(np.uint16) * 257, "uint16"),
        (lambda photo: photo / np.float32(255), "float32"),
    ],
)
def test_measured_data_do_not(grass, made, said):
    photo, hole = grass
    look = suggest_look(made(photo), hole)
    assert look.name == "faithful"
    assert said in look.reason
    assert "choose texture" in look.reason


def test_texture_that_was_chosen_is_taken(grass):
    photo, hole = grass
    picture = Picture.from_array(photo[..., 0], hole)
    plan = Plan(picture.hole, picture.unknown)
    assert method_for(picture, plan, FillOptions(look="texture")) == ("texture", "")
    assert method_for(picture, plan, FillOptions())[0] != "texture"


def test_a_narrow_hole_keeps_its_own_reason(grass):
    photo, hole = grass
    narrow = hole.copy()
    narrow[55:] = False
    assert "narrow" in suggest_look(photo[..., 0], narrow).reason
