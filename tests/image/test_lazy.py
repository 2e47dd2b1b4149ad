import numpy as np
import pytest
from skimage import data

import napari_greyfill
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.lazy import LazyPlane, is_lazy
from napari_greyfill.pipeline.job import read_picture
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.pipeline.run import fill_steps
from tests.recorded_reads import Recorded

SIDE = 2048  # images from four million pixels on are read window by window
PIXELS = SIDE * SIDE


def tiled(tile):
    return np.ascontiguousarray(np.tile(tile, (4, 4) + (1,) * (tile.ndim - 2)))


IMAGES = {
    "bytes": lambda: tiled(data.camera()),
    "counts": lambda: tiled(data.camera().astype(np.uint16) * 16),
    "floats": lambda: tiled(data.camera().astype(np.float32) * 3 - 40),
    "colour": lambda: tiled(data.astronaut()),
}


def two_holes():
    hole = np.zeros((SIDE, SIDE), bool)
    hole[700:710, 900:920] = True
    hole[1900:1906, 100:130] = True
    return hole


def filled(image, mask, **choices):
    return exhaust(fill_steps(image, mask, method="biharmonic", **choices))


@pytest.mark.parametrize("kind", IMAGES)
@pytest.mark.parametrize("feather", [0, 2])
def test_the_same_pixels_as_from_an_array_and_little_is_read(kind, feather):
    image, mask = IMAGES[kind](), two_holes()
    expected = filled(image, mask, feather=feather)
    file = Recorded(image)
    found = filled(file, mask, feather=feather)
    assert found.provenance["value_range"] == expected.provenance["value_range"]
    for patch in found.steps[-1].patches:
        window = patch.window.expanded(5, image.shape[:2])
        part = found.steps[-1].image_in(window)
        np.testing.assert_array_equal(part, expected.image[window.slices])
    assert max(file.reads) <= 1024**2  # the piece that tells a mask from a picture
    assert sum(file.reads) < PIXELS * 0.6


def test_windows_alone_are_read_where_the_scale_is_plain():
    file = Recorded(IMAGES["bytes"]())
    read_picture(file, two_holes(), FillOptions())
    assert len(file.reads) == 2  # one for each hole
    assert sum(file.reads) < 100_000


def test_fill_returns_the_whole_image():
    dask = pytest.importorskip("dask.array")
    image, mask = IMAGES["bytes"](), two_holes()
    result = napari_greyfill.fill(dask.from_array(image), mask, method="biharmonic")
    expected = napari_greyfill.fill(image, mask, method="biharmonic")
    np.testing.assert_array_equal(result.image, expected.image)
    np.testing.assert_array_equal(result.image[~mask], image[~mask])


def test_axes_of_length_one_do_not_matter():
    image, mask = IMAGES["bytes"](), two_holes()
    file = Recorded(image[None])
    found = filled(file, mask)
    window = found.steps[-1].frame()
    expected = filled(image, mask).image[window.slices]
    np.testing.assert_array_equal(found.steps[-1].image_in(window), expected)


def test_pixels_without_a_value_near_the_hole_are_treated_as_in_arrays():
    image, mask = IMAGES["floats"](), two_holes()
    image[720:723, 905:908] = np.nan
    expected = filled(image, mask)
    found = filled(LazyPlane(image), mask)
    np.testing.assert_array_equal(found.hole, expected.hole)
    np.testing.assert_array_equal(found.image, expected.image)


def test_what_was_read_is_not_read_again():
    file = Recorded(np.arange(3000.0).reshape(50, 60))
    plane = LazyPlane(file)
    whole = plane.window(Window(10, 30, 10, 40))
    part = plane.window(Window(12, 20, 15, 30))
    np.testing.assert_array_equal(part, whole[2:10, 5:20])
    assert file.reads == [600]


def test_what_counts_as_lazy():
    assert is_lazy(Recorded(np.zeros((1200, 1200))))
    assert not is_lazy(Recorded(np.zeros((20, 20))))  # read as a whole
    assert not is_lazy(np.zeros((1200, 1200)))
    assert not is_lazy([[0, 1], [1, 0]])
