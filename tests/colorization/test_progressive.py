import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.colorization.guard import Guarded
from napari_greyfill.colorization.hybrid import Hybrid
from napari_greyfill.colorization.progressive import Progressive
from napari_greyfill.colorization.propagation import Propagation
from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import CancelledError
from napari_greyfill.image.colour import chroma, luma, with_luma
from tests.colorization.cases import case, coloured, colours_of, run

pytestmark = pytest.mark.usefixtures("short_schedules")


def sky_above_sand(side=160):
    """Smooth blue above grainy yellow of the same grey; the horizon crosses the hole."""
    random = np.random.default_rng(1)
    rows, columns = np.indices((side, side))
    sky = rows < side / 2 + 0.2 * (columns - side / 2)
    grain = ndimage.gaussian_filter(random.standard_normal((side, side)), 1.0)
    grey = 0.55 + np.where(sky, 0.0, 0.05 * grain / grain.std())
    truth = np.where(sky[..., None], (0.25, -0.15), (-0.2, 0.12))
    picture = with_luma(grey.astype(np.float32), truth.astype(np.float32))
    hole = np.zeros((side, side), dtype=bool)
    hole[side // 3 : -side // 3, side // 3 : -side // 3] = True
    return picture, luma(picture), hole


@pytest.fixture
def all_corrections(monkeypatch):
    """Take every correction, also one that held-out practice speaks against."""
    from napari_greyfill.colorization import correction

    monkeypatch.setattr(correction, "_CLEARLY", 1e9)


@pytest.mark.usefixtures("all_corrections")
def test_the_seed_decides_every_pixel():
    first, again, other = (run(Progressive(Compute(seed=s)), *case(64, 80))[0] for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-5


@pytest.mark.parametrize("seed", [2**40, 2**64])
def test_any_seed_will_do(seed):
    result, _ = run(Progressive(Compute(seed=seed)), *case(40, 40))
    assert np.isfinite(result).all()


@pytest.mark.usefixtures("all_corrections")
@pytest.mark.parametrize("shape", [(70, 66), (130, 101)])
def test_every_image_keeps_the_grey_and_is_in_gamut(shape):
    colour, grey, hole = case(*shape)
    result, levels = run(Progressive(), colour, grey, hole)
    previews = [preview for _, preview in levels if preview is not None]
    assert len(previews) > 3
    for image in [result, *previews]:
        assert image.shape == colour.shape
        assert image.min() >= 0
        assert image.max() <= 1
        assert np.abs(luma(image) - grey).max() < 1e-5


@pytest.mark.usefixtures("all_corrections")
def test_chroma_stays_within_that_of_known_pixels():
    colour, _, hole = case(64, 80)
    grey = np.full(hole.shape, 0.5, np.float32)
    colour = 0.4 + 0.2 * colour
    found = chroma(run(Progressive(), colour, grey, hole)[0])[hole]
    known = chroma(colour)[~hole]
    assert (found >= known.min(axis=0) - 1e-5).all()
    assert (found <= known.max(axis=0) + 1e-5).all()


def test_a_correction_that_practice_speaks_against_changes_nothing(monkeypatch):
    from napari_greyfill.colorization import correction

    monkeypatch.setattr(correction, "_CLEARLY", 0.0)
    colour, grey, hole = case(64, 80)
    expected = colours_of(Hybrid(), colour, grey, hole)
    found = colours_of(Progressive(), colour, grey, hole)
    np.testing.assert_allclose(found.plane, expected.plane, atol=1e-5)
    np.testing.assert_array_equal(found.confidence, expected.confidence)


def test_equal_greys_of_different_colour_are_told_apart_better_than_by_propagation():
    picture, grey, hole = sky_above_sand()
    colour = np.where(hole[..., None], 0, picture).astype(np.float32)
    errors = [
        np.abs(coloured(kind(), colour, grey, hole) - picture)[hole].mean()
        for kind in (Progressive, Propagation)
    ]
    assert errors[0] < 0.9 * errors[1]


def test_learning_takes_a_systematic_error_away(monkeypatch):
    """A guess that is always too blue is put right from what practice shows."""
    monkeypatch.setattr(Progressive, "STEPS", (40,))
    monkeypatch.setattr(Progressive, "COARSEST", 48)
    colour, grey, hole = case(64, 64)
    guess = Progressive._guessed
    first = Progressive._first_guess

    def too_blue(self, truth, grey, hole, piece):
        made = guess(self, truth, grey, hole, piece)
        made.chroma[hole] += (0.1, 0.0)
        made.confidence[hole] = 0.0
        return made

    def blue_first(self, colour, grey, hole, hints):
        found = yield from first(self, colour, grey, hole, hints)
        moved = chroma(found.plane)
        moved[hole] += (0.1, 0.0)
        return replace(found, plane=with_luma(grey, moved))

    monkeypatch.setattr(Progressive, "_guessed", too_blue)
    monkeypatch.setattr(Progressive, "_first_guess", blue_first)
    colour = 0.3 + 0.3 * colour
    grey = luma(0.3 + 0.3 * _whole(64))
    result = run(Progressive(), colour, grey, hole)[0]
    wanted = chroma(0.3 + 0.3 * _whole(64))
    blue = np.abs((chroma(result) - wanted)[hole][:, 0]).mean()
    assert blue < 0.07


def _whole(side):
    y, x = np.indices((side, side), dtype=np.float32)
    shade = 0.5 + 0.4 * np.sin(x / 5) * np.cos(y / 7)
    return np.stack([shade, 0.6 * shade, 1 - shade], axis=-1)


@pytest.mark.parametrize(("shape", "scales"), [((64, 80), 2), ((40, 90), 1), ((200, 220), 2)])
def test_scales_go_from_coarse_to_fine(shape, scales):
    _, levels = run(Progressive(), *case(*shape))
    names = [level.name.split(",")[0] for level, _ in levels if "scale" in level.name]
    assert list(dict.fromkeys(names)) == [f"colour scale {n + 1}/{scales}" for n in range(scales)]
    complete = [level.name for level, preview in levels if level.complete]
    assert complete == [f"colour scale {n + 1}/{scales}" for n in range(scales - 1)]


def test_the_finished_fraction_grows_to_one():
    _, levels = run(Progressive(), *case(64, 80))
    fractions = [level.fraction for level, _ in levels]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("shape", [(1, 7), (7, 1), (2, 2), (17, 33), (66, 71)])
def test_any_size_works(shape):
    colour, grey, hole = case(*shape)
    result, _ = run(Progressive(), colour, grey, hole)
    assert result.shape == colour.shape
    assert np.abs(luma(result) - grey).max() < 1e-5


def test_without_room_for_practice_the_first_guess_stands():
    colour, grey, hole = case(40, 48)
    hole[:] = True
    hole[5, 6] = False
    result, levels = run(Progressive(), colour, grey, hole)
    np.testing.assert_array_equal(result, coloured(Hybrid(), colour, grey, hole))
    assert not any("scale" in level.name for level, _ in levels)


def test_a_window_without_a_hole_keeps_its_colours():
    colour, grey, hole = case(40, 48)
    colour = np.where(hole[..., None], grey[..., None], colour)
    result, _ = run(Progressive(), colour, grey, np.zeros_like(hole))
    np.testing.assert_allclose(result, colour, atol=1e-5)


@pytest.mark.usefixtures("all_corrections")
def test_colours_under_the_hole_do_not_matter():
    colour, grey, hole = case(64, 80)
    first, _ = run(Progressive(), colour, grey, hole)
    colour[hole] = (1, 0, 1)
    np.testing.assert_array_equal(run(Progressive(), colour, grey, hole)[0], first)


def test_a_run_can_be_cancelled_between_steps():
    wanted = []
    work = Progressive(Compute(cancelled=lambda: bool(wanted))).run(*case(64, 80))
    for level in work:
        if "scale" in level.name:
            break
    wanted.append(True)
    with pytest.raises(CancelledError):
        next(work)


def test_gradients_are_followed_as_torch_does():
    import torch

    from napari_greyfill.colorization.correction import Adam

    ours, theirs = (torch.nn.Parameter(torch.linspace(-1, 2, 12)) for _ in range(2))
    adam, reference = Adam([ours]), torch.optim.Adam([theirs])
    for step in range(20):
        rate = 0.1 / (1 + step)
        for values in (ours, theirs):
            (values.sin() * torch.arange(12) + values**2).sum().backward()
        adam.step(rate)
        reference.param_groups[0]["lr"] = rate
        reference.step()
        reference.zero_grad()
    torch.testing.assert_close(ours, theirs)


def test_learning_does_not_import_torchs_compiler():
    code = (
        "import numpy as np, torch\n"
        "from napari_greyfill.colorization.progressive import Progressive\n"
        "from tests.colorization.cases import case, run\n"
        "Progressive.STEPS = (1, 1)\n"
        "assert len(run(Progressive(), *case(64, 80))[1]) > 3\n"
        "import sys; assert 'torch._dynamo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_is_made_by_its_name_and_guarded():
    compute = Compute(seed=9)
    made = COLORIZERS.create("progressive", compute)
    assert isinstance(made, Guarded)
    assert made.compute is compute
    assert COLORIZERS.info("progressive").uses_torch


@pytest.mark.gpu
def test_cuda_learns_too():
    colour, grey, hole = case(64, 80)
    result, levels = run(Progressive(Compute("cuda")), colour, grey, hole)
    assert len(levels) > 3
    assert np.abs(luma(result) - grey).max() < 1e-5
