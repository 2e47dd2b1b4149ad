import gc
import json
import weakref

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication

import napari_greyfill
from napari_greyfill.comparison import comparing
from napari_greyfill.inpaint import Fill, Inpainter
from napari_greyfill.pipeline import job
from napari_greyfill.pipeline import run as pipeline
from tests import checkpoints
from tests.inpainters import Broken
from tests.viewer.conftest import colour_ramp, ramp


def choose(dock, **names):
    """Set combo boxes of the form by data, for example method="telea"."""
    for key, name in names.items():
        field = dock.form.fields.get(key)
        combo = getattr(dock.form, key) if field is None else field.widget
        combo.setCurrentIndex(combo.findData(name))


def paint(mask, plane=None):
    rows, columns = np.mgrid[15:20, 20:40]
    where = (rows.ravel(), columns.ravel())
    if plane is not None:
        where = (np.full(rows.size, plane), *where)
    mask.data_setitem(where, 1)


@pytest.fixture
def ready(viewer, open_dock):
    """Return a dock with a colour image and a painted mask."""

    def make(image=None, **kwargs):
        layer = viewer.add_image(colour_ramp() if image is None else image, name="pic", **kwargs)
        dock = open_dock()
        if layer.ndim == 2:
            dock.new_mask()
        else:  # a mask for each plane
            spatial = {"scale": layer.scale, "translate": layer.translate}
            viewer.add_labels(np.zeros(layer.data.shape, np.uint8), name="pic mask", **spatial)
        paint(dock.form.mask_layer, plane=0 if layer.ndim == 3 else None)
        dock.form.intermediates.setChecked(True)
        dock.refresh()
        return dock

    return make


def native_of(viewer):
    """Return the widget that gets what is typed on the picture."""
    return viewer.__wrapped__.window._qt_viewer.canvas.native  # where plugins must not look


def layer_names(viewer):
    return [layer.name for layer in viewer.layers]


class TestReadiness:
    def test_no_layers(self, open_dock):
        dock = open_dock()
        assert not dock.run_button.isEnabled()
        assert dock.status.text() == "Open an image first."
        assert not dock.form.new_mask.isEnabled()

    def test_no_mask(self, viewer, open_dock):
        viewer.add_image(ramp())
        dock = open_dock()
        assert not dock.run_button.isEnabled()
        assert "New mask" in dock.status.text()

    def test_empty_mask_then_painted_with_the_brush(self, viewer, open_dock, qtbot):
        viewer.add_image(ramp(), name="pic")
        dock = open_dock()
        dock.form.new_mask.click()
        mask = viewer.layers["pic mask"]
        assert mask.mode == "paint"
        assert viewer.layers.selection.active == mask
        assert "empty" in dock.status.text()
        mask.paint((10, 10), 1)
        qtbot.waitUntil(dock.run_button.isEnabled)
        mask.undo()
        qtbot.waitUntil(lambda: not dock.run_button.isEnabled())

    def test_everything_painted(self, ready):
        dock = ready()
        dock.form.mask_layer.data = np.ones((40, 60), np.uint8)
        dock.refresh()
        assert "Everything is painted" in dock.status.text()

    def test_sizes_differ(self, viewer, open_dock):
        viewer.add_image(ramp())
        viewer.add_labels(np.ones((40, 61), np.uint8))
        dock = open_dock()
        assert not dock.run_button.isEnabled()
        assert "40 × 60" in dock.status.text()
        assert "40 × 61" in dock.status.text()

    def test_three_dimensional_view(self, viewer, ready):
        dock = ready()
        viewer.dims.ndisplay = 3
        dock.refresh()
        assert "2-D" in dock.status.text()

    def test_selected_label_not_painted(self, viewer, ready):
        dock = ready()
        choose(dock, labels="selected")
        dock.form.mask_layer.selected_label = 5
        dock.refresh()
        assert "selected label" in dock.status.text()
        dock.form.mask_layer.selected_label = 1
        dock.refresh()
        assert dock.run_button.isEnabled()

    def test_combos_follow_the_layers(self, viewer, ready):
        dock = ready()
        viewer.add_image(ramp(), name="another")
        assert "another" in [layer.name for layer in dock.form.image_choice.layers]
        viewer.layers.remove("pic mask")
        dock.refresh()
        assert dock.form.mask_layer is None
        assert not dock.run_button.isEnabled()


