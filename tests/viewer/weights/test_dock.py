import hashlib
import threading

import pytest
from qtpy.QtWidgets import QFileDialog, QMessageBox

from napari_greyfill.errors import BadCheckpointError, CancelledError
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.viewer.weights import dock as dock_module
from napari_greyfill.viewer.weights.dock import WeightsDock
from napari_greyfill.viewer.weights.news import NEWS
from napari_greyfill.viewer.weights.table import NON_COMMERCIAL, STATES
from napari_greyfill.weights import download
from napari_greyfill.weights.folder import VARIABLE
from napari_greyfill.weights.transfer import Rules
from tests import golden
from tests.test_imports import imported_by
from tests.weights.conftest import CONTENT, entry, whole


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "weights"))
    return tmp_path / "weights"


@pytest.fixture
def dock(viewer, folder):
    return viewer.window.add_plugin_dock_widget("napari-greyfill", "Weights")[1]


def added(dock, qtbot, act):
    """Do what starts work in a thread, and wait until it is done."""
    with qtbot.waitSignal(dock.done, timeout=30_000):
        act()


def select(dock, name):
    row = [stored.info.id for stored in dock.panel.model.rows].index(name)
    dock.panel.view.selectRow(row)
    return dock.chosen


def test_lists_every_checkpoint_with_its_state(dock):
    assert {stored.state for stored in dock.panel.model.rows} == {"download", "by hand"}
    shown = [dock.panel.model.index(row, 0).data() for row in range(dock.panel.model.rowCount())]
    assert shown == [STATES[stored.state] for stored in dock.panel.model.rows]


def test_says_that_no_network_runs_without_pytorch(without_torch, dock, folder):
    lines = dock.panel.status.text().splitlines()
    assert [line.split(" ")[0] for line in lines] == ["No", "Kept"]
    assert 'pip install "napari-greyfill[networks]"' in lines[0]


def test_model_behaves(qtmodeltester, dock):
    qtmodeltester.check(dock.panel.model)


def test_looking_again_keeps_what_is_chosen(dock):
    chosen = select(dock, "gmcnn-celebahq")
    dock.refresh()
    assert dock.chosen.info == chosen.info


def test_licence_and_citation_stand_there_before_a_download(dock):
    for stored in dock.panel.model.rows:
        select(dock, stored.info.id)
        for text in (stored.info.licence, stored.info.citation, stored.info.good_for):
            assert text in dock.panel.about.text()


def test_button_says_what_it_will_do(dock):
    select(dock, "gmcnn-celebahq")
    assert dock.panel.get_button.text() == "Open its page"
    select(dock, "deepfillv2-mm-places365")
    assert dock.panel.get_button.text() == "Download"


def test_page_is_opened_for_files_behind_a_browser(dock, monkeypatch):
    opened = []
    monkeypatch.setattr(dock_module.QDesktopServices, "openUrl", opened.append)
    chosen = select(dock, "gmcnn-celebahq")
    dock.panel.get_button.click()
    assert [url.toString() for url in opened] == [chosen.info.page]
    assert "Add file" in dock.panel.status.text()


def test_added_file_makes_its_method_available(dock, qtbot, tmp_path):
    file = golden.checkpoint("gmcnn", tmp_path)
    assert not INPAINTERS.info("gmcnn-celebahq").available
    with qtbot.waitSignal(dock.done, timeout=30_000):
        dock.add(file, "gmcnn-celebahq")
    assert select(dock, "gmcnn-celebahq").state == "ready"
    assert dock.panel.status.text() == "GMCNN, CelebA-HQ: ready, as you said."
    assert INPAINTERS.info("gmcnn-celebahq").available
    assert not dock.panel.get_button.isEnabled()
    dock.remove()
    assert select(dock, "gmcnn-celebahq").state == "by hand"
    assert not INPAINTERS.info("gmcnn-celebahq").available


