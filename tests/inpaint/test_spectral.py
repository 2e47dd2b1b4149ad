import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.image.geometry import Window
from napari_greyfill.inpaint.diffusion import Biharmonic
from napari_greyfill.inpaint.selective import FrequencySelective
from napari_greyfill.inpaint.spectral import Spectral, inpainter
from napari_greyfill.inpaint.spectral.solve import (
    NOISE,
    PULL,
    PULLED,
    SEAM,
    System,
    conditional_mean,
)
from napari_greyfill.inpaint.spectral.spectrum import GENTLEST, OWN, SIDE, Spectra, Spectrum


def estimate(plane, hole):
    return Spectra(plane, hole).whole


def field(shape, slope, seed=0):
    """Return periodic noise whose power falls as frequency to the power of `slope`."""
    rows, columns = np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1])
    radius = np.hypot(rows[:, None], columns)
    radius[0, 0] = np.inf
    white = np.fft.rfft2(np.random.default_rng(seed).normal(size=shape))
    return np.fft.irfft2(white * radius ** (slope / 2), s=shape)


@pytest.mark.parametrize("slope", [-2.5, -3.0, -4.0])
def test_the_power_law_is_found(slope):
    plane = field((256, 256), slope).astype(np.float32)
    found = estimate(plane, np.zeros(plane.shape, bool))
    assert found.slope == pytest.approx(slope, abs=0.35)


def test_white_noise_is_flat_above_the_lowest_frequencies():
    plane = np.random.default_rng(1).normal(size=(320, 320)).astype(np.float32)
    spectrum = estimate(plane, np.zeros(plane.shape, bool))
    high = spectrum.on_grid((128, 128))[20:40, 20:40]
    assert high.mean() == pytest.approx(1.0, rel=0.2)
    assert high.std() < 0.4


def test_windows_full_of_hole_hardly_count():
    plane = field((192, 384), -3.0)
    plane = (plane / plane.std()).astype(np.float32)
    hole = np.zeros(plane.shape, bool)
    hole[:, 200:] = True
    spoiled = np.where(hole, np.random.default_rng(0).normal(size=plane.shape), plane)
    whole = estimate(plane[:, :200], hole[:, :200]).on_grid((96, 96))
    weighted = estimate(spoiled.astype(np.float32), hole).on_grid((96, 96))
    plain = estimate(spoiled.astype(np.float32), np.zeros_like(hole)).on_grid((96, 96))
    off = [np.log(found / whole)[10:40, 10:40].mean() for found in (weighted, plain)]
    assert abs(off[0]) < 0.4 * abs(off[1])


def test_every_part_has_its_own_spectrum():
    plane = np.hstack([field((200, 200), -2.4), field((200, 200), -4.0)])
    plane = (plane / plane.std()).astype(np.float32)
    spectra = Spectra(plane, np.zeros(plane.shape, bool))
    rough, smooth = (spectra.near(Window(80, 120, x, x + 40)).slope for x in (60, 300))
    assert rough > spectra.whole.slope > smooth
    assert rough - smooth > 0.5 * OWN * 1.6


def test_a_spectrum_moves_towards_another():
    first = Spectrum(0.0, -3.0, np.zeros((SIDE, SIDE)))
    second = Spectrum(2.0, -2.0, np.ones((SIDE, SIDE)))
    powers = [s.on_grid((80, 96)) for s in (first, first.towards(second, 0.25), second)]
    np.testing.assert_allclose(powers[1], powers[0] ** 0.75 * powers[2] ** 0.25)


def test_the_grid_has_the_measured_power_at_its_own_frequencies():
    detail = np.zeros((SIDE, SIDE))
    detail[5, 7] = detail[-5, -7] = np.log(9.0)
    spectrum = Spectrum(np.log(2.0), -3.0, detail)
    grid = spectrum.on_grid((2 * SIDE, 2 * SIDE))
    law = 2.0 * np.hypot(5 / SIDE, 7 / SIDE) ** -3.0
    assert grid[10, 14] == pytest.approx(9 * law)
    assert grid[20, 14] == pytest.approx(2.0 * np.hypot(10 / SIDE, 7 / SIDE) ** -3.0)


