import json
import threading

import numpy as np
import pytest
from qtpy.QtWidgets import QFileDialog, QMessageBox
from skimage import data

from napari_greyfill.files import read_image
from napari_greyfill.masks import RANDOM_KINDS, detect_mask, masked_images, random_mask
from napari_greyfill.viewer.layers.planes import PREVIEW
from napari_greyfill.viewer.masks import edits
from napari_greyfill.viewer.masks import outputs as mask_outputs
from napari_greyfill.viewer.masks.pointer import Pointer
from napari_greyfill.viewer.masks.tabs import EditTab
from tests.viewer.conftest import colour_ramp, ramp


@pytest.fixture
def dock(viewer, qtbot):
    """Open the dock on a photograph, and wait at the end until its thread is done."""
    viewer.add_image(data.astronaut()[:120, 150:290], name="photo", rgb=True)
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Masks")[1]
    yield dock
    if not dock.closed:
        dock.hide()
        qtbot.waitUntil(lambda: not dock.background.busy, timeout=8_000)


@pytest.fixture
def changed(qtbot):
    """Do something and wait until the mask has changed."""

    def wait(dock, act):
        with qtbot.waitSignal(dock.mask_changed, timeout=8_000):
            act()
        return dock.form.target.layer

    return wait


def turn_to(dock, tab):
    dock.form.tabs.setCurrentWidget(getattr(dock.form, tab))


def pick(combo, value):
    combo.setCurrentIndex(combo.findData(value))


def previewed(qtbot, dock, act=lambda: None):
    with qtbot.waitSignal(dock.previewed, timeout=8_000):
        act()
    return np.asarray(dock.preview.layer.data) != 0


def painted(dock):
    return np.asarray(dock.form.target.layer.data) != 0


class TestRandom:
    def test_preview_is_what_apply_paints(self, viewer, dock, qtbot, changed):
        shown = previewed(qtbot, dock, lambda: turn_to(dock, "random"))
        np.testing.assert_array_equal(shown, random_mask((120, 140), "free-form", share=0.25))
        assert "25.0%" in dock.form.status.text()
        assert viewer.layers.selection.active == viewer.layers["photo"]
        changed(dock, dock.form.apply.click)
        np.testing.assert_array_equal(painted(dock), shown)
        assert dock.form.target.layer.name == "photo mask"
        assert dock.preview.layer is None

    @pytest.mark.parametrize("kind", list(RANDOM_KINDS))
    def test_choices_arrive(self, dock, changed, kind):
        turn_to(dock, "random")
        tab = dock.form.random
        pick(tab.kind, kind)
        tab.seed.setValue(5)
        tab.another.click()
        tab.border.setValue(3)
        if kind == "irregular":
            tab.bin.setCurrentIndex(1)
            share = (0.1, 0.2)
        else:
            tab.share.setValue(12.0)
            share = 0.12
        changed(dock, dock.apply)
        expected = random_mask((120, 140), kind, share=share, seed=6, free_border=3)
        np.testing.assert_array_equal(painted(dock), expected)

    def test_keep_clear_and_objects(self, viewer, dock, changed):
        clear = np.zeros((120, 140), int)
        clear[:60] = 4
        objects = np.zeros((30, 30), int)
        objects[3:9, 5:25] = 2
        viewer.add_labels(clear, name="clear")
        viewer.add_labels(objects, name="objects")
        turn_to(dock, "random")
        tab = dock.form.random
        pick(tab.kind, "semantic")
        tab.clear_of.choose(viewer.layers["clear"])
        tab.objects.choose(viewer.layers["objects"])
        tab.own_size.setChecked(True)
        dock.form.target.choose(None)
        changed(dock, dock.apply)
        assert painted(dock).sum() == 6 * 20
        assert not painted(dock)[:60].any()

    def test_impossible_wish_is_said_beside_the_button(self, dock, qtbot):
        previewed(qtbot, dock, lambda: turn_to(dock, "random"))
        dock.form.random.border.setValue(55)
        qtbot.waitUntil(lambda: "ask for a smaller share" in dock.form.status.text())
        assert dock.preview.layer is None


