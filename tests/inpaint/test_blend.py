import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint import blend
from napari_greyfill.inpaint.blend import Blend, simplex_weights
from napari_greyfill.inpaint.diffusion import Biharmonic


@pytest.fixture
def scratch(scratch):
    return scratch.copy()


@given(st.integers(0, 500), st.integers(1, 5))
def test_no_other_weights_are_better(seed, members):
    rng = np.random.default_rng(seed)
    errors = rng.normal(size=(members, 40)) * rng.uniform(0.1, 2, (members, 1))
    errors += rng.uniform(0, 1) * errors[0]
    weights = simplex_weights(errors)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    least = np.mean((weights @ errors) ** 2)
    for other in rng.dirichlet(np.full(members, 0.5), 50):
        assert least <= np.mean((other @ errors) ** 2) * (1 + 1e-5)


def test_errors_that_cancel_get_equal_weights_and_useless_members_none():
    errors = np.array([[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [9.0, 9.0, 9.0]])
    np.testing.assert_allclose(simplex_weights(errors), [0.5, 0.5, 0], atol=1e-3)


def test_without_any_error_there_are_weights_all_the_same():
    weights = simplex_weights(np.zeros((3, 10)))
    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0


def strokes(shape, seed=0):
    hole = np.zeros(shape, dtype=bool)
    rng = np.random.default_rng(seed)
    for y, x in zip(*(rng.integers(0, side - 12, 9) for side in shape), strict=True):
        hole[y : y + 7, x : x + 30] = True
    return hole


def rmse(filled, truth, hole):
    return float(np.sqrt(np.mean((filled - truth)[hole] ** 2)))


@pytest.mark.parametrize("name", ["brick", "coffee"])
def test_better_than_biharmonic_and_the_error_is_about_as_expected(name):
    picture = getattr(data, name)()[100:228, 100:228].astype(np.float32) / 255
    grey = picture if picture.ndim == 2 else picture @ np.float32([0.299, 0.587, 0.114])
    hole = strokes(grey.shape)
    plane = np.where(hole, np.float32(0), grey)
    fill = exhaust(Blend().run(plane, hole))
    error = rmse(fill.plane, grey, hole)
    assert error < rmse(Biharmonic().fill(plane, hole), grey, hole)
    assert 0.4 < fill.expected_error / error < 2.5


def test_the_member_that_is_right_here_counts_most(monkeypatch, astronaut):
    truth = astronaut[..., 0].astype(np.float32) / 255
    hole = strokes(truth.shape)

    def fills(plane, missing, compute):
        yield 0.5
        wrong = [np.where(missing, np.float32(v), plane) for v in (0.0, 0.2, 1.0)]
        return [wrong[0], truth[: plane.shape[0], : plane.shape[1]], *wrong[1:]]

    monkeypatch.setattr(blend, "member_fills", fills)
    monkeypatch.setattr(Blend, "TRUST", 1.0)
    fill = exhaust(Blend().run(np.where(hole, np.float32(0), truth), hole))
    assert rmse(fill.plane, truth, hole) < 0.02
    assert fill.expected_error < 0.02


def test_the_error_to_expect_follows_the_contrast_around_the_hole():
    """A hole in the smooth half, whose shadow falls on the rough half."""
    rng = np.random.default_rng(0)
    truth = rng.normal(0.5, 0.1, (96, 192)).astype(np.float32)
    truth[:, :96] = 0.5 + 0.05 * (truth[:, :96] - 0.5)
    hole = np.zeros(truth.shape, dtype=bool)
    hole[20:76, 20:76] = True
    fill = exhaust(Blend().run(np.where(hole, np.float32(0), truth), hole))
    error = rmse(fill.plane, truth, hole)
    assert 0.4 < fill.expected_error / error < 2.5


def test_without_room_for_a_shadow_no_error_is_expected():
    hole = np.ones((30, 30), dtype=bool)
    hole[::10, ::10] = False
    plane = np.where(hole, np.float32(0), np.float32(0.5))
    fill = exhaust(Blend().run(plane, hole))
    np.testing.assert_allclose(fill.plane, 0.5, atol=1e-5)
    assert fill.expected_error is None


def test_where_nothing_is_missing_no_error_is_expected(astronaut, scratch):
    plane = astronaut[..., 0].astype(np.float32) / 255
    fill = exhaust(Blend().run(plane, np.zeros_like(scratch)))
    np.testing.assert_array_equal(fill.plane, plane)
    assert fill.expected_error is None


def test_the_error_to_expect_is_of_what_is_wanted_alone():
    """Half of the hole is in the rough half of the picture, and nobody wants that one filled."""
    rng = np.random.default_rng(0)
    truth = rng.normal(0.5, 0.1, (96, 192)).astype(np.float32)
    truth[:, :96] = 0.5 + 0.05 * (truth[:, :96] - 0.5)
    hole = np.zeros(truth.shape, dtype=bool)
    hole[40:50, 40:60] = hole[40:50, 140:160] = True
    unknown = hole.copy()
    unknown[:, :96] = False
    plane = np.where(hole, np.float32(0), truth)
    of_all, of_the_smooth = (exhaust(Blend().run(plane, hole, no)) for no in (None, unknown))
    assert of_the_smooth.expected_error < 0.2 * of_all.expected_error


def test_colours_share_their_weights_and_keep_grey_grey(astronaut, scratch):
    grey = astronaut[..., 0].astype(np.float32) / 255
    filled = Blend().fill(np.repeat(grey[..., None], 3, axis=-1), scratch)
    np.testing.assert_allclose(filled, np.repeat(filled[..., :1], 3, axis=-1), atol=2e-3)
    # luma of three equal planes differs by rounding, which must not show: a quarter of a level
    np.testing.assert_allclose(filled[..., 0], Blend().fill(grey, scratch), atol=0.25 / 255)


def test_the_fixed_weights_are_weights():
    assert sum(Blend.PRIOR) == pytest.approx(1)
    assert min(Blend.PRIOR) >= 0