def test_the_user_is_asked_where_no_hash_tells(dock, qtbot, tmp_path, messages, monkeypatch):
    monkeypatch.setattr(dock_module.QDesktopServices, "openUrl", lambda url: None)
    file = golden.checkpoint("edgeconnect_edge", tmp_path)
    select(dock, "edgeconnect-edge-psv")
    dock.panel.get_button.click()
    assert not dock.panel.form.isVisibleTo(dock)
    added(dock, qtbot, lambda: dock.add(file))
    assert messages["error"] == []
    form = dock.panel.form
    assert form.isVisibleTo(dock)
    assert (
        "edgeconnect_edge.pth has the layout of EdgeConnect (edge generator), but"
        in form.question.text()
    )
    ids = [form.which.itemData(index) for index in range(form.which.count())]
    layout = "edgeconnect-edge"
    assert ids == ["", *(f"{layout}-{data}" for data in ("places2", "celeba", "psv"))]
    assert form.which.currentData() == "edgeconnect-edge-psv"  # whose page was opened
    assert not form.name.isVisibleTo(dock)
    added(dock, qtbot, form.say_button.click)
    ready = [stored.info.id for stored in dock.panel.model.rows if stored.state == "ready"]
    assert ready == ["edgeconnect-edge-psv"]
    assert not form.isVisibleTo(dock)


class TestOwnWeights:
    @pytest.fixture
    def mine(self, dock, qtbot, tmp_path):
        """Add weights of one's own as a user does; return the dock."""
        file = golden.checkpoint("gmcnn", tmp_path)
        added(dock, qtbot, lambda: dock.add(file))
        form = dock.panel.form
        assert form.which.currentData() == ""
        assert form.name.text() == "gmcnn"
        form.name.setText("bark")
        form.training_data.setText("bark, 120 photographs")
        added(dock, qtbot, form.say_button.click)
        return dock

    def test_they_are_a_row_and_a_method(self, mine):
        chosen = mine.chosen  # what was added is chosen
        assert chosen.info.id == "gmcnn@bark"
        assert (chosen.state, chosen.identity) == ("ready", "own")
        assert mine.panel.status.text() == "GMCNN, bark: own weights."
        row = mine.panel.view.selectionModel().selectedRows()[0].row()
        shown = [mine.panel.model.index(row, column).data() for column in range(5)]
        assert shown == ["own weights", "GMCNN, bark", "–", "bark, 120 photographs", "–"]
        for text in ("Weights of your own.", "bark, 120 photographs", "not known", "gmcnn@bark"):
            assert text in mine.panel.about.text()
        assert INPAINTERS.info("gmcnn@bark").available
        assert mine.panel.get_button.text() == "Describe…"

    def test_more_can_be_said_about_them_later(self, mine):
        select(mine, "gmcnn@bark")
        mine.panel.get_button.click()
        form = mine.panel.form
        assert form.isVisibleTo(mine)
        assert not form.which.isVisibleTo(mine)
        assert form.training_data.text() == "bark, 120 photographs"
        form.name.setText("leaves")
        form.licence.setText("CC0")
        form.say_button.click()
        assert not form.isVisibleTo(mine)
        assert "CC0" in mine.panel.about.text()
        assert mine.store.said("gmcnn@leaves").licence == "CC0"
        assert mine.chosen.info.id == "gmcnn@leaves"

    def test_a_name_that_cannot_be_is_refused_and_asked_again(self, mine, messages):
        select(mine, "gmcnn@bark")
        mine.panel.get_button.click()
        mine.panel.form.name.setText("My Weights")
        mine.panel.form.say_button.click()
        assert "Weights cannot be called 'My Weights'" in messages["error"][0]
        assert mine.panel.form.isVisibleTo(mine)
        mine.panel.form.name.setText("")
        assert not mine.panel.form.say_button.isEnabled()

    def test_another_row_is_not_described_by_mistake(self, mine):
        select(mine, "gmcnn@bark")
        mine.panel.get_button.click()
        select(mine, "gmcnn-celebahq")
        assert not mine.panel.form.isVisibleTo(mine)
        assert mine.panel.get_button.text() == "Open its page"

    def test_nothing_need_be_said(self, mine):
        select(mine, "gmcnn@bark")
        mine.panel.get_button.click()
        assert not mine.panel.add_button.isVisibleTo(mine)
        mine.panel.form.name.setText("leaves")
        mine.panel.form.leave_button.click()
        assert not mine.panel.form.isVisibleTo(mine)
        assert mine.panel.add_button.isVisibleTo(mine)
        assert mine.chosen.info.id == "gmcnn@bark"

    def test_they_are_removed(self, mine):
        select(mine, "gmcnn@bark")
        mine.remove()
        assert "gmcnn@bark" not in [stored.info.id for stored in mine.panel.model.rows]
        assert "gmcnn@bark" not in [info.name for info in INPAINTERS.infos()]

    def test_fill_lists_them_as_they_come_and_go(self, mine, viewer):
        fill = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")[1]
        combo = fill.form.method
        combo.setCurrentIndex(combo.findData("gmcnn@bark"))
        assert combo.currentText() == "GMCNN, bark (own weights)"
        mine.store.remove("gmcnn@bark")
        combo.update_availability()
        assert combo.findData("gmcnn@bark") == -1
        assert combo.currentData() != "gmcnn@bark"