class TestRun:
    def test_equals_the_script(self, viewer, ready, run):
        dock = ready()
        run(dock)
        mask = viewer.layers["pic mask"]
        expected = napari_greyfill.fill(colour_ramp(), mask.data)
        np.testing.assert_array_equal(viewer.layers["pic filled"].data, expected.image)
        np.testing.assert_array_equal(viewer.layers["pic filled grey"].data, expected.grey)
        np.testing.assert_array_equal(viewer.layers["pic filled region"].data, expected.hole)

    def test_layers_and_selection(self, viewer, ready, run):
        dock = ready()
        run(dock)
        assert layer_names(viewer) == [
            "pic",
            "pic grey with hole",
            "pic filled grey",
            "pic filled",
            "pic filled region",
            "pic mask",
        ]
        assert viewer.layers.selection.active.name == "pic mask"
        visible = [layer.name for layer in viewer.layers if layer.visible]
        assert visible == ["pic", "pic filled", "pic filled region", "pic mask"]

    def test_user_layers_are_untouched(self, viewer, ready, run):
        dock = ready()
        image, mask = viewer.layers["pic"], viewer.layers["pic mask"]
        before, painted = image.data.copy(), mask.data.copy()
        run(dock)
        np.testing.assert_array_equal(image.data, before)
        np.testing.assert_array_equal(mask.data, painted)
        assert "greyfill" not in image.metadata

    def test_a_layer_of_the_same_name_is_not_ours(self, viewer, ready, run):
        mine = viewer.add_image(ramp(), name="pic filled")
        before = mine.data.copy()
        dock = ready()
        dock.form.image_choice.choose(viewer.layers["pic"])
        run(dock)
        np.testing.assert_array_equal(mine.data, before)
        assert "pic filled [1]" in layer_names(viewer)

    def test_rerun_updates_its_own_layers(self, viewer, ready, run):
        dock = ready()
        run(dock)
        names, first = layer_names(viewer), viewer.layers["pic filled"]
        region = viewer.layers["pic filled region"].data.sum()
        dock.form.fields["grow"].value = 6
        run(dock)
        assert layer_names(viewer) == names
        assert viewer.layers["pic filled"] == first
        assert viewer.layers["pic filled region"].data.sum() > region
        assert [row.run for row in dock.table.model.rows] == [1, 2]

    def test_earlier_results_can_be_kept(self, viewer, ready, run):
        dock = ready()
        run(dock)
        count = len(viewer.layers)
        dock.form.keep.setChecked(True)
        run(dock)
        assert len(viewer.layers) == count + 4
        assert "pic filled [1]" in layer_names(viewer)

    def test_without_intermediates(self, viewer, ready, run):
        dock = ready()
        run(dock)
        dock.form.intermediates.setChecked(False)
        run(dock)
        assert layer_names(viewer) == ["pic", "pic filled", "pic filled region", "pic mask"]

    def test_the_result_and_its_outline_by_default(self, viewer, ready, run):
        dock = ready()
        dock.form.restore_defaults("auto")
        run(dock)
        assert layer_names(viewer) == ["pic", "pic filled", "pic filled region", "pic mask"]

    def test_a_removed_result_is_made_anew(self, viewer, ready, run):
        dock = ready()
        run(dock)
        viewer.layers.remove("pic filled")
        run(dock)
        assert "pic filled" in layer_names(viewer)

    def test_grey_image(self, viewer, ready, run):
        dock = ready(ramp(dtype=np.uint16) * 50, colormap="magma", contrast_limits=(10, 4000))
        run(dock)
        filled = viewer.layers["pic filled"]
        assert filled.data.dtype == np.uint16
        assert not filled.rgb
        assert filled.colormap.name == "magma"
        assert tuple(filled.contrast_limits) == (10, 4000)
        assert dock.table.rows[0].combination.colorizer == ""
        assert "no colour to recover" in dock.status.text()
        assert not dock.form.colorizer.isEnabled()
        assert not dock.form.fields["pipeline"].isEnabled()

    def test_filling_in_colour_needs_no_colorizer(self, ready):
        dock = ready()
        assert dock.form.colorizer.isEnabled()
        choose(dock, pipeline="rgb-rgb")
        dock.refresh()
        assert not dock.form.colorizer.isEnabled()
        assert dock.form.fields["pipeline"].isEnabled()

    def test_only_the_selected_label(self, viewer, ready, run):
        dock = ready()
        mask = viewer.layers["pic mask"]
        mask.data_setitem((np.array([5, 5]), np.array([5, 6])), 2)
        choose(dock, labels="selected")
        mask.selected_label = 2
        dock.form.fields["grow"].value = 0
        run(dock)
        region = viewer.layers["pic filled region"].data
        assert region.sum() == 2
        assert region[5, 5]

    def test_provenance_repeats_the_run(self, viewer, ready, run):
        dock = ready()
        choose(dock, pipeline="rgb-grey-rgb")
        dock.form.fields["feather"].value = 1
        run(dock)
        kept = viewer.layers["pic filled"].metadata["greyfill"]
        assert json.loads(json.dumps(kept)) == kept
        assert kept["image"] == "pic"
        assert kept["role"] == "filled"
        again = napari_greyfill.fill(
            viewer.layers["pic"], viewer.layers["pic mask"], **kept["parameters"]
        )
        np.testing.assert_array_equal(viewer.layers["pic filled"].data, again.image)

    def test_copy_as_python_runs_in_the_console(self, viewer, ready, run):
        dock = ready()
        dock.form.fields["seed"].value = 3
        assert not dock.python_button.isEnabled()
        run(dock)
        dock.python_button.click()
        text = QGuiApplication.clipboard().text()
        exec(compile(text, "console", "exec"), {"viewer": viewer})
        np.testing.assert_array_equal(viewer.layers[-1].data, viewer.layers["pic filled"].data)

    def test_python_in_the_console_keeps_scale_and_units(self, viewer, ready, run):
        dock = ready(scale=(0.5, 0.25), units=("mm", "mm"))
        choose(dock, method="telea")
        run(dock)
        dock.python_button.click()
        text = QGuiApplication.clipboard().text()
        exec(compile(text, "console", "exec"), {"viewer": viewer})
        assert tuple(viewer.layers[-1].scale) == (0.5, 0.25)
        assert viewer.layers[-1].units == viewer.layers["pic"].units

    def test_save_as_writes_the_result_and_its_mask(
        self, viewer, ready, run, qtbot, tmp_path, monkeypatch
    ):
        from napari_greyfill.files import read_image
        from napari_greyfill.viewer.fill import dock as module

        dock = ready()
        choose(dock, method="telea")
        assert not dock.save_button.isEnabled()
        run(dock)
        monkeypatch.setattr(module, "ask_where", lambda *_: tmp_path / "home.png")
        with qtbot.waitSignal(dock.background.rested):
            dock.save_button.click()
        assert dock.status.text().startswith("Saved home.png and home mask.png")
        written = read_image(tmp_path / "home.png").array
        np.testing.assert_array_equal(written, viewer.layers["pic filled"].data)

    def test_preview_is_shown_and_goes(self, viewer, ready, run, monkeypatch):
        from napari_greyfill.colorization.progressive import Progressive
        from napari_greyfill.pipeline import stages

        monkeypatch.setattr(Progressive, "STEPS", (3,))
        monkeypatch.setattr(stages._Throttle, "ready", lambda self: True)
        dock = ready()
        choose(dock, colorizer="progressive")
        seen = []
        dock.runner.previewed.connect(lambda _: seen.append(layer_names(viewer)))
        run(dock)
        assert seen
        assert any("pic (preview)" in names for names in seen)
        assert "pic (preview)" not in layer_names(viewer)


