from __future__ import annotations

import numpy as np
import pytest

from napari_greyfill.inpaint.neighbours.base import NeighbourFill


def test_share_is_what_does_not_come_from_the_plane_itself():
    plane = np.zeros((2, 2), np.float32)
    assert NeighbourFill(plane).share == 0
    assert NeighbourFill(plane, weights=(0.3, 0.1, 0.6)).share == pytest.approx(0.7)
