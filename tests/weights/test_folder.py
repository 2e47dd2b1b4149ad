import errno
import json
import os
from pathlib import Path

import pytest

from napari_greyfill.errors import UnwritablePathError
from napari_greyfill.weights import folder as module
from napari_greyfill.weights import weights_folder
from napari_greyfill.weights.folder import file_sha256, prefer_folder, unfinished, writing
from tests.weights.conftest import CONTENT, SHA256, entry, link, names


@pytest.fixture
def hashed(monkeypatch):
    """Return a list that grows with every file that is read for its hash."""
    read = []

    def counted(file):
        read.append(file.name)
        return file_sha256(file)

    monkeypatch.setattr(module, "file_sha256", counted)
    return read


def put(folder, info, content=CONTENT):
    folder.create()
    folder.file(info).write_bytes(content)


def test_where_checkpoints_live(monkeypatch, tmp_path):
    monkeypatch.delenv("NAPARI_GREYFILL_WEIGHTS", raising=False)
    default = weights_folder()
    assert default.is_absolute()
    assert "napari-greyfill" in default.parts
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path / "a"))
    assert weights_folder() == tmp_path / "a"
    assert weights_folder(tmp_path / "b") == tmp_path / "b"
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", "~/weights")
    assert weights_folder() == Path.home() / "weights"
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", "")
    assert weights_folder() == default


def test_the_folder_of_the_preferences(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_preferred", {})
    monkeypatch.delenv("NAPARI_GREYFILL_WEIGHTS", raising=False)
    default = weights_folder()
    prefer_folder(str(tmp_path / "preferred"))
    assert weights_folder() == tmp_path / "preferred"
    assert weights_folder(tmp_path / "explicit") == tmp_path / "explicit"
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path / "environment"))
    assert weights_folder() == tmp_path / "environment"
    monkeypatch.delenv("NAPARI_GREYFILL_WEIGHTS")
    prefer_folder("")
    assert weights_folder() == default


def test_looking_makes_no_folder(folder):
    assert folder.state(entry()) == "by hand"
    assert folder.state(entry(url="https://example.org/a.pth")) == "download"
    assert not folder.path.exists()
    folder.create()
    assert folder.path.is_dir()


@pytest.mark.parametrize(
    ("published", "state"),
    [
        ({}, "ready"),
        ({"sha256": SHA256}, "ready"),
        ({"sha256_prefix": SHA256[:8]}, "ready"),
        ({"bytes": len(CONTENT)}, "ready"),
        ({"bytes": len(CONTENT) + 1}, "damaged"),
        ({"sha256": SHA256[::-1]}, "damaged"),
        ({"sha256_prefix": SHA256[1:9]}, "damaged"),
    ],
)
def test_a_file_is_compared_with_what_is_published(folder, published, state):
    info = entry(**published)
    put(folder, info)
    assert folder.state(info) == state


def test_a_folder_of_that_name_is_no_checkpoint(folder):
    folder.file(entry()).mkdir(parents=True)
    assert folder.state(entry()) == "by hand"


def test_files_are_read_once(folder, hashed):
    info = entry(sha256=SHA256)
    put(folder, info)
    assert [folder.state(info) for _ in range(3)] == ["ready"] * 3
    assert hashed == ["net_faces.pth"]
    memory = json.loads((folder.path / "net_faces.pth.json").read_text())
    status = folder.file(info).stat()
    assert memory["sha256"] == SHA256
    assert (memory["bytes"], memory["mtime"]) == (status.st_size, status.st_mtime_ns)
    assert folder.sha256(info, again=True) == SHA256
    assert len(hashed) == 2


def test_files_with_nothing_published_are_not_read(folder, hashed):
    put(folder, entry())
    assert folder.state(entry()) == "ready"
    assert hashed == []


def test_changed_files_are_read_again(folder, hashed):
    info = entry(sha256=SHA256)
    put(folder, info)
    assert folder.state(info) == "ready"
    status = folder.file(info).stat()
    put(folder, info, CONTENT[::-1])
    os.utime(folder.file(info), ns=(0, status.st_mtime_ns + 1))
    assert folder.state(info) == "damaged"
    assert len(hashed) == 2


