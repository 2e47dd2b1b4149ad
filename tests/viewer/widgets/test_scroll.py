import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication

from napari_greyfill.viewer.widgets.scroll import VerticalScroll

LONG = "Filled 3,880 pixels in 0.5 s. Expected error about 47 grey levels. " * 3


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("height", [600, 900])
@pytest.mark.parametrize("name", ["Fill", "Masks", "Compare"])
def test_nothing_is_cut_off_in_a_dock_as_narrow_as_it_can_be(
    make_napari_viewer_proxy, qtbot, theme, height, name
):
    viewer = make_napari_viewer_proxy(show=True)
    viewer.theme = theme
    viewer.add_image(np.zeros((30, 30)))
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", name)[1]
    window = dock.window()
    window.resize(1200, height)
    status = dock.form.status if name == "Masks" else dock.status
    status.setText(LONG)
    scroll = dock.findChild(VerticalScroll)
    advanced = getattr(dock.form, "advanced", None)
    for expanded in (False, True) if advanced is not None else (False,):
        if expanded:
            advanced.expand()
        status.setText(LONG)
        qtbot.wait(50)
        window.resizeDocks([dock.parentWidget()], [100], Qt.Orientation.Horizontal)
        qtbot.wait(50)
        QApplication.processEvents()
        assert scroll.widget().width() == scroll.viewport().width()
        assert status.text() == LONG
        assert status.height() >= status.heightForWidth(status.width())
