import dask.array
import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from napari_greyfill import random_mask
from napari_greyfill.image.lazy import LazyPlane
from napari_greyfill.measure.damage import about_reference
from napari_greyfill.viewer import samples

SAMPLES = (samples.scratched_photo, samples.dusty_histology, samples.scratched_cells)
STANDS_OUT = "it stands out from all around it"


@pytest.fixture
def hole():
    made = np.zeros((200, 240), bool)
    made[60:70, 40:200] = True
    return made


@pytest.fixture
def photo():
    return data.camera()[:200, :240]


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples_are_damaged_and_their_intact_layers_are_not(sample):
    (damaged, *_), (intact, *_), (mask, *_) = sample()
    assert "choose the intact image" in about_reference(damaged, mask > 0)
    assert about_reference(intact, mask > 0) == ""


def test_so_is_every_frame_of_the_film():
    (damaged, *_), (intact, *_), (mask, *_) = samples.damaged_stack()
    for frame in range(len(mask)):
        assert about_reference(damaged[frame], mask[frame] > 0)
        assert about_reference(intact[frame], mask[frame] > 0) == ""


@pytest.mark.parametrize("by", [1, 3])
def test_masks_larger_than_the_damage_still_show_it(by):
    (damaged, *_), (intact, *_), (mask, *_) = samples.dusty_histology()
    larger = ndimage.binary_dilation(mask > 0, iterations=by)
    assert STANDS_OUT in about_reference(damaged, larger)
    assert about_reference(intact, larger) == ""


def test_half_transparent_damage_shows(photo, hole):
    faded = np.where(hole, photo // 2 + 127, photo).astype(np.uint8)
    assert STANDS_OUT in about_reference(faded, hole)


@pytest.mark.parametrize("kind", ["free-form", "dots", "semantic", "box", "irregular"])
@pytest.mark.parametrize("name", ["camera", "coins", "clock", "chelsea"])
def test_random_masks_on_intact_pictures_are_no_damage(name, kind):
    picture = getattr(data, name)()
    for share in (0.005, 0.1, 0.25):
        assert about_reference(picture, random_mask(picture.shape, kind, share=share)) == ""


def test_a_flat_or_saturated_background_is_no_damage(hole):
    for value in (0, 90, 255):
        assert about_reference(np.full(hole.shape, value, np.uint8), hole) == ""


def test_one_value_needs_no_step(photo, hole):
    assert "one value" in about_reference(np.where(hole, photo[hole].mean(), photo), hole)


def test_black_and_white_damage_is_saturated(photo, hole):
    scratched = photo.copy()
    scratched[hole] = np.where(np.arange(hole.sum()) % 2, 0, 255)
    assert "saturated" in about_reference(scratched, hole)


@pytest.mark.parametrize("how", ["nan", "nodata", "masked", "transparent"])
def test_pixels_without_a_value_are_no_truth(photo, hole, how):
    values = photo.astype(float)
    if how == "masked":
        values = np.ma.MaskedArray(values, hole)
    elif how == "transparent":
        values = np.dstack([photo, photo, photo, np.where(hole, 0, 255)]).astype(np.uint8)
    else:
        values[hole] = np.nan if how == "nan" else -9999
    nodata = -9999 if how == "nodata" else None
    assert "no values" in about_reference(values, hole, nodata=nodata)


def test_too_little_to_judge_by_is_no_damage(photo):
    dot = np.zeros(photo.shape, bool)
    assert about_reference(photo, dot) == ""
    dot[5, 5] = True
    assert about_reference(np.where(dot, 255, photo), dot) == ""
    assert about_reference(photo, np.ones(photo.shape, bool)) == ""


def test_a_large_file_is_read_in_a_few_windows():
    read = []

    def block(block_info):
        read.append(block_info[None]["chunk-location"])
        return np.full((64, 64), 7, np.uint8)

    picture = dask.array.map_blocks(block, chunks=((64,) * 40, (64,) * 40), dtype=np.uint8)
    read.clear()
    hole = np.zeros(picture.shape, bool)
    hole[100:110, 100:300] = True
    assert about_reference(LazyPlane(picture), hole) == ""
    assert 0 < len(set(read)) < 60