class TestTouchUp:
    """Paint, run, look, paint again: the brush stays in hand."""

    def test_the_mask_is_an_outline_in_hand(self, viewer, ready, run):
        dock = ready()
        run(dock)
        mask, region = viewer.layers["pic mask"], viewer.layers["pic filled region"]
        assert viewer.layers.selection.active == mask
        assert mask.mode == "paint"
        assert mask.contour == region.contour == 1

    def test_what_is_invented_is_said(self, ready, run):
        dock = ready()
        run(dock)
        assert dock.status.text().startswith(
            "100 invented pixels, 4.2 % of this plane, corrected by a network."
        )

    def test_more_paint_asks_for_a_run_and_undo_takes_it_back(self, viewer, ready, run, qtbot):
        dock = ready()
        run(dock)
        outcome = dock.status.text()
        mask = viewer.layers["pic mask"]
        mask.paint((5, 50), 1)
        qtbot.waitUntil(lambda: dock.status.text() == "Mask changed: Run to update.")
        mask.undo()
        qtbot.waitUntil(lambda: dock.status.text() == outcome)

    def test_keys_run_cancel_and_toggle(self, viewer, gated, ready, qtbot):
        dock = ready()
        choose(dock, method="gated")
        native, key = native_of(viewer), Qt.Key
        viewer.layers.selection.active = viewer.layers["pic mask"]
        qtbot.keyClick(native, key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert dock.running
        with qtbot.waitSignal(dock.run_ended):
            qtbot.keyClick(native, key.Key_Escape)
        assert dock.status.text().startswith("Cancelled")
        choose(dock, method="telea")
        with qtbot.waitSignal(dock.run_ended):
            qtbot.keyClick(native, key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        region = viewer.layers["pic filled region"]
        for visible in (False, True):
            qtbot.keyClick(native, key.Key_O)
            assert region.visible is visible

    def test_somebody_elses_choice_stays(self, viewer, gated, ready, qtbot):
        dock = ready()
        choose(dock, method="gated")
        dock.run()
        other = viewer.add_points(name="other")
        with qtbot.waitSignal(dock.run_ended):
            gated.set()
        assert viewer.layers.selection.active == other

    def test_the_same_run_sets_no_pixels_anew(self, viewer, ready, run):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        before = viewer.layers["pic filled"].data
        run(dock)
        assert viewer.layers["pic filled"].data is before


class TestWhatIsTheUsers:
    @pytest.mark.parametrize("name", ["pic filled", "pic filled region", "pic filled grey"])
    def test_renamed_layers_are_never_updated(self, viewer, ready, run, name):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        mine, before = viewer.layers[name], viewer.layers[name].data.copy()
        mine.name = "mine"
        dock.form.fields["grow"].value = 5
        run(dock)
        np.testing.assert_array_equal(viewer.layers["mine"].data, before)
        assert viewer.layers["mine"] == mine
        assert name in layer_names(viewer)
        assert len(viewer.layers) == 7

    def test_painted_layers_are_never_updated(self, viewer, ready, run):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        region = viewer.layers["pic filled region"]
        region.paint((3, 3), 1)
        before = region.data.copy()
        run(dock)
        np.testing.assert_array_equal(region.data, before)
        assert "pic filled region [1]" in layer_names(viewer)

    def test_changed_layers_are_never_removed(self, viewer, ready, run):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        viewer.layers["pic filled grey"].data[3, 3] = 7
        dock.form.intermediates.setChecked(False)
        run(dock)
        assert "pic filled grey" in layer_names(viewer)

    def test_it_is_said_what_made_room(self, viewer, ready, run):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        run(dock)
        assert "made room" not in dock.status.text()
        dock.form.intermediates.setChecked(False)
        run(dock)
        assert dock.status.text().endswith(" 2 layers of an earlier run made room.")

    def test_a_cancelled_run_removes_nothing(self, viewer, gated, ready, run, qtbot):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        before = layer_names(viewer)
        choose(dock, method="gated")
        dock.form.intermediates.setChecked(False)
        with qtbot.waitSignal(dock.runner.progressed):
            dock.run()
        with qtbot.waitSignal(dock.run_ended):
            dock.cancel()
        assert layer_names(viewer) == before

    def test_what_a_failed_method_had_stays(self, viewer, add_method, ready, run, messages):
        works = []

        class Once(Inpainter):
            def run(self, plane, hole, unknown=None):
                works.append(1)
                if len(works) > 1:
                    raise RuntimeError("a bug")
                yield 0.5
                return Fill(np.where(hole, 0.5, plane))

        add_method("once", Once)
        dock = ready()
        choose(dock, method="once")
        dock.form.also.choose(["telea"])
        run(dock)
        run(dock)
        assert messages["warning"] == ["once failed: RuntimeError: a bug"]
        assert "pic filled (once)" in layer_names(viewer)

    def test_previews_keep_the_selection(self, viewer, gated, ready, qtbot):
        dock = ready()
        choose(dock, method="gated")
        with qtbot.waitSignal(dock.runner.progressed):
            dock.run()
        chosen = {viewer.layers["pic"], viewer.layers["pic mask"]}
        for selected in (chosen, {viewer.layers["pic mask"]}, set()):
            viewer.layers.selection.clear()
            viewer.layers.selection.update(selected)
            for _ in range(2):
                dock.results.show_preview(colour_ramp(), dock._placement)
                assert set(viewer.layers.selection) == selected
            choices = [layer.name for layer in dock.form.image_choice.layers]
            assert choices == ["pic"]
            dock.results.remove_preview()
            assert set(viewer.layers.selection) == selected


class TestSentence:
    def test_it_is_about_the_picture_chosen_now(self, viewer, ready, run):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        assert "Filled in" in dock.status.text()
        viewer.layers.clear()
        dock.refresh()
        assert dock.status.text() == "Open an image first."
        viewer.add_image(ramp(50, 50), name="other")
        mask = np.zeros((50, 50), np.uint8)
        mask[3:5, 3:5] = 1
        viewer.add_labels(mask, name="other mask")
        dock.refresh()
        assert dock.status.text() == "Ready."

    def test_and_about_what_is_painted_now(self, viewer, ready, run, qtbot):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        mask = viewer.layers["pic mask"]
        mask.paint((30, 30), 1)
        qtbot.waitUntil(lambda: dock.status.text() == "Mask changed: Run to update.")
        mask.undo()
        qtbot.waitUntil(lambda: "Filled in" in dock.status.text())

    def test_and_about_the_plane_in_view(self, viewer, ready, run, qtbot):
        dock = ready(np.stack([ramp(), ramp()]))
        choose(dock, method="telea")
        paint(viewer.layers["pic mask"], plane=1)
        viewer.dims.set_current_step(0, 0)
        run(dock)
        viewer.dims.set_current_step(0, 1)
        qtbot.waitUntil(lambda: dock.status.text() == "Ready.")

    def test_and_about_the_choices(self, ready, run, qtbot):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        dock.form.fields["seed"].value = 5
        qtbot.waitUntil(lambda: dock.status.text() == "Ready.")
        dock.form.fields["seed"].value = 0
        qtbot.waitUntil(lambda: "Filled in" in dock.status.text())
        choose(dock, method="biharmonic")
        qtbot.waitUntil(lambda: dock.status.text() == "Ready.")

    def test_and_about_the_image_s_data(self, viewer, ready, run, qtbot):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        viewer.layers["pic"].data = colour_ramp() + 1
        qtbot.waitUntil(lambda: dock.status.text() == "Ready.")

    def test_a_failure_goes_with_its_mask(self, viewer, ready, run, messages, qtbot):
        dock = ready()
        mask = viewer.layers["pic mask"]
        mask.data = np.pad(np.ones((36, 56), np.uint8), 2)
        dock.form.fields["grow"].value = 9
        run(dock)
        assert dock.status.text().startswith(
            "Failed: Grown by 9 pixels the mask covers every pixel"
        )
        mask.data = np.pad(np.ones((2, 22), np.uint8), 19)
        qtbot.waitUntil(lambda: dock.status.text() == "Ready.")


class TestAxes:
    def test_labels_with_an_axis_more(self, viewer, open_dock, run):
        viewer.add_image(ramp(), name="pic")
        mask = np.zeros((1, 40, 60), np.uint8)
        mask[0, 15:20, 20:40] = 1
        viewer.add_labels(mask, name="mask")
        dock = open_dock()
        choose(dock, method="telea")
        run(dock)
        expected = napari_greyfill.fill(ramp(), mask, method="telea")
        np.testing.assert_array_equal(viewer.layers["pic filled"].data, expected.image)
        dock.python_button.click()
        exec(QGuiApplication.clipboard().text(), {"viewer": viewer})
        np.testing.assert_array_equal(viewer.layers[-1].data, expected.image)

    def test_labels_of_another_stack_stop_nothing(self, viewer, open_dock, messages, qtbot):
        viewer.add_image(np.stack([np.stack([ramp()] * 3)] * 4), name="pic")
        viewer.add_labels(np.ones((2, 40, 60), np.uint8), name="mask")
        dock = open_dock()
        for step in range(4):
            viewer.dims.set_current_step(0, step)
            qtbot.waitUntil(lambda: not dock._settle.isActive())
            assert not dock.run_button.isEnabled()
            assert "4 × 3 × 40 × 60 and 2 × 40 × 60" in dock.status.text()
        assert messages == {"error": [], "warning": [], "crash": []}

    def test_a_new_mask_serves_every_plane(self, viewer, open_dock, run):
        stack = np.stack([ramp(), ramp() + 9])
        viewer.add_image(stack, name="pic", scale=(2, 0.5, 0.25), units=("s", "um", "um"))
        dock = open_dock()
        choose(dock, method="telea")
        dock.form.new_mask.click()
        mask = viewer.layers["pic mask"]
        assert mask.data.shape == (40, 60)
        paint(mask)
        for step in (0, 1):
            viewer.dims.set_current_step(0, step)
            run(dock)
            expected = napari_greyfill.fill(stack[step], mask.data, method="telea")
            results = [layer for layer in viewer.layers if layer.name.startswith("pic filled")]
            found = [each for each in results if each.metadata["greyfill"]["role"] == "filled"]
            np.testing.assert_array_equal(found[-1].data[0], expected.image)

    def test_a_reference_of_another_stack_is_refused(self, viewer, ready):
        dock = ready(np.stack([ramp()] * 3))
        viewer.dims.set_current_step(0, 0)
        viewer.add_image(np.stack([ramp()] * 2), name="other")
        dock.form.reference_choice.choose(viewer.layers["other"])
        dock.refresh()
        assert dock.status.text().startswith("other has no plane that belongs to the one in view")
        assert not dock.run_button.isEnabled()


class TestPlacement:
    def test_spatial_metadata_and_units(self, viewer, ready, run):
        dock = ready(
            scale=(0.5, 0.25),
            translate=(3, -2),
            rotate=20,
            shear=[0.1],
            affine=[[1, 0, 4], [0, 2, 5], [0, 0, 1]],
            units=("um", "um"),
            axis_labels=("y", "x"),
        )
        run(dock)
        image = viewer.layers["pic"]
        for name in ("pic mask", "pic filled", "pic filled grey", "pic filled region"):
            layer = viewer.layers[name]
            for key in ("scale", "translate", "rotate", "shear"):
                np.testing.assert_allclose(getattr(layer, key), getattr(image, key))
            np.testing.assert_allclose(layer.affine.affine_matrix, image.affine.affine_matrix)
            assert layer.units == image.units
            assert layer.axis_labels == image.axis_labels

    def test_current_plane_of_a_stack(self, viewer, ready, run):
        stack = np.stack([ramp() + i for i in range(4)])
        dock = ready(stack, scale=(2, 1, 1), translate=(10, 0, 0))
        viewer.dims.set_current_step(0, 0)
        assert not dock.why_not()
        viewer.dims.set_current_step(0, 2)
        dock.refresh()
        assert "empty" in dock.status.text()
        paint(viewer.layers["pic mask"], plane=2)
        run(dock)
        filled = viewer.layers["pic filled"]
        assert filled.data.shape == (1, 40, 60)
        np.testing.assert_allclose(filled.translate, (14, 0, 0))
        assert viewer.dims.current_step[0] == 2
        expected = napari_greyfill.fill(stack[2], viewer.layers["pic mask"].data[2])
        np.testing.assert_array_equal(filled.data[0], expected.image)
        assert filled.metadata["greyfill"]["plane"] == [2]
        assert dock.table.rows[0].picture == "pic [2]"

    def test_each_plane_keeps_its_result(self, viewer, ready, run):
        dock = ready(np.stack([ramp(), ramp() + 9]))
        viewer.dims.set_current_step(0, 0)
        run(dock)
        viewer.dims.set_current_step(0, 1)
        paint(viewer.layers["pic mask"], plane=1)
        run(dock)
        results = [layer for layer in viewer.layers if layer.name.startswith("pic filled [")]
        assert len(results) == 1
        np.testing.assert_allclose(results[0].translate, (1, 0, 0))

    def test_flat_mask_serves_a_stack(self, viewer, open_dock, run):
        viewer.add_image(np.stack([ramp(), ramp() + 9]), name="pic")
        flat = np.zeros((40, 60), np.uint8)
        flat[10:14, 10:30] = 1
        viewer.add_labels(flat, name="flat")
        dock = open_dock()
        viewer.dims.set_current_step(0, 1)
        run(dock)
        assert viewer.layers["pic filled"].data.shape == (1, 40, 60)

    def test_dask_image(self, viewer, ready, run):
        import dask.array

        dock = ready(dask.array.from_array(np.stack([ramp(), ramp()])))
        viewer.dims.set_current_step(0, 0)
        run(dock)
        assert isinstance(viewer.layers["pic filled"].data, np.ndarray)


class TestMetrics:
    def test_reference_fills_the_row(self, viewer, ready, run):
        dock = ready()
        dock.form.reference_choice.choose(viewer.layers["pic"])
        run(dock)
        row = dock.table.model.rows[0]
        expected = napari_greyfill.metrics(
            viewer.layers["pic filled"].data,
            colour_ramp(),
            viewer.layers["pic filled region"].data,
        )
        assert row.metrics == expected
        assert row.pixels == viewer.layers["pic filled region"].data.sum()

    def test_no_reference_by_default(self, ready, run):
        dock = ready()
        assert dock.form.reference_layer is None
        run(dock)
        assert dock.table.model.rows[0].metrics == {}

    def test_unfit_reference_costs_only_the_metrics(self, viewer, ready, run, messages):
        dock = ready()
        viewer.add_image(ramp(20, 20), name="other")
        dock.form.reference_choice.choose(viewer.layers["other"])
        run(dock)
        assert "pic filled" in layer_names(viewer)
        assert any("No metrics" in text for text in messages["warning"])

    def test_click_selects_the_result(self, viewer, ready, run):
        dock = ready()
        run(dock)
        viewer.layers.selection.active = viewer.layers["pic"]
        dock.table.run_chosen.emit(1)
        assert viewer.layers.selection.active.name == "pic filled"
        viewer.layers.remove("pic filled")
        dock.table.run_chosen.emit(1)
        assert "no longer" in dock.status.text()


class TestCancelAndErrors:
    def test_cancel_changes_nothing(self, viewer, gated, ready, qtbot):
        dock = ready()
        choose(dock, method="gated")
        names = layer_names(viewer)
        with qtbot.waitSignal(dock.runner.progressed):
            dock.run()
        assert dock.cancel_button.isEnabled()
        assert not dock.run_button.isEnabled()
        with qtbot.waitSignal(dock.run_ended):
            dock.cancel_button.click()
        assert layer_names(viewer) == names
        assert dock.table.model.rows == []
        assert "Cancelled" in dock.status.text()
        assert dock.run_button.isEnabled()

    def test_cancel_while_a_network_learns(self, viewer, ready, qtbot):
        dock = ready(np.tile(colour_ramp(), (3, 2, 1)))
        choose(dock, colorizer="published")
        names = layer_names(viewer)
        with qtbot.waitSignal(dock.runner.progressed, timeout=30_000):
            dock.run()
        qtbot.waitUntil(lambda: "scale" in dock.status.text(), timeout=30_000)
        with qtbot.waitSignal(dock.run_ended, timeout=30_000):
            dock.cancel_button.click()
        assert layer_names(viewer) == names

    def test_no_second_run_meanwhile(self, gated, ready, qtbot):
        dock = ready()
        choose(dock, method="gated")
        with qtbot.waitSignal(dock.runner.progressed):
            dock.run()
        assert dock.why_not() == "A fill is running."
        dock.run()  # does nothing
        gated.set()
        with qtbot.waitSignal(dock.run_ended):
            pass
        assert len(dock.table.model.rows) == 1

    def test_known_error_is_a_sentence(self, add_method, ready, run, messages, viewer):
        class Poor(Inpainter):
            def run(self, plane, hole, unknown=None):
                raise napari_greyfill.errors.OutOfMemoryError("Too little memory; use the CPU.")
                yield

        add_method("poor", Poor)
        dock = ready()
        choose(dock, method="poor")
        run(dock)
        assert messages["error"] == ["Too little memory; use the CPU."]
        assert "pic filled" not in layer_names(viewer)
        assert dock.run_button.isEnabled()

    def test_a_bug_is_reported_with_its_traceback(self, add_method, ready, run, messages):
        add_method("broken", Broken)
        dock = ready()
        choose(dock, method="broken")
        run(dock)
        assert [str(error) for error in messages["crash"]] == ["a bug"]
        assert dock.run_button.isEnabled()

    def test_notes_become_warnings(self, ready, run, messages):
        image = colour_ramp().astype(np.float32)
        image[2, 3] = np.nan
        dock = ready(image, rgb=True)
        run(dock)
        assert len(messages["warning"]) == 1
        assert "NaN" in messages["warning"][0]

    @pytest.mark.parametrize("name", ["pic", "pic mask"])
    def test_layer_deleted_while_running(self, viewer, gated, ready, qtbot, name):
        dock = ready(scale=(2, 2))
        choose(dock, method="gated")
        with qtbot.waitSignal(dock.runner.progressed):
            dock.run()
        viewer.layers.remove(name)
        gated.set()
        with qtbot.waitSignal(dock.run_ended):
            pass
        np.testing.assert_allclose(viewer.layers["pic filled"].scale, (2, 2))

    def test_everything_deleted_or_renamed_while_running(self, viewer, gated, ready, run, qtbot):
        dock = ready()
        choose(dock, method="telea")
        run(dock)
        choose(dock, method="gated")
        with qtbot.waitSignal(dock.runner.progressed):
            dock.run()
        viewer.layers["pic"].name = "renamed"
        viewer.layers.clear()
        gated.set()
        with qtbot.waitSignal(dock.run_ended):
            pass
        assert layer_names(viewer)[-2:] == ["pic filled", "pic filled region"]
        assert "pic mask" not in layer_names(viewer)
        assert dock.status.text() != "A fill is running."

    def test_slice_changed_while_running(self, viewer, gated, ready, qtbot):
        dock = ready(np.stack([ramp(), ramp() + 1]))
        viewer.dims.set_current_step(0, 0)
        choose(dock, method="gated")
        with qtbot.waitSignal(dock.runner.progressed):
            dock.run()
        viewer.dims.set_current_step(0, 1)
        gated.set()
        with qtbot.waitSignal(dock.run_ended):
            pass
        np.testing.assert_allclose(viewer.layers["pic filled"].translate, (0, 0, 0))
        assert viewer.dims.current_step[0] == 1

    def test_dock_closed_while_running(self, viewer, gated, ready, qtbot):
        dock = ready()
        choose(dock, method="gated")
        with qtbot.waitSignal(dock.runner.progressed):
            dock.run()
        worker = dock.runner._workers[0]
        with qtbot.waitSignal(worker.finished):
            viewer.window.remove_dock_widget(dock)
            dock.deleteLater()
        paint(viewer.layers["pic mask"])  # what the dock listened to
        viewer.dims.ndisplay = 3
        assert "pic filled" not in layer_names(viewer)

    def test_viewer_closed_while_running(self, viewer, gated, ready, qtbot):
        dock = ready()
        choose(dock, method="gated")
        with qtbot.waitSignal(dock.runner.progressed):
            dock.run()
        worker = dock.runner._workers[0]
        with qtbot.waitSignal(worker.finished):
            viewer.close()


class TestOriginal:
    def test_button_shows_the_original_while_held(self, viewer, ready, run):
        dock = ready()
        run(dock)
        before = {layer.name: layer.visible for layer in viewer.layers}
        dock.original_button.pressed.emit()
        assert [layer.name for layer in viewer.layers if layer.visible] == ["pic"]
        dock.original_button.released.emit()
        assert {layer.name: layer.visible for layer in viewer.layers} == before

    def test_key_does_the_same(self, viewer, ready, run, qtbot):
        dock = ready()
        run(dock)
        hold = viewer.layers["pic filled"].keymap
        action = next(action for key, action in hold.items() if str(key) == "H")
        held = action(viewer.layers["pic filled"])
        next(held)
        assert not viewer.layers["pic filled"].visible
        assert next(held, "over") == "over"
        assert viewer.layers["pic filled"].visible

    def test_layer_removed_while_held(self, viewer, ready, run):
        dock = ready()
        run(dock)
        dock.hold_original()
        viewer.layers.remove("pic filled grey")
        dock.release_original()
        assert viewer.layers["pic filled"].visible


def test_every_control_has_a_tooltip(ready):
    from qtpy.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QPushButton

    dock = ready()
    kinds = (QAbstractSpinBox, QCheckBox, QComboBox, QPushButton)
    controls = [w for kind in kinds for w in dock.findChildren(kind)]
    assert len(controls) > 20
    silent = [
        w
        for w in controls
        if not w.toolTip() and w.text != "" and w.objectName() != "qt_spinbox_lineedit"
    ]
    names = [getattr(w, "text", lambda: "")() for w in silent if not isinstance(w, QComboBox)]
    assert names == []


def test_restore_defaults(ready):
    dock = ready()
    before = dock.form.options()
    choose(dock, pipeline="rgb-rgb", method="telea", colorizer="published", device="cpu")
    dock.form.fields["grow"].value = 9
    dock.form.keep.setChecked(True)
    assert dock.form.options() != before
    dock.defaults_button.click()
    assert dock.form.options() == before
    assert not dock.form.keep.isChecked()


def test_unavailable_methods_are_greyed_out(open_dock, monkeypatch):
    from napari_greyfill.compute import registry as methodinfo

    monkeypatch.setattr(methodinfo, "find_spec", lambda name: None)
    combo = open_dock().form.method
    item = combo.model().item(combo.findData("telea"))
    assert not item.isEnabled()
    assert "pip install" in item.data(Qt.ItemDataRole.ToolTipRole)


def test_results_do_not_keep_removed_layers_alive(viewer, ready, run):
    dock = ready()
    run(dock)
    data = weakref.ref(viewer.layers["pic filled"].data)
    viewer.layers.remove("pic filled")
    gc.collect()
    assert data() is None


class TestSeveralMethods:
    def test_each_has_its_layers_and_its_row(self, viewer, ready, run):
        dock = ready()
        choose(dock, method="biharmonic")
        dock.form.also.choose(["telea", "biharmonic", "navier-stokes"])
        assert dock.form.also.text() == "Biharmonic (smooth) + 2"
        run(dock)
        names = ["biharmonic", "telea", "navier-stokes"]
        assert [row.combination.method for row in dock.table.rows] == names
        assert layer_names(viewer)[-3:] == [
            "pic filled (navier-stokes)",
            "pic filled region",
            "pic mask",
        ]
        assert layer_names(viewer).count("pic filled region") == 1
        for name in names:
            expected = napari_greyfill.fill(
                colour_ramp(), viewer.layers["pic mask"].data, method=name
            )
            layer = viewer.layers[f"pic filled ({name})"]
            np.testing.assert_array_equal(layer.data, expected.image)
            assert layer.metadata["greyfill"]["method"] == name
        assert dock.status.text().startswith("3 methods are done. navier-stokes: 100 invented")

    def test_a_row_selects_its_result(self, viewer, ready, run):
        dock = ready()
        dock.form.also.choose(["telea"])
        run(dock)
        dock._select_run(1)
        first = dock.table.rows[0].combination.method
        assert viewer.layers.selection.active.name == f"pic filled ({first})"

    def test_the_next_run_updates_or_removes_what_the_dock_made(self, viewer, ready, run):
        dock = ready()
        choose(dock, method="biharmonic")
        dock.form.also.choose(["telea"])
        run(dock)
        layer = viewer.layers["pic filled (telea)"].unique_id
        count = len(viewer.layers)
        run(dock)
        assert len(viewer.layers) == count
        assert viewer.layers["pic filled (telea)"].unique_id == layer
        dock.form.also.choose([])
        run(dock)
        assert layer_names(viewer) == [
            "pic",
            "pic grey with hole",
            "pic filled grey",
            "pic filled",
            "pic filled region",
            "pic mask",
        ]

    def test_earlier_results_stay_if_they_are_to_be_kept(self, viewer, ready, run):
        dock = ready()
        dock.form.keep.setChecked(True)
        dock.form.also.choose(["telea"])
        run(dock)
        before = layer_names(viewer)
        dock.form.also.choose([])
        run(dock)
        assert set(before) <= set(layer_names(viewer))
        assert layer_names(viewer)[-3:] == ["pic filled", "pic filled region [1]", "pic mask"]

    def test_one_that_fails_is_told_of(self, viewer, add_method, ready, run, messages):
        add_method("broken", Broken)
        dock = ready()
        choose(dock, method="broken")
        dock.form.also.choose(["telea"])
        run(dock)
        assert messages["warning"] == ["broken failed: RuntimeError: a bug"]
        assert [row.combination.method for row in dock.table.rows] == ["telea"]
        assert "pic filled (telea)" in layer_names(viewer)

    def test_if_all_fail_that_is_an_error(self, add_method, ready, run, messages):
        add_method("broken", Broken)
        add_method("broken too", Broken)
        dock = ready()
        choose(dock, method="broken")
        dock.form.also.choose(["broken too"])
        run(dock)
        assert messages["error"] == [
            "broken failed: RuntimeError: a bug broken too failed: RuntimeError: a bug"
        ]
        assert dock.status.text().startswith("Failed: broken failed")

    def test_what_is_done_stays_when_the_rest_is_cancelled(self, viewer, gated, ready, qtbot):
        dock = ready()
        choose(dock, method="telea")
        dock.form.also.choose(["gated"])
        dock.refresh()
        dock.run_button.click()
        qtbot.waitUntil(lambda: len(dock.table.model.rows) == 1, timeout=30_000)
        with qtbot.waitSignal(dock.run_ended, timeout=30_000):
            dock.cancel_button.click()
        assert dock.status.text() == "Cancelled; the results of 1 finished methods stay."
        assert "pic filled (telea)" in layer_names(viewer)

    def test_those_without_weights_cannot_be_ticked(self, ready, tmp_path, monkeypatch):
        monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path))
        also = ready().form.also
        also.update_availability()
        items = {also.list.item(i).text(): also.list.item(i) for i in range(also.list.count())}
        assert not items["GMCNN, CelebA-HQ"].flags() & Qt.ItemFlag.ItemIsEnabled
        assert "weights get gmcnn-celebahq" in items["GMCNN, CelebA-HQ"].toolTip()
        assert items["Telea (fast marching)"].flags() & Qt.ItemFlag.ItemIsEnabled

    def test_python_repeats_all_of_them(self, viewer, ready, run):
        dock = ready()
        choose(dock, method="biharmonic")
        dock.form.also.choose(["telea"])
        run(dock)
        dock.copy_as_python()
        code = QGuiApplication.clipboard().text()
        assert "methods=['biharmonic', 'telea']" in code
        exec(code, {"viewer": viewer})
        assert layer_names(viewer)[-1].startswith("pic filled (telea)")
        layers = [layer for layer in viewer.layers if layer.name.startswith("pic filled (telea)")]
        np.testing.assert_array_equal(layers[0].data, layers[-1].data)

    def test_the_networks_fill_one_picture_in_one_run(
        self, viewer, ready, run, tmp_path, monkeypatch
    ):
        checkpoints.install(tmp_path)
        monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path))
        dock = ready()
        choose(dock, method=checkpoints.METHODS[0])
        dock.form.also.update_availability()
        dock.form.also.choose(checkpoints.METHODS[1:])
        dock.form.reference_choice.choose(viewer.layers["pic"])
        run(dock)
        assert tuple(row.combination.method for row in dock.table.rows) == checkpoints.METHODS
        assert all(row.metrics["psnr"] > 0 for row in dock.table.model.rows)
        results = [viewer.layers[f"pic filled ({name})"].data for name in checkpoints.METHODS]
        assert not np.array_equal(results[0], results[1])
        assert not np.array_equal(results[1], results[2])


