"""Stacks filled from the dock, with real clicks."""

import numpy as np
from qtpy.QtCore import Qt

import napari_greyfill
from tests.viewer.stacks import choose, method, stack_of


class TestForm:
    def test_is_hidden_for_a_picture(self, viewer, open_dock):
        viewer.add_image(stack_of(1)[0])
        dock = open_dock()
        dock.refresh()
        assert dock.form.stack.isHidden()

    def test_offers_the_planes_of_a_stack(self, ready):
        dock = ready(stack_of(2, 3), axis_labels=("t", "z", "y", "x"))
        form = dock.form.stack
        assert not form.isHidden()
        assert form.planes.itemText(form.planes.findData("all")) == "All (6)"
        assert not form.fields["dust"].isHidden()
        assert "auto takes the neighbouring planes" in form.fields["context"].widget.toolTip()

    def test_dust_needs_time(self, ready):
        dock = ready(stack_of(3))
        assert dock.form.stack.fields["dust"].isHidden()

    def test_one_plane_is_a_picture(self, ready):
        dock = ready(stack_of(1))
        assert dock.form.stack.isHidden()
        assert dock.run_button.isEnabled()

    def test_masks_are_flat_unless_asked(self, ready):
        assert ready(stack_of(3)).form.mask_layer.data.shape == (40, 48)

    def test_a_mask_for_each_plane(self, ready):
        dock = ready(stack_of(3), each=True, scale=(2, 0.5, 0.5), translate=(5, 0, 0))
        mask = dock.form.mask_layer
        assert mask.data.shape == (3, 40, 48)
        np.testing.assert_array_equal(mask.scale, (2, 0.5, 0.5))
        np.testing.assert_array_equal(mask.translate, (5, 0, 0))


