import json

import numpy as np
import pytest

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


def test_a_row_is_shown_without_its_pixels():
    row = Row(ROW.combination, image=np.zeros((100, 100)), provenance={"seed": 0})
    assert len(repr(row)) < 300
