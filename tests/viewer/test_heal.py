"""The dock Heal, with a real mouse on a real canvas."""

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog

from napari_greyfill.files import read_image, write_image
from napari_greyfill.image.geometry import Window
from napari_greyfill.viewer.heal import dock as dock_module
from napari_greyfill.viewer.heal import hand as hand_module
from napari_greyfill.viewer.heal.layers import SOURCE, STROKE, WAITING
from napari_greyfill.viewer.heal.strokes import dashed, window_of
from tests.viewer.mouse import Mouse, hold

SIZE = 120
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def picture(dtype=np.uint16, stack=(), colour=False):
    rng = np.random.default_rng(0)
    plane = 5000 + 30 * np.add.outer(np.arange(SIZE), np.arange(SIZE))
    if colour:
        plane = plane[..., None]
    shape = (*stack, SIZE, SIZE, 3) if colour else (*stack, SIZE, SIZE)
    noisy = plane + rng.normal(0, 200, shape)
    if np.dtype(dtype) == np.uint8:
        noisy = noisy / 256
    return noisy.astype(dtype)


@pytest.fixture
def heal(viewer, qtbot):
    """Open the dock on an image; returns it with a mouse that paints in pixels of the image."""

    def opened(image=None, **options):
        viewer.add_image(picture() if image is None else image, name="slide", **options)
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal")[1]
        dock.layers.brush.brush_size = 5
        return dock

    return opened


@pytest.fixture
def mouse(viewer):
    return Mouse(viewer)


@pytest.fixture
def finish(qtbot):
    """Wait until all better fills are there."""

    def waited(dock):
        qtbot.waitUntil(lambda: not dock.runner.running and not dock.queue.busy, timeout=20_000)

    return waited


def names(viewer):
    return [layer.name for layer in viewer.layers]


def changed(dock):
    return dock.session.result != dock.session.original


def test_a_stroke_is_filled_when_the_mouse_is_lifted(viewer, heal, mouse, finish):
    image = picture()
    image[58:63, 50:70] = 0
    source = image.copy()
    dock = heal(image)
    assert "Paint over" in dock.status.text()
    before = names(viewer)
    dock.layers.brush.selected_label = 3  # whatever it is
    mouse.press(60, 49)
    mouse.move(60, 60)
    mouse.move(60, 70)
    assert not changed(dock).any()
    assert (dock.layers.brush.data == STROKE).any()
    mouse.lift(60, 70)
    quick = dock.session.result.copy()
    assert (quick[58:63, 50:70] > 4000).all()  # at once
    assert not dock.layers.brush.data.any()
    assert dock.layers.patch.visible
    np.testing.assert_array_equal(dock.layers.patch.data, quick[57:64, 46:74][1:-1, 1:-1])
    finish(dock)
    assert not np.array_equal(dock.session.result, quick)  # and better
    assert (
        names(viewer)
        == before
        == [
            "slide",
            "slide healed",
            "slide heal patch",
            "slide heal brush",
        ]
    )
    np.testing.assert_array_equal(viewer.layers["slide"].data, source)
    assert len(dock.session.edits) == 1
    assert dock.count.text().startswith(f"{dock.session.invented:,} invented pixels, 0.")


def test_the_result_is_drawn_when_the_hand_rests(heal, mouse, finish, qtbot, viewer):
    dock = heal()
    told = []
    viewer.layers["slide healed"].events.set_data.connect(lambda: told.append(1))
    mouse.stroke((40, 40), (40, 50))
    assert not told
    finish(dock)
    qtbot.waitUntil(lambda: not dock.layers.patch.visible, timeout=5_000)
    assert told


def test_undo_brings_the_original_pixels_back(heal, mouse, finish):
    dock = heal()
    mouse.stroke((40, 40), (40, 60))
    mouse.stroke((80, 40), (80, 60))
    finish(dock)
    mouse.key(Qt.Key.Key_Z, CTRL)
    assert not changed(dock)[70:90].any()
    assert changed(dock)[38:43].any()
    mouse.key(Qt.Key.Key_Z, CTRL)
    assert dock.session.result.tobytes() == dock.session.original.tobytes()
    assert dock.count.text() == "0 invented pixels, 0.0 % of this plane."
    mouse.key(Qt.Key.Key_Z, CTRL)
    assert "nothing to take back" in dock.status.text()
    dock.redo()
    assert changed(dock)[38:43].any()