def test_a_file_put_there_by_hand_is_looked_at_on_request(dock, folder, qtbot):
    folder.mkdir()
    file = golden.checkpoint("gmcnn", folder)
    dock.refresh()
    chosen = select(dock, file.name)
    assert chosen.state == "unknown"
    assert dock.panel.get_button.text() == "Look at it"
    added(dock, qtbot, dock.panel.get_button.click)
    chosen = select(dock, "gmcnn@gmcnn")
    assert (chosen.state, chosen.identity) == ("ready", "found")
    assert "Not verified: put there by hand" in dock.panel.about.text()
    dock.panel.get_button.click()
    dock.panel.form.say_button.click()
    assert select(dock, "gmcnn@gmcnn").identity == "own"


def test_opening_the_dock_looks_at_no_file_and_imports_no_torch(tmp_path):
    (tmp_path / "mine.pth").write_bytes(b"no checkpoint, but nobody has looked")
    code = (
        "import os\n"
        f"os.environ[{VARIABLE!r}] = {str(tmp_path)!r}\n"
        "from qtpy.QtWidgets import QApplication\n"
        "application = QApplication([])\n"
        "from napari_greyfill.viewer.weights.dock import WeightsDock\n"
        "dock = WeightsDock()\n"
        "assert [row.state for row in dock.panel.model.rows][-1] == 'unknown'\n"
    )
    assert imported_by(code, ("torch",)) == set()


def test_foreign_file_is_refused_with_a_sentence(dock, qtbot, tmp_path, messages):
    file = tmp_path / "notes.pth"
    file.write_text("no checkpoint")
    with qtbot.waitSignal(dock.done, timeout=30_000):
        dock.add(file)
    assert len(messages["error"]) == 1
    assert dock.panel.status.text().startswith("Failed")
    assert {stored.state for stored in dock.panel.model.rows} == {"download", "by hand"}


def test_a_bug_is_reported_with_its_traceback(dock, qtbot, monkeypatch, messages):
    def broken(*args):
        raise RuntimeError("a bug")

    monkeypatch.setattr(dock.store, "get", broken)
    select(dock, "deepfillv2-mm-places365")
    with qtbot.waitSignal(dock.done):
        dock.panel.get_button.click()
    assert [str(error) for error in messages["crash"]] == ["a bug"]
    assert dock.panel.get_button.isEnabled()


@pytest.fixture
def served(dock, site, monkeypatch):
    """Let a server on this machine offer three files with the hashes of the dock's catalogue."""
    contents = {f"net-{n}": bytes([n]) + CONTENT for n in range(3)}
    dock.store.entries = tuple(
        entry(
            id=name,
            file=f"{name}.pth",
            title=name,
            url=site.offer(f"/{name}", whole(content)),
            sha256=hashlib.sha256(content).hexdigest(),
            bytes=len(content),
        )
        for name, content in contents.items()
    )
    local = Rules(plain_hosts=frozenset({"127.0.0.1"}))
    monkeypatch.setattr(download, "Rules", lambda: local)
    dock.refresh()
    return site


def test_all_that_download_arrive_with_one_press(dock, served, qtbot):
    assert dock.panel.all_button.text() == "Get all that download (0.9 MB)"
    with qtbot.waitSignal(NEWS.changed, timeout=30_000):
        added(dock, qtbot, dock.panel.all_button.click)
    assert {stored.state for stored in dock.panel.model.rows} == {"ready"}
    assert dock.panel.status.text() == "Downloaded and checked 3 of 3."
    assert not dock.panel.all_button.isVisibleTo(dock)


def test_what_is_damaged_is_told_and_the_rest_is_there(dock, served, qtbot):
    served.answers["/net-1"] = whole(b"damaged")
    added(dock, qtbot, dock.panel.all_button.click)
    states = {stored.info.id: stored.state for stored in dock.panel.model.rows}
    assert states == {"net-0": "ready", "net-1": "download", "net-2": "ready"}
    assert dock.panel.status.text().startswith(
        "Downloaded and checked 2 of 3. net-1: What arrived"
    )
    served.answers["/net-1"] = whole(b"\x01" + CONTENT)
    assert dock.panel.all_button.text() == "Get all that download (0.3 MB)"
    added(dock, qtbot, dock.panel.all_button.click)
    assert {stored.state for stored in dock.panel.model.rows} == {"ready"}


