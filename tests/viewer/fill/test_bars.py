import numpy as np
import pytest
from qtpy.QtCore import Qt
from scipy import ndimage

from napari_greyfill.pipeline.options import FillOptions


@pytest.fixture
def filled(viewer, open_dock, run):
    """Return a dock with a finished fill."""
    rough = ndimage.gaussian_filter(np.random.default_rng(0).normal(0, 1, (90, 90)), 2)
    viewer.add_image((120 + 200 * rough).astype(np.uint8), name="pic")
    dock = open_dock()
    dock.form.choose(FillOptions(method="spectral"))
    dock.new_mask()
    rows, columns = np.mgrid[40:44, 20:70]
    dock.form.mask_layer.data_setitem((rows.ravel(), columns.ravel()), 1)
    run(dock)
    return dock


def click(qtbot, dock, which, timeout=300_000):
    with qtbot.waitSignal(dock.bars.runner.ended, timeout=timeout):
        qtbot.mouseClick(which, Qt.MouseButton.LeftButton)


def test_without_a_fill_there_is_nothing_to_ask(viewer, open_dock):
    dock = open_dock()
    assert not dock.bars.interval_button.isEnabled()
    assert not dock.bars.draws_button.isEnabled()
    dock.bars.show_interval()
    assert not dock.bars.runner.running


def test_interval_adds_both_ends_and_half_the_width(filled, viewer, qtbot):
    click(qtbot, filled, filled.bars.interval_button)
    names = [layer.name for layer in viewer.layers]
    assert {"pic 90 % low", "pic 90 % high", "pic ± 90 %"} <= set(names)
    low, high = (viewer.layers[f"pic 90 % {end}"].data for end in ("low", "high"))
    assert (low <= high).all()
    assert (viewer.layers["pic ± 90 %"].data > 0).any()
    assert "within ±" in filled.bars.status.text()
    assert "of the processor" in filled.bars.status.text()
    assert filled.bars.interval_button.isEnabled()


def test_draws_are_one_layer(filled, viewer, qtbot):
    filled.bars.count.setValue(3)
    click(qtbot, filled, filled.bars.draws_button)
    assert len(viewer.layers["pic draws"].data) == 3
    assert "3 plausible fills" in filled.bars.status.text()


def test_stop_adds_nothing(filled, viewer, qtbot):
    before = len(viewer.layers)
    with qtbot.waitSignal(filled.bars.runner.ended, timeout=300_000):
        filled.bars.interval_button.click()
        assert not filled.bars.interval_button.isEnabled()
        filled.bars.stop_button.click()
    assert len(viewer.layers) == before
    assert filled.bars.status.text() == "Stopped."


def test_why_there_is_none_is_said(filled, qtbot):
    object.__setattr__(filled.bars._result, "method", "texture")
    click(qtbot, filled, filled.bars.draws_button)
    assert "look faithful" in filled.bars.status.text()


def test_closing_the_dock_stops_it(filled, viewer, qtbot):
    row = filled.bars
    row.interval_button.click()
    viewer.window.remove_dock_widget(filled.parent())
    qtbot.waitUntil(lambda: filled.closed, timeout=10_000)
    assert "pic ± 90 %" not in viewer.layers
