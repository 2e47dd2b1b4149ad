"""Docks that a person closes: by the X of the title bar, idle, at work, and opened again."""

import gc
import json
import weakref

import numpy as np
import pytest
from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import QApplication

from napari_greyfill.viewer.compare.dock import CompareDock
from tests.viewer.conftest import colour_ramp, ramp
from tests.viewer.processes import run_program

ROUNDS = 3
GROWTH = 40.0  # MiB from the first round to the last: a dock and its table take a few


@pytest.fixture
def shown(make_napari_viewer_proxy):
    """Return a viewer whose window is there to be clicked on, with a picture and a mask."""
    viewer = make_napari_viewer_proxy(show=True)
    viewer.add_image(colour_ramp(), name="pic")
    mask = np.zeros((40, 60), np.uint8)
    mask[15:20, 20:40] = 1
    viewer.add_labels(mask, name="mask")
    return viewer


@pytest.fixture
def opened(shown, qtbot):
    def open_dock(name):
        holder, dock = shown.window.add_plugin_dock_widget("napari-greyfill", name)
        qtbot.waitUntil(dock.isVisible)
        return holder, dock

    return open_dock


@pytest.fixture
def close(qtbot):
    def press(holder):
        qtbot.mouseClick(holder.title.close_button, Qt.MouseButton.LeftButton)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qtbot.wait(50)

    return press


def names(viewer):
    return [layer.name for layer in viewer.layers]


def choose(dock, method):
    dock.form.method.setCurrentIndex(dock.form.method.findData(method))
    dock.refresh()


def begin(dock, qtbot):
    """Press Run and wait until the work is under way; return the worker."""
    with qtbot.waitSignal(dock.runner.progressed):
        dock.run_button.click()
    return dock.runner._workers[0]


def test_nothing_crashes_stays_or_grows():
    """In a process of its own, for that is what a crash ends."""
    done = run_program("tests.viewer.closing", str(ROUNDS))
    assert done.returncode == 0, done.stderr
    memory = json.loads(done.stdout.splitlines()[-1])["memory_mib"]
    assert len(memory) == ROUNDS
    assert memory[-1] - memory[0] < GROWTH


@pytest.mark.parametrize("name", ["Fill", "Masks", "Compare", "Weights"])
def test_what_a_closed_dock_followed_is_harmless(shown, opened, close, name):
    for _ in range(2):
        holder, dock = opened(name)
        close(holder)
        assert dock.closed
        shown.dims.ndisplay = 3
        shown.dims.ndisplay = 2
        shown.layers["mask"].data = 1 - shown.layers["mask"].data
        added = shown.add_image(ramp(), name="added")
        shown.layers.remove(added)
        gone = weakref.ref(dock)
        del dock, holder
        gc.collect()
        assert gone() is None


class TestWorkIsCancelled:
    def test_fill(self, shown, opened, close, gated, qtbot):
        holder, dock = opened("Fill")
        choose(dock, "gated")
        worker = begin(dock, qtbot)
        with qtbot.waitSignal(worker.finished):
            close(holder)
        gated.set()
        qtbot.wait(100)
        assert names(shown) == ["pic", "mask"]
        assert not dock.running

    def test_a_fill_that_is_just_finished(self, shown, opened, close, gated, qtbot):
        holder, dock = opened("Fill")
        choose(dock, "gated")
        worker = begin(dock, qtbot)
        gated.set()
        while worker.is_running:  # without a turn for what it has to tell
            pass
        close(holder)
        qtbot.wait(100)
        assert names(shown) == ["pic", "mask"]

    def test_preview_goes_too(self, shown, opened, close, gated, qtbot):
        holder, dock = opened("Fill")
        choose(dock, "gated")
        begin(dock, qtbot)
        dock.results.show_preview(
            colour_ramp(), dock._placement
        )  # a method that has previews takes seconds
        assert "pic (preview)" in names(shown)
        close(holder)
        assert names(shown) == ["pic", "mask"]

    def test_comparison(self, shown, opened, close, gated, qtbot):
        holder, dock = opened("Compare")
        dock.form.methods.tick(["gated"])
        dock.form.pipelines.tick(["grey-rgb"])
        dock.refresh()
        worker = begin(dock, qtbot)
        with qtbot.waitSignal(worker.finished):
            close(holder)
        gated.set()
        qtbot.wait(100)
        assert names(shown) == ["pic", "mask"]

    def test_another_dock_at_work_goes_on(self, shown, opened, close, gated, qtbot):
        _, dock = opened("Fill")
        choose(dock, "gated")
        other, _ = opened("Compare")
        begin(dock, qtbot)
        close(other)
        gated.set()
        with qtbot.waitSignal(dock.run_ended, timeout=30_000):
            pass
        assert "pic filled" in names(shown)


