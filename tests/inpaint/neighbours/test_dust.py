import numpy as np
import pytest
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import BadParameterError, CancelledError, ShapeMismatchError
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.dust import estimate_gain
from napari_greyfill.inpaint.neighbours.gain import apply_gain
from tests.inpaint.neighbours.volumes import stack

SIDE = 56


def dusty(depth, count=8):
    """Return truth, frames, true gain and dust."""
    truth = 0.2 + 0.8 * stack(count, SIDE, step=6)
    distance = np.hypot(*(np.mgrid[:SIDE, :SIDE] - np.array([26, 29])[:, None, None]))
    shade = 1 / (1 + np.exp(distance - 4))
    gain = (1 - depth * shade).astype(np.float32)
    frames = [Slice(plane * gain, np.zeros(gain.shape, bool)) for plane in truth]
    return truth, frames, gain, shade > 0.02


def error(planes, truth, hole):
    return float(
        np.sqrt(np.mean([(a - b)[hole] ** 2 for a, b in zip(planes, truth, strict=True)]))
    )


def test_dust_is_corrected_and_known_pixels_stay():
    truth, frames, _, hole = dusty(0.5)
    found = estimate_gain(frames, hole, Compute())
    assert found.decision == "correct"
    assert 0.2 < found.depth < 0.65  # small grains are smoothed
    assert found.gain.max() <= 1
    assert np.all(found.gain[~hole] == 1)
    assert found.known_to < 0.2
    corrected = [apply_gain(one.plane, found, hole) for one in frames]
    assert error(corrected, truth, hole) < 0.6 * error([f.plane for f in frames], truth, hole)
    assert np.array_equal(corrected[0][~hole], frames[0].plane[~hole])


def test_a_sharp_edge_is_found_and_how_far_it_is_known():
    truth = 0.2 + 0.8 * stack(12, SIDE, step=6)
    distance = np.hypot(*(np.mgrid[:SIDE, :SIDE] - np.array([26, 29])[:, None, None]))
    gain = np.where(distance < 5, np.float32(0.5), np.float32(1))
    hole = distance < 7
    frames = [Slice(plane * gain, np.zeros(gain.shape, bool)) for plane in truth]
    found = estimate_gain(frames, hole, Compute())
    assert found.decision == "correct"
    off = float(np.sqrt(np.mean(np.log(found.gain[hole] / gain[hole]) ** 2)))
    assert off < 0.1
    assert off / 3 < found.known_to < 3 * off


def test_no_dust_is_left_alone():
    _, frames, _, hole = dusty(0.0)
    found = estimate_gain(frames, hole, Compute())
    assert found.decision == "leave"


def test_nothing_behind_the_dust_is_inpainted():
    truth, _, _, hole = dusty(0.5)
    rng = np.random.default_rng(0)
    opaque = ndimage.binary_erosion(hole, iterations=2)
    noisy = [np.where(opaque, 0, plane) + rng.normal(0, 0.05, hole.shape) for plane in truth]
    frames = [Slice(plane.astype(np.float32), np.zeros_like(hole)) for plane in noisy]
    assert estimate_gain(frames, hole, Compute()).decision == "inpaint"


def test_pixels_without_a_value_do_not_spoil_it():
    truth, frames, _, hole = dusty(0.5)
    lost = np.zeros(hole.shape, bool)
    lost[28:31, 30:33] = True
    frames[3] = Slice(np.where(lost, np.float32(0), frames[3].plane), lost)
    found = estimate_gain(frames, hole, Compute())
    assert np.isfinite(found.gain).all()
    corrected = [apply_gain(one.plane, found, hole) for one in frames[4:]]
    left = [one.plane for one in frames[4:]]
    assert error(corrected, truth[4:], hole) < 0.6 * error(left, truth[4:], hole)


def test_what_cannot_be_estimated_is_said():
    _, frames, _, hole = dusty(0.5, count=5)
    with pytest.raises(BadParameterError, match="at least 5"):
        estimate_gain(frames[:4], hole, Compute())
    with pytest.raises(BadParameterError, match="paint the dust"):
        estimate_gain(frames, np.zeros_like(hole), Compute())
    with pytest.raises(ShapeMismatchError):
        estimate_gain(frames, hole[1:], Compute())
    with pytest.raises(CancelledError):
        estimate_gain(frames, hole, Compute(cancelled=lambda: True))