def test_undo_stops_the_fill_that_is_still_running(heal, mouse, gated, finish, qtbot):
    dock = heal()
    dock.form.fill.addItem("gated", "gated")
    dock.form.fill.setCurrentIndex(dock.form.fill.findData("gated"))
    mouse.stroke((40, 40), (40, 60))
    qtbot.waitUntil(lambda: dock.runner.running)
    mouse.key(Qt.Key.Key_Z, CTRL)
    gated.set()
    finish(dock)
    assert not changed(dock).any()


def test_escape_stops_all_fills_and_takes_their_strokes_back(heal, mouse, gated, finish):
    dock = heal()
    mouse.stroke((20, 20), (20, 40))
    finish(dock)
    kept = dock.session.result.copy()
    dock.form.fill.addItem("gated", "gated")
    dock.form.fill.setCurrentIndex(dock.form.fill.findData("gated"))
    mouse.stroke((60, 40), (60, 60))
    mouse.stroke((80, 40), (80, 60))
    mouse.key(Qt.Key.Key_Escape)
    assert "taken back" in dock.status.text()
    gated.set()
    finish(dock)
    np.testing.assert_array_equal(dock.session.result, kept)
    assert len(dock.session.edits) == 1
    mouse.stroke((60, 40), (60, 60))  # and it goes on
    finish(dock)
    assert len(dock.session.edits) == 2


def test_restoring_paints_the_original_back(heal, mouse, finish):
    dock = heal()
    mouse.stroke((40, 30), (40, 70))
    finish(dock)
    mouse.key(Qt.Key.Key_R)
    assert dock.form.tool == "restore"
    mouse.stroke((40, 50))
    assert not changed(dock)[40, 48:53].any()
    assert changed(dock)[40, 30:45].any()


def test_a_clone_comes_from_where_alt_was_clicked_and_its_source_can_be_dragged(heal, mouse):
    dock = heal()
    dock.form.blended.setChecked(False)
    mouse.key(Qt.Key.Key_C)
    mouse.stroke((60, 60))
    assert "Alt" in dock.status.text()
    assert not changed(dock).any()
    mouse.stroke((30, 40), keys=ALT)
    assert dock.form.tool == "clone"
    brush = dock.layers.brush
    assert (brush.data == SOURCE).any()
    assert not (brush.data == STROKE).any()
    assert brush.brush_size == 5
    mouse.stroke((70, 60), (70, 70))
    session = dock.session
    assert session.edits[-1].offset == (-40, -20)
    np.testing.assert_array_equal(session.result[69:72, 59:71], session.original[29:32, 39:51])
    rows, columns = np.nonzero(brush.data == SOURCE)
    assert 27 <= rows.min() <= rows.max() <= 33
    assert 36 <= columns.min() <= columns.max() <= 54
    dock.form.outline.toggle()
    assert (brush.data == SOURCE).sum() == rows.size
    dock.form.outline.toggle()
    mouse.press(30, 45)
    mouse.move(20, 50)
    mouse.lift(20, 50)
    assert session.edits[-1].offset == (-50, -15)
    np.testing.assert_array_equal(session.result[69:72, 59:71], session.original[19:22, 44:56])
    assert len(session.edits) == 1
    mouse.key(Qt.Key.Key_Z, CTRL)
    assert not changed(dock).any()
    assert not brush.data.any()


def test_a_large_stroke_waits_for_run(heal, mouse, finish, monkeypatch):
    for module in (dock_module, hand_module):
        monkeypatch.setattr(module, "LARGE", 100)
    dock = heal()
    mouse.stroke((40, 30), (40, 80))
    assert (dock.layers.brush.data == WAITING).any()
    assert not changed(dock).any()
    assert "press Run" in dock.status.text()
    assert dock.run_button.isEnabled()
    mouse.key(Qt.Key.Key_Z, CTRL)
    assert not dock.layers.brush.data.any()
    mouse.stroke((40, 30), (40, 80))
    mouse.key(Qt.Key.Key_Enter, CTRL)
    finish(dock)
    assert changed(dock)[38:43, 30:80].any()
    assert not dock.layers.brush.data.any()


def test_a_key_shows_the_outline_of_what_is_invented(heal, mouse, finish):
    dock = heal()
    dock.form.fill.setCurrentIndex(dock.form.fill.findData(""))
    mouse.stroke((40, 40), (40, 60))
    mouse.key(Qt.Key.Key_O)
    outlined = dock.layers.brush.data > 0
    assert 0 < outlined.sum() < dock.session.invented
    mouse.stroke((80, 40), (80, 60))
    assert dock.layers.brush.data[70:90].any()
    mouse.key(Qt.Key.Key_Z, CTRL)
    np.testing.assert_array_equal(dock.layers.brush.data > 0, outlined)
    hold(mouse.native, Qt.Key.Key_O)
    assert not dock.layers.brush.data.any()


