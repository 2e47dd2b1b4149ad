"""Masks from image layers and from files, and masks that are the wrong way round."""

import numpy as np
import pytest
import tifffile
from PIL import Image
from scipy.ndimage import gaussian_filter

from napari_greyfill.files import write_image
from napari_greyfill.files.base import upright
from tests.viewer.conftest import colour_ramp, ramp

DOCKS = ("Fill", "Compare", "Masks")


@pytest.fixture
def hole():
    hole = np.zeros((40, 60), bool)
    hole[15:20, 20:40] = True
    return hole


@pytest.fixture
def dock_of(viewer):
    """Open a dock on the first image layer."""

    def opened(name):
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", name)[1]
        image = viewer.layers[0]
        if name == "Masks":
            dock.form.image.choose(image)
        else:
            dock.form.image_choice.choose(image)
        dock.refresh()
        return dock

    return opened


def chosen_mask(dock):
    return dock.form.target.layer if hasattr(dock.form, "target") else dock.form.mask_layer


def entries(dock):
    return [action.text() for action in dock.form.mask_bar.menu.actions()]


@pytest.mark.parametrize("name", DOCKS)
def test_layers_that_look_like_a_mask_are_offered(viewer, dock_of, hole, name):
    white = hole.astype(np.uint8) * np.uint8(255)
    viewer.add_image(colour_ramp(), name="pic")
    viewer.add_image(np.dstack([white] * 3), name="rgb mask")
    viewer.add_image(np.rint(gaussian_filter(white * 1.0, 0.5)).astype("u1"), name="soft")
    viewer.add_image(white[:-1], name="other size")
    viewer.add_image(ramp(), name="picture")
    dock = dock_of(name)
    assert entries(dock) == ["Layer rgb mask", "Layer soft", "Open mask file…"]
    assert "“rgb mask” looks like a mask" in dock.form.mask_bar.sentence.text()
    dock.form.mask_bar.menu.actions()[0].trigger()
    mask = chosen_mask(dock)
    assert mask.name == "rgb mask as mask"
    np.testing.assert_array_equal(mask.data != 0, hole)
    assert "rgb mask" in [layer.name for layer in viewer.layers]
    dock.form.mask_bar.menu.actions()[1].trigger()
    soft = viewer.layers["soft"].data
    np.testing.assert_array_equal(chosen_mask(dock).data != 0, soft > 127)


def test_a_run_with_a_mask_from_a_layer(viewer, dock_of, hole, run):
    viewer.add_image(colour_ramp(), name="pic", scale=(2, 2), translate=(5, 7))
    viewer.add_image(hole.astype(float), name="drawn", scale=(2, 2), translate=(5, 7))
    dock = dock_of("Fill")
    dock.form.mask_bar.use_image(viewer.layers["drawn"])
    assert tuple(dock.form.mask_layer.scale) == (2, 2)
    assert tuple(dock.form.mask_layer.translate) == (5, 7)
    dock.form.fields["grow"].value = 0
    dock.form.intermediates.setChecked(True)
    run(dock)
    np.testing.assert_array_equal(viewer.layers["pic filled region"].data != 0, hole)


@pytest.mark.parametrize("name", DOCKS)
def test_a_mask_the_wrong_way_round_can_be_turned(viewer, dock_of, hole, name):
    viewer.add_image(colour_ramp(), name="pic")
    mask = viewer.add_labels((~hole).astype(np.uint8), name="mask")
    dock = dock_of(name)
    if name == "Masks":
        dock.form.target.choose(mask)
    bar = dock.form.mask_bar
    assert bar.sentence.text().startswith("96% of the picture is masked")
    assert not bar.invert.isHidden()
    bar.invert.click()
    dock.refresh()
    np.testing.assert_array_equal(mask.data != 0, hole)
    assert bar.sentence.text() == ""
    assert bar.invert.isHidden()
    mask.undo()
    np.testing.assert_array_equal(mask.data != 0, ~hole)


