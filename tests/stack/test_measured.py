"""Filled stacks against the truth."""

import numpy as np
import pytest

from napari_greyfill import fill
from napari_greyfill.errors import ShapeMismatchError
from tests.stacks import moving, one_plane

CHOICES = {"axes": "ZYX", "method": "biharmonic", "context": "none"}


def test_each_plane_is_measured_and_in_a_table():
    stack, mask = moving(), one_plane() | one_plane(plane=5)
    broken = np.where(mask, 0, stack).astype(np.uint8)
    result = fill(broken, mask, reference=stack, **CHOICES)
    table = result.to_dataframe()
    assert list(table["Z"]) == [3, 5] and list(table["pixels"]) == [81, 81]
    assert (table["hole_psnr"] > 15).all()
    assert np.isclose(result.metrics["hole_psnr"], table["hole_psnr"].mean())
    assert result.planes[0].metrics["mae"] == table["mae"][0]
    itself = fill(stack, mask, reference="image", **CHOICES)
    assert itself.metrics == result.metrics
    assert "mae" not in fill(stack, mask, **CHOICES).to_dataframe()


def test_a_reference_of_another_shape_is_refused():
    with pytest.raises(ShapeMismatchError, match="own shape"):
        fill(moving(), one_plane(), reference=moving(6), **CHOICES)