def test_brackets_change_the_brush(heal, mouse):
    dock = heal()
    mouse.key(Qt.Key.Key_BracketRight)
    assert dock.form.brush.value() == dock.layers.brush.brush_size == 6
    dock.form.brush.setValue(12)
    assert dock.layers.brush.brush_size == 12


@pytest.mark.parametrize(
    ("dtype", "colour"), [(np.uint8, False), (np.float32, False), (np.uint8, True)]
)
def test_types_and_colours(heal, mouse, finish, dtype, colour):
    dock = heal(picture(dtype, colour=colour), rgb=colour)
    mouse.stroke((40, 40), (40, 50))
    finish(dock)
    assert dock.session.result.dtype == dtype
    assert changed(dock)[38:43].any()
    mouse.key(Qt.Key.Key_Z, CTRL)
    assert dock.session.result.tobytes() == dock.session.original.tobytes()


def test_each_plane_of_a_stack_is_healed_by_itself(viewer, heal, mouse, finish, gated):
    stack = picture(stack=(4,))
    dock = heal(stack, scale=(3, 2, 2), translate=(1, 10, 20))
    viewer.dims.set_current_step(0, 1)
    dock.form.fill.addItem("gated", "gated")
    dock.form.fill.setCurrentIndex(dock.form.fill.findData("gated"))
    mouse.stroke((40, 40), (40, 50))
    viewer.dims.set_current_step(0, 2)  # while it heals
    assert dock.count.text().startswith("0 invented")
    assert not dock.layers.patch.visible
    gated.set()
    finish(dock)
    assert not dock.layers.patch.visible
    result = viewer.layers["slide healed"].data
    differs = (result != stack).any(axis=(1, 2))
    assert differs.tolist() == [False, True, False, False]
    mouse.key(Qt.Key.Key_Z, CTRL)
    assert (result != stack).any()  # the stroke is on another plane
    viewer.dims.set_current_step(0, 1)
    mouse.key(Qt.Key.Key_Z, CTRL)
    assert not (result != stack).any()
    assert len(viewer.layers) == 4


def test_what_is_read_when_asked_for_is_healed_plane_by_plane(viewer, heal, mouse, finish):
    import dask.array

    stack = picture(stack=(3,))
    dock = heal(dask.array.from_array(stack, chunks=(1, SIZE, SIZE)))
    dock.form.fill.setCurrentIndex(dock.form.fill.findData(""))
    viewer.dims.set_current_step(0, 2)
    mouse.stroke((40, 40), (40, 50))
    made = [layer for layer in viewer.layers if "healed" in layer.name]
    shown = next(layer for layer in made if layer.translate[0] == 2)
    assert shown.data.shape == (1, SIZE, SIZE)
    assert (shown.data[0] != stack[2]).any()


def test_large_strokes_wait_on_their_own_plane(viewer, heal, mouse, monkeypatch):
    for module in (dock_module, hand_module):
        monkeypatch.setattr(module, "LARGE", 100)
    dock = heal(picture(stack=(3,)))
    viewer.dims.set_current_step(0, 0)
    mouse.stroke((40, 30), (40, 80))
    viewer.dims.set_current_step(0, 1)
    assert not dock.layers.brush.data.any()
    assert not dock.run_button.isEnabled()
    viewer.dims.set_current_step(0, 0)
    assert (dock.layers.brush.data == WAITING).any()
    assert dock.run_button.isEnabled()


def test_three_dimensions_are_a_sentence(viewer, heal):
    dock = heal(picture(stack=(3,)))
    viewer.dims.ndisplay = 3
    assert "2-D" in dock.status.text()
    assert dock.stroke(Window(0, 5, 0, 5), np.ones((5, 5), bool), "heal") is None


