import numpy as np
import pytest
from skimage import data

import napari_greyfill
from napari_greyfill import NothingKnownError
from napari_greyfill.viewer.compare.random_choice import RandomChoice


def test_it_is_off_at_first(qtbot):
    choice = RandomChoice()
    qtbot.addWidget(choice.number)
    qtbot.addWidget(choice.kinds)
    assert (choice.count, choice.kind, choice.number.text()) == (0, "free-form", "Off")
    assert not choice.kinds.isVisible()
    with qtbot.waitSignal(choice.changed):
        choice.number.setValue(3)
    assert choice.kinds.isVisible()
    with qtbot.waitSignal(choice.changed):
        choice.kinds.setCurrentIndex(choice.kinds.findData("dots"))
    assert choice.kind == "dots"


@pytest.fixture
def dock(viewer):
    """Return a dock with a grey picture, Telea and three random masks."""
    viewer.add_image(data.camera()[:80, :120], name="pic")
    opened = viewer.window.add_plugin_dock_widget("napari-greyfill", "Compare")[1]
    opened.form.methods.tick(["telea", "biharmonic"])
    opened.form.random.number.setValue(3)
    opened.form.random.kinds.setCurrentIndex(opened.form.random.kinds.findData("dots"))
    opened.refresh()
    return opened


def paint(viewer, dock, where):
    mask = np.zeros((80, 120), np.uint8)
    mask[where] = 1
    dock.form.choose_mask(viewer.add_labels(mask, name="mask"))
    return mask


def test_no_mask_is_needed_and_the_table_has_means(viewer, dock, run):
    assert not dock.form.reference.isEnabled()
    assert "against the image itself" in dock.form.reference_note.text()
    run(dock)
    picture = viewer.layers["pic"].data
    expected = napari_greyfill.compare_masks(
        picture, count=3, kind="dots", methods=["biharmonic", "telea"]
    )
    assert [row.metrics for row in dock.table.rows] == [row.metrics for row in expected.rows]
    assert [row.count for row in dock.table.rows] == [3, 3]
    assert dock.status.text() == expected.summary()
    assert [layer.name for layer in viewer.layers] == ["pic"]
    column = [c.key for c in dock.table.model.columns].index("hole_psnr")
    assert " … " in dock.table.model.index(0, column).data()


def test_what_is_painted_is_not_measured(viewer, dock, run):
    mask = paint(viewer, dock, np.s_[30:36, 20:100])
    run(dock)
    expected = napari_greyfill.compare_masks(
        viewer.layers["pic"].data, mask, count=3, kind="dots", methods=["biharmonic", "telea"]
    )
    assert [row.metrics for row in dock.table.rows] == [row.metrics for row in expected.rows]


def test_a_mean_has_no_picture_but_bars(viewer, dock, run, tmp_path):
    run(dock)
    assert not dock.table.sheet_action.isEnabled()
    dock.table.view.setCurrentIndex(dock.table.view.model().index(0, 0))
    assert "has no picture" in dock.status.text()
    dock.table.draw(tmp_path / "bars.png")
    assert (tmp_path / "bars.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(NothingKnownError):
        dock.table.draw_sheet(tmp_path / "sheet.png")


def test_cancelled_and_continued(viewer, dock, gated, qtbot):
    dock.form.refresh_methods()
    dock.form.methods.tick(["telea", "gated"])
    dock.refresh()
    with qtbot.waitSignal(dock.runner.progressed):
        dock.run_button.click()
    with qtbot.waitSignal(dock.run_ended, timeout=30_000):
        dock.cancel_button.click()
    gated.set()
    with qtbot.waitSignal(dock.run_ended, timeout=30_000):
        dock.continue_button.click()
    assert sorted(row.count for row in dock.table.rows) == [3, 3]


def test_results_of_a_painted_mask_stay(viewer, dock, run):
    paint(viewer, dock, np.s_[30:36, 20:100])
    dock.form.random.number.setValue(0)
    run(dock)
    names = [layer.name for layer in viewer.layers]
    assert names[-1] == "telea, Grey"
    dock.form.random.number.setValue(2)
    run(dock)
    assert [layer.name for layer in viewer.layers] == names


def test_the_contact_sheet_is_of_the_layers_that_were_compared(viewer, dock, run, tmp_path):
    paint(viewer, dock, np.s_[30:36, 20:100])
    dock.form.random.number.setValue(0)
    with pytest.raises(NothingKnownError):
        dock.table.draw_sheet(tmp_path / "sheet.png")
    run(dock)
    assert dock.table.sheet_action.isEnabled()
    dock.table.draw_sheet(tmp_path / "sheet.png")
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")