class TestPicture:
    def test_preview_follows_the_slider(self, dock, qtbot):
        picture = dock.form.image.layer.data
        previewed(qtbot, dock, lambda: turn_to(dock, "picture"))
        slider = dock.form.picture.form.widgets["level"]
        for level in (40, 60, 80):
            shown = previewed(qtbot, dock, lambda level=level: slider.setValue(level))
            expected = detect_mask(picture, "brighter", level=level / 100)
            np.testing.assert_array_equal(shown, expected)

    def test_every_detector_with_its_options(self, dock, qtbot, changed):
        turn_to(dock, "picture")
        tab = dock.form.picture
        for index in range(tab.detector.count()):
            tab.detector.setCurrentIndex(index)
            if tab.kind == "similar":
                tab.set_pixel((5, 7))
            changed(dock, dock.form.apply.click)
            expected = detect_mask(dock.form.image.layer.data, tab.kind, **tab.options())
            np.testing.assert_array_equal(painted(dock), expected)

    def test_only_the_latest_wish_is_worked_on(self, dock, qtbot, monkeypatch):
        go, seen = threading.Event(), []

        def slow(tones, kind, level):
            go.wait(10)
            seen.append(level)
            return np.full((120, 140), level > 0.5)

        monkeypatch.setattr("napari_greyfill.viewer.masks.finder.detect_mask", slow)
        turn_to(dock, "picture")
        slider = dock.form.picture.form.widgets["level"]
        qtbot.waitUntil(lambda: dock.background.busy)
        for level in (30, 40, 50, 60):
            slider.setValue(level)
            qtbot.wait(60)
        go.set()
        qtbot.waitUntil(lambda: 0.6 in seen and not dock.background.busy)
        assert dock.preview.layer.data.all()
        assert seen[0] == 0.9
        assert set(seen) == {0.9, 0.6}

    def test_magic_wand(self, viewer, dock, qtbot, changed):
        turn_to(dock, "picture")
        pick(dock.form.picture.detector, "similar")
        qtbot.waitUntil(lambda: "Click on the picture" in dock.form.status.text())
        assert dock.form.picture.pick.isChecked()
        dock.pointer.listen(picking=True)
        shown = previewed(qtbot, dock, lambda: press(viewer, (10.2, 20.4)))
        assert dock.form.picture.pixel == (10, 20)
        expected = detect_mask(dock.form.image.layer.data, "similar", at=(10, 20))
        np.testing.assert_array_equal(shown, expected)
        press(viewer, (500, 500))  # outside
        press(viewer, (3, 3), (9, 9))  # a drag moves the picture
        assert dock.form.picture.pixel == (10, 20)
        turn_to(dock, "edit")
        assert not listening(viewer)

    def test_data_replaced(self, dock, qtbot):
        previewed(qtbot, dock, lambda: turn_to(dock, "picture"))
        image = dock.form.image.layer
        shown = previewed(qtbot, dock, lambda: setattr(image, "data", 255 - image.data))
        np.testing.assert_array_equal(shown, detect_mask(image.data, "brighter"))

    def test_a_bug_is_reported_with_its_traceback(self, dock, qtbot, monkeypatch, messages):
        def broken(*args, **kwargs):
            raise RuntimeError("a bug")

        monkeypatch.setattr("napari_greyfill.viewer.masks.finder.detect_mask", broken)
        turn_to(dock, "picture")
        qtbot.waitUntil(lambda: bool(messages["crash"]))
        assert str(messages["crash"][0]) == "a bug"


class Event:
    """What a mouse callback gets."""

    def __init__(self, position):
        self.position, self.type = position, "mouse_press"


def listening(viewer):
    """Return the dock's callbacks among those of the viewer."""
    callbacks = viewer.mouse_drag_callbacks
    return [each for each in callbacks if isinstance(getattr(each, "__self__", None), Pointer)]


def press(viewer, start, *moves):
    """Press, move and release the mouse as the canvas tells the dock's callback."""
    for callback in listening(viewer):
        event = Event(start)
        work = callback(viewer, event)
        next(work)
        for move in moves:
            event.position, event.type = move, "mouse_move"
            next(work)
        event.type = "mouse_release"
        with pytest.raises(StopIteration):
            next(work)


