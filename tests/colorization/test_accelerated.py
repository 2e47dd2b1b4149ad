"""The closed forms in torch against numpy and scipy; torch's CPU stands for a CUDA device.

Without the shortcut of the k-d tree both find the same examples, and conjugate gradients stop
within half a level of 255 of the exact solution (see `accelerated.solve`), so colours must
agree within one level. With the shortcut, a few places have other examples that
are nearly as near.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_greyfill.colorization import accelerated, examples
from napari_greyfill.colorization.accelerated import Neighbours, solve
from napari_greyfill.colorization.hybrid import Examples, Hybrid
from napari_greyfill.colorization.problem import Problem
from napari_greyfill.colorization.propagation import Propagation
from napari_greyfill.colorization.stencil import Guess
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError
from napari_greyfill.image.colour import luma
from tests.colorization.cases import cases, coloured, colours_of, emptied, square

LEVEL = 1 / 255
KINDS = [Propagation, Examples, Hybrid]


class Torch(Compute):
    """Computes as on CUDA, on the CPU."""

    in_torch = True


@pytest.fixture
def exact_tree(monkeypatch):
    monkeypatch.setattr(examples, "_INEXACT", 0.0)


@pytest.fixture(params=["astronaut, scratch", "tissue, square"])
def window(request, astronaut, tissue, scratch):
    if request.param == "astronaut, scratch":
        return emptied(astronaut, scratch)
    return emptied(tissue, square(tissue.shape, 40))


def apart(window, kind, compute):
    """Return the differences between both ways in the hole, and those of the confidence."""
    first, second = (colours_of(each, *window) for each in (kind(), kind(compute)))
    colours = np.abs(first.plane - second.plane)
    sure = 0.0
    if first.confidence is not None:
        sure = np.abs(first.confidence - second.confidence).max()
    return colours[window[2]], sure


@pytest.mark.usefixtures("exact_tree")
@pytest.mark.parametrize("kind", KINDS)
def test_the_colours_are_those_of_the_cpu(kind, window):
    difference, sure = apart(window, kind, Torch())
    assert difference.max() < LEVEL
    assert difference.mean() < 0.01 * LEVEL
    assert sure < 1e-3


def test_the_shortcut_of_the_tree_costs_little(window):
    difference, sure = apart(window, Hybrid, Torch())
    assert difference.mean() < 0.1 * LEVEL
    assert sure < 0.1


@pytest.mark.usefixtures("exact_tree")
def test_hints_count_as_much(tissue):
    colour, grey, hole = emptied(tissue, square(tissue.shape, 40))
    hints = np.zeros_like(hole)
    hints[46:50, 58:62] = True
    colour[hints] = (0.2, 0.4, 0.9)
    results = []
    for compute in (Compute(), Torch()):
        given = colour, np.where(hints, luma(colour), grey), hole & ~hints
        results.append(coloured(Hybrid(compute), *given, hints))
    assert np.abs(results[0] - results[1]).max() < LEVEL


@settings(max_examples=15)
@given(cases(), st.sampled_from(KINDS))
def test_the_grey_is_kept_whatever_the_hole(case, kind):
    colour, grey, hole = case
    result = coloured(kind(Torch()), colour, grey, hole)
    assert result.dtype == np.float32
    assert result.min() >= 0
    assert result.max() <= 1
    assert np.abs(luma(result) - grey).max() < 1e-5


@given(cases(), st.booleans())
def test_no_value_is_further_from_the_solution_than_its_bound(case, guessed):
    colour, grey, hole = case
    weight = np.full(hole.shape, 5e-5, np.float32)
    guess = Guess(colour[::-1].copy(), weight) if guessed else None
    problem = Problem(colour, grey, hole, guess)
    found = exhaust(solve(problem, Torch()))
    np.testing.assert_array_equal(found[~hole], colour[~hole])
    assert np.abs(found - problem.solved()).max(initial=0.0) < 0.5 * LEVEL


def test_colourless_surroundings_stay_colourless():
    grey = np.random.default_rng(0).random((30, 40), dtype=np.float32)
    image = np.repeat(grey[..., None], 3, axis=-1)
    result = coloured(Hybrid(Torch()), image, grey, square(grey.shape, 20))
    np.testing.assert_allclose(result, image, atol=1e-5)


@pytest.mark.parametrize("at_a_time", [1, 700, 10**6])
def test_the_nearest_are_those_of_every_distance(at_a_time, monkeypatch):
    monkeypatch.setattr(accelerated, "_DISTANCES", at_a_time)
    random = np.random.default_rng(0)
    references, wanted = (random.normal(0, 5, (n, 10)).astype(np.float32) for n in (300, 40))
    references[0] = wanted[3] + 1e-3
    squares, index = Neighbours(references, "cpu").nearest(wanted, 7)
    every = ((wanted[:, None].astype(float) - references) ** 2).sum(axis=-1)
    np.testing.assert_array_equal(index, np.argsort(every, axis=1)[:, :7])
    np.testing.assert_allclose(squares, np.sort(every, axis=1)[:, :7], rtol=1e-5)


def test_the_same_input_gives_the_same_pixels(window):
    first, second = (coloured(Hybrid(Torch()), *window) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_fractions_grow(window):
    fractions = [level.fraction for level in Hybrid(Torch()).run(*window)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
    assert len(fractions) > 20


@pytest.mark.parametrize("asked", [0, 5, 100])
def test_solving_asks_at_every_iteration_whether_to_stop(asked, window):
    calls = iter(range(10_000))
    compute = Torch(cancelled=lambda: next(calls) >= asked)
    with pytest.raises(CancelledError):
        coloured(Propagation(compute), *window)
    assert next(calls) == asked + 1


def test_looking_for_examples_can_be_cancelled(window, monkeypatch):
    wanted = []
    nearest = Neighbours.nearest

    def looked(self, features, count):
        wanted.append(True)
        return nearest(self, features, count)

    monkeypatch.setattr(Neighbours, "nearest", looked)
    with pytest.raises(CancelledError):
        coloured(Hybrid(Torch(cancelled=lambda: bool(wanted))), *window)
    assert len(wanted) == 1


@pytest.mark.gpu
@pytest.mark.usefixtures("exact_tree")
@pytest.mark.parametrize("kind", KINDS)
def test_cuda_finds_the_colours_of_the_cpu(kind, window):
    difference, sure = apart(window, kind, Compute("cuda"))
    assert difference.max() < LEVEL
    assert sure < 1e-3