def test_without_the_pull_the_solution_is_the_conditional_mean(monkeypatch):
    monkeypatch.setattr("napari_greyfill.inpaint.spectral.solve.PULL", 0.0)
    rng = np.random.default_rng(2)
    spectrum = Spectrum(0.0, -2.5, np.zeros((SIDE, SIDE)))
    plane = (field((16, 16), -2.5) * 10).astype(np.float32)
    hole = rng.random(plane.shape) < 0.3
    start = np.where(hole, np.float32(0), plane)
    solve = conditional_mean(start, hole, spectrum, Compute(), iterations=400, tolerance=1e-6)
    found = exhaust(solve)
    # the same by the textbook formula, with the covariance between all pairs of pixels
    shape = (16 + SEAM, 16 + SEAM)
    covariance = np.fft.irfft2(spectrum.on_grid(shape), s=shape)
    covariance[0, 0] += NOISE * plane[~hole].var(dtype=np.float64)
    y, x = np.nonzero(np.ones((16, 16)))
    pairs = covariance[(y[:, None] - y) % shape[0], (x[:, None] - x) % shape[1]]
    unknown, known = hole.ravel(), ~hole.ravel()
    mean = plane[~hole].mean()
    weights = np.linalg.solve(pairs[np.ix_(known, known)], plane.ravel()[known] - mean)
    expected = mean + pairs[np.ix_(unknown, known)] @ weights
    np.testing.assert_allclose(found[hole], expected, atol=1e-4 * plane.std())
    np.testing.assert_array_equal(found[~hole], plane[~hole])


def test_the_change_to_the_first_fill_is_pulled_towards_none():
    """By its normal equations, with the filters as matrices."""
    rng = np.random.default_rng(3)
    spectrum = Spectrum(0.0, -2.5, np.zeros((SIDE, SIDE)))
    plane = (field((16, 16), -2.5) * 10).astype(np.float32)
    hole = rng.random(plane.shape) < 0.3
    start = np.where(hole, plane.mean(), plane).astype(np.float32)
    solve = conditional_mean(start, hole, spectrum, Compute(), iterations=400, tolerance=1e-6)
    found = exhaust(solve)
    system = System.of(start, hole, spectrum)
    shape, unknown = system.x.shape, system.unknown.astype(bool).ravel()
    power = spectrum.on_grid(shape) + NOISE * plane[~hole].var(dtype=np.float64)
    power /= np.exp(np.mean(np.log(power)))

    def matrix(response):
        kernel = np.fft.irfft2(response, s=shape)
        y, x = np.indices(shape).reshape(2, -1)
        return kernel[(y[:, None] - y) % shape[0], (x[:, None] - x) % shape[1]]

    precision, pull = matrix(1 / power), matrix(PULL * power**-PULLED)
    wrong = -(precision @ system.x.ravel())[unknown]
    change = np.zeros(unknown.shape)
    change[unknown] = np.linalg.solve((precision + pull)[np.ix_(unknown, unknown)], wrong)
    expected = (start + change.reshape(shape)[:16, :16])[hole]
    np.testing.assert_allclose(found[hole], expected, atol=1e-4 * plane.std())
    assert np.abs(expected - start[hole]).max() > 0.1 * plane.std()


@pytest.fixture
def grey(astronaut):
    return (astronaut @ [0.299, 0.587, 0.114] / 255).astype(np.float32)


def rmse(filled, truth, hole):
    return float(np.sqrt(np.mean((filled - truth)[hole] ** 2)))


def test_better_than_biharmonic_on_a_texture():
    from skimage import data

    grey = data.brick()[:160, :160].astype(np.float32) / 255
    hole = np.zeros(grey.shape, bool)
    for y, x in np.random.default_rng(0).integers(0, 148, (20, 2)):
        hole[y : y + 12, x : x + 12] = True
    plane = np.where(hole, np.float32(0), grey)
    ours, theirs = Spectral().fill(plane, hole), Biharmonic().fill(plane, hole)
    assert rmse(ours, grey, hole) < 0.9 * rmse(theirs, grey, hole)


