"""Members mixed by weights, with the error of the trials."""

import numpy as np
import pytest

from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.weighing import weighed
from napari_greyfill.inpaint.neighbours.weights import Shadow

HOLE = np.zeros((6, 8), bool)
HOLE[2:4, 2:6] = True
OWN = Slice(np.where(HOLE, np.float32(0), np.float32(0.5)), HOLE)
FILLS = tuple(np.full(HOLE.shape, value, np.float32) for value in (0.2, 0.6))
SHADOW = Shadow(np.array([[0.2, -0.2], [0.1, -0.1]]), 1.0)


def test_the_fill_is_the_weighted_mean_in_the_hole_alone():
    found = weighed(FILLS, np.array([0.25, 0.75]), [SHADOW], OWN, HOLE, used=(-1, 1))
    np.testing.assert_allclose(found.plane[HOLE], 0.5, rtol=1e-6)
    np.testing.assert_array_equal(found.plane[~HOLE], OWN.plane[~HOLE])
    assert found.weights == (0.25, 0.75) and found.used == (-1, 1)
    assert found.expected_error == pytest.approx(0.125)
    assert (found.deviation[HOLE] > 0).all() and (found.deviation[~HOLE] == 0).all()


def test_what_does_not_count_is_not_said_to_be_used():
    found = weighed(FILLS, np.array([1.0, 0.0]), [SHADOW], OWN, HOLE, used=(-1, 1), notes=("So.",))
    assert found.used == () and found.notes == ("So.",)
