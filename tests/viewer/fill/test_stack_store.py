"""Stacks whose result is kept on disk, from the dock, with real clicks."""

from pathlib import Path

import dask.array
import numpy as np
import pytest
from qtpy.QtCore import Qt

import napari_greyfill
from napari_greyfill.stack.about import found_at
from napari_greyfill.viewer.fill import stack_store
from napari_greyfill.viewer.fill.stack_store import beside, stem_of
from tests.viewer.stacks import choose, method, stack_of


def lazy(stack):
    return dask.array.from_array(stack, chunks=(1, *stack.shape[1:]))


def expected(stack, viewer):
    mask = np.asarray(viewer.layers["pic mask"].data)
    return napari_greyfill.fill(stack, mask, context="none", method="telea").image


@pytest.fixture
def kept(ready, tmp_path):
    """Return a dock with a lazy stack whose result is kept in a folder."""

    def make(stack, **kwargs):
        dock = ready(lazy(stack), **kwargs)
        method(dock, "telea")
        choose(dock, "all", context="none")
        dock.refresh()
        dock.form.stack.store.choose(tmp_path / "filled.ome.zarr")
        dock.refresh()
        return dock

    return make


class TestRow:
    def test_is_there_only_for_stacks_that_are_read_in_parts(self, ready):
        dock = ready(stack_of(3))
        choose(dock, "all")
        dock.refresh()
        assert dock.form.stack.store.isHidden()

    def test_small_lazy_stacks_stay_in_memory_unless_a_folder_is_chosen(self, ready):
        dock = ready(lazy(stack_of(3)))
        row = dock.form.stack.store
        assert row.isHidden()  # the plane in view, by itself
        choose(dock, "all")
        dock.refresh()
        assert not row.isHidden()
        assert row.path is None
        assert "goes on from there" in row.edit.toolTip()

    def test_large_ones_are_kept_beside_the_stack(self, ready, monkeypatch):
        monkeypatch.setattr(stack_store, "IN_MEMORY", 1000)
        dock = ready(lazy(stack_of(3)))
        choose(dock, "all")
        dock.refresh()
        row = dock.form.stack.store
        assert row.path == Path.home() / "pic filled.ome.zarr"
        assert not row.exact

    def test_a_name_is_completed(self, ready, qtbot):
        dock = ready(lazy(stack_of(3)))
        choose(dock, "all")
        dock.refresh()
        row = dock.form.stack.store
        qtbot.keyClicks(row.edit, "/somewhere/mine")
        assert row.path == Path("/somewhere/mine.ome.zarr")
        assert row.exact
        row.edit.clear()
        assert row.path is None

    def test_something_else_is_not_written_over(self, kept, tmp_path):
        (tmp_path / "filled.ome.zarr").mkdir()
        dock = kept(stack_of(3))
        assert dock.status.text().endswith("holds something else: choose another name.")
        assert not dock.run_button.isEnabled()

    @pytest.mark.parametrize(
        ("name", "stem"),
        [("a.ome.tif", "a"), ("a.b.tif", "a.b"), ("a.ome.zarr", "a"), ("a", "a")],
    )
    def test_suffixes_of_two_parts(self, name, stem):
        assert stem_of(Path(name)) == stem

    def test_not_into_the_store_of_the_stack(self, viewer, tmp_path):
        (tmp_path / "pic.ome.zarr" / "0").mkdir(parents=True)
        layer = viewer.add_image(np.zeros((3, 20, 20)))
        layer.source.__dict__["path"] = str(tmp_path / "pic.ome.zarr" / "0")
        assert beside(layer) == tmp_path / "pic filled.ome.zarr"


class TestRun:
    def test_it_is_kept_and_shown_from_there(self, viewer, kept, run, tmp_path):
        stack = stack_of(3)
        dock = kept(stack, scale=(3, 1, 1))
        run(dock)
        filled = viewer.layers["pic filled"]
        np.testing.assert_array_equal(filled.data, expected(stack, viewer))
        np.testing.assert_array_equal(filled.scale, (3, 1, 1))
        region = np.asarray(viewer.layers["pic filled region"].data)
        painted = np.asarray(viewer.layers["pic mask"].data) > 0
        np.testing.assert_array_equal(region > 0, np.broadcast_to(painted, stack.shape))
        path = tmp_path / "filled.ome.zarr"
        assert filled.metadata["greyfill"]["store"] == str(path)
        assert found_at(path).complete
        assert f"store={str(path)!r}" in dock._python
        assert dock.run_button.text() == "Run"
        assert len(viewer.layers) == 4

    def test_pyramids_stay_pyramids(self, viewer, kept, run, tmp_path):
        stack = stack_of(3)
        viewer.add_image([lazy(stack), lazy(stack[:, ::2, ::2])], name="pyramid", multiscale=True)
        dock = kept(stack)
        dock.form.image_choice.choose(viewer.layers["pyramid"])
        dock.refresh()
        dock.form.stack.store.choose(tmp_path / "pyramid filled.ome.zarr")
        run(dock)
        filled, region = viewer.layers["pyramid filled"], viewer.layers["pyramid filled region"]
        assert filled.multiscale
        assert region.multiscale
        assert [level.shape for level in filled.data] == [(3, 40, 48), (3, 20, 24)]

    def test_cancelled_and_continued(self, viewer, kept, stepping, qtbot, tmp_path, messages):
        dock = kept(stack_of(3))
        method(dock, "stepping")
        dock.refresh()
        qtbot.mouseClick(dock.run_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "pic filled" in viewer.layers, timeout=30_000)
        with qtbot.waitSignal(dock.run_ended, timeout=30_000):
            qtbot.mouseClick(dock.cancel_button, Qt.MouseButton.LeftButton)
        assert dock.status.text().startswith("Cancelled; 1 finished plane stays.")
        assert dock.run_button.text() == "Continue"
        assert found_at(tmp_path / "filled.ome.zarr").goes_on
        stepping.set()
        with qtbot.waitSignal(dock.run_ended, timeout=30_000):
            qtbot.mouseClick(dock.run_button, Qt.MouseButton.LeftButton)
        region = np.asarray(viewer.layers["pic filled region"].data)
        assert (region > 0).any(axis=(1, 2)).all()
        assert dock.run_button.text() == "Run"
        assert len(viewer.layers) == 4
        assert not messages["crash"]

    def test_a_run_of_an_earlier_napari_goes_on(self, viewer, kept, run, tmp_path):
        stack, path = stack_of(3), tmp_path / "filled.ome.zarr"
        mask = np.zeros((40, 48), np.uint8)
        mask[15:20, 20:28] = 1
        options = {"context": "none", "method": "telea", "store": path, "axes": "ZYX"}
        steps = napari_greyfill.fill_steps(lazy(stack), mask, **options)
        while found_at(path).finished != 1:
            next(steps)
        steps.close()
        dock = kept(stack)
        assert dock.run_button.text() == "Continue"
        assert "has 1 finished part of a run" in dock.status.text()
        run(dock)
        np.testing.assert_array_equal(viewer.layers["pic filled"].data, expected(stack, viewer))

    def test_a_folder_of_another_mask_is_refused(self, viewer, kept, run, messages):
        dock = kept(stack_of(3))
        run(dock)
        viewer.layers["pic mask"].data_setitem((np.array([3]), np.array([4])), 1)
        run(dock)
        assert "another place for the result" in dock.status.text()
        assert len(messages["error"]) == 1
