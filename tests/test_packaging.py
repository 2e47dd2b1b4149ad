"""What package indexes, the napari hub and conda read about the package."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import pytest
from npe2 import PluginManifest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def names(requirements):
    return {Requirement(each).name for each in requirements}


@pytest.fixture(scope="module")
def manifest():
    return PluginManifest.from_distribution("napari-greyfill")


def test_the_hub_finds_it_and_says_what_it_is():
    assert "Framework :: napari" in PROJECT["classifiers"]
    assert 20 < len(PROJECT["description"]) < 200
    assert {"inpainting", "restoration"} <= set(PROJECT["keywords"])
    assert PROJECT["license"] == "BSD-3-Clause"
    assert PROJECT["authors"]
    assert set(PROJECT["urls"]) >= {
        *("Bug Tracker", "Documentation", "Source Code", "User Support")
    }
    assert all(url.startswith("https://") for url in PROJECT["urls"].values())


def test_the_readme_has_pictures_that_show_outside_the_repository():
    readme = (ROOT / PROJECT["readme"]).read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme)
    assert len(pictures) >= 2
    start = f"{PROJECT['urls']['Source Code']}/raw/main/"
    for picture in pictures:
        assert picture.startswith(start)
        assert (ROOT / picture.removeprefix(start)).is_file()


def test_the_classifiers_are_the_pythons_that_are_tried():
    shown = {
        each.removeprefix("Programming Language :: Python :: ")
        for each in PROJECT["classifiers"]
        if re.search(r":: 3\.\d+$", each)
    }
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    assert shown == set(re.findall(r'"(3\.\d+)"', workflow))
    assert min(shown, key=lambda each: int(each[2:])) == PROJECT["requires-python"][2:]


def test_nobody_is_given_a_qt_or_a_torch_they_did_not_ask_for():
    wanted = names(PROJECT["dependencies"])
    assert "napari" in wanted
    assert not wanted & {"torch", "torchvision", "PyQt5", "PyQt6", "PySide2", "PySide6"}
    assert not any(Requirement(each).extras for each in PROJECT["dependencies"])
    extras = PROJECT["optional-dependencies"]
    assert names(extras["networks"]) == {"torch"}
    assert set(extras["networks"]) <= set(extras["all"])


def test_every_dependency_has_a_floor_and_no_ceiling():
    for each in PROJECT["dependencies"]:
        assert re.fullmatch(r"[\w.-]+>=[\d.]+", each), each


def test_the_icon_is_there_and_drawn(manifest):
    package, _, name = manifest.icon.partition(":")
    drawing = ElementTree.fromstring(files(package).joinpath(name).read_text(encoding="utf-8"))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(drawing.findall("{http://www.w3.org/2000/svg}path")) > 3


def test_the_icon_can_be_told_at_the_size_of_a_menu(manifest, qapp):
    from qtpy.QtGui import QIcon

    package, _, name = manifest.icon.partition(":")
    icon = QIcon(str(files(package).joinpath(name)))
    small = icon.pixmap(32, 32).toImage()
    assert (small.width(), small.height()) == (32, 32)
    assert small.pixelColor(0, 0).alpha() == 0  # round corners
    seen = {small.pixelColor(x, y).name() for x in range(32) for y in range(32)}
    assert len(seen) > 20


def test_categories_and_samples_say_what_it_does(manifest):
    assert {"Image Processing", "Annotation", "Measurement"} <= {*map(str, manifest.categories)}
    samples = manifest.contributions.sample_data
    assert {each.key for each in samples} >= {"photo", "histology", "cells", "film"}
    assert any("stack" in each.display_name for each in samples)
    assert str(manifest.visibility) == "public"


def test_docks_open_as_tabs_where_napari_asks_the_manifest(manifest):
    first, *others = manifest.contributions.widgets
    assert (first.display_name, first.default_dock_area) == ("Fill", "right")
    assert all(each.tabify for each in others)
    assert not first.tabify  # it would hide a dock of somebody else's


def test_all_that_is_no_python_comes_with_the_wheel():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = pyproject["tool"]["setuptools"]["package-data"]["napari_greyfill"]
    source = ROOT / "src" / "napari_greyfill"
    packed = {file for pattern in patterns for file in source.glob(pattern)}
    there = {
        file
        for file in source.rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc") and file.name[0] != "."
    }
    assert there == packed
    assert {"napari.yaml", "py.typed", "icon.svg"} <= {file.name for file in there}
    assert any(file.suffix == ".safetensors" for file in there)
