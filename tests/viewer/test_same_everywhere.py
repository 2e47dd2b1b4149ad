"""One picture, one mask, one set of options: the dock, the command line and the API fill alike."""

import json

import numpy as np
import pytest
import tifffile

import napari_greyfill
from napari_greyfill import FillOptions
from tests.commandline import run as command

CHOICES = [
    {},
    {"method": "telea", "grow": 2, "feather": 1.5},
    {"look": "texture", "pipeline": "rgb-grey-rgb", "colorizer": "propagation"},
    {"preset": "quick", "grow": 1},
    {"method": "biharmonic", "pipeline": "rgb-rgb", "seed": 3, "labels": (2,)},
]


def scene(wide):
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (90, 100, 3), dtype=np.uint8)
    labels = np.zeros((90, 100), np.uint8)
    labels[30:60, 35:65] = 1 if wide else 0
    labels[10:14, 20:60] = 2
    return image, labels


def by_command(folder, image, labels, chosen):
    tifffile.imwrite(folder / "image.tif", image, photometric="rgb")
    tifffile.imwrite(folder / "mask.tif", labels)
    options = []
    for name, value in chosen.items():
        text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        options += [f"--{name}", text]
    paths = [str(folder / name) for name in ("image.tif", "mask.tif")]
    output = folder / "out.tif"
    done = command("fill", *paths, "-o", str(output), "--json", *options)
    assert done.exit_code == 0, done.output
    return tifffile.imread(output), json.loads(done.stdout)["provenance"]


def by_dock(make_napari_viewer_proxy, qtbot, image, labels, chosen):
    viewer = make_napari_viewer_proxy()
    viewer.add_image(image, name="image")
    mask = viewer.add_labels(labels, name="mask")
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")[1]
    dock.form.choose(FillOptions(**chosen))
    if "labels" in chosen:
        mask.selected_label = chosen["labels"][0]
        dock.form.labels.setCurrentIndex(dock.form.labels.findData("selected"))
    dock.refresh()
    with qtbot.waitSignal(dock.run_ended, timeout=120_000):
        dock.run_button.click()
    layer = viewer.layers["image filled"]
    return layer.data, layer.metadata["greyfill"]


@pytest.mark.parametrize("chosen", CHOICES, ids=["defaults", "rim", "texture", "quick", "labels"])
@pytest.mark.parametrize("wide", [False, True], ids=["narrow", "wide"])
def test_pixel_for_pixel(chosen, wide, tmp_path, make_napari_viewer_proxy, qtbot):
    image, labels = scene(wide)
    called = napari_greyfill.fill(image, labels, **chosen)
    typed, typed_provenance = by_command(tmp_path, image, labels, chosen)
    clicked, clicked_provenance = by_dock(make_napari_viewer_proxy, qtbot, image, labels, chosen)
    np.testing.assert_array_equal(typed, called.image)
    np.testing.assert_array_equal(clicked, called.image)
    for provenance in (typed_provenance, clicked_provenance):
        for key in ("method", "pipeline", "colorizer", "reason", "mask_sha256", "expected_error"):
            assert provenance[key] == called.provenance[key]
        options = FillOptions.from_dict(provenance["parameters"])
        assert options == FillOptions(**chosen)
    assert (called.method == "texture") == (wide and not chosen) or "look" in chosen


def test_a_comparison_fills_as_a_fill_does():
    image, labels = scene(wide=True)
    suited = napari_greyfill.fill(image, labels)
    compared = napari_greyfill.compare(image, labels, methods="auto", pipelines=suited.pipeline)
    row = compared.rows[0]
    assert row.combination.method == suited.method
    np.testing.assert_array_equal(row.image, suited.image)
