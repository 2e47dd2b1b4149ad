"""What a person does while a stack is filled: paint, rename, move, remove, close."""

import gc
import weakref

import dask.array
import numpy as np
import pytest
from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import QApplication

from napari_greyfill.stack.about import found_at
from tests.viewer.stacks import choose, method, stack_of


@pytest.fixture
def halfway(viewer, ready, stepping, qtbot):
    """Return a dock that has filled one plane of three and waits in the second."""

    def begun(stack=None, **kwargs):
        dock = ready(stack_of(3) if stack is None else stack, **kwargs)
        method(dock, "stepping")
        choose(dock, "all", context="none")
        dock.refresh()
        qtbot.mouseClick(dock.run_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "pic filled" in viewer.layers, timeout=30_000)
        return dock

    return begun


@pytest.fixture
def finish(stepping, qtbot):
    def finished(dock):
        with qtbot.waitSignal(dock.run_ended, timeout=30_000):
            stepping.set()

    return finished


def filled_planes(viewer, name="pic filled region"):
    return (np.asarray(viewer.layers[name].data) > 0).any(axis=(1, 2)).tolist()


def test_the_slider_stays_where_it_was_put(viewer, halfway, finish):
    dock = halfway()
    viewer.dims.set_current_step(0, 2)
    finish(dock)
    assert viewer.dims.current_step[0] == 2
    assert filled_planes(viewer) == [True] * 3


def test_the_brush_stays_in_hand(viewer, halfway, finish):
    dock = halfway()
    assert viewer.layers.selection.active.name == "pic mask"
    assert viewer.layers["pic mask"].mode == "paint"
    finish(dock)


def test_the_image_is_renamed_and_moved(viewer, halfway, finish):
    dock = halfway()
    viewer.layers["pic"].name = "other"
    viewer.layers.move(0, len(viewer.layers))
    finish(dock)
    assert filled_planes(viewer) == [True] * 3
    assert len(viewer.layers) == 4


def test_the_result_is_renamed(viewer, halfway, finish, run):
    dock = halfway()
    viewer.layers["pic filled"].name = "mine"
    finish(dock)
    assert {"mine", "pic filled", "pic filled region"} <= {each.name for each in viewer.layers}
    run(dock)
    assert len(viewer.layers) == 5


def test_the_mask_is_painted_on(viewer, halfway, finish):
    dock = halfway()
    viewer.layers["pic mask"].data_setitem((np.array([2, 3]), np.array([2, 2])), 1)
    finish(dock)
    assert not np.asarray(viewer.layers["pic filled region"].data)[:, 2:4, 2].any()
    dock.refresh()
    assert dock.status.text() == "Mask changed: Run to update."


def test_the_mask_is_removed(viewer, halfway, finish, messages):
    dock = halfway()
    viewer.layers.remove("pic mask")
    finish(dock)
    assert filled_planes(viewer) == [True] * 3
    assert not messages["crash"]


def test_the_image_gets_other_pixels(viewer, halfway, finish):
    dock = halfway()
    viewer.layers["pic"].data = np.zeros((3, 40, 48), np.uint16)
    finish(dock)
    assert np.asarray(viewer.layers["pic filled"].data).any()
    assert "The image was changed meanwhile" in dock._outcome


def test_a_lazy_result_is_removed_and_comes_back(viewer, halfway, finish, messages):
    dock = halfway(dask.array.from_array(stack_of(3), chunks=(1, 40, 48)))
    viewer.layers.remove("pic filled")
    viewer.layers.remove("pic filled region")
    finish(dock)
    assert filled_planes(viewer) == [True] * 3
    assert not messages["crash"]


def test_the_bar_says_which_plane(viewer, halfway, finish):
    dock = halfway(stack_of(2, 3), each=True, axis_labels=("t", "z", "y", "x"))
    assert dock.status.text().startswith("Plane 1 of 6 (T 0, Z 0)")
    assert dock.status.text().count("left") <= 1
    finish(dock)


def test_the_dock_is_closed_by_its_x(viewer, ready, stepping, qtbot, messages, tmp_path):
    """Nothing comes of it; what is on disk can be gone on with."""
    path = tmp_path / "filled.ome.zarr"
    dock = ready(dask.array.from_array(stack_of(3), chunks=(1, 40, 48)))
    method(dock, "stepping")
    choose(dock, "all", context="none")
    dock.refresh()
    dock.form.stack.store.choose(path)
    dock.refresh()
    qtbot.mouseClick(dock.run_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "pic filled" in viewer.layers, timeout=30_000)
    holder, gone, runner = dock.parent(), weakref.ref(dock), dock.runner
    workers = [runner._workers[0]]
    viewer.window.remove_dock_widget(holder)
    del dock, holder, runner
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    stepping.set()
    qtbot.waitUntil(lambda: not workers[0].is_running, timeout=30_000)
    workers.clear()
    qtbot.wait(50)
    gc.collect()
    assert gone() is None
    assert found_at(path).goes_on
    assert not list(tmp_path.glob(".*.lock"))
    assert not messages["crash"]
    again = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")[1]
    method(again, "stepping")
    choose(again, "all", context="none")
    again.refresh()
    again.form.stack.store.choose(path)
    again.refresh()
    assert again.run_button.text() == "Continue"
    with qtbot.waitSignal(again.run_ended, timeout=30_000):
        qtbot.mouseClick(again.run_button, Qt.MouseButton.LeftButton)
    assert (np.asarray(viewer.layers["pic filled region"].data) > 0).any(axis=(1, 2)).all()