class TestByHand:
    @pytest.mark.parametrize("mode", ["paint", "erase", "polygon", "fill"])
    def test_tools_are_napari_s_own(self, viewer, dock, mode):
        dock.form.hand.tools[mode].click()
        mask = dock.form.target.layer
        assert mask.mode == mode
        assert viewer.layers.selection.active == mask

    def test_rectangle(self, viewer, dock, changed):
        dock.form.hand.rectangle.click()
        image = dock.form.image.layer
        assert not image.mouse_pan
        changed(dock, lambda: press(viewer, (10, 20), (15, 25), (30, 200)))
        expected = np.zeros((120, 140), bool)
        expected[10:31, 20:] = True
        np.testing.assert_array_equal(painted(dock), expected)
        assert image.mouse_pan
        assert not dock.form.hand.rectangle.isChecked()
        assert dock.preview.layer is None
        pick(dock.form.how, "remove")
        dock.form.hand.rectangle.click()
        changed(dock, lambda: press(viewer, (30, 139), (20, 100)))
        expected[20:31, 100:] = False
        np.testing.assert_array_equal(painted(dock), expected)

    def test_shapes(self, viewer, dock, changed):
        viewer.layers["photo"].scale = (2, 2)
        shapes = viewer.add_shapes(
            [np.array([[20, 20], [20, 60], [60, 60], [60, 20]])], shape_type="rectangle"
        )
        shapes.add_ellipses(np.array([[100, 100], [100, 140], [140, 140], [140, 100]]))
        changed(dock, dock.form.hand.paint_shapes.click)
        found = painted(dock)
        assert found[11:30, 11:30].all()
        assert found[60, 60]
        assert not found[51, 51]  # the corner of the ellipse
        assert abs(found.sum() - 20 * 20 - np.pi * 100) < 60

    def test_chosen_labels(self, viewer, dock, changed):
        cells = np.arange(120 * 140).reshape(120, 140) % 9
        viewer.add_labels(cells, name="cells")
        dock.form.target.choose(None)
        dock.form.hand.names.setText("1, 4-6")
        changed(dock, dock.form.hand.paint_labels.click)
        np.testing.assert_array_equal(painted(dock), np.isin(cells, [1, 4, 5, 6]))
        dock.form.hand.names.setText("")
        changed(dock, dock.form.hand.paint_labels.click)
        np.testing.assert_array_equal(painted(dock), cells != 0)
        np.testing.assert_array_equal(viewer.layers["cells"].data, cells)
        dock.form.hand.names.setText("one")
        dock.form.hand.paint_labels.click()
        assert "as in 1, 3-5" in dock.form.status.text()


class TestApply:
    def test_replace_add_and_remove_are_one_undo_each(self, dock, changed):
        turn_to(dock, "random")
        tab = dock.form.random
        pick(tab.kind, "box")
        states = []
        for seed, how in enumerate(["replace", "add", "remove", "replace"]):
            tab.seed.setValue(seed)
            pick(dock.form.how, how)
            mask = changed(dock, dock.apply)
            states.append(painted(dock))
        boxes = [random_mask((120, 140), "box", seed=seed) for seed in range(4)]
        np.testing.assert_array_equal(states[1], boxes[0] | boxes[1])
        np.testing.assert_array_equal(states[2], (boxes[0] | boxes[1]) & ~boxes[2])
        np.testing.assert_array_equal(states[3], boxes[3])
        for state in states[2::-1]:
            mask.undo()
            np.testing.assert_array_equal(painted(dock), state)
        mask.undo()
        assert not painted(dock).any()
        mask.redo()
        np.testing.assert_array_equal(painted(dock), boxes[0])

    def test_other_labels_stay_and_new_pixels_get_the_selected_one(self, viewer, dock, changed):
        labels = np.zeros((120, 140), np.uint16)
        labels[:, :70] = 3
        mask = viewer.add_labels(labels, name="mine")
        mask.selected_label = 300
        dock.form.target.choose(mask)
        pick(dock.form.how, "add")
        turn_to(dock, "random")
        pick(dock.form.random.kind, "centre")
        changed(dock, dock.apply)
        assert set(np.unique(mask.data)) == {0, 3, 300}
        assert (mask.data[:, :70] == 3).all()

    def test_a_mask_of_another_size_is_refused(self, viewer, dock):
        viewer.add_labels(np.zeros((7, 9), int), name="small")
        dock.form.target.choose(viewer.layers["small"])
        assert "differ in size" in dock.form.status.text()
        assert not dock.form.apply.isEnabled()
        assert not dock.form.tabs.isEnabled()

    def test_asks_about_the_way_round_if_most_is_masked(self, dock, changed):
        turn_to(dock, "random")
        dock.form.random.share.setValue(80)
        changed(dock, dock.apply)
        assert "the wrong way round?" in dock.form.status.text()