def wide_hole(viewer, dock):
    """Give the dock a textured picture with a wide hole."""
    image = (np.random.default_rng(0).random((120, 120)) * 255).astype(np.uint8)
    if viewer.layers["pic"].rgb:
        image = np.stack([image] * 3, axis=-1)
    viewer.layers["pic"].data = image
    mask = np.zeros((120, 120), np.uint8)
    mask[40:80, 40:80] = 1
    dock.form.mask_layer.data = mask
    dock.refresh()
    return image, mask


class TestLook:
    def test_it_belongs_to_the_automatic_method(self, ready):
        dock = ready()
        assert dock.form.fields["look"].isEnabled()
        choose(dock, method="biharmonic")
        dock.refresh()
        assert not dock.form.fields["look"].isEnabled()
        assert dock.form.chosen_methods() == ("biharmonic",)

    @pytest.mark.parametrize(
        ("look", "methods"),
        [
            ("auto", ["blend"]),
            ("faithful", ["blend"]),
            ("texture", ["texture"]),
        ],
    )
    def test_it_decides_on_the_method(self, ready, run, look, methods):
        dock = ready()
        choose(dock, look=look)
        run(dock)
        assert [row.combination.method for row in dock.table.rows] == methods

    def test_texture_is_suggested_for_a_wide_hole_in_texture_and_said_why(
        self, viewer, ready, run
    ):
        dock = ready(image=colour_ramp(120, 120))
        image, mask = wide_hole(viewer, dock)
        run(dock)
        look = napari_greyfill.suggest_look(image, mask)
        assert look.name == "texture"
        assert [row.combination.method for row in dock.table.rows] == ["texture"]
        assert look.reason in dock.status.text()
        dock.copy_as_python()
        text = QGuiApplication.clipboard().text()
        exec(compile(text, "console", "exec"), {"viewer": viewer})
        np.testing.assert_array_equal(viewer.layers[-1].data, viewer.layers["pic filled"].data)

    def test_the_picture_is_read_once(self, ready, run, monkeypatch):
        pictures, read = [], job.read_picture

        def counted(*args, **kwargs):
            pictures.append(read(*args, **kwargs))
            return pictures[-1]

        for module in (comparing, job, pipeline):
            monkeypatch.setattr(module, "read_picture", counted)
        dock = ready()
        dock.form.also.choose(["telea"])
        run(dock)
        assert len(dock.table.model.rows) == 2
        assert len(pictures) == 1

    def test_others_run_beside_what_is_suggested(self, ready, run):
        dock = ready()
        dock.form.also.choose(["telea"])
        run(dock)
        assert [row.combination.method for row in dock.table.rows] == ["blend", "telea"]

    def test_the_expected_error_is_said(self, viewer, ready, run):
        dock = ready(image=ramp(120, 120))
        wide_hole(viewer, dock)
        choose(dock, look="faithful")
        run(dock)
        assert "Expected error about" in dock.status.text()
        assert "grey levels" in dock.status.text()


