from itertools import islice

import numpy as np
import pytest

from napari_greyfill.compute.conjugate_gradients import Operators, conjugate_gradients


@pytest.fixture
def system():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(12, 12))
    return root @ root.T + np.eye(12), rng.normal(size=12)


def operators(matrix):
    diagonal = np.diag(matrix)
    return Operators(lambda v: matrix @ v, lambda v: v / diagonal, lambda a, b: float(a @ b))


def test_as_many_iterations_as_unknowns_solve_a_system(system):
    matrix, right = system
    *_, last = islice(conjugate_gradients(np.zeros(12), right, operators(matrix)), 13)
    np.testing.assert_allclose(last.values, np.linalg.solve(matrix, right), rtol=1e-6)
    np.testing.assert_allclose(last.residual, right - matrix @ last.values, atol=1e-9)


def test_the_start_comes_first_and_nothing_given_is_written_to(system):
    matrix, right = system
    start, residual = np.ones(12), right - matrix.sum(axis=1)
    given = residual.copy()
    first, second = islice(conjugate_gradients(start, residual, operators(matrix)), 2)
    assert first.values is start
    assert (start == 1).all()
    np.testing.assert_array_equal(residual, given)
    assert second.energy != first.energy


def test_a_solved_system_stays_as_it_is(system):
    matrix, _ = system
    solved = np.full(12, 3.0)
    *_, last = islice(conjugate_gradients(solved, np.zeros(12), operators(matrix)), 5)
    np.testing.assert_array_equal(last.values, solved)


def test_systems_side_by_side_step_apart_and_may_wait(system):
    matrix, right = system
    diagonal = np.diag(matrix)
    together = Operators(
        lambda v: v @ matrix,
        lambda v: v / diagonal,
        lambda a, b: (a * b).sum(axis=1, keepdims=True),
    )
    work = conjugate_gradients(np.zeros((2, 12)), np.stack([right, 2 * right]), together)
    next(work)
    moved = work.send(np.array([[True], [False]]))
    alone = islice(conjugate_gradients(np.zeros(12), right, operators(matrix)), 2)
    *_, expected = alone
    np.testing.assert_allclose(moved.values[0], expected.values)
    assert (moved.values[1] == 0).all()
