"""What works without PyTorch, and what is said of the rest; in an environment without it too."""

import json
import subprocess
import sys

import numpy as np
import pytest

import napari_greyfill as greyfill
from napari_greyfill.compute.device import choose_device
from napari_greyfill.compute.pytorch import EXTRA, lacking_torch, require_torch
from napari_greyfill.errors import MissingDependencyError
from napari_greyfill.weights.folder import VARIABLE
from napari_greyfill.weights.programs import trusted_program
from napari_greyfill.weights.readers import with_safetensors, with_torch
from tests.commandline import run

COMMAND = f'pip install "{EXTRA}"'

# As if it were not installed.
BLOCKED = """
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = lambda name, *more: None if name == "torch" else find(name, *more)
"""
ENGINE = """
import numpy as np, napari_greyfill as greyfill
image = np.random.default_rng(0).random((40, 50, 3))
mask = greyfill.random_mask((40, 50), share=0.1, seed=1)
for options in ({}, {"method": "texture"}, {"method": "correction"}, {"device": "auto"}):
    assert greyfill.fill(image, mask, **options).image.shape == image.shape
compared = greyfill.compare(image, mask, methods=["blend", "spectral"])
assert not any(row.error for row in compared.rows)
planes = greyfill.fill(np.stack([image[..., 0]] * 3), mask, planes="all")
assert planes.image.shape == (3, 40, 50)
"""
DOCKS = """
import napari
viewer = napari.Viewer(show=False)
for dock in ("Fill", "Heal", "Masks", "Weights", "Compare"):
    viewer.window.add_plugin_dock_widget("napari-greyfill", dock)
viewer.close()
"""


@pytest.fixture
def picture():
    hole = np.zeros((40, 50), dtype=bool)
    hole[10:14, 10:20] = True
    return np.random.default_rng(0).random((40, 50, 3)), hole


def test_it_is_lacking_only_where_it_is_not_installed(without_torch):
    assert COMMAND in lacking_torch()
    with pytest.raises(MissingDependencyError, match=r"^A network needs PyTorch, which is not"):
        require_torch("A network")


@pytest.mark.torch
def test_nothing_is_said_where_it_is_installed():
    assert lacking_torch() == ""
    require_torch("A network")


def test_methods_that_need_it_say_so_and_the_others_are_there(without_torch):
    infos = [*greyfill.methods(), *greyfill.colorizers()]
    assert {info.name for info in infos if info.uses_torch} >= {
        *("progressive", "published", "msnps", "lama-places2")
    }
    for info in infos:
        if info.uses_torch:
            assert not info.available
            assert COMMAND in info.why_not
    here = {info.name for info in infos if info.available}
    assert here >= {"blend", "biharmonic", "spectral", "correction", "texture", "hybrid"}


@pytest.mark.parametrize(
    "options",
    [{"colorizer": "progressive"}, {"method": "msnps"}, {"method": "lama-places2"}],
    ids=lambda options: next(iter(options.values())),
)
def test_a_fill_that_needs_it_is_refused_with_the_command(without_torch, picture, options):
    with pytest.raises(MissingDependencyError) as caught:
        greyfill.fill(*picture, **options)
    assert COMMAND in str(caught.value)


def test_comparing_networks_is_refused_with_the_command(without_torch, picture):
    with pytest.raises(MissingDependencyError) as caught:
        greyfill.compare(*picture, methods="networks")
    assert COMMAND in str(caught.value)


def test_a_device_that_needs_it_is_replaced_by_the_cpu_and_said(without_torch):
    assert choose_device("auto") == ("cpu", "")
    device, sentence = choose_device("cuda")
    assert device == "cpu"
    assert COMMAND in sentence


@pytest.mark.parametrize("read", [with_safetensors, with_torch])
def test_checkpoints_cannot_be_looked_at_without_it(without_torch, read):
    with pytest.raises(MissingDependencyError, match=r"the tensors of net\.pth needs PyTorch"):
        read(b"", "net.pth")
    with pytest.raises(MissingDependencyError, match="needs PyTorch"):
        trusted_program(b"")


def test_the_command_line_says_it_in_a_sentence(without_torch, tmp_path, monkeypatch, picture):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "weights"))
    image, hole = picture
    greyfill_file = tmp_path / "picture.png"
    from skimage.io import imsave

    imsave(greyfill_file, (image * 255).astype(np.uint8))
    imsave(tmp_path / "mask.png", hole.astype(np.uint8) * 255, check_contrast=False)
    asked = ("fill", greyfill_file, tmp_path / "mask.png", "-o", tmp_path / "filled.png")
    done = run(*asked, "--colorizer", "progressive")
    assert done.exit_code == 1
    assert COMMAND in done.stderr
    assert not (tmp_path / "filled.png").exists()
    assert run(*asked).exit_code == 0


def test_weights_are_listed_and_files_of_the_users_own_left_alone(
    without_torch, tmp_path, monkeypatch
):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (tmp_path / "mine.pth").write_bytes(b"\x80\x02}q\x00.")
    done = run("weights", "list", "--json")
    assert done.exit_code == 0
    assert COMMAND in done.stderr
    states = {each["state"] for each in json.loads(done.stdout)["checkpoints"]}
    assert states == {"download", "by hand", "unknown"}


@pytest.mark.parametrize("code", [ENGINE, DOCKS], ids=["engine", "docks"])
def test_an_interpreter_without_it_fills_compares_and_opens_docks(code):
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED + code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
