"""Wiring only: the published networks, with made-up weights, through comparison and study.

What they fill is noise; no figure of these runs says anything about the networks.
"""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from napari_greyfill import compare
from napari_greyfill.cli import app
from napari_greyfill.files import write_image
from napari_greyfill.pipeline.names import PIPELINES
from tests import checkpoints


@pytest.fixture
def weights(tmp_path, monkeypatch):
    checkpoints.install(tmp_path / "weights")
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path / "weights"))


def picture(seed):
    return np.random.default_rng(seed).integers(0, 255, (48, 60, 3), dtype=np.uint8)


def test_all_networks_go_through_all_pipelines_of_a_comparison(weights):
    mask = np.zeros((48, 60), dtype=bool)
    mask[20:30, 20:40] = True
    found = compare(
        picture(0), mask, methods=checkpoints.METHODS, pipelines=PIPELINES, colorizers="hybrid"
    )
    ways = [(row.combination.method, row.combination.pipeline) for row in found.rows]
    assert ways == [(method, line) for method in checkpoints.METHODS for line in PIPELINES]
    for row in found.rows:
        assert row.error == ""
        np.testing.assert_array_equal(row.image[~mask], picture(0)[~mask])
        assert row.metrics["hole_psnr"] > 0
    images = [row.image for row in found.rows]
    assert not any(np.array_equal(a, b) for a in images[:3] for b in images[3:])


def test_and_of_a_study(weights, tmp_path):
    folder, out = tmp_path / "pictures", tmp_path / "out"
    folder.mkdir()
    for seed in range(2):
        write_image(folder / f"{seed}.png", picture(seed))
    done = CliRunner().invoke(
        app, ["evaluate", str(folder), "-o", str(out), "--methods", "networks"]
    )
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in (out / "rows.jsonl").read_text().splitlines()]
    ways = {(row["method"], row["pipeline"]) for row in rows if "method" in row}
    assert ways == {(method, line) for method in checkpoints.METHODS for line in PIPELINES}
    report = (out / "report.md").read_text()
    assert all(method in report for method in checkpoints.METHODS)
    _, _, trained = report.partition("## What the networks were trained for")
    _, free_form, faces = trained.split("### ")[:3]
    assert free_form.startswith("Scenes, free-form holes")
    assert all(name in free_form for name in ("edgeconnect-places2", "deepfillv2-pt-places2"))
    assert faces.startswith("Faces")
    assert "It was trained on 256 × 256 pixels; all pictures here" in faces


def test_without_weights_there_are_no_networks_to_evaluate(tmp_path, monkeypatch):
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path / "none"))
    write_image(tmp_path / "0.png", picture(0))
    done = CliRunner().invoke(
        app, ["evaluate", str(tmp_path), "-o", str(tmp_path / "out"), "--methods", "networks"]
    )
    assert done.exit_code != 0
    assert "weights get lama-places2" in " ".join(done.output.split())
    assert not (tmp_path / "out").exists()