class TestEdit:
    @pytest.fixture
    def mask(self, viewer, dock):
        labels = np.zeros((120, 140), np.uint8)
        labels[20:50, 20:60] = 1
        labels[30:35, 30:35] = 0
        labels[80:90, 80:90] = 2
        labels[100, 100] = 2
        mask = viewer.add_labels(labels, name="mask")
        dock.form.target.choose(mask)
        turn_to(dock, "edit")
        return mask

    def test_each_edit_can_be_undone(self, dock, mask, changed):
        before = mask.data.copy()
        after = {}
        for name, pressed in dock.form.edit.buttons.items():
            changed(dock, pressed.click)
            after[name] = mask.data.copy()
            mask.undo()
            np.testing.assert_array_equal(mask.data, before)
        assert (after["grow"] != 0).sum() > (before != 0).sum()
        assert after["grow"][18, 40] == 1
        assert after["grow"][79, 85] == 2
        assert (after["shrink"] != 0).sum() < (before != 0).sum()
        assert set(np.unique(after["shrink"])) == {0, 1, 2}
        assert after["fill_holes"][32, 32] == 1
        assert after["specks"][100, 100] == 0
        assert after["specks"][85, 85] == 2
        assert after["smooth"][100, 100] == 0
        np.testing.assert_array_equal(after["invert"] != 0, before == 0)
        assert not after["clear"].any()

    def test_sizes_count(self, dock, mask, changed):
        dock.form.edit.distance.setValue(5)
        changed(dock, dock.form.edit.buttons["grow"].click)
        assert mask.data[15, 40] == 1
        assert mask.data[14, 40] == 0
        dock.form.edit.specks.setValue(10**6)
        changed(dock, dock.form.edit.buttons["specks"].click)
        assert not mask.data.any()

    @pytest.mark.parametrize("how", ["union", "intersection", "difference"])
    def test_combine_with_another_layer(self, viewer, dock, mask, changed, how):
        other = np.zeros((120, 140), int)
        other[40:85, 40:85] = 7
        viewer.add_labels(other, name="other")
        dock.form.edit.other.choose(viewer.layers["other"])
        before = mask.data.copy()
        changed(dock, dock.form.edit.combine[how].click)
        a, b = before != 0, other != 0
        expected = {"union": a | b, "intersection": a & b, "difference": a & ~b}[how]
        np.testing.assert_array_equal(mask.data != 0, expected)
        kept = a & (mask.data != 0)
        np.testing.assert_array_equal(mask.data[kept], before[kept])
        np.testing.assert_array_equal(viewer.layers["other"].data, other)

    def test_painting_meanwhile_is_not_lost(self, dock, mask, changed, qtbot, monkeypatch):
        go, calls = threading.Event(), []

        def slow(plane, size):
            calls.append(plane)
            go.wait(10)
            return np.where(plane == 2, plane.dtype.type(5), plane)

        monkeypatch.setitem(edits.EDITS, "grow", slow)
        dock.changes.edit("grow", 2)
        mask.data_setitem((np.array([110]), np.array([110])), 2)
        with qtbot.waitSignal(dock.mask_changed):
            go.set()
        assert len(calls) == 2
        assert mask.data[110, 110] == 5

    def test_a_mask_removed_meanwhile(self, viewer, dock, mask, qtbot, monkeypatch):
        go = threading.Event()
        monkeypatch.setitem(edits.EDITS, "grow", lambda plane, size: go.wait(10) and plane)
        dock.changes.edit("grow", 2)
        viewer.layers.remove(mask)
        with qtbot.waitSignal(dock.background.rested):
            go.set()
        assert [layer.name for layer in viewer.layers] == ["photo"]

    def test_without_a_mask_there_is_nothing_to_edit(self, dock):
        turn_to(dock, "edit")
        assert dock.form.status.text() == "Choose the mask to edit."
        assert not dock.form.edit.isEnabled()


