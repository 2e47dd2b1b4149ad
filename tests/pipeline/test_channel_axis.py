"""Colours along any axis, as in scikit-image."""

import numpy as np
import pytest

from napari_greyfill import (
    BadParameterError,
    UnsupportedImageError,
    colorize,
    compare,
    fill,
    fill_steps,
)
from tests.recording import recorded

OPTIONS = {"method": "biharmonic", "colorizer": "propagation"}


@pytest.mark.parametrize("axis", [0, 1, -1, 2])
def test_a_fill(axis, astronaut, scratch):
    expected = fill(astronaut, scratch, reference="image", **OPTIONS)
    moved = np.moveaxis(astronaut, -1, axis)
    result = fill(moved, scratch, channel_axis=axis, reference=moved, **OPTIONS)
    assert result.image.shape == moved.shape
    np.testing.assert_array_equal(np.moveaxis(result.image, axis, -1), expected.image)
    assert result.metrics == expected.metrics
    stepped, _ = recorded(fill_steps(moved, scratch, channel_axis=axis, **OPTIONS))
    np.testing.assert_array_equal(stepped.image, result.image)


def test_a_comparison_and_colours(astronaut, scratch):
    moved = np.moveaxis(astronaut, -1, 0)
    whole = fill(astronaut, scratch, **OPTIONS)
    choices = {"methods": "biharmonic", "colorizers": "propagation", "pipelines": "grey-rgb"}
    (row,) = compare(moved, scratch, channel_axis=0, **choices).rows
    np.testing.assert_array_equal(row.image, np.moveaxis(whole.image, -1, 0))
    assert row.metrics["hole_psnr"] > 10
    coloured = colorize(moved, whole.grey, scratch, channel_axis=0, method="propagation")
    assert coloured.shape == moved.shape
    np.testing.assert_array_equal(coloured[:, ~scratch], moved[:, ~scratch])


def test_an_axis_that_holds_no_colours(astronaut, scratch):
    with pytest.raises(UnsupportedImageError, match="no colours"):
        fill(astronaut, scratch, channel_axis=1)
    with pytest.raises(BadParameterError, match="contradict"):
        fill(astronaut, scratch, channel_axis=-1, rgb=False)
