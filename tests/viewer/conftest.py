"""A real viewer with the Fill dock, and methods whose pace a test controls."""

from __future__ import annotations

import gc
import threading

import numpy as np
import pytest

from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.inpaint import INPAINTERS, Fill, Inpainter


@pytest.fixture(autouse=True)
def what_is_there_is_not_searched():
    """Keep what earlier tests have left from every search for garbage.

    napari searches whenever a layer is removed, which takes longer the more a process holds; what
    can go is gone, because viewers are searched for when a test ends.
    """
    gc.freeze()


@pytest.fixture
def viewer(make_napari_viewer_proxy):
    return make_napari_viewer_proxy()


@pytest.fixture
def open_dock(viewer):
    """Open the Fill dock as the menu does."""

    def opened():
        return viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")[1]

    return opened


@pytest.fixture
def run(qtbot):
    """Press Run and wait until the run is over."""

    def pressed(dock, timeout=60_000):
        dock.refresh()
        assert dock.run_button.isEnabled(), dock.status.text()
        with qtbot.waitSignal(dock.run_ended, timeout=timeout):
            dock.run_button.click()

    return pressed


@pytest.fixture
def messages(monkeypatch):
    """Collect what would pop up as notifications, by level."""
    from napari.utils import notifications

    shown = {"error": [], "warning": [], "crash": []}
    monkeypatch.setattr(notifications, "show_error", shown["error"].append)
    monkeypatch.setattr(notifications, "show_warning", shown["warning"].append)
    monkeypatch.setattr(
        notifications.notification_manager,
        "receive_error",
        lambda kind, error, trace: shown["crash"].append(error),
    )
    return shown


def ramp(height=40, width=60, dtype=np.uint8):
    """Return a picture that a smooth fill restores almost exactly."""
    return np.add.outer(np.arange(height), np.arange(width)).astype(dtype)


def colour_ramp(height=40, width=60):
    grey = ramp(height, width)
    return np.stack([grey, grey + 20, 120 - grey], axis=-1)


@pytest.fixture
def add_method(monkeypatch):
    """Add an inpainter to the registry for the length of a test; open the dock afterwards."""
    monkeypatch.setattr(INPAINTERS, "_entries", dict(INPAINTERS._entries))

    def add(name: str, cls: type[Inpainter]) -> None:
        INPAINTERS.add(MethodInfo(name, name, "inpainter", summary="For tests."), cls)

    return add


@pytest.fixture
def gated(add_method):
    """Add a method "gated" that works until it is released."""
    release = threading.Event()

    class Gated(Inpainter):
        def run(self, plane, hole, unknown=None):
            while not release.wait(0.01):
                yield 0.5
            return Fill(np.where(hole, 0.5, plane))

    add_method("gated", Gated)
    yield release
    release.set()