def test_a_touched_file_is_read_again_and_still_fine(folder, hashed):
    info = entry(sha256=SHA256)
    put(folder, info)
    folder.state(info)
    os.utime(folder.file(info), ns=(0, 0))
    assert [folder.state(info) for _ in range(2)] == ["ready"] * 2
    assert len(hashed) == 2


def test_what_was_accepted_must_not_change(folder):
    info = entry()
    put(folder, info)
    folder.accept(info, SHA256)
    assert folder.state(info) == "ready"
    put(folder, info, CONTENT[:-1])
    assert folder.state(info) == "damaged"
    assert folder.problem(info) == "has changed since it was added"
    assert folder.state(info) == "damaged"  # still, now that its hash is remembered
    put(folder, info)
    assert folder.state(info) == "ready"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"sha256": 1}', '{"sha256": 1, "bytes": 2, "mtime": 3}']
)
def test_a_spoilt_memory_is_no_memory(folder, text, hashed):
    info = entry(sha256=SHA256)
    put(folder, info)
    (folder.path / "net_faces.pth.json").write_text(text)
    assert folder.state(info) == "ready"
    assert hashed == ["net_faces.pth"]


def test_folders_that_cannot_be_written_to_can_be_read(folder, monkeypatch):
    info = entry(sha256=SHA256)
    put(folder, info)

    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(Path, "write_text", refuse)
    assert folder.state(info) == "ready"
    folder.accept(info, SHA256)
    assert names(folder) == ["net_faces.pth"]


def test_files_that_cannot_be_read_are_damaged(folder, monkeypatch):
    info = entry(sha256=SHA256)
    put(folder, info)

    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(module, "file_sha256", refuse)
    assert folder.state(info) == "damaged"
    assert folder.problem(info) == "cannot be read (Permission denied)"


def test_links_may_not_lead_out(folder, tmp_path):
    (tmp_path / "elsewhere.pth").write_bytes(CONTENT)
    folder.create()
    info = entry(sha256=SHA256)
    link(folder.file(info), tmp_path / "elsewhere.pth")
    assert folder.state(info) == "damaged"
    assert folder.problem(info) == "is a link to a place outside the weights folder"
    folder.file(info).unlink()
    (folder.path / "here.pth").write_bytes(CONTENT)
    link(folder.file(info), "here.pth")
    assert folder.state(info) == "ready"


def test_the_folder_itself_may_be_a_link(folder, tmp_path):
    info = entry(sha256=SHA256)
    (tmp_path / "real").mkdir()
    link(folder.path, tmp_path / "real")
    put(folder, info)
    assert folder.state(info) == "ready"


def test_unfinished_parts(folder):
    info = entry()
    assert unfinished(folder.file(info)) == []
    put(folder, info)
    for name in ("net_faces.pth.part", "net_faces.pth.0a.part", "net_faces2.pth.part"):
        (folder.path / name).write_bytes(b"")
    found = sorted(path.name for path in unfinished(folder.file(info)))
    assert found == ["net_faces.pth.0a.part", "net_faces.pth.part"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "is full; free some space, or choose another folder"),
        (errno.EACCES, "There is no permission to write to"),
        (errno.EROFS, "There is no permission to write to"),
        (errno.EIO, "cannot be written to (Input/output error); choose another folder"),
    ],
)
def test_what_the_system_says_becomes_a_sentence(tmp_path, code, words):
    with pytest.raises(UnwritablePathError) as caught, writing(tmp_path):
        raise OSError(code, os.strerror(code))
    assert words in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert str(caught.value).endswith("environment variable NAPARI_GREYFILL_WEIGHTS.")


def test_a_folder_that_cannot_be_made(folder):
    folder.path.write_text("a file where the folder should be")
    with pytest.raises(UnwritablePathError, match="cannot be written to"):
        folder.create()
