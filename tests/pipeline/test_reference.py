import numpy as np
import pytest

from napari_greyfill import FillOptions, GreyfillWarning, ShapeMismatchError, fill, metrics
from napari_greyfill.pipeline.picture import read_picture
from napari_greyfill.pipeline.reference import Reference

FAST = {"method": "biharmonic", "colorizer": "propagation"}


def test_a_fill_is_measured_as_metrics_does(astronaut, scratch):
    spoiled = astronaut.copy()
    spoiled[scratch] = 7
    result = fill(spoiled, scratch, reference=astronaut, **FAST)
    assert result.metrics == pytest.approx(metrics(result.image, astronaut, scratch))
    with pytest.warns(GreyfillWarning, match="choose the intact image"):
        itself = fill(spoiled, scratch, reference="image", **FAST)
    assert itself.metrics == pytest.approx(metrics(itself.image, spoiled, scratch))
    assert fill(spoiled, scratch, **FAST).metrics == {}


def test_one_that_does_not_fit_is_found_before_the_fill(astronaut, scratch):
    picture = read_picture(astronaut, scratch, FillOptions())
    assert Reference.of(None, picture, FillOptions()) is None
    with pytest.raises(ShapeMismatchError):
        Reference.of(astronaut[:40], picture, FillOptions())


def test_values_without_a_number_are_left_out(cell, scratch):
    truth = cell.astype(float)
    truth[np.argwhere(scratch)[0][0], np.argwhere(scratch)[0][1]] = -9999
    result = fill(cell.astype(float), scratch, reference=truth, nodata=-9999, method="biharmonic")
    assert result.metrics["hole_psnr"] > 10