class Tiled(Spectral):
    TILE = (32, 32)


class Whole(Spectral):
    TILE = (1000, 1000)


def test_tiles_give_nearly_the_same(grey, scratch):
    plane = np.where(scratch, np.float32(0), grey)
    whole, tiled = Whole().fill(plane, scratch), Tiled().fill(plane, scratch)
    assert rmse(tiled, whole, scratch) < 0.4 * rmse(whole, grey, scratch)


def test_different_textures_are_filled_each_in_its_way():
    """A weave beside a smooth area: one spectrum for both would leave threads in the smooth."""
    y, x = np.indices((160, 320))
    rng = np.random.default_rng(0)
    smooth = 0.5 + 0.1 * np.cos(y / 60) + rng.normal(0, 0.02, y.shape)
    weave = 0.2 * np.sin(0.9 * x + 0.4 * y + 2 * np.cos(y / 9)) + rng.normal(0, 0.05, y.shape)
    grey = np.where(x < 160, smooth + weave, smooth).astype(np.float32)
    hole = np.zeros(grey.shape, bool)
    for left in (60, 240):
        hole[60:80, left : left + 20] = True
    plane = np.where(hole, np.float32(0), grey)
    parts, whole = Spectral().fill(plane, hole), Whole().fill(plane, hole)
    plain, clean = hole & (x >= 160), 0.5 + 0.1 * np.cos(y / 60)
    assert rmse(parts, clean, plain) < 0.8 * rmse(whole, clean, plain)


def test_only_tiles_with_hole_are_solved(monkeypatch, grey, scratch):
    solved = []
    exact = inpainter.conditional_mean

    def spy(start, *args, **more):
        solved.append(start.shape)
        return exact(start, *args, **more)

    monkeypatch.setattr(inpainter, "conditional_mean", spy)
    big = np.tile(np.where(scratch, np.float32(0), grey), (4, 4))
    hole = np.zeros(big.shape, bool)
    hole[100:103, 100:180] = True
    Spectral().fill(big, hole)
    side = max(big.shape) // Spectral.TILES + 2 * Spectral.HALO
    assert len(solved) == 2  # the hole lies in two tiles, and in a narrow part of both
    assert all(height <= side / 2 and width <= side for height, width in solved)


def test_known_islands_out_of_reach_of_a_tile_are_no_obstacle():
    hole = np.ones((90, 200), dtype=bool)
    hole[:, :3] = False
    plane = np.where(hole, np.float32(0), np.float32(0.4))
    np.testing.assert_allclose(Tiled().fill(plane, hole), 0.4, atol=1e-4)


@pytest.mark.parametrize("method", [Spectral, FrequencySelective])
def test_tiles_and_blocks_do_not_show_in_a_deep_hole(method):
    """A tile far from everything known would drift away from its neighbours."""
    from skimage import data

    grey = data.brick()[:288, :288].astype(np.float32) / 255
    hole = np.zeros(grey.shape, bool)
    hole[64:224, 64:224] = True
    filled = method().fill(np.where(hole, np.float32(0), grey), hole)
    inside = filled[90:198, 90:198]
    for axis in (0, 1):
        steps = np.abs(np.diff(inside, axis=axis)).mean(axis=1 - axis)
        assert steps.max() < 4 * np.median(steps)


def test_what_is_no_picture_need_not_have_a_steep_spectrum():
    noise = np.random.default_rng(0).normal(size=(128, 128)).astype(np.float32)
    hole = np.zeros(noise.shape, bool)
    assert Spectra(noise, hole).whole.slope == GENTLEST
    assert Spectra(noise, hole, gentlest=0.0).whole.slope > -0.3
    hole[40:60, 40:60] = True
    given = np.where(hole, 0, noise).astype(np.float32)
    gentle, steep = (Spectral(gentlest=slope).fill(given, hole) for slope in (0.0, GENTLEST))
    assert np.abs(gentle[hole]).mean() < np.abs(steep[hole]).mean()  # white noise goes on as 0
