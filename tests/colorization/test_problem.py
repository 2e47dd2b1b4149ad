import numpy as np
import pytest

from napari_greyfill.colorization.problem import Problem
from napari_greyfill.colorization.stencil import Guess
from napari_greyfill.image.geometry import Window


@pytest.fixture
def problem():
    hole = np.zeros((24, 30), bool)
    hole[8:16, 9:20] = True
    known = np.full((24, 30, 2), 0.25, np.float32)
    known[hole] = np.nan
    return Problem(known, np.full((24, 30), 0.5, np.float32), hole)


def test_one_colour_around_the_hole_fills_it(problem):
    known = np.nan_to_num(problem.known)
    solved = Problem(known, problem.grey, problem.hole).solved()
    np.testing.assert_allclose(solved, 0.25, atol=1e-6)


def test_without_a_hole_nothing_changes(problem):
    whole = Problem(problem.grey[..., None], problem.grey, np.zeros_like(problem.hole))
    np.testing.assert_array_equal(whole.solved(), whole.known)


def test_a_part_has_the_part_of_everything(problem):
    guess = Guess(np.ones_like(problem.known), problem.grey)
    whole = Problem(problem.known, problem.grey, problem.hole, guess)
    part = whole.cut(Window(4, 20, 6, 20))
    assert part.known.shape == part.guess.values.shape == (16, 14, 2)
    assert part.grey.shape == part.hole.shape == part.guess.weight.shape == (16, 14)
    assert problem.cut(Window(4, 20, 6, 20)).guess is None


def test_half_the_resolution_pulls_as_much_on_an_area(problem):
    weight = np.where(problem.hole, np.float32(0.5), np.float32(0))
    guess = Guess(np.ones((24, 30, 2), np.float32), weight)
    small = Problem(np.nan_to_num(problem.known), problem.grey, problem.hole, guess).halved()
    assert small.hole.shape == (12, 15)
    assert small.guess.weight[5, 6] == pytest.approx(4 * 0.5)
