"""Images on the way of a fill hold no pixels until they are asked for."""

import numpy as np
import pytest

from napari_greyfill import fill
from napari_greyfill.image.geometry import Window
from napari_greyfill.pipeline.intermediate import FINAL


@pytest.fixture(scope="module")
def result():
    picture = np.linspace(0, 255, 64 * 80).astype(np.uint8).reshape(64, 80)
    mask = np.zeros(picture.shape, bool)
    mask[20:24, 30:50] = True
    return fill(picture, mask, method="biharmonic")


def test_the_last_one_is_the_result(result):
    last = result.steps[-1]
    assert (last.name, last.stage) == (FINAL, "done")
    np.testing.assert_array_equal(last.image, result.image)


def test_a_part_is_the_same_part_of_the_whole(result):
    frame = Window(10, 30, 40, 70)
    for step in result.steps:
        np.testing.assert_array_equal(step.image_in(frame), step.image[frame.slices])


def test_the_frame_holds_all_that_was_filled_and_stays_within(result):
    last = result.steps[-1]
    outside = np.ones(result.hole.shape, bool)
    outside[last.frame(0).slices] = False
    assert not (outside & result.hole).any()
    assert last.frame(1000) == Window(0, 64, 0, 80)
