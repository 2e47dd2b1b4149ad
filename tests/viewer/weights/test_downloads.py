"""Checkpoints that come to a folder while it is watched."""

import pytest

from napari_greyfill.viewer.weights.downloads import DownloadsWatch, OfferBar, downloads_folder


@pytest.fixture
def watch(qtbot, tmp_path):
    (tmp_path / "before.pth").write_bytes(b"1")
    watch = DownloadsWatch()
    watch.start(tmp_path)
    yield watch
    watch.stop()


def test_a_file_that_comes_is_told_once_it_is_whole(watch, qtbot, tmp_path):
    with qtbot.waitSignal(watch.arrived, timeout=20_000) as told:
        (tmp_path / "notes.txt").write_text("no checkpoint")
        (tmp_path / "net.pth").write_bytes(b"123")
    assert told.args == [tmp_path / "net.pth"]


def test_what_a_browser_renames_is_told(watch, qtbot, tmp_path):
    (tmp_path / "net.zip.part").write_bytes(b"123")
    with qtbot.waitSignal(watch.arrived, timeout=20_000) as told:
        (tmp_path / "net.zip.part").rename(tmp_path / "net.zip")
    assert told.args == [tmp_path / "net.zip"]


def test_an_empty_file_is_none_yet(watch, tmp_path):
    told = []
    watch.arrived.connect(told.append)
    (tmp_path / "net.pth").write_bytes(b"")
    for _ in range(3):
        watch._look()
    assert told == []
    (tmp_path / "net.pth").write_bytes(b"1")
    for _ in range(3):
        watch._look()
    assert told == [tmp_path / "net.pth"]


def test_nothing_is_told_after_the_end(watch, tmp_path):
    told = []
    watch.arrived.connect(told.append)
    watch.stop()
    (tmp_path / "net.pth").write_bytes(b"123")
    for _ in range(3):
        watch._look()
    assert told == []
    assert watch.folder is None


def test_a_folder_that_is_not_there_is_not_watched(qtbot, tmp_path):
    watch = DownloadsWatch()
    watch.start(tmp_path / "nowhere")
    assert watch.folder is None


def test_there_is_a_folder_for_downloads(qapp):
    assert downloads_folder().is_absolute()


def test_an_offer_is_taken_or_left(qtbot, tmp_path):
    bar = OfferBar()
    qtbot.addWidget(bar)
    bar.offer(tmp_path / "net.pth", "it has the layout of Net")
    assert not bar.isHidden()
    bar.leave_button.click()
    assert bar.isHidden()
    bar.offer(tmp_path / "net.pth", "it has the layout of Net")
    with qtbot.waitSignal(bar.wanted) as wanted:
        bar.add_button.click()
    assert wanted.args == [tmp_path / "net.pth"]
    assert bar.isHidden()
