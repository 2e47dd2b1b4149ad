"""Heals, closes the viewer in the middle of a fill, and ends, as a script does.

Run as a program, because a crash takes the whole process with it::

    scripts/with_display.sh python -X faulthandler -m tests.viewer.ending HOW

HOW is "viewer" (closed while a fill is at work), "dock" (the dock is), or "nothing".
"""

import sys
import threading
import time

import numpy as np

from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.image.geometry import Window
from napari_greyfill.inpaint import INPAINTERS, Inpainter
from tests.viewer.closing import close, settle, wait_for
from tests.viewer.processes import open_viewer

begun, ends = threading.Event(), threading.Event()
LONG = 1.0  # seconds of work after the last line of the program, in which nothing is asked


class Deaf(Inpainter):
    """Is at work when the process ends, and cannot be told to stop at once."""

    def run(self, plane, hole, unknown=None):
        begun.set()
        ends.wait()
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            time.sleep(0.001)
        while True:
            yield 0.5


def main(how):
    INPAINTERS.add(MethodInfo("deaf", "deaf", "inpainter", summary="Hears late."), Deaf)
    viewer = open_viewer()
    picture = np.add.outer(np.arange(60), np.arange(80)).astype(np.uint8)
    viewer.add_image(picture, name="picture")
    holder, dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal")
    dock.form.fill.addItem("deaf", "deaf")
    dock.form.fill.setCurrentIndex(dock.form.fill.findData("deaf"))
    for top in (10, 25, 40):
        dock.stroke(Window(top, top + 5, 20, 25), np.ones((5, 5), bool), "heal")
    wait_for(begun.is_set, "a fill of a stroke")
    if how == "viewer":
        viewer.close()
        settle()
    elif how == "dock":
        close(holder)
        settle()
    ends.set()
    sys.stdout.write("ends\n")


if __name__ == "__main__":
    main(sys.argv[1])
