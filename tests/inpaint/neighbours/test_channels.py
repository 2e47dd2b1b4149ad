import numpy as np
import pytest
from skimage import data

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.channels import fill_from_channels
from tests.inpaint.neighbours.volumes import disc

SIDE = 72


def channels():
    crop = data.astronaut()[60 : 60 + SIDE, 180 : 180 + SIDE] / 255.0
    hole = disc(SIDE, (34, 36), 9)
    whole = np.zeros_like(hole)
    red, green, blue = np.moveaxis(crop.astype(np.float32), -1, 0)
    return red, hole, [Slice(green, whole), Slice(blue, whole)]


def error(plane, truth, hole):
    return float(np.sqrt(np.mean((plane - truth)[hole] ** 2)))


def test_a_lost_colour_comes_from_the_others():
    red, hole, others = channels()
    own = Slice(np.where(hole, np.float32(0), red), hole)
    fill = exhaust(fill_from_channels(own, others, hole, Compute()))
    assert fill.used == (0, 1)
    assert fill.share > 0.5
    assert np.array_equal(fill.plane[~hole], red[~hole])
    alone = Blend().fill(own.plane, hole)
    assert error(fill.plane, red, hole) < 0.5 * error(alone, red, hole)


def test_channels_that_know_nothing_are_not_used():
    red, hole, _ = channels()
    noise = np.random.default_rng(0).random(red.shape).astype(np.float32)
    own = Slice(np.where(hole, np.float32(0), red), hole)
    others = [Slice(noise, np.zeros_like(hole))]
    fill = exhaust(fill_from_channels(own, others, hole, Compute()))
    assert fill.used == ()
    assert np.array_equal(fill.plane, Blend().fill(own.plane, hole))


@pytest.mark.parametrize("lost", [True, False])
def test_channels_with_a_hole_at_the_same_place_are_left_out(lost):
    red, hole, others = channels()
    own = Slice(np.where(hole, np.float32(0), red), hole)
    others = [Slice(one.plane, hole if lost else one.unknown) for one in others[:1]] + others[1:]
    fill = exhaust(fill_from_channels(own, others, hole, Compute()))
    assert fill.used == ((1,) if lost else (0, 1))
