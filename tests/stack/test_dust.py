"""Dust that lies still in all frames."""

import numpy as np
import pytest
from scipy import ndimage

from napari_greyfill import EmptyMaskError, GreyfillWarning, fill
from napari_greyfill.stack.tasks import Source
from tests.stacks import blob

FRAMES = 13
HOLE = blob(size=13)


@pytest.fixture(scope="module")
def film():
    """Return frames whose content moves, and the same behind dust that takes 40 % of the light."""
    rng = np.random.default_rng(0)
    volume = ndimage.gaussian_filter(rng.standard_normal((FRAMES, *HOLE.shape)), (0.5, 1, 1))
    truth = np.round(120 + 160 * volume).clip(20, 250).astype(np.uint16)
    inner = ndimage.binary_erosion(HOLE, iterations=3).astype(float)
    soft = 1 - 0.4 * ndimage.gaussian_filter(inner, 1) / ndimage.gaussian_filter(inner, 1).max()
    dimmed = np.where(HOLE, np.round(truth * soft), truth).astype(np.uint16)
    return truth, dimmed


def error(result, truth):
    inside = np.broadcast_to(HOLE, truth.shape)
    return np.sqrt(np.mean((result.image[inside].astype(float) - truth[inside]) ** 2))


@pytest.mark.filterwarnings("ignore:Dust at the same place")
def test_dust_is_corrected_where_light_comes_through(film):
    truth, dimmed = film
    result = fill(dimmed, HOLE, axes="TYX")
    assert set(result.used) == {Source.GAIN.words}
    assert error(result, truth) < 0.5 * error(
        fill(dimmed, HOLE, axes="TYX", context="none"), truth
    )
    (gain,) = result.gains.values()
    assert gain.gain.shape == HOLE.shape and 0.15 < gain.depth < 0.5
    assert (gain.gain[~HOLE] == 1).all()
    assert (result.image[:, ~HOLE] == dimmed[:, ~HOLE]).all()


def test_what_hides_all_is_filled_and_calmed_in_time(film):
    truth, _ = film
    hidden = np.where(HOLE, 200, truth).astype(np.uint16)
    result = fill(hidden, HOLE, axes="TYX")
    assert set(result.used) == {Source.OWN.words} and not result.gains
    assert len(result.planes) == FRAMES and "calmed" in result.planes[0].words
    alone = fill(hidden, HOLE, axes="TYX", context="none")
    inside = np.broadcast_to(HOLE, truth.shape)[1:]
    steps = [
        np.abs(np.diff(r.image.astype(float), axis=0))[inside].mean() for r in (result, alone)
    ]
    assert steps[0] < steps[1]


def test_it_can_be_left_or_filled_as_you_like(film):
    _, dimmed = film
    assert set(fill(dimmed, HOLE, axes="TYX", dust="inpaint").used) == {Source.OWN.words}
    with pytest.raises(EmptyMaskError, match="dust"):
        fill(dimmed, HOLE, axes="TYX", dust="leave")


def test_frames_in_any_pieces_give_the_same(film, monkeypatch):
    truth, _ = film
    hidden = np.where(HOLE, 200, truth).astype(np.uint16)[:6]
    whole = fill(hidden, HOLE, axes="TYX", dust="inpaint").image
    monkeypatch.setattr("napari_greyfill.stack.plan.CHUNK", 3)
    pieces = fill(hidden, HOLE, axes="TYX", dust="inpaint").image
    assert np.abs(whole.astype(int) - pieces).max() <= 3


def test_a_frame_of_nothing_leaves_the_others_filled(film):
    truth, _ = film
    hidden = np.where(HOLE, 200, truth).astype(np.float32)[:6]
    hidden[2] = np.nan
    with pytest.warns(GreyfillWarning, match="plane T 2"):
        result = fill(hidden, HOLE, axes="TYX", dust="inpaint")
    assert [plane.index for plane in result.planes] == [(0,), (1,), (3,), (4,), (5,)]
    assert np.isnan(result.image[2]).all()


@pytest.mark.filterwarnings("ignore:Dust at the same place")
def test_corrected_frames_are_taken_up_again_and_measured_anew_where_they_changed(film):
    _, dimmed = film
    first = fill(dimmed, HOLE, axes="TYX")
    again = fill(dimmed, HOLE, axes="TYX", resume=first)
    assert again.complete and again.notes == first.notes
    np.testing.assert_array_equal(again.image, first.image)
    darker = np.where(HOLE, np.round(dimmed * 0.9), dimmed).astype(dimmed.dtype)
    with pytest.warns(GreyfillWarning, match="has changed around"):
        changed = fill(darker, HOLE, axes="TYX", resume=first)
    np.testing.assert_array_equal(changed.image, fill(darker, HOLE, axes="TYX").image)
