import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_greyfill.colorization import base
from napari_greyfill.colorization.propagation import Propagation
from napari_greyfill.colorization.solver import Solver
from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import CancelledError
from napari_greyfill.image.colour import luma
from tests.colorization.cases import assert_chroma_as_known, cases, coloured, emptied


class Tiled(Propagation):
    """Solves in tiles whatever the size."""

    SOLVER = Solver(exact=400, tile=12, overlap=4)


@given(cases(), st.sampled_from([Propagation, Tiled]))
def test_the_grey_is_kept_and_colours_are_in_gamut(case, kind):
    colour, grey, hole = case
    result = coloured(kind(), colour, grey, hole)
    assert result.shape == colour.shape
    assert result.dtype == np.float32
    assert result.min() >= 0
    assert result.max() <= 1
    assert np.abs(luma(result) - grey).max() < 1e-5


@given(cases())
def test_the_chroma_stays_between_those_of_known_pixels(case):
    colour, _, hole = case
    assert_chroma_as_known(Propagation(), colour, hole)


@pytest.mark.parametrize("kind", [Propagation, Tiled])
def test_regions_of_one_colour_get_their_colour_back(kind):
    picture = np.empty((50, 60, 3), dtype=np.float32)
    picture[:, :30] = (0.7, 0.3, 0.2)
    picture[:, 30:] = (0.1, 0.3, 0.6)
    hole = np.zeros((50, 60), dtype=bool)
    hole[15:35, 15:45] = True
    grey = luma(picture)
    assert abs(grey[0, 0] - grey[0, -1]) > 0.1
    result = coloured(kind(), np.where(hole[..., None], 0, picture), grey, hole)
    assert np.abs(result - picture).max() < 0.02


def test_colour_stops_at_the_edge_of_the_grey_rather_than_halfway():
    picture = np.full((40, 60, 3), (0.7, 0.3, 0.2), dtype=np.float32)
    picture[:, 20:] = (0.1, 0.3, 0.6)
    hole = np.zeros((40, 60), dtype=bool)
    hole[10:30, 15:45] = True
    result = coloured(Propagation(), np.where(hole[..., None], 0, picture), luma(picture), hole)
    assert np.abs(result - picture)[hole].mean() < 0.01


def test_a_photograph_gets_much_of_its_colour_back(astronaut, scratch):
    colour, grey, hole = emptied(astronaut, scratch)
    truth = astronaut.astype(np.float32) / 255
    result = coloured(Propagation(), colour, grey, hole)
    without = np.repeat(grey[..., None], 3, axis=-1)
    assert np.abs(result - truth)[hole].mean() < 0.35 * np.abs(without - truth)[hole].mean()


def test_tiles_come_near_the_exact_solution(astronaut):
    hole = np.zeros(astronaut.shape[:2], dtype=bool)
    hole[10:80, 15:105] = True
    assert hole.sum() > 4**2 * Tiled.SOLVER.exact / 2  # so that there are coarser levels
    case = emptied(astronaut, hole)
    exact, tiled = (coloured(kind(), *case) for kind in (Propagation, Tiled))
    assert np.abs(exact - tiled)[hole].mean() < 0.01


@pytest.mark.parametrize(("kind", "tolerance"), [(Propagation, 1e-5), (Tiled, 0.06)])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_mirrored_picture_gets_the_mirrored_colours(kind, tolerance, axis, tissue, scratch):
    case = emptied(tissue, scratch)
    mirrored = [np.ascontiguousarray(np.flip(array, axis)) for array in case]
    straight = coloured(kind(), *case)
    assert np.abs(np.flip(coloured(kind(), *mirrored), axis) - straight).max() < tolerance


@pytest.mark.parametrize("kind", [Propagation, Tiled])
def test_the_same_input_gives_the_same_pixels(kind, tissue, scratch):
    case = emptied(tissue, scratch)
    np.testing.assert_array_equal(coloured(kind(), *case), coloured(kind(), *case))


def test_the_colours_under_the_hole_do_not_matter(tissue, scratch):
    colour, grey, hole = emptied(tissue, scratch)
    first = coloured(Propagation(), colour, grey, hole)
    colour[hole] = (1, 0, 1)
    np.testing.assert_array_equal(coloured(Propagation(), colour, grey, hole), first)


def test_a_window_without_a_hole_keeps_its_colours(tissue):
    colour = tissue.astype(np.float32) / 255
    hole = np.zeros(colour.shape[:2], dtype=bool)
    result = coloured(Propagation(), colour, luma(colour), hole)
    np.testing.assert_allclose(result, colour, atol=1e-5)


def test_colourless_surroundings_stay_colourless():
    grey = np.random.default_rng(0).random((30, 40), dtype=np.float32)
    hole = np.zeros(grey.shape, dtype=bool)
    hole[5:25, 5:35] = True
    for kind in (Propagation, Tiled):
        result = coloured(kind(), np.repeat(grey[..., None], 3, axis=-1), grey, hole)
        np.testing.assert_allclose(result, np.repeat(grey[..., None], 3, axis=-1), atol=1e-5)


def test_large_results_are_put_together_in_bands(monkeypatch, tissue, scratch):
    case = emptied(tissue, scratch)
    whole = coloured(Propagation(), *case)
    monkeypatch.setattr(base, "_BAND", 150)
    asked = []
    banded = coloured(Propagation(Compute(cancelled=lambda: bool(asked.append(1)))), *case)
    np.testing.assert_array_equal(banded, whole)
    assert len(asked) > 15  # for each two rows of 72 pixels, and some before


@pytest.mark.parametrize("asked", [1, 4, 12])
def test_solving_can_be_cancelled_between_tiles(asked, tissue, scratch):
    calls = iter(range(10_000))
    compute = Compute(cancelled=lambda: next(calls) >= asked)
    with pytest.raises(CancelledError):
        coloured(Tiled(compute), *emptied(tissue, scratch))
    assert next(calls) == asked + 1
