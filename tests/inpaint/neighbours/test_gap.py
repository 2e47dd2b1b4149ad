import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import BadParameterError, CancelledError, GapTooWideError
from napari_greyfill.inpaint.neighbours.gap import fill_gap
from tests.inpaint.neighbours.volumes import reader, stack

SIDE = 48


def missing(planes, at, count):
    gone = np.ones(planes[0].shape, bool)
    return reader(planes, at, dict.fromkeys(range(count), gone))


def test_a_gap_in_a_drifting_stack_is_filled_better_than_by_fading():
    planes = stack(count=14, side=SIDE, step=1.5)
    fills = exhaust(fill_gap(missing(planes, 6, 2), 0, 1, Compute()))
    ours = faded = 0.0
    for at, share in ((0, 1 / 3), (1, 2 / 3)):
        truth = planes[6 + at]
        ours += np.mean((fills[at].plane - truth) ** 2)
        faded += np.mean(((1 - share) * planes[5] + share * planes[8] - truth) ** 2)
        assert fills[at].share == 1
        assert sum(fills[at].weights) == pytest.approx(1)
        assert fills[at].expected_error > 0
        assert -at - 1 in fills[at].used
        assert 2 - at in fills[at].used
    assert ours < 0.5 * faded


def test_planes_without_anything_in_common_are_refused():
    noise = np.random.default_rng(0).random((12, SIDE, SIDE)).astype(np.float32)
    with pytest.raises(GapTooWideError, match="leave these planes out"):
        exhaust(fill_gap(missing(noise, 5, 1), 0, 0, Compute()))


def test_half_alike_planes_are_filled_with_a_warning():
    rng = np.random.default_rng(0)
    planes = stack(count=12, side=SIDE, step=0.1)
    noisy = planes + rng.normal(0, 0.7 * planes.std(), planes.shape).astype(np.float32)
    fills = exhaust(fill_gap(missing(noisy, 5, 1), 0, 0, Compute()))
    assert "Do not measure it" in fills[0].notes[0]


def test_without_whole_planes_to_try_it_in_the_ends_decide():
    planes = stack(count=3, side=SIDE)
    fills = exhaust(fill_gap(missing(planes, 1, 1), 0, 0, Compute()))
    assert np.allclose(fills[0].plane, (planes[0] + planes[2]) / 2, atol=1e-6)
    assert fills[0].expected_error is None
    assert fills[0].notes == ()
    unlike = np.stack([planes[0], planes[1], 1 - planes[2]])
    with pytest.raises(GapTooWideError, match="Between the planes"):
        exhaust(fill_gap(missing(unlike, 1, 1), 0, 0, Compute()))


def test_gaps_at_the_end_and_mixed_up_ones_are_refused():
    planes = stack(count=4, side=SIDE)
    with pytest.raises(GapTooWideError, match="one side"):
        exhaust(fill_gap(missing(planes, 3, 1), 0, 0, Compute()))
    with pytest.raises(BadParameterError):
        exhaust(fill_gap(missing(planes, 1, 1), 1, 0, Compute()))


def test_it_can_be_cancelled():
    planes = stack(count=4, side=SIDE)
    with pytest.raises(CancelledError):
        exhaust(fill_gap(missing(planes, 1, 1), 0, 0, Compute(cancelled=lambda: True)))
