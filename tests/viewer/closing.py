"""Opens and closes every dock, idle and at work, as a person does, and measures the memory.

Run as a program, because a crash takes the whole process with it::

    scripts/with_display.sh python -X faulthandler -m tests.viewer.closing ROUNDS

It ends with an error as soon as something is wrong, and writes one line of JSON otherwise.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
import weakref

import numpy as np
import psutil
from qtpy.QtCore import QEvent, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication

from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import CancelledError
from napari_greyfill.image.geometry import Window
from napari_greyfill.inpaint import INPAINTERS, Inpainter
from napari_greyfill.viewer.heal import dock as heal_dock
from napari_greyfill.viewer.masks import finder as mask_finder
from tests.viewer.processes import PATIENCE, open_viewer

DOCKS = ("Fill", "Heal", "Masks", "Compare", "Weights")
working = threading.Semaphore(0)  # once for each piece of work that began
at_work: set[int] = set()  # threads inside a piece of work


class Endless(Inpainter):
    """Works until it is cancelled."""

    def run(self, plane, hole, unknown=None):
        with _Counted():
            while True:
                time.sleep(0.01)
                yield 0.5


class _Counted:
    def __enter__(self):
        at_work.add(threading.get_ident())
        working.release()

    def __exit__(self, *what):
        at_work.discard(threading.get_ident())


def settle():
    """Let everything happen that is due."""
    for _ in range(3):
        QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def wait_for(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"This did not come: {what}")
        QApplication.processEvents()
        time.sleep(0.005)


def started():
    return working.acquire(blocking=False)


def close(holder):
    """Press the X of a dock's title bar."""
    QTest.mouseClick(holder.title.close_button, Qt.MouseButton.LeftButton)


def work_in_fill(dock, _):
    dock.form.method.setCurrentIndex(dock.form.method.findData("endless"))
    dock.refresh()
    dock.run_button.click()
    wait_for(started, "a fill")


def work_in_heal(dock, monkey):
    monkey(heal_dock, "LARGE", 1)  # larger strokes are not filled at once
    dock.form.fill.addItem("endless", "endless")
    dock.form.fill.setCurrentIndex(dock.form.fill.findData("endless"))
    dock.stroke(Window(20, 25, 20, 25), np.ones((5, 5), bool), "heal")
    wait_for(started, "a fill of a stroke")


def work_in_compare(dock, _):
    dock.form.methods.tick(["endless"])
    dock.refresh()
    dock.run_button.click()
    wait_for(started, "a comparison")


def work_in_masks(dock, monkey):
    def slow(*args, **kwargs):
        with _Counted():
            time.sleep(0.05)
        return np.ones((60, 80), bool)

    monkey(mask_finder, "detect_mask", slow)
    dock.form.tabs.setCurrentWidget(dock.form.picture)
    wait_for(started, "the search for a mask")


def work_in_weights(dock, _):
    def slow(name, progress, cancelled):
        with _Counted():
            while not cancelled():
                progress(500, 1000)
                time.sleep(0.005)
        raise CancelledError("The download was cancelled.")

    dock.store.get = slow
    rows = [stored.info.id for stored in dock.panel.model.rows]
    dock.panel.view.selectRow(rows.index("deepfillv2-mm-places365"))
    dock.panel.get_button.click()
    wait_for(started, "a download")


WORK = dict(
    zip(
        DOCKS,
        (work_in_fill, work_in_heal, work_in_masks, work_in_compare, work_in_weights),
        strict=True,
    )
)


def once(viewer, name, *, busy, collect_first, undo):
    """Open a dock, perhaps let it work, close it, and see that nothing of it is left."""
    before = [layer.unique_id for layer in viewer.layers]
    holder, dock = viewer.window.add_plugin_dock_widget("napari-greyfill", name)
    settle()
    if busy:
        WORK[name](dock, lambda *where: undo.append((*where[:2], _swap(*where))))
    gone = weakref.ref(dock)
    close(holder)
    del dock, holder
    if collect_first:  # before Qt had its turn
        gc.collect()
    settle()
    wait_for(lambda: not at_work, f"the end of the work of {name}")
    while started():  # what waited in the thread may have begun meanwhile
        pass
    settle()
    gc.collect()
    settle()
    for module, attribute, value in undo:
        setattr(module, attribute, value)
    undo.clear()
    assert gone() is None, f"{name} is still there"
    after = [layer.unique_id for layer in viewer.layers]
    assert after == before, f"{name} left layers behind: {viewer.layers}"
    listeners = [str(each) for each in viewer.mouse_drag_callbacks if "greyfill" in str(each)]
    assert not listeners, listeners


def _swap(module, attribute, value):
    old = getattr(module, attribute)
    setattr(module, attribute, value)
    return old


def main(rounds):
    INPAINTERS.add(MethodInfo("endless", "endless", "inpainter", summary="Never ends."), Endless)
    viewer = open_viewer()
    picture = np.add.outer(np.arange(60), np.arange(80)).astype(np.uint8)
    viewer.add_image(picture, name="picture")
    mask = np.zeros(picture.shape, np.uint8)
    mask[20:30, 20:30] = 1
    viewer.add_labels(mask, name="mask")
    memory, process = [], psutil.Process(os.getpid())
    for number in range(rounds):
        for name in DOCKS:
            for busy in (False, True):
                once(viewer, name, busy=busy, collect_first=number % 2 == 0, undo=[])
        memory.append(round(process.memory_info().rss / 2**20, 1))
    viewer.close()
    settle()
    sys.stdout.write(json.dumps({"rounds": rounds, "memory_mib": memory}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
