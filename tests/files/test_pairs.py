from pathlib import PurePath

import pytest

from napari_greyfill.files.pairs import is_mask_of, is_named_mask, without_masks


@pytest.mark.parametrize(
    "name",
    [
        "image0_mask001.png",
        "image0_mask.png",
        "image0-mask.tif",
        "image0.mask.png",
        "image0_mask_2.png",
        "mask_image0.png",
        "IMAGE0_MASK.PNG",
        "image0mask.png",
    ],
)
def test_names_of_masks(name):
    assert is_mask_of(name, "image0.png")
    assert not is_mask_of(name, "image1.png")
    assert is_named_mask(name)


@pytest.mark.parametrize("name", ["image0.png", "unmasked.png", "damask_rose.png", "0001.png"])
def test_other_names(name):
    assert not is_mask_of(name, "image0.png")
    assert not is_named_mask(name)


def parted(*names):
    pictures, masks = without_masks(PurePath(name) for name in names)
    return [str(path) for path in pictures], [str(path) for path in masks]


def test_masks_beside_their_pictures():
    assert parted("a.png", "a_mask001.png", "b.jpg", "b-mask.png") == (
        ["a.png", "b.jpg"],
        ["a_mask001.png", "b-mask.png"],
    )


def test_masks_in_a_folder_of_their_own():
    assert parted("images/a.png", "masks/a.png") == (["images/a.png"], ["masks/a.png"])


def test_a_mask_of_no_picture_is_a_picture():
    assert parted("a_mask.png", "b.png") == (["a_mask.png", "b.png"], [])
    assert parted("masks/a.png") == (["masks/a.png"], [])
