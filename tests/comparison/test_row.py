import json

import numpy as np
import pytest

from napari_greyfill import fill
from napari_greyfill.comparison import Combination, Row

ROW = Row(
    Combination("telea", "grey-rgb", "hybrid"),
    "a/b.png",
    {"psnr": np.inf, "ssim": np.nan, "mae": 0.5},
    seconds=1.5,
    peak_memory=2_000_000,
    pixels=42,
)


def test_json_holds_what_it_needs_to_come_back():
    again = Row.from_dict(json.loads(json.dumps(ROW.to_dict(), allow_nan=False)))
    assert again.to_dict() == ROW.to_dict()
    assert again.combination == ROW.combination
    assert (again.pixels, again.megabytes) == (42, 2.0)
    assert again.metrics["psnr"] == np.inf
    assert np.isnan(again.metrics["ssim"])


def test_rows_written_before_pixels_were_counted_are_read():
    values = ROW.to_dict()
    del values["pixels"]
    assert Row.from_dict(values).pixels is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("method", 3), ("error", None), ("seconds", "1"), ("pixels", [1]), ("peak_memory", True)],
)
def test_what_is_no_row_is_refused(name, value):
    with pytest.raises(TypeError, match="is no"):
        Row.from_dict({**ROW.to_dict(), name: value})


def test_a_row_of_a_fill_is_shown_without_its_pixels():
    image = np.random.default_rng(0).integers(0, 255, (20, 30), dtype=np.uint8)
    mask = np.zeros(image.shape, bool)
    mask[5:9, 5:12] = True
    result = fill(image, mask, method="biharmonic", reference="image")
    row = Row.of(Combination("biharmonic", "grey"), result, peak_memory=1000)
    assert len(repr(row)) < 500
    assert (row.pixels, row.seconds, row.peak_memory) == (28, result.seconds, 1000)
    assert row.metrics == result.metrics
    assert row.image is result.image
    assert row.provenance is result.provenance


def test_a_failure_names_the_method_once():
    assert Row(ROW.combination, error="a bug").failure == "Telea (fast marching) failed: a bug"
    told = Row(ROW.combination, error="Telea (fast marching) cannot run: it is not here")
    assert told.failure == told.error
    assert ROW.failure == ""
