import csv
import io

import numpy as np
import pytest

from napari_greyfill.pipeline.job import FillParameters
from napari_greyfill.viewer.layers.models import (
    COLUMNS,
    FillRequest,
    PlaneSource,
    RunRow,
    as_python,
    to_csv,
    to_tsv,
)


def row(run=1, **metrics):
    return RunRow(run, "a, b", "biharmonic", "grey-rgb", "", 0.123456, 42, metrics)


def column(key):
    return next(column for column in COLUMNS if column.key == key)


@pytest.mark.parametrize(
    ("metrics", "text"),
    [({}, "–"), ({"psnr": 31.2345}, "31.23"), ({"psnr": np.inf}, "∞"), ({"psnr": np.nan}, "–")],
)
def test_text_of_a_metric(metrics, text):
    assert column("psnr").text(row(**metrics)) == text


def test_csv_reads_back_with_full_precision():
    rows = list(csv.DictReader(io.StringIO(to_csv([row(psnr=30.123456789), row(2)]))))
    assert [r["image"] for r in rows] == ["a, b", "a, b"]
    assert float(rows[0]["psnr"]) == 30.123456789
    assert rows[1]["psnr"] == ""
    assert rows[0]["pixels"] == "42"


def test_tsv_is_what_the_table_shows():
    header, line = to_tsv([row(psnr=30.126)]).splitlines()
    shown = dict(zip(header.split("\t"), line.split("\t"), strict=True))
    assert shown["PSNR"] == "30.13"
    assert shown["Colorizer"] == "–"


def request(**kwargs):
    defaults = {
        "image": PlaneSource(np.zeros((4, 5))),
        "mask": PlaneSource(np.ones((4, 5))),
        "rgb": False,
        "parameters": FillParameters(seed=3, labels=(1, 2)),
        "image_name": "it's",
        "mask_name": "m",
    }
    return FillRequest(**{**defaults, **kwargs})


def test_python_names_only_what_differs_from_the_defaults():
    text = as_python(request())
    compile(text, "console", "exec")
    assert "seed=3" in text
    assert "labels=(1, 2)" in text
    assert "device" not in text
    assert """viewer.layers["it's"]""" in text


def test_python_of_a_plane_of_a_stack():
    text = as_python(request(image=PlaneSource(np.zeros((3, 4, 5)), (2,)), mask_index=(2,)))
    assert """viewer.layers["it's"].data[2],""" in text
    assert "viewer.layers['m'].data[2]," in text
    assert "rgb=False" in text
