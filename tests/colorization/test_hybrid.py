"""Examples and hybrid: their colours, their confidence, what hints do to them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from napari_greyfill.colorization import COLORIZERS, examples
from napari_greyfill.colorization.hybrid import Examples, Hybrid
from napari_greyfill.colorization.propagation import Propagation
from napari_greyfill.colorization.solver import Solver
from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import CancelledError
from napari_greyfill.image.colour import chroma, luma, with_luma
from tests.colorization.cases import (
    assert_chroma_as_known,
    cases,
    coloured,
    colours_of,
    emptied,
    square,
)

KINDS = [Examples, Hybrid]
ORANGE = (0.95, 0.55, 0.1)


class Tiled(Hybrid):
    """Solves in tiles whatever the size."""

    SOLVER = Solver(exact=400, tile=12, overlap=4)


def stripes(height=96, width=128):
    """Return green and blue stripes that shade into each other."""
    x = np.arange(width, dtype=np.float32)
    wave = 0.2 * np.sin(x / 9)
    row = np.stack([0.35 + wave, 0.5 + wave, np.full_like(x, 0.45)], axis=-1)
    noise = np.random.default_rng(0).normal(0, 0.01, (height, width, 1))
    return np.clip(row + noise, 0, 1).astype(np.float32)


def with_disc(picture, colour, radius=16):
    """Return the picture with a disc in the middle, and the disc."""
    y, x = np.indices(picture.shape[:2])
    disc = (y - picture.shape[0] / 2) ** 2 + (x - picture.shape[1] / 2) ** 2 < radius**2
    return np.where(disc[..., None], np.float32(colour), picture), disc


def error(result, truth, hole):
    return np.abs(chroma(result) - chroma(truth))[hole].mean()


@given(cases(), st.sampled_from([Examples, Hybrid, Tiled]))
def test_the_grey_is_kept_and_colours_are_in_gamut(case, kind):
    colour, grey, hole = case
    found = colours_of(kind(), colour, grey, hole)
    result = found.plane
    assert result.shape == colour.shape
    assert result.dtype == np.float32
    assert result.min() >= 0
    assert result.max() <= 1
    assert np.abs(luma(result) - grey).max() < 1e-5
    sure = found.confidence
    assert sure.shape == grey.shape
    assert sure.dtype == np.float32
    assert ((sure >= 0) & (sure <= 1)).all()
    assert (sure[~hole] == 1).all()


@given(cases())
def test_the_chroma_stays_between_those_of_known_pixels(case):
    colour, _, hole = case
    assert_chroma_as_known(Hybrid(), colour, hole)


def test_objects_that_the_hole_hides_whole_get_the_colour_of_others_like_them():
    y, x = np.indices((128, 128)) % 16 - 8
    dots = (y**2 + x**2 < 30)[..., None]
    picture = np.where(dots, np.float32((0.9, 0.5, 0.4)), np.float32((0.1, 0.2, 0.4)))
    hole = square(picture.shape, 56)
    case = emptied(picture * 255, hole)
    inside = hole & dots[..., 0]
    errors = {}
    for kind in (Hybrid, Propagation):
        errors[kind] = error(coloured(kind(), *case), picture, inside)
    assert errors[Hybrid] < 0.03
    assert errors[Propagation] > 4 * errors[Hybrid]


def test_two_areas_of_equal_grey_keep_their_colours():
    green, violet = np.float32((0.2, 0.5, 0.3)), np.float32((0.6, 0.21, 0.75))
    violet *= luma(green) / luma(violet)
    picture = np.empty((90, 120, 3), np.float32)
    picture[:45], picture[45:] = green, violet
    picture[44:46] = 0.1  # a dark line between them
    hole = np.zeros((90, 120), dtype=bool)
    hole[20:70, 40:80] = True
    result = coloured(Hybrid(), *emptied(picture * 255, hole))
    assert error(result, picture, hole) < 0.02


@pytest.mark.parametrize("kind", KINDS)
def test_a_photograph_gets_much_of_its_colour_back(kind, astronaut, scratch):
    colour, grey, hole = emptied(astronaut, scratch)
    truth = astronaut.astype(np.float32) / 255
    result = coloured(kind(), colour, grey, hole)
    without = np.repeat(grey[..., None], 3, axis=-1)
    assert np.abs(result - truth)[hole].mean() < 0.35 * np.abs(without - truth)[hole].mean()


@pytest.mark.parametrize("axis", [0, 1])
def test_a_mirrored_picture_gets_the_mirrored_colours(axis, tissue, scratch):
    case = emptied(tissue, scratch)
    mirrored = [np.ascontiguousarray(np.flip(array, axis)) for array in case]
    difference = np.abs(np.flip(coloured(Hybrid(), *mirrored), axis) - coloured(Hybrid(), *case))
    assert difference[scratch].mean() < 1e-3  # nearest references are found approximately
    assert difference.max() < 0.05


def test_tiles_come_near_the_exact_solution(tissue):
    hole = square(tissue.shape, 70)
    case = emptied(tissue, hole)
    assert hole.sum() > 4 * Tiled.SOLVER.exact  # so that there are coarser levels
    difference = np.abs(coloured(Hybrid(), *case) - coloured(Tiled(), *case))
    assert difference[hole].mean() < 2e-3


def test_a_few_sure_places_amid_unsure_ones_are_not_believed():
    asked = np.zeros((60, 80), np.float32)
    asked[10:50, 10:70] = 1
    unsure = 0.09 * asked
    unsure[30:32, 38:40] = 1e-4
    doubted = examples._with_neighbours(unsure, asked)
    assert doubted[30:32, 38:40].min() > 0.02
    np.testing.assert_allclose(doubted[40, 20], 0.09, rtol=0.01)
    assert (doubted[asked == 0] == 0).all()
    edge = np.where(asked > 0, np.float32(1e-4), 0)
    edge[:, 40:43] = unsure[:, 40:43]
    assert examples._with_neighbours(edge, asked)[20, 36] < 0.001
    alike = np.where(asked > 0, np.float32(0.01), 0)  # the rim of the hole makes no difference
    np.testing.assert_allclose(examples._with_neighbours(alike, asked), alike, rtol=1e-4)


def test_a_sleeve_keeps_its_colour_beside_a_wall_of_the_same_grey():
    picture = data.astronaut()[::2, ::2]
    hole = square(picture.shape, 96)
    case = emptied(picture, hole)
    sleeve = np.zeros_like(hole)
    sleeve[140:170, 150:170] = True
    truth = picture.astype(np.float32) / 255
    ours, flowed = (coloured(kind(), *case) for kind in (Hybrid, Propagation))
    assert error(ours, truth, sleeve) < 4 * error(flowed, truth, sleeve)


def test_the_seed_decides_which_references_are_drawn(monkeypatch, tissue, scratch):
    monkeypatch.setattr(examples, "REFERENCES", 500)
    case = emptied(tissue, scratch)
    first, again, other = (coloured(Hybrid(Compute(seed=s)), *case) for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-4


def test_the_colours_under_the_hole_do_not_matter(tissue, scratch):
    colour, grey, hole = emptied(tissue, scratch)
    first = coloured(Hybrid(), colour, grey, hole)
    colour[hole] = (1, 0, 1)
    np.testing.assert_array_equal(coloured(Hybrid(), colour, grey, hole), first)


def test_colourless_surroundings_stay_colourless():
    grey = np.random.default_rng(0).random((30, 40), dtype=np.float32)
    hole = square(grey.shape, 20)
    result = coloured(Hybrid(), np.repeat(grey[..., None], 3, axis=-1), grey, hole)
    np.testing.assert_allclose(result, np.repeat(grey[..., None], 3, axis=-1), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_one_missing_pixel_gets_the_colour_around_it(kind):
    picture = np.full((64, 64, 3), (0.2, 0.5, 0.3), dtype=np.float32)
    hole = np.zeros((64, 64), dtype=bool)
    hole[31, 33] = True
    assert error(coloured(kind(), *emptied(picture * 255, hole)), picture, hole) < 1e-4


@pytest.mark.parametrize("known", [1, 3])
def test_a_few_known_pixels_are_enough(known, tissue):
    hole = np.ones(tissue.shape[:2], dtype=bool)
    hole[50, 60 : 60 + known] = False
    colour, grey, _ = emptied(tissue, hole)
    result = coloured(Hybrid(), colour, grey, hole)
    found, given_ = chroma(result), chroma(colour)[~hole]
    allowed = np.abs(given_).max(axis=0) + 1e-4
    assert (np.abs(found[hole]) <= allowed).all()
    assert np.abs(luma(result) - grey).max() < 1e-5


def test_a_window_without_a_hole_keeps_its_colours(tissue):
    colour = tissue.astype(np.float32) / 255
    hole = np.zeros(colour.shape[:2], dtype=bool)
    found = colours_of(Hybrid(), colour, luma(colour), hole)
    np.testing.assert_allclose(found.plane, colour, atol=1e-5)
    assert (found.confidence == 1).all()


def test_an_imperfect_grey_costs_little(astronaut):
    hole = square(astronaut.shape, 48)
    colour, grey, _ = emptied(astronaut, hole)
    truth = astronaut.astype(np.float32) / 255
    exact = error(coloured(Hybrid(), colour, grey, hole), truth, hole)
    noise = np.random.default_rng(0).normal(0.02, 0.02, grey.shape).astype(np.float32)
    rough = np.where(hole, np.clip(grey + noise, 0, 1), grey)
    assert error(coloured(Hybrid(), colour, rough, hole), truth, hole) < 1.5 * exact


@pytest.mark.parametrize("kind", KINDS)
def test_a_colour_that_stands_nowhere_else_is_said_to_be_a_guess(kind):
    picture, disc = with_disc(stripes(), (0.99, 0.85, 0.3))
    hole = square(picture.shape, 56)
    sure = colours_of(kind(), *emptied(picture * 255, hole)).confidence
    assert sure[disc].mean() < 0.4
    assert sure[disc].mean() < sure[hole & ~disc].mean() - 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_continuation_is_said_to_be_sure(kind):
    picture = stripes()
    hole = np.zeros(picture.shape[:2], dtype=bool)
    hole[40:46, 20:110] = True
    found = colours_of(kind(), *emptied(picture * 255, hole))
    assert error(found.plane, picture, hole) < 0.02
    assert found.confidence[hole].mean() > 0.75


def test_errors_are_larger_where_confidence_is_lower(tissue):
    hole = square(tissue.shape, 64)
    truth = tissue.astype(np.float32) / 255
    found = colours_of(Hybrid(), *emptied(tissue, hole))
    wrong = np.abs(chroma(found.plane) - chroma(truth)).sum(axis=-1)[hole]
    sure = found.confidence[hole]
    low, high = np.quantile(sure, [0.25, 0.75])
    assert wrong[sure <= low].mean() > 1.2 * wrong[sure >= high].mean()


@pytest.mark.parametrize("kind", KINDS)
def test_a_hint_colours_its_object_and_little_else(kind):
    picture, disc = with_disc(stripes(), (0.99, 0.85, 0.3))
    hole = square(picture.shape, 56)
    colour, grey, hole = emptied(picture * 255, hole)
    without = coloured(kind(), colour, grey, hole)
    hint = np.zeros_like(hole)
    hint[46:51, 62:67] = True
    colour[hint] = with_luma(grey[hint], chroma(picture[hint]))
    left = hole & ~hint
    found = colours_of(kind(), colour, grey, left, hint)
    result = found.plane
    assert error(result, picture, disc & left) < 0.3 * error(without, picture, disc & left)
    assert error(result, picture, left & ~disc) < error(without, picture, left & ~disc) + 0.005
    assert found.confidence[disc].mean() > 0.8


def test_hints_count_for_more_than_examples():
    picture, _ = with_disc(stripes(), (0.0, 0.0, 0.0), radius=18)
    picture, disc = with_disc(picture, ORANGE, radius=15)  # in a dark ring, as grey as stripes
    hole = square(picture.shape, 56)
    colour, grey, hole = emptied(picture * 255, hole)
    hint = np.zeros_like(hole)
    hint[46:51, 62:67] = True
    colour[hint] = with_luma(grey[hint], chroma(picture[hint]))
    left = hole & ~hint
    found = [coloured(Hybrid(), colour, grey, left, hints) for hints in (None, hint)]
    errors = [error(result, picture, disc & left) for result in found]
    assert errors[1] < 0.03
    assert errors[0] > 2 * errors[1]


@pytest.mark.parametrize("kind", KINDS)
def test_fractions_grow_and_names_say_what_happens(kind, tissue):
    case = emptied(tissue, square(tissue.shape, 60))
    levels = list(kind().run(*case))
    fractions = [level.fraction for level in levels]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] <= 1
    names = {"looking for examples", "joining examples and surroundings"}
    assert {level.name for level in levels} == names
    tiled = list(Tiled().run(*case))
    assert len(tiled) > len(levels) + 20  # a level for each tile


@pytest.mark.parametrize("asked", [0, 3, 12, 25])
def test_a_run_can_be_cancelled_between_its_parts(asked, tissue):
    calls = iter(range(10_000))
    work = Tiled(Compute(cancelled=lambda: next(calls) >= asked))
    with pytest.raises(CancelledError):
        coloured(work, *emptied(tissue, square(tissue.shape, 60)))
    assert next(calls) == asked + 1


def test_hybrid_is_the_default():
    compute = Compute(seed=9)
    made = COLORIZERS.create("auto", compute)
    assert type(made) is Hybrid
    assert made.compute is compute
    assert type(COLORIZERS.create("examples", compute)) is Examples
    assert not COLORIZERS.info("hybrid").uses_torch
