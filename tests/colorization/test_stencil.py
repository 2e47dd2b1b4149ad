import numpy as np
import pytest
from scipy.sparse.linalg import spsolve

from napari_greyfill.colorization.stencil import FLOOR, SIGMA, Guess, system


def solved(known, grey, hole, guess=None):
    equations = system(known, grey, hole, guess)
    solution = spsolve(equations.matrix, equations.right)
    return solution.reshape(-1, known.shape[-1])


@pytest.fixture
def hole():
    hole = np.zeros((9, 11), bool)
    hole[2:7, 3:8] = True
    return hole


def test_the_system_is_symmetric_and_positive_definite(hole):
    grey = np.random.default_rng(0).random(hole.shape, dtype=np.float32)
    matrix = system(np.zeros((*hole.shape, 2), np.float32), grey, hole).matrix.toarray()
    np.testing.assert_allclose(matrix, matrix.T)
    assert np.linalg.eigvalsh(matrix).min() > 0


def test_one_colour_around_is_one_colour_inside(hole):
    grey = np.random.default_rng(1).random(hole.shape, dtype=np.float32)
    known = np.broadcast_to(np.float32([0.2, -0.1]), (*hole.shape, 2))
    np.testing.assert_allclose(solved(known, grey, hole), known[hole], atol=1e-6)


def test_where_grey_is_equal_colour_is_the_mean_of_the_neighbours():
    hole = np.zeros((3, 3), bool)
    hole[1, 1] = True
    known = np.arange(9, dtype=np.float32).reshape(3, 3, 1)
    np.testing.assert_allclose(solved(known, np.zeros((3, 3), np.float32), hole), [[4]])


def test_colour_does_not_cross_an_edge_of_the_grey():
    grey = np.zeros((3, 6), np.float32)
    grey[:, 3:] = 1.0
    hole = np.zeros((3, 6), bool)
    hole[1, 1:5] = True
    known = np.repeat(grey[..., None], 2, axis=-1) * np.float32([1, -1])
    crossed = FLOOR / (np.exp(0) + FLOOR)
    np.testing.assert_allclose(solved(known, grey, hole), known[hole], atol=9 * crossed)
    assert np.exp(-1 / (2 * SIGMA**2)) < FLOOR


def test_a_guess_pulls_as_hard_as_its_weight(hole):
    known = np.zeros((*hole.shape, 2), np.float32)
    values = np.full((*hole.shape, 2), 0.3, np.float32)
    grey = np.zeros(hole.shape, np.float32)
    pulled = [
        solved(known, grey, hole, Guess(values, np.full(hole.shape, weight, np.float32))).mean()
        for weight in (0.0, 1.0, 1e6)
    ]
    assert pulled[0] == 0
    assert 0 < pulled[1] < 0.3
    assert pulled[2] == pytest.approx(0.3, abs=1e-4)