@pytest.mark.parametrize("gone", ["slide heal brush", "slide heal patch", "slide healed", "slide"])
def test_a_layer_that_is_removed_ends_healing(viewer, heal, mouse, gated, gone):
    dock = heal()
    dock.form.fill.addItem("gated", "gated")
    dock.form.fill.setCurrentIndex(dock.form.fill.findData("gated"))
    mouse.stroke((40, 40), (40, 60))
    viewer.layers.remove(viewer.layers[gone])
    gated.set()
    left = {"slide", "slide healed"} - {gone}
    assert set(names(viewer)) == left
    assert dock.status.text()
    if gone != "slide":
        dock.take_brush()
        assert dock.session is not None
        assert viewer.layers.selection.active.name == "slide heal brush"


def test_a_closed_dock_leaves_the_result_and_nothing_else(viewer, heal, mouse, finish):
    dock = heal()
    mouse.stroke((40, 40), (40, 60))
    finish(dock)
    healed, invented = dock.session.result, dock.session.invented
    viewer.window.remove_dock_widget(dock.parent())
    assert names(viewer) == ["slide", "slide healed"]
    layer = viewer.layers["slide healed"]
    assert np.shares_memory(layer.data, healed)
    assert layer.metadata["greyfill"]["invented pixels"] == {"": invented}
    again = viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal")[1]
    assert np.shares_memory(again.session.result, healed)
    assert again.session.invented > 0


def test_a_dock_that_did_nothing_leaves_nothing(viewer, heal):
    dock = heal()
    viewer.window.remove_dock_widget(dock.parent())
    assert names(viewer) == ["slide"]


