"""Other weights are told to every open dock, and to none that is closed."""

import pytest

from napari_greyfill.viewer.weights.news import NEWS


@pytest.mark.parametrize("name", ["Weights", "Fill", "Compare"])
def test_open_docks_look_again(viewer, monkeypatch, name):
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", name)[1]
    looked = []
    monkeypatch.setattr(dock, "why_not", lambda: looked.append(1) or "Not now.", raising=False)
    if name == "Weights":
        monkeypatch.setattr(dock.panel.model, "show_rows", looked.append)
    NEWS.changed.emit()
    assert looked
