"""The option --interval of the command `fill`."""

import json

import numpy as np
import pytest

from napari_greyfill.files import read_image, write_image
from tests.commandline import run


@pytest.fixture
def folder(tmp_path, monkeypatch, astronaut, scratch):
    """A folder with a grey photograph and a mask of a scratch."""
    write_image(tmp_path / "photo.png", astronaut[..., 1])
    write_image(tmp_path / "mask.png", scratch)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(*arguments, output="out.png"):
    return run("fill", "photo.png", "mask.png", "-o", output, "--method", "spectral", *arguments)


def test_both_ends_are_written_beside_the_output(folder, scratch):
    found = fill("--interval", "0.9")
    assert found.exit_code == 0, found.output
    assert "out-low.png" in found.output
    low, high, filled = (read_image(f"out{end}.png").array for end in ("-low", "-high", ""))
    assert (low <= filled).all()
    assert (filled <= high).all()
    np.testing.assert_array_equal(low[~scratch], high[~scratch])


def test_json_names_them(folder):
    found = json.loads(fill("--interval", "0.5", "--json").stdout)
    assert found["interval"] == ["out-low.png", "out-high.png"]


def test_without_it_there_is_none(folder):
    assert json.loads(fill("--json").stdout)["interval"] is None
    assert not (folder / "out-low.png").exists()


def test_nothing_is_overwritten(folder):
    (folder / "out-low.png").touch()
    found = fill("--interval", "0.9")
    assert found.exit_code == 1
    assert "--force" in found.stderr
    assert not (folder / "out.png").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--interval", "90"], 2, "between 0 and 1"),
        (["--interval", "0.9", "--feather", "2"], 1, "feather"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_nothing_is_written(folder, arguments, code, sentence):
    found = fill(*arguments)
    assert found.exit_code == code
    assert sentence in found.stderr
    assert not (folder / "out.png").exists()