def test_all_can_be_cancelled_and_gone_on_with(dock, served, qtbot):
    waiting = threading.Event()

    def stuck(handler):
        handler.begin(200, len(CONTENT) + 1)
        handler.wfile.write((b"\x01" + CONTENT)[:100_000])
        waiting.set()
        served.closing.wait(20)

    served.answers["/net-1"] = stuck
    dock.panel.all_button.click()
    qtbot.waitUntil(waiting.is_set, timeout=30_000)
    with qtbot.waitSignal(dock.done, timeout=30_000):
        dock.panel.cancel_button.click()
    assert dock.panel.status.text().startswith("Cancelled.")
    served.answers["/net-1"] = whole(b"\x01" + CONTENT)
    served.requests.clear()
    added(dock, qtbot, dock.panel.all_button.click)
    assert {stored.state for stored in dock.panel.model.rows} == {"ready"}
    assert [path for path, _ in served.requests] == ["/net-1", "/net-2"]


def test_what_a_browser_downloads_is_offered_by_its_layout(dock, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(dock_module.QDesktopServices, "openUrl", lambda url: None)
    downloads = tmp_path / "Downloads"
    downloads.mkdir()
    monkeypatch.setattr(dock_module, "downloads_folder", lambda: downloads)
    select(dock, "gmcnn-celebahq")
    dock.panel.get_button.click()
    with qtbot.waitSignal(dock.done, timeout=30_000):
        golden.checkpoint("gmcnn", downloads)
    assert dock.panel.offer.isVisibleTo(dock)
    assert dock.panel.offer.text.text() == (
        "gmcnn.pth has arrived in Downloads: it has the layout of GMCNN."
    )
    added(dock, qtbot, dock.panel.offer.add_button.click)
    assert dock.panel.form.which.currentData() == "gmcnn-celebahq"
    added(dock, qtbot, dock.panel.form.say_button.click)
    assert select(dock, "gmcnn-celebahq").state == "ready"


def test_a_program_waits_until_its_hash_is_confirmed(dock, qtbot, monkeypatch, folder):
    info = dock.store.info("migan-places2")
    folder.mkdir()
    (folder / info.file).write_bytes(b"PK\x03\x04 no program, but nobody has looked")
    dock.store.folder.accept(info, dock.store.folder.sha256(info))
    dock.refresh()
    assert select(dock, info.id).state == "unconfirmed"
    assert dock.panel.get_button.text() == "Confirm…"
    asked, confirmed = [], []
    monkeypatch.setattr(dock, "confirm", lambda *each: confirmed.append(each))
    answers = iter([QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes])
    monkeypatch.setattr(
        QMessageBox, "question", lambda *each: asked.append(each[2]) or next(answers)
    )
    dock.panel.get_button.click()
    assert confirmed == []
    dock.panel.get_button.click()
    sha256 = dock.store.folder.sha256(info)
    assert confirmed == [(info.id, sha256)]
    assert sha256 in asked[0]
    assert info.url in asked[0]


def test_recommended_ones_come_first_and_licences_are_plain(dock):
    assert [stored.info.id for stored in dock.panel.model.rows][:2] == [
        "lama-places2",
        "migan-places2",
    ]
    select(dock, "deepfillv2-mm-places365")
    assert NON_COMMERCIAL in dock.panel.about.text()
    assert "SHA-256 begins with 10d15793" in dock.panel.about.text()
    select(dock, "lama-places2")
    assert NON_COMMERCIAL not in dock.panel.about.text()
    assert "205.7 MB" in dock.panel.about.text()


def test_progress_and_cancel_of_a_download(dock, qtbot, monkeypatch):
    asked = threading.Event()

    def slow(name, progress, cancelled):
        progress(500, 1000)
        while not cancelled():
            asked.wait(0.01)
        raise CancelledError("The download was cancelled.")

    monkeypatch.setattr(dock.store, "get", slow)
    select(dock, "deepfillv2-mm-places365")
    with qtbot.waitSignal(dock.runner.arrived):
        dock.panel.get_button.click()
    qtbot.waitUntil(lambda: dock.panel.progress.value() == 500)
    assert dock.panel.cancel_button.isVisibleTo(dock)
    assert not dock.panel.add_button.isEnabled()
    with qtbot.waitSignal(dock.done):
        dock.panel.cancel_button.click()
    assert "Cancelled" in dock.panel.status.text()
    assert not dock.panel.cancel_button.isVisibleTo(dock)


def test_damaged_download_is_told(dock, qtbot, monkeypatch, messages):
    def damaged(*args):
        raise BadCheckpointError("The file is damaged; get it again.")

    monkeypatch.setattr(dock.store, "get", damaged)
    select(dock, "deepfillv2-mm-places365")
    with qtbot.waitSignal(dock.done):
        dock.panel.get_button.click()
    assert messages["error"] == ["The file is damaged; get it again."]


def test_fill_dock_leads_here_and_lists_what_arrived(viewer, folder, qtbot, tmp_path):
    fill = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")[1]
    item = fill.form.method.model().item(fill.form.method.findData("gmcnn-celebahq"))
    assert not item.isEnabled()
    fill.form.weights.click()
    weights = viewer.window.add_plugin_dock_widget("napari-greyfill", "Weights")[1]
    assert isinstance(weights, WeightsDock)
    with qtbot.waitSignal(weights.done, timeout=30_000):
        weights.add(golden.checkpoint("gmcnn", tmp_path), "gmcnn-celebahq")
    assert item.isEnabled()  # at once


@pytest.mark.parametrize("name", ["Weights", "Fill", "Compare"])
def test_a_folder_that_cannot_be_read_leaves_the_docks(viewer, tmp_path, monkeypatch, name):
    (tmp_path / "weights").write_text("no folder")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "weights"))
    dock = viewer.window.add_plugin_dock_widget("napari-greyfill", name)[1]
    assert dock.isEnabled()
    if name == "Weights":
        assert {stored.state for stored in dock.panel.model.rows} == {"unreadable"}
        assert (
            f"The weights folder {tmp_path / 'weights'} cannot be read" in dock.panel.about.text()
        )