class TestLayers:
    def test_no_layers(self, viewer):
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Masks")[1]
        assert dock.form.status.text() == "Open an image first."
        assert not dock.form.tabs.isEnabled()
        viewer.add_image(ramp())
        assert dock.form.tabs.isEnabled()

    def test_preview_goes_when_the_dock_closes(self, viewer, dock, qtbot):
        previewed(qtbot, dock, lambda: turn_to(dock, "random"))
        viewer.window.remove_dock_widget(dock)
        assert [layer.name for layer in viewer.layers] == ["photo"]
        viewer.dims.ndisplay = 3  # events after the end are harmless

    def test_preview_can_be_switched_off_and_is_no_choice(self, viewer, dock, qtbot):
        previewed(qtbot, dock, lambda: turn_to(dock, "random"))
        assert PREVIEW in dock.preview.layer.metadata
        for combo in (dock.form.target, dock.form.hand.labels, dock.form.edit.other):
            assert combo.findText("Mask preview") == -1
        dock.form.random.preview.setChecked(False)
        qtbot.waitUntil(lambda: dock.preview.layer is None)

    @pytest.mark.parametrize("other", ["Fill", "Compare"])
    def test_preview_is_no_mask_of_other_docks(self, viewer, dock, qtbot, other):
        form = viewer.window.add_plugin_dock_widget("napari-greyfill", other)[1].form
        previewed(qtbot, dock, lambda: turn_to(dock, "random"))
        assert dock.preview.layer in viewer.layers
        assert form.mask_layer is None
        mask = viewer.add_labels(np.zeros((120, 140), np.uint8))
        assert form.mask_choice.layers == [mask]

    def test_user_removes_the_preview(self, viewer, dock, qtbot):
        previewed(qtbot, dock, lambda: turn_to(dock, "random"))
        viewer.layers.remove(dock.preview.layer)
        viewer.dims.ndisplay = 3  # makes the dock look at everything anew
        viewer.dims.ndisplay = 2
        qtbot.wait(200)
        assert len(viewer.layers) == 1
        previewed(qtbot, dock, dock.form.random.another.click)
        assert len(viewer.layers) == 2

    def test_applied_to_the_plane_it_was_asked_for(self, viewer, dock, qtbot, monkeypatch):
        go = threading.Event()

        def slow(tones, kind, **options):
            go.wait(10)
            return np.ones((40, 60), bool)

        layer = viewer.add_image(np.stack([ramp()] * 3), name="stack")
        planes = viewer.add_labels(np.zeros((3, 40, 60), np.uint8), name="planes")
        dock.form.image.choose(layer)
        dock.form.target.choose(planes)
        viewer.dims.set_current_step(0, 1)
        monkeypatch.setattr("napari_greyfill.viewer.masks.finder.detect_mask", slow)
        turn_to(dock, "picture")
        dock.form.picture.preview.setChecked(False)
        dock.apply()
        viewer.dims.set_current_step(0, 2)
        with qtbot.waitSignal(dock.mask_changed, timeout=8_000):
            go.set()
        assert planes.data.any(axis=(1, 2)).tolist() == [False, True, False]

    @pytest.mark.parametrize("gone", ["stack", "planes"])
    def test_nothing_is_applied_to_layers_that_have_gone(
        self, viewer, dock, qtbot, monkeypatch, gone
    ):
        go = threading.Event()

        def slow(tones, kind, **options):
            go.wait(10)
            return np.ones((40, 60), bool)

        layer = viewer.add_image(np.stack([ramp()] * 3), name="stack")
        planes = viewer.add_labels(np.zeros((3, 40, 60), np.uint8), name="planes")
        dock.form.image.choose(layer)
        dock.form.target.choose(planes)
        monkeypatch.setattr("napari_greyfill.viewer.masks.finder.detect_mask", slow)
        turn_to(dock, "picture")
        dock.form.picture.preview.setChecked(False)
        dock.apply()
        viewer.layers.remove(gone)
        left = [layer.name for layer in viewer.layers]
        go.set()
        qtbot.waitUntil(lambda: not dock.background.busy)
        assert [layer.name for layer in viewer.layers] == left
        assert not planes.data.any()

    def test_labels_of_another_stack_are_refused(self, viewer, dock):
        layer = viewer.add_image(np.stack([ramp()] * 3), name="stack")
        other = viewer.add_labels(np.ones((2, 40, 60), np.uint8), name="other")
        dock.form.image.choose(layer)
        dock.form.target.choose(other)
        assert "3 × 40 × 60 and 2 × 40 × 60" in dock.form.status.text()
        assert not dock.form.tabs.isEnabled()

    def test_objects_of_another_stack_are_explained(self, viewer, dock, qtbot):
        objects = viewer.add_labels(np.ones((3, 30, 30), np.uint8), name="objects")
        turn_to(dock, "random")
        pick(dock.form.random.kind, "semantic")
        dock.form.random.objects.choose(objects)
        qtbot.waitUntil(lambda: "has no plane" in dock.form.status.text())
        assert dock.preview.layer is None

    def test_stack_plane_in_view(self, viewer, dock, qtbot, changed):
        stack = np.stack([ramp(), 2 * ramp(), ramp()])
        layer = viewer.add_image(stack, name="stack", scale=(4, 2, 2), translate=(1, 5, 7))
        dock.form.image.choose(layer)
        viewer.dims.set_current_step(0, 1)
        shown = previewed(qtbot, dock, lambda: turn_to(dock, "picture"))
        np.testing.assert_array_equal(shown[0], detect_mask(stack[1], "brighter"))
        np.testing.assert_array_equal(dock.preview.layer.translate, [5, 5, 7])
        mask = changed(dock, dock.apply)  # a flat one, for every plane
        np.testing.assert_array_equal(mask.data != 0, shown[0])
        np.testing.assert_array_equal(mask.translate, [5, 7])
        planes = viewer.add_labels(np.zeros(stack.shape, np.uint8), name="planes")
        dock.form.target.choose(planes)
        changed(dock, dock.apply)
        np.testing.assert_array_equal(planes.data[1] != 0, shown[0])
        assert not planes.data[[0, 2]].any()
        planes.undo()
        assert not planes.data.any()