class TestColours:
    def test_the_confidence_is_a_layer_if_it_is_wanted(self, viewer, ready, run):
        dock = ready()
        run(dock)
        assert "pic colour confidence" not in layer_names(viewer)
        dock.form.confidence.setChecked(True)
        run(dock)
        layer = viewer.layers["pic colour confidence"]
        hole = viewer.layers["pic filled region"].data > 0
        assert (layer.data[~hole] == 1).all()
        assert 0 <= layer.data.min() < 1
        assert tuple(layer.contrast_limits) == (0, 1)
        assert not layer.visible

    def test_the_confidence_tints_the_result_where_it_is_a_guess(self, viewer, ready, run):
        dock = ready()
        dock.form.confidence.setChecked(True)
        run(dock)
        tail = ["pic filled", "pic colour confidence", "pic filled region", "pic mask"]
        assert layer_names(viewer)[-4:] == tail
        run(dock)
        assert layer_names(viewer)[-4:] == tail
        layer = viewer.layers["pic colour confidence"]
        assert layer.blending == "multiplicative"
        guess, sure = layer.colormap.map(np.array([0.0, 1.0]))
        np.testing.assert_allclose(sure, 1)
        assert guess[1] < 0.1

    def test_points_are_colour_hints(self, viewer, ready, run):
        dock = ready(scale=(2, 2))
        run(dock)
        before = viewer.layers["pic filled"].data.copy()
        points = viewer.add_points([[34, 60]], size=2, face_color="red", name="hints")
        dock.form.hints_choice.choose(points)
        run(dock)
        after = viewer.layers["pic filled"].data
        changed = (before != after).any(axis=-1)
        assert changed[17, 30]
        assert not changed[viewer.layers["pic filled region"].data == 0].any()
        red, green, blue = after[17, 30].astype(int)
        assert red > green
        assert red > blue
        assert viewer.layers["pic filled"].metadata["greyfill"]["hint_pixels"] == 1
        dock.copy_as_python()
        assert "hints=viewer.layers['hints']" in QGuiApplication.clipboard().text()

    def test_points_outside_are_told_of(self, viewer, ready, run, messages):
        dock = ready()
        dock.form.hints_choice.choose(viewer.add_points([[1, 1]], size=1, name="hints"))
        run(dock)
        (told,) = messages["warning"]
        assert "outside the hole" in told

    def test_only_colour_images_have_them(self, ready):
        dock = ready(image=ramp())
        dock.refresh()
        assert not dock.form.hints_choice.isEnabled()
        assert not dock.form.confidence.isEnabled()


def test_only_what_changed_is_filled_again(viewer, open_dock, qtbot):
    rng = np.random.default_rng(0)
    image = rng.normal(120, 20, (60, 300)).clip(0, 255).astype(np.uint8)
    viewer.add_image(image, name="pic")
    dock = open_dock()
    dock.new_mask()
    mask = dock.form.mask_layer
    choose(dock, method="biharmonic")

    def run():
        dock.refresh()
        dock.run()
        qtbot.waitUntil(lambda: not dock.running, timeout=20_000)
        return viewer.layers["pic filled"].data.copy()

    mask.data[20:23, 10:30] = mask.data[20:23, 260:280] = 1
    first = run()
    assert "Filled in" in dock.status.text()
    mask.data[30:33, 260:280] = 1
    again = run()
    assert "1 of 2 regions filled again" in dock.status.text()
    np.testing.assert_array_equal(again[:, :200], first[:, :200])
    fresh = napari_greyfill.fill(image, mask.data, method="biharmonic")
    np.testing.assert_array_equal(again, fresh.image)
    mask.data[20:23, 10:30] = 0
    np.testing.assert_array_equal(run()[:, :200], image[:, :200])
    run()
    assert "Nothing has changed" in dock.status.text()
