import subprocess
import sys

import numpy as np
import pytest
from npe2 import PluginManager, PluginManifest

NAME = "napari-greyfill"


def test_npe2_finds_nothing_wrong():
    done = subprocess.run(
        [sys.executable, "-m", "npe2", "validate", NAME, "--imports"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_widget_opens_from_the_manifest(viewer):
    manifest = PluginManifest.from_distribution(NAME)
    titles = [widget.display_name for widget in manifest.contributions.widgets]
    assert titles == ["Fill", "Heal", "Masks", "Weights", "Compare"]
    for title in titles:
        _, widget = viewer.window.add_plugin_dock_widget(NAME, title)
        assert widget.isVisibleTo(widget.parent())


@pytest.mark.parametrize("dock", ["Fill", "Heal", "Compare"])
def test_opening_a_dock_imports_no_torch_and_no_matplotlib(dock):
    code = (
        "import sys, napari\n"
        "viewer = napari.Viewer(show=False)\n"
        f"viewer.window.add_plugin_dock_widget('napari-greyfill', '{dock}')\n"
        f"assert 'napari_greyfill.viewer.{dock.lower()}.dock' in sys.modules\n"
        "assert 'torch' not in sys.modules\n"
        "assert 'matplotlib.figure' not in sys.modules\n"
        "viewer.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("key", ["photo", "histology", "cells"])
def test_samples_open_as_picture_reference_and_mask(viewer, key):
    damaged, intact, mask = viewer.open_sample(NAME, key)
    assert mask.data.shape == intact.data.shape[:2]
    painted = mask.data != 0
    assert 0 < painted.mean() < 0.2
    np.testing.assert_array_equal(damaged.data[~painted], intact.data[~painted])
    assert not np.array_equal(damaged.data, intact.data)
    assert damaged.rgb == intact.rgb == (key != "cells")
    assert not intact.visible


def test_the_sample_film_has_damage_of_each_kind(viewer):
    damaged, intact, mask = viewer.open_sample(NAME, "film")
    painted = mask.data != 0
    assert damaged.axis_labels == ("t", "y", "x")
    np.testing.assert_array_equal(damaged.data[~painted], intact.data[~painted])
    assert painted.all(axis=0).any()  # dust
    assert 0 < painted.mean() < 0.2


def test_menus_lead_to_the_commands():
    manifest = PluginManifest.from_distribution(NAME)
    commands = {command.id for command in manifest.contributions.commands}
    menus = manifest.contributions.menus
    assert [item.command for item in menus["napari/layers/filter"]] == [
        f"{NAME}.fill",
        f"{NAME}.heal",
    ]
    assert [item.command for item in menus["napari/layers/measure"]] == [f"{NAME}.compare"]
    assert {item.command for item in menus[f"{NAME}.mask"]} <= commands


def test_preferred_device_comes_from_preferences(plugin_settings, npe2pm):
    from napari.settings import get_plugin_settings

    from napari_greyfill.viewer.settings import preferred_device

    assert preferred_device() == "auto"
    PluginManager.instance().register(PluginManifest.from_distribution(NAME))
    get_plugin_settings(NAME).compute.device = "cpu"
    assert preferred_device() == "cpu"