class TestOutputs:
    def test_masked_images_as_layers(self, viewer, dock, changed):
        turn_to(dock, "random")
        changed(dock, dock.apply)
        pick(dock.form.hole, "mean")
        for _ in range(2):  # the second time updates
            dock.form.grey.click()
            dock.form.colour.click()
        names = [layer.name for layer in viewer.layers]
        assert names == ["photo", "photo mask", "photo grey-masked", "photo colour-masked"]
        expected = masked_images(viewer.layers["photo"].data, painted(dock), value="mean")
        for layer, image in zip(viewer.layers[2:], expected, strict=True):
            np.testing.assert_array_equal(layer.data, image)
        assert not viewer.layers["photo grey-masked"].rgb
        assert viewer.layers["photo colour-masked"].rgb

    def test_masked_images_that_were_changed_are_the_user_s(self, viewer, dock, changed):
        turn_to(dock, "random")
        changed(dock, dock.apply)
        dock.form.grey.click()
        mine = viewer.layers["photo grey-masked"]
        mine.name = "mine"
        before = mine.data.copy()
        pick(dock.form.hole, "white")
        dock.form.grey.click()
        np.testing.assert_array_equal(mine.data, before)
        assert viewer.layers[-1].name == "photo grey-masked"

    def test_an_empty_mask_is_explained(self, dock):
        dock.changes.new_mask()
        dock.form.grey.click()
        assert "paint a mask first" in dock.form.status.text()

    def test_saving_asks_before_it_overwrites(self, dock, changed, tmp_path, monkeypatch):
        turn_to(dock, "random")
        changed(dock, dock.apply)
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a: str(tmp_path))
        dock.form.save.click()
        names = {path.name for path in tmp_path.iterdir()}
        files = ("mask.png", "grey_masked.png", "colour_masked.png", "mask.json")
        assert names == {f"photo_{name}" for name in files}
        first = painted(dock)
        np.testing.assert_array_equal(read_image(tmp_path / "photo_mask.png").array, first)
        assert json.loads((tmp_path / "photo_mask.json").read_text())["width"] == 140
        dock.form.random.seed.setValue(9)
        changed(dock, dock.apply)
        for answer, expected in (("No", first), ("Yes", painted(dock))):
            button = getattr(QMessageBox.StandardButton, answer)
            monkeypatch.setattr(QMessageBox, "question", lambda *a, b=button: b)
            dock.form.save.click()
            written = read_image(tmp_path / "photo_mask.png").array
            np.testing.assert_array_equal(written, expected)


def test_grey_pictures_have_two_equal_outputs(viewer, qtbot, changed):
    viewer.add_image(colour_ramp()[..., 0], name="a/b: c")
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Masks")[1]
    turn_to(dock, "random")
    changed(dock, dock.apply)
    dock.form.colour.click()
    assert not viewer.layers["a/b: c colour-masked"].rgb
    assert mask_outputs._file_name("a/b: c") == "a_b_ c"
    assert mask_outputs._file_name("...") == "image"
    qtbot.waitUntil(lambda: not dock.background.busy)


def test_every_edit_has_a_button(viewer):
    assert set(EditTab(viewer).buttons) == set(edits.EDITS)