@pytest.mark.parametrize("how", ["hidden", "behind another tab", "floating"])
def test_a_dock_that_is_not_closed_goes_on(shown, opened, gated, qtbot, how):
    holder, dock = opened("Fill")
    choose(dock, "gated")
    begin(dock, qtbot)
    if how == "hidden":
        qtbot.mouseClick(holder.title.hide_button, Qt.MouseButton.LeftButton)
    elif how == "floating":
        qtbot.mouseClick(holder.title.float_button, Qt.MouseButton.LeftButton)
    else:
        shown.window.add_plugin_dock_widget("napari-greyfill", "Weights", tabify=True)
    qtbot.waitUntil(lambda: dock.visibleRegion().isEmpty() == (how != "floating"))
    gated.set()
    with qtbot.waitSignal(dock.run_ended, timeout=30_000):
        pass
    assert "pic filled" in names(shown)
    assert not dock.closed


class TestOpenedAgain:
    def test_fill_updates_what_the_closed_dock_made(self, shown, opened, close, run):
        holder, dock = opened("Fill")
        choose(dock, "telea")
        run(dock)
        before = [(layer.name, layer.unique_id) for layer in shown.layers]
        filled = shown.layers["pic filled"].data.copy()
        close(holder)
        _, dock = opened("Fill")
        choose(dock, "telea")
        dock.form.fields["grow"].value = 5
        run(dock)
        assert [(layer.name, layer.unique_id) for layer in shown.layers] == before
        assert (shown.layers["pic filled"].data != filled).any()

    def test_so_does_compare(self, shown, opened, close, run):
        for _ in range(2):
            holder, dock = opened("Compare")
            dock.form.methods.tick(["telea"])
            run(dock)
            results = [layer.unique_id for layer in shown.layers][2:]
            assert len(results) == 3
            close(holder)
        assert [layer.unique_id for layer in shown.layers][2:] == results

    def test_and_masked_images(self, shown, opened, close):
        for _ in range(2):
            holder, dock = opened("Masks")
            dock.form.target.choose(shown.layers["mask"])
            dock.form.grey.click()
            assert names(shown) == ["pic", "mask", "pic grey-masked"]
            close(holder)

    def test_two_docks_one_after_the_other(self, shown, opened, run):
        from napari_greyfill.viewer.fill.dock import FillDock

        _, first = opened("Fill")
        choose(first, "telea")
        run(first)
        before = names(shown)
        second = FillDock(shown)
        shown.window.add_dock_widget(second, name="another")
        choose(second, "telea")
        run(second)
        assert names(shown) == before


def test_the_key_of_a_result_works_without_the_dock(shown, opened, close, qtbot):
    holder, dock = opened("Fill")
    choose(dock, "telea")
    dock.run_button.click()
    at_work = dock.runner._workers
    qtbot.waitUntil(lambda: "pic filled" in names(shown) and not at_work)
    close(holder)
    gone = weakref.ref(dock)
    del dock, holder
    gc.collect()
    assert gone() is None
    layer = shown.layers["pic filled"]
    held = next(act for key, act in layer.keymap.items() if str(key) == "H")(layer)
    next(held)
    assert [each.name for each in shown.layers if each.visible] == ["pic"]
    assert next(held, "over") == "over"
    assert layer.visible


