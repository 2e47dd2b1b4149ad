import threading

import pytest

from napari_greyfill.errors import BadCheckpointError, CancelledError
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.viewer.weights.dock import WeightsDock
from napari_greyfill.viewer.weights.table import STATES
from napari_greyfill.weights.folder import VARIABLE
from tests import golden


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "weights"))
    return tmp_path / "weights"


@pytest.fixture
def dock(viewer, folder):
    return viewer.window.add_plugin_dock_widget("napari-greyfill", "Weights")[1]


def select(dock, name):
    row = [stored.info.id for stored in dock.model.rows].index(name)
    dock.view.selectRow(row)
    return dock.chosen


def test_lists_every_checkpoint_with_its_state(dock):
    assert {stored.state for stored in dock.model.rows} == {"download", "by hand"}
    shown = [dock.model.index(row, 0).data() for row in range(dock.model.rowCount())]
    assert shown == [STATES[stored.state] for stored in dock.model.rows]


def test_model_behaves(qtmodeltester, dock):
    qtmodeltester.check(dock.model)


def test_looking_again_keeps_what_is_chosen(dock):
    chosen = select(dock, "gmcnn-celebahq")
    dock.refresh()
    assert dock.chosen.info == chosen.info


def test_licence_and_citation_stand_there_before_a_download(dock):
    for stored in dock.model.rows:
        select(dock, stored.info.id)
        for text in (stored.info.licence, stored.info.citation, stored.info.good_for):
            assert text in dock.about.text()


def test_button_says_what_it_will_do(dock):
    select(dock, "gmcnn-celebahq")
    assert dock.get_button.text() == "Open its page"
    select(dock, "deepfillv2-mm-places365")
    assert dock.get_button.text() == "Download"


def test_page_is_opened_for_files_behind_a_browser(dock, monkeypatch):
    from napari_greyfill.viewer.weights import dock as weights_dock

    opened = []
    monkeypatch.setattr(weights_dock.QDesktopServices, "openUrl", opened.append)
    chosen = select(dock, "gmcnn-celebahq")
    dock.get_button.click()
    assert [url.toString() for url in opened] == [chosen.info.page]
    assert "Add file" in dock.status.text()


def test_added_file_makes_its_method_available(dock, qtbot, tmp_path):
    file = golden.checkpoint("gmcnn", tmp_path)
    assert not INPAINTERS.info("gmcnn-celebahq").available
    with qtbot.waitSignal(dock.done, timeout=30_000):
        dock.add(file)
    assert select(dock, "gmcnn-celebahq").state == "ready"
    assert "ready" in dock.status.text()
    assert INPAINTERS.info("gmcnn-celebahq").available
    assert not dock.get_button.isEnabled()
    dock.remove()
    assert select(dock, "gmcnn-celebahq").state == "by hand"
    assert not INPAINTERS.info("gmcnn-celebahq").available


def test_chosen_row_decides_where_the_file_does_not(dock, qtbot, tmp_path):
    file = golden.checkpoint("edgeconnect_edge", tmp_path)
    select(dock, "edgeconnect-edge-psv")
    with qtbot.waitSignal(dock.done, timeout=30_000):
        dock.add(file)
    ready = [stored.info.id for stored in dock.model.rows if stored.state == "ready"]
    assert ready == ["edgeconnect-edge-psv"]


def test_foreign_file_is_refused_with_a_sentence(dock, qtbot, tmp_path, messages):
    file = tmp_path / "notes.pth"
    file.write_text("no checkpoint")
    with qtbot.waitSignal(dock.done, timeout=30_000):
        dock.add(file)
    assert len(messages["error"]) == 1
    assert dock.status.text().startswith("Failed")
    assert {stored.state for stored in dock.model.rows} == {"download", "by hand"}


def test_a_bug_is_reported_with_its_traceback(dock, qtbot, monkeypatch, messages):
    def broken(*args):
        raise RuntimeError("a bug")

    monkeypatch.setattr(dock.store, "get", broken)
    select(dock, "deepfillv2-mm-places365")
    with qtbot.waitSignal(dock.done):
        dock.get_button.click()
    assert [str(error) for error in messages["crash"]] == ["a bug"]
    assert dock.get_button.isEnabled()


def test_progress_and_cancel_of_a_download(dock, qtbot, monkeypatch):
    asked = threading.Event()

    def slow(name, progress, cancelled):
        progress(500, 1000)
        while not cancelled():
            asked.wait(0.01)
        raise CancelledError("The download was cancelled.")

    monkeypatch.setattr(dock.store, "get", slow)
    select(dock, "deepfillv2-mm-places365")
    with qtbot.waitSignal(dock.arrived):
        dock.get_button.click()
    qtbot.waitUntil(lambda: dock.progress.value() == 500)
    assert dock.cancel_button.isVisibleTo(dock)
    assert not dock.add_button.isEnabled()
    with qtbot.waitSignal(dock.done):
        dock.cancel_button.click()
    assert "Cancelled" in dock.status.text()
    assert not dock.cancel_button.isVisibleTo(dock)


def test_damaged_download_is_told(dock, qtbot, monkeypatch, messages):
    def damaged(*args):
        raise BadCheckpointError("The file is damaged; get it again.")

    monkeypatch.setattr(dock.store, "get", damaged)
    select(dock, "deepfillv2-mm-places365")
    with qtbot.waitSignal(dock.done):
        dock.get_button.click()
    assert messages["error"] == ["The file is damaged; get it again."]


def test_fill_dock_leads_here_and_lists_what_arrived(viewer, folder, qtbot, tmp_path):
    fill = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")[1]
    item = fill.form.method.model().item(fill.form.method.findData("gmcnn-celebahq"))
    assert not item.isEnabled()
    fill.form.weights.click()
    weights = viewer.window.add_plugin_dock_widget("napari-greyfill", "Weights")[1]
    assert isinstance(weights, WeightsDock)
    with qtbot.waitSignal(weights.done, timeout=30_000):
        weights.add(golden.checkpoint("gmcnn", tmp_path))
    fill.form.method.showPopup()
    fill.form.method.hidePopup()
    assert item.isEnabled()


@pytest.mark.parametrize("name", ["Weights", "Fill", "Compare"])
def test_a_folder_that_cannot_be_read_leaves_the_docks(viewer, tmp_path, monkeypatch, name):
    (tmp_path / "weights").write_text("no folder")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "weights"))
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", name)[1]
    assert dock.isEnabled()
    if name == "Weights":
        assert {stored.state for stored in dock.model.rows} == {"unreadable"}
        assert f"The weights folder {tmp_path / 'weights'} cannot be read" in dock.about.text()


def test_adding_a_file_can_be_cancelled(dock, qtbot, monkeypatch, tmp_path):
    reading = threading.Event()

    def add(file, name=None, cancelled=None):
        reading.set()
        while not cancelled():
            reading.wait(0.01)
        raise CancelledError("The look at the checkpoint was cancelled; nothing was changed.")

    monkeypatch.setattr(dock.store, "add", add)
    dock.add(tmp_path / "file.pth")
    qtbot.waitUntil(reading.is_set)
    with qtbot.waitSignal(dock.done):
        dock.cancel_button.click()
    assert dock.status.text().startswith("Cancelled. The look at the checkpoint was cancelled;")