def test_adding_a_file_can_be_cancelled(dock, qtbot, monkeypatch, tmp_path):
    reading = threading.Event()

    def add(file, name=None, *, own=None, cancelled=None):
        reading.set()
        while not cancelled():
            reading.wait(0.01)
        raise CancelledError("The look at the checkpoint was cancelled; nothing was changed.")

    monkeypatch.setattr(dock.store, "add", add)
    dock.add(tmp_path / "file.pth")
    qtbot.waitUntil(reading.is_set)
    with qtbot.waitSignal(dock.done):
        dock.panel.cancel_button.click()
    assert dock.panel.status.text().startswith(
        "Cancelled. The look at the checkpoint was cancelled;"
    )


@pytest.mark.parametrize("chosen", [True, False])
def test_a_file_is_chosen_in_a_dialog_and_added(dock, monkeypatch, tmp_path, chosen):
    path, added = tmp_path / "net.pth", []
    monkeypatch.setattr(dock, "add", added.append)
    monkeypatch.setattr(
        QFileDialog,
        "getOpenFileName",
        lambda *_: (str(path) if chosen else "", ""),
    )
    dock.panel.add_button.click()
    assert added == [path] * chosen


def test_a_file_is_removed_after_a_question(dock, qtbot, monkeypatch, tmp_path):
    file = golden.checkpoint("gmcnn", tmp_path)
    added(dock, qtbot, lambda: dock.add(file, "gmcnn-celebahq"))
    path = select(dock, "gmcnn-celebahq").path
    answers, asked = iter([QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]), []
    monkeypatch.setattr(
        QMessageBox, "question", lambda *each: asked.append(each[2]) or next(answers)
    )
    dock.panel.remove_button.click()
    assert path.exists()
    assert path.name in asked[0]
    dock.panel.remove_button.click()
    assert not path.exists()


def test_the_folder_is_made_before_it_is_opened(dock, folder, monkeypatch, messages):
    opened = []
    monkeypatch.setattr(
        dock_module.QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile())
    )
    dock.panel.folder_button.click()
    assert folder.is_dir()
    assert opened == [str(folder)]
    folder.rmdir()
    folder.write_text("no folder")
    dock.panel.folder_button.click()
    assert len(opened) == len(messages["error"]) == 1