def test_only_the_plane_in_view_is_turned(viewer, dock_of, hole):
    viewer.add_image(np.stack([ramp()] * 3), name="stack")
    mask = viewer.add_labels(np.stack([(~hole).astype(np.uint8)] * 3), name="mask")
    viewer.dims.set_point(0, 1)
    dock = dock_of("Fill")
    dock.form.mask_bar.invert.click()
    for plane, expected in enumerate((~hole, hole, ~hole)):
        np.testing.assert_array_equal(mask.data[plane] != 0, expected)


def test_a_mask_file_for_a_stack_is_flat(viewer, dock_of, hole, tmp_path):
    viewer.add_image(np.stack([ramp()] * 3), name="stack", scale=(5, 2, 2))
    write_image(tmp_path / "mask.png", hole)
    dock = dock_of("Fill")
    dock.form.mask_bar.open_file(tmp_path / "mask.png")
    assert dock.form.mask_layer.ndim == 2
    assert tuple(dock.form.mask_layer.scale) == (2, 2)
    dock.refresh()
    assert dock.run_button.isEnabled(), dock.status.text()


def test_a_file_chosen_in_the_dialog(viewer, dock_of, hole, tmp_path, monkeypatch):
    from qtpy.QtWidgets import QFileDialog

    viewer.add_image(colour_ramp(), name="pic")
    write_image(tmp_path / "drawn.png", hole)
    dock = dock_of("Compare")
    chosen = (str(tmp_path / "drawn.png"), "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: chosen)
    dock.form.mask_bar.menu.actions()[-1].trigger()
    assert dock.form.mask_layer.name == "drawn"
    np.testing.assert_array_equal(dock.form.mask_layer.data != 0, hole)


def test_what_is_wrong_with_a_file_is_said(viewer, dock_of, hole, tmp_path, messages):
    viewer.add_image(colour_ramp(), name="pic")
    dock = dock_of("Fill")
    write_image(tmp_path / "small.png", hole[:-1])
    dock.form.mask_bar.open_file(tmp_path / "small.png")
    dock.form.mask_bar.open_file(tmp_path / "none.png")
    assert "39 x 60 pixels" in messages["error"][0]
    assert "no file" in messages["error"][1]
    assert [layer.name for layer in viewer.layers] == ["pic"]


@pytest.mark.parametrize("orientation", [3, 6, 7])
def test_a_turned_photograph_and_masks_of_either_frame(
    viewer, dock_of, hole, tmp_path, orientation
):
    """The viewer shows a photograph as it is stored; so must the mask lie."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(colour_ramp()).save(tmp_path / "photo.jpg", exif=exif)
    viewer.open(tmp_path / "photo.jpg", plugin="napari")
    assert viewer.layers[0].data.shape == (40, 60, 3)
    dock = dock_of("Fill")
    tifffile.imwrite(tmp_path / "stored.tif", hole.astype(np.uint8))
    exif[0x0112] = 1
    shown = upright(hole, orientation).astype(np.uint8) * 255
    Image.fromarray(shown).save(tmp_path / "shown.png", exif=exif)
    for name in ("stored.tif", "shown.png"):
        dock.form.mask_bar.open_file(tmp_path / name)
        np.testing.assert_array_equal(dock.form.mask_layer.data != 0, hole)


@pytest.mark.parametrize("name", DOCKS)
def test_a_mask_that_is_seen_elsewhere_is_mentioned(viewer, dock_of, hole, name):
    viewer.add_image(np.stack([ramp()] * 3), scale=(5, 2, 2), translate=(0, 10, 0), name="pic")
    mask = viewer.add_labels(hole.astype(np.uint8), name="mask")
    dock = dock_of(name)
    bar = dock.form.mask_bar
    assert "another scale, place or rotation" in bar.sentence.text()
    mask.scale, mask.translate = (2, 2), (10, 0)
    dock.refresh()
    assert not bar.sentence.isVisibleTo(bar)
    mask.rotate = 20
    dock.refresh()
    assert "used pixel by pixel" in bar.sentence.text()
