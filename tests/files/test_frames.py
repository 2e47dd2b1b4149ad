import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import data

from napari_greyfill.datasets import write_triple
from napari_greyfill.errors import (
    BadMaskError,
    BadParameterError,
    GreyfillWarning,
    ShapeMismatchError,
)
from napari_greyfill.files import orientation_of, read_image, read_mask, read_mask_as_stored
from napari_greyfill.files.base import turned_back, upright

TAG = 0x0112
TURNS = range(2, 9)


@pytest.fixture
def stored():
    mask = np.zeros((48, 64), np.uint8)
    mask[8:12, 10:29] = 255
    return mask


def picture(folder, orientation, suffix=".png"):
    path = folder / f"photo{suffix}"
    array = data.astronaut()[:48, :64]
    if suffix == ".tif":
        tag = (TAG, "H", 1, orientation, True)
        tifffile.imwrite(path, array, photometric="rgb", extratags=[tag])
    else:
        exif = Image.Exif()
        exif[TAG] = orientation
        Image.fromarray(array).save(path, exif=exif)
    return read_image(path)


def saved(folder, mask, name="mask.png", **options):
    path = folder / name
    if path.suffix == ".tif":
        tifffile.imwrite(path, mask)
    else:
        Image.fromarray(mask).save(path, **options)
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_back(stored, orientation):
    assert np.array_equal(turned_back(upright(stored, orientation), orientation), stored)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
@pytest.mark.parametrize("orientation", TURNS)
def test_a_mask_that_an_array_program_wrote_is_turned_with_the_picture(
    tmp_path, stored, orientation, suffix
):
    photo = picture(tmp_path, orientation, suffix)
    assert photo.orientation == orientation
    path = saved(tmp_path, stored, "mask.tif")
    with pytest.warns(GreyfillWarning, match=f"orientation {orientation}.* was turned with it"):
        mask = read_mask(path, photo)
    assert np.array_equal(mask, upright(stored, orientation))


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("frame", ["shown", "stored"])
def test_the_frame_can_be_said(tmp_path, stored, orientation, frame):
    photo = picture(tmp_path, orientation)
    shown = upright(stored, orientation)
    path = saved(tmp_path, shown if frame == "shown" else stored)
    with pytest.warns(GreyfillWarning, match="stored turned"):
        assert np.array_equal(read_mask(path, photo, frame=frame), shown)


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_the_size_decides_where_it_can(tmp_path, stored, orientation):
    photo = picture(tmp_path, orientation)
    shown = upright(stored, orientation)
    for mask in (stored, shown):
        with pytest.warns(GreyfillWarning, match="stored turned"):
            assert np.array_equal(read_mask(saved(tmp_path, mask), photo), shown)
    with pytest.raises(ShapeMismatchError):
        read_mask(saved(tmp_path, stored), photo, frame="shown")


@pytest.mark.parametrize("orientation", [2, 3, 4])
def test_where_it_cannot_the_user_is_asked(tmp_path, stored, orientation):
    photo = picture(tmp_path, orientation)
    with pytest.raises(BadMaskError, match=r"--mask-frame shown .* --mask-frame stored"):
        read_mask(saved(tmp_path, stored), photo)


@pytest.mark.parametrize("tag", [1, 3])
def test_a_mask_that_carries_the_tag_lies_upright(tmp_path, stored, tag):
    photo = picture(tmp_path, 3)
    exif = Image.Exif()
    exif[TAG] = tag
    with pytest.warns(GreyfillWarning, match="as it is shown upright"):
        mask = read_mask(saved(tmp_path, stored, exif=exif), photo)
    assert np.array_equal(mask, upright(stored, tag))


def test_a_mask_made_for_a_turned_picture_is_not_asked_about(tmp_path, stored):
    photo = picture(tmp_path, 3)
    triple = write_triple(tmp_path / "made", "photo", photo, stored)
    with pytest.warns(GreyfillWarning, match="as it is shown upright"):
        assert np.array_equal(read_mask(triple.mask, photo), stored > 0)


def test_a_mask_that_is_its_own_mirror_image_needs_no_question(tmp_path):
    mask = np.zeros((48, 64), np.uint8)
    mask[20:28, 24:40] = 255
    with pytest.warns(GreyfillWarning, match="stored turned"):
        assert np.array_equal(read_mask(saved(tmp_path, mask), picture(tmp_path, 3)), mask)


def test_upright_pictures_are_not_mentioned(tmp_path, stored):
    assert np.array_equal(read_mask(saved(tmp_path, stored), picture(tmp_path, 1)), stored)
    with pytest.raises(BadParameterError, match="auto, shown, stored"):
        read_mask(saved(tmp_path, stored), picture(tmp_path, 1), frame="upside-down")


@pytest.mark.parametrize("orientation", TURNS)
def test_on_a_picture_that_is_shown_as_stored(tmp_path, stored, orientation):
    photo = picture(tmp_path, orientation)
    assert orientation_of(photo.path) == (orientation, stored.shape)
    path = saved(tmp_path, stored)
    assert np.array_equal(read_mask_as_stored(path, stored.shape, orientation), stored)
    exif = Image.Exif()
    exif[TAG] = 1
    path = saved(tmp_path, upright(stored, orientation), exif=exif)
    with pytest.warns(GreyfillWarning, match="turned the same way"):
        found = read_mask_as_stored(path, stored.shape, orientation)
    assert np.array_equal(found, stored)