class TestRun:
    def test_all_planes_come_as_two_layers(self, viewer, ready, run):
        stack = stack_of(4)
        dock = ready(stack, scale=(3, 1, 1), axis_labels=("z", "y", "x"))
        choose(dock, "all")
        run(dock)
        filled, region = viewer.layers["pic filled"], viewer.layers["pic filled region"]
        mask = viewer.layers["pic mask"].data
        expected = napari_greyfill.fill(stack, mask, axes="ZYX")
        np.testing.assert_array_equal(filled.data, expected.image)
        np.testing.assert_array_equal(region.data, expected.filled)
        np.testing.assert_array_equal(filled.scale, (3, 1, 1))
        assert len(viewer.layers) == 4
        assert dock.status.text().startswith("Filled 160 pixels in 4 planes")
        assert "Expected error" in dock.table.rows[0].picture
        assert dock.table.rows[0].pixels == 160
        assert "greyfill.fill(" in dock._python

    def test_a_range_and_then_all_update_the_same_layers(self, viewer, ready, run):
        stack = stack_of(4)
        dock = ready(stack)
        choose(dock, "range", context="none")
        dock.form.stack.first.setValue(1)
        dock.form.stack.last.setValue(2)
        run(dock)
        changed = (viewer.layers["pic filled region"].data > 0).any(axis=(1, 2))
        assert changed.tolist() == [False, True, True, False]
        choose(dock, "all")
        run(dock)
        assert (viewer.layers["pic filled region"].data > 0).any(axis=(1, 2)).all()
        assert len(viewer.layers) == 4

    def test_the_plane_in_view_from_its_neighbours(self, viewer, ready, run):
        dock = ready(stack_of(2, 3), each=True, axis_labels=("t", "z", "y", "x"))
        choose(dock, "this")
        viewer.dims.set_current_step((0, 1), (1, 2))
        run(dock)
        changed = (viewer.layers["pic filled region"].data > 0).any(axis=(2, 3))
        assert np.argwhere(changed).tolist() == [[1, 2]]

    def test_colour(self, viewer, ready, run):
        stack = (np.stack([stack_of(3)] * 3, axis=-1) // 32).astype(np.uint8)
        dock = ready(stack, rgb=True)
        choose(dock, "all")
        run(dock)
        assert viewer.layers["pic filled"].data.shape == stack.shape
        assert viewer.layers["pic filled"].rgb
        assert viewer.layers["pic filled region"].data.shape == stack.shape[:-1]

    def test_lazy_stacks_are_put_together_where_they_are_looked_at(self, viewer, ready, run):
        import dask.array

        stack = stack_of(3)
        dock = ready(dask.array.from_array(stack, chunks=(1, 40, 48)))
        choose(dock, "all", context="none")
        run(dock)
        filled = viewer.layers["pic filled"].data
        assert isinstance(filled, dask.array.Array)
        expected = napari_greyfill.fill(stack, viewer.layers["pic mask"].data, context="none")
        np.testing.assert_array_equal(filled.compute(), expected.image)

    def test_its_settings_can_be_loaded(self, viewer, ready, run):
        dock = ready(stack_of(3))
        method(dock, "telea")
        choose(dock, "all", context="z")
        run(dock)
        dock.form.restore_defaults("auto")
        dock.settings_button.click()
        assert dock.status.text() == "The settings are those of pic filled."
        assert dock.form.method.currentData() == "telea"
        assert dock.form.stack.fields["context"].value == "z"

    def test_its_lines_for_the_console_give_the_same_and_lie_there(self, viewer, ready, run):
        dock = ready(stack_of(3), scale=(3, 0.5, 0.5), axis_labels=("z", "y", "x"))
        method(dock, "telea")
        choose(dock, "all", context="none")
        run(dock)
        exec(dock._python, {"viewer": viewer})
        made, own = viewer.layers["pic filled [1]"], viewer.layers["pic filled"]
        np.testing.assert_array_equal(made.data, own.data)
        np.testing.assert_array_equal(made.scale, own.scale)


class TestCancel:
    def test_finished_planes_stay_and_continue_goes_on(
        self, viewer, ready, stepping, qtbot, messages
    ):
        dock = ready(stack_of(3))
        method(dock, "stepping")
        choose(dock, "all")
        dock.refresh()
        qtbot.mouseClick(dock.run_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "pic filled" in viewer.layers, timeout=20_000)
        with qtbot.waitSignal(dock.run_ended, timeout=20_000):
            qtbot.mouseClick(dock.cancel_button, Qt.MouseButton.LeftButton)
        assert dock.status.text().startswith("Cancelled; 1 finished plane stays.")
        region = viewer.layers["pic filled region"]
        assert (region.data > 0).any(axis=(1, 2)).tolist() == [True, False, False]
        assert dock.run_button.text() == "Continue"
        stepping.set()
        with qtbot.waitSignal(dock.run_ended, timeout=20_000):
            qtbot.mouseClick(dock.run_button, Qt.MouseButton.LeftButton)
        assert (region.data > 0).any(axis=(1, 2)).all()
        assert dock.run_button.text() == "Run"
        assert len(viewer.layers) == 4
        assert not messages["crash"]

    def test_nothing_stays_of_nothing(self, viewer, ready, gated, qtbot):
        dock = ready(stack_of(3))
        method(dock, "gated")
        choose(dock, "all")
        dock.refresh()
        dock.run_button.click()
        with qtbot.waitSignal(dock.run_ended, timeout=20_000):
            dock.cancel_button.click()
        assert "no layer was changed" in dock.status.text()
        assert len(viewer.layers) == 2

    def test_the_image_is_removed_meanwhile(self, viewer, ready, gated, qtbot, messages):
        dock = ready(stack_of(3))
        method(dock, "gated")
        choose(dock, "all")
        dock.refresh()
        with qtbot.waitSignal(dock.run_ended, timeout=20_000):
            dock.run_button.click()
            viewer.layers.remove("pic")
            gated.set()
        assert viewer.layers["pic filled"].data.shape == (3, 40, 48)
        assert not messages["crash"]
        assert not messages["error"]

    def test_the_result_is_removed_meanwhile(self, viewer, ready, stepping, qtbot, messages):
        dock = ready(stack_of(3))
        method(dock, "stepping")
        choose(dock, "all")
        dock.refresh()
        dock.run_button.click()
        qtbot.waitUntil(lambda: "pic filled" in viewer.layers, timeout=20_000)
        viewer.layers.remove("pic filled")
        with qtbot.waitSignal(dock.run_ended, timeout=20_000):
            stepping.set()
        assert (viewer.layers["pic filled region"].data > 0).any(axis=(1, 2)).all()
        assert "pic filled" in viewer.layers
        assert not messages["crash"]


class TestSentences:
    def test_a_mask_of_other_axes(self, viewer, ready):
        dock = ready(stack_of(4))
        choose(dock, "all")
        dock.form.choose_mask(viewer.add_labels(np.ones((3, 40, 48), np.uint8)))
        dock.refresh()
        assert "differ in size" in dock.status.text()

    def test_axes_that_nobody_named(self, ready):
        dock = ready(stack_of(2, 3))
        choose(dock, "all")
        dock.refresh()
        assert "set Other planes to None" in dock.status.text()
        choose(dock, "all", context="none")
        dock.refresh()
        assert dock.run_button.isEnabled()

    def test_no_such_axis(self, ready):
        dock = ready(stack_of(3))
        choose(dock, "all", context="t")
        dock.refresh()
        assert "no axis T" in dock.status.text()

    def test_an_empty_mask(self, ready):
        dock = ready(stack_of(3))
        dock.form.mask_layer.data = np.zeros((40, 48), np.uint8)
        choose(dock, "all")
        dock.refresh()
        assert dock.status.text().startswith("The mask is empty")

    def test_a_range_that_ends_before_it_begins(self, ready):
        dock = ready(stack_of(3))
        choose(dock, "range")
        dock.form.stack.first.setValue(2)
        dock.form.stack.last.setValue(1)
        dock.refresh()
        assert "ends before it begins" in dock.status.text()

    def test_planes_of_nan(self, ready, run, messages):
        stack = stack_of(3).astype(np.float32)
        stack[:] = np.nan
        dock = ready(stack)
        choose(dock, "all")
        run(dock)
        assert dock.status.text().startswith("Failed: ")
        assert not messages["crash"]