class TestMasks:
    @pytest.fixture
    def previewing(self, opened, qtbot):
        holder, dock = opened("Masks")
        with qtbot.waitSignal(dock.previewed, timeout=8_000):
            dock.form.tabs.setCurrentWidget(dock.form.random)
        return holder, dock

    def test_preview_never_comes_back(self, shown, previewing, close, qtbot):
        holder, dock = previewing
        assert dock.preview.layer is not None
        close(holder)
        shown.layers["mask"].paint((3, 3), 1)
        added = shown.add_image(ramp(), name="added")
        shown.layers.remove(added)
        qtbot.wait(200)
        assert names(shown) == ["pic", "mask"]

    def test_a_hidden_dock_shows_none(self, shown, previewing, qtbot):
        holder, dock = previewing
        holder.hide()
        assert names(shown) == ["pic", "mask"]
        shown.add_image(ramp(), name="added")
        shown.dims.ndisplay = 3
        shown.dims.ndisplay = 2
        qtbot.wait(200)
        assert names(shown) == ["pic", "mask", "added"]
        with qtbot.waitSignal(dock.previewed, timeout=8_000):
            holder.show()

    def test_mouse_is_given_back(self, shown, opened, close):
        holder, dock = opened("Masks")
        dock.form.hand.rectangle.click()
        assert not shown.layers["pic"].mouse_pan
        count = len(shown.mouse_drag_callbacks)
        close(holder)
        assert shown.layers["pic"].mouse_pan
        assert len(shown.mouse_drag_callbacks) == count - 1

    def test_in_the_middle_of_a_drag(self, shown, opened, close):
        holder, dock = opened("Masks")
        dock.form.hand.rectangle.click()

        class Event:
            position, type = (3.0, 3.0), "mouse_press"

        event = Event()
        work = dock.pointer._on_press(shown, event)
        next(work)
        event.type = "mouse_move"
        close(holder)
        with pytest.raises(StopIteration):
            next(work)
        assert names(shown) == ["pic", "mask"]


class TestCompare:
    @pytest.fixture
    def compared(self, opened, run) -> tuple[object, CompareDock]:
        holder, dock = opened("Compare")
        dock.form.methods.tick(["telea"])
        run(dock)
        return holder, dock

    def test_swipe_ends(self, shown, compared, close):
        holder, dock = compared
        visible = [layer.name for layer in shown.layers if layer.visible]
        dock.look.left.choose(shown.layers["pic"])
        dock.look.right.choose(shown.layers[-1])
        dock.look.swipe_button.click()
        assert "swipe divider" in names(shown)
        close(holder)
        assert "swipe divider" not in names(shown)
        assert [layer.name for layer in shown.layers if layer.visible] == visible
        shown.scene.camera.zoom = 3.0  # what the divider followed

    def test_grid_ends(self, shown, compared, close):
        holder, dock = compared
        dock.look.grid_button.click()
        assert shown.canvas.grid.enabled
        close(holder)
        assert not shown.canvas.grid.enabled


@pytest.mark.parametrize("name", ["Fill", "Compare"])
def test_viewer_closed_while_running(shown, opened, gated, qtbot, name):
    _, dock = opened(name)
    if name == "Fill":
        choose(dock, "gated")
    else:
        dock.form.methods.tick(["gated"])
        dock.refresh()
    worker = begin(dock, qtbot)
    with qtbot.waitSignal(worker.finished):
        shown.close()

    def test_what_is_filled_is_no_mask_unless_it_is_chosen(self, shown, opened, close, run):
        holder, dock = opened("Fill")
        choose(dock, "telea")
        run(dock)
        assert names(shown).index("pic filled region") < names(shown).index("mask")
        close(holder)
        _, dock = opened("Fill")
        assert dock.form.mask_layer.name == "mask"
        assert dock.form.image_layer.name == "pic"