def test_many_strokes_add_no_layers_and_keep_little(viewer, heal, mouse, finish):
    dock = heal()
    dock.form.fill.setCurrentIndex(dock.form.fill.findData(""))
    before = names(viewer)
    for step in range(200):
        mouse.stroke((10 + step // 2, 15 + 7 * (step % 10)))
    assert names(viewer) == before
    assert len(dock.session.edits) == 200
    assert sum(edit.nbytes for edit in dock.session.edits) < 200 * 1000
    while dock.session.edits:
        dock.undo()
    assert dock.session.result.tobytes() == dock.session.original.tobytes()


def test_a_hidden_image_is_not_chosen_by_itself(viewer, heal):
    viewer.add_image(picture(), name="seen")
    viewer.add_image(picture(), name="hidden", visible=False)
    viewer.layers.selection.clear()
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal")[1]
    assert dock.form.image.layer.name == "seen"


def test_opened_before_its_image(viewer, qtbot):
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal")[1]
    assert dock.status.text() == "Open an image first."
    viewer.add_image(picture(), name="late")
    qtbot.waitUntil(lambda: dock.layers is not None)
    assert viewer.layers.selection.active.name == "late heal brush"
    assert dock.session is not None


def test_pyramids_are_refused_with_a_sentence(viewer):
    image = picture()
    viewer.add_image([image, image[::2, ::2]], multiscale=True)
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal")[1]
    assert "use the dock Fill" in dock.status.text()
    assert len(viewer.layers) == 1


def test_what_is_invented_becomes_a_layer(viewer, heal, mouse):
    dock = heal()
    dock.form.fill.setCurrentIndex(dock.form.fill.findData(""))
    mouse.stroke((40, 40), (40, 60))
    dock.mask_button.click()
    mask = viewer.layers["slide invented"]
    np.testing.assert_array_equal(mask.data, dock.session.origins)


def test_atoms_of_every_kind_tell_where_a_stroke_is():
    class Atom:
        slice_key = (slice(3, 5), slice(7, 9))

    old = ((np.array([1, 2]), np.array([4, 20])), np.array([0, 0]), 1)
    assert window_of([Atom(), old], (50, 60)) == Window(1, 5, 4, 21)
    assert window_of([], (50, 60)) is None


def test_a_dashed_rim_has_gaps():
    steps = np.arange(-15, 16)
    disk = np.add.outer(steps**2, steps**2) <= 200
    rim = dashed(disk)
    assert 20 < rim.sum() < 60
    assert not rim[10:20, 10:20].any()
    assert not dashed(np.zeros((4, 4), bool)).any()


def test_the_dock_fill_opens_it_with_its_image(viewer, mouse, finish):
    viewer.add_image(picture(), name="slide")
    viewer.add_image(picture(np.uint8), name="other")
    fill = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")[1]
    for name in ("slide", "other"):
        fill.form.image_choice.choose(viewer.layers[name])
        fill.heal_button.click()
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal")[1]
        assert dock.image.name == name
        assert viewer.layers.selection.active.name == f"{name} heal brush"
    mouse.stroke((40, 40), (40, 50))
    finish(dock)
    assert changed(dock)[38:43].any()


def test_the_healed_picture_is_saved_beside_its_file(
    viewer, mouse, finish, tmp_path, qtbot, monkeypatch
):
    path, wanted = tmp_path / "slide.tif", tmp_path / "slide filled.tif"
    write_image(path, picture())
    viewer.open(path, plugin="napari")
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal")[1]
    assert not dock.save_button.isEnabled()
    mouse.stroke((40, 40), (40, 60))
    finish(dock)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (asked[2], ""))
    dock.save_button.click()
    qtbot.waitUntil(lambda: dock.status.text().startswith("Saved"), timeout=20_000)
    np.testing.assert_array_equal(read_image(wanted).array, dock.session.result)
    mask = read_image(tmp_path / "slide filled mask.png").array
    np.testing.assert_array_equal(mask > 0, dock.session.origins > 0)


def test_another_picture_in_the_layer_begins_anew(viewer, heal, mouse, finish):
    dock = heal()
    dock.form.fill.setCurrentIndex(dock.form.fill.findData(""))
    mouse.stroke((40, 40), (40, 50))
    before = dock.session.result
    viewer.layers["slide"].data = picture(np.uint16)[::-1].copy()
    mouse.stroke((80, 40), (80, 50))
    assert "other pixels" in dock.status.text()
    dock.take_button.click()
    assert dock.session.invented == 0
    assert dock.session.result is not before
    assert names(viewer)[:3] == ["slide", "slide healed", "slide healed [1]"]
    mouse.stroke((80, 40), (80, 50))
    assert changed(dock)[78:83].any()
    assert not changed(dock)[38:43].any()


def test_what_is_erased_on_the_brush_takes_no_outline_away(heal, mouse, qtbot):
    dock = heal()
    dock.form.fill.setCurrentIndex(dock.form.fill.findData(""))
    mouse.stroke((40, 40), (40, 60))
    mouse.key(Qt.Key.Key_O)
    brush = dock.layers.brush
    outlined = brush.data.copy()
    brush.mode = "erase"
    mouse.stroke((40, 40), (40, 60))
    qtbot.waitUntil(lambda: np.array_equal(brush.data, outlined))
    assert len(dock.session.edits) == 1


@pytest.mark.parametrize("zoom", [1.0, 4.0])
@pytest.mark.parametrize(
    "placed",
    [{"scale": (2, 3)}, {"rotate": 30}, {"translate": (5, -7), "scale": (0.5, 0.5), "rotate": 90}],
    ids=["scaled", "rotated", "all"],
)
def test_strokes_lie_where_they_are_painted(viewer, heal, mouse, placed, zoom):
    dock = heal(**placed)
    dock.form.fill.setCurrentIndex(dock.form.fill.findData(""))
    world = viewer.layers["slide"].data_to_world((50, 60))
    viewer.scene.camera.center = (0, *world)
    viewer.scene.camera.zoom *= zoom
    mouse.stroke((50, 60))
    rows, columns = np.nonzero(changed(dock))
    assert abs(rows.mean() - 50) <= 1
    assert abs(columns.mean() - 60) <= 1
    patch = dock.layers.patch
    height, width = patch.data.shape
    middle = patch.data_to_world(((height - 1) / 2, (width - 1) / 2))
    np.testing.assert_allclose(viewer.layers["slide"].world_to_data(middle), (50, 60), atol=1.5)


def test_colour_stacks_and_alpha(viewer, heal, mouse, finish):
    rng = np.random.default_rng(0)
    stack = rng.integers(90, 160, (2, SIZE, SIZE, 4)).astype(np.uint8)
    dock = heal(stack, rgb=True)
    viewer.dims.set_current_step(0, 1)
    mouse.stroke((40, 40), (40, 50))
    finish(dock)
    result = viewer.layers["slide healed"].data
    assert (result[1] != stack[1])[38:43, 38:53, :3].any()
    np.testing.assert_array_equal(result[..., 3], stack[..., 3])
    np.testing.assert_array_equal(result[0], stack[0])


def test_a_lasso_heals_what_it_surrounds(heal, mouse, qtbot):
    dock = heal()
    dock.form.fill.setCurrentIndex(dock.form.fill.findData(""))
    dock.layers.brush.paint_polygon([(40, 40), (40, 60), (60, 60)], STROKE)
    qtbot.waitUntil(lambda: changed(dock)[45, 55])
    assert not changed(dock)[55, 45]
    assert not (dock.layers.brush.data == STROKE).any()
    assert len(dock.session.edits) == 1
