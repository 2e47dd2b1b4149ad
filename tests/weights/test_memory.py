"""What is remembered about a checkpoint, in a small JSON file beside it."""

import json
from pathlib import Path

import pytest

from napari_greyfill.weights.memory import Memory, memory_file, recall, remember
from napari_greyfill.weights.own import Own


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "net.pth"
    path.write_bytes(b"tensors")
    return path


@pytest.mark.parametrize("own", [None, Own("mine", "net", licence="MIT"), Own("a", found=True)])
def test_what_is_remembered_is_recalled(file, own):
    memory = Memory("ab", 7, 1, accepted="ab", rejected="is odd", own=own)
    assert remember(file, memory)
    assert recall(file) == memory
    assert sorted(path.name for path in file.parent.iterdir()) == ["net.pth", "net.pth.json"]


def test_it_is_about_the_file_as_it_was(file):
    memory = Memory.of(file.stat(), "ab", None)
    assert memory.describes(file.stat())
    file.write_bytes(b"more tensors")
    assert not memory.describes(file.stat())


def test_what_was_said_stays_when_the_file_is_read_again(file):
    own = Own("mine", "net")
    earlier = Memory("ab", 1, 1, accepted="ab", rejected="is odd", own=own)
    now = Memory.of(file.stat(), "cd", earlier)
    assert (now.sha256, now.accepted, now.rejected, now.own) == ("cd", "ab", "", own)


@pytest.mark.parametrize(
    "text",
    ["", "7", "[]", "null", "{}", '{"sha256": "", "bytes": 1, "mtime": 1, "own": {"name": 7}}'],
)
def test_whatever_else_is_there_is_none(file, text):
    memory_file(file).write_text(text)
    assert recall(file) is None


def test_a_write_that_fails_leaves_what_was_there(file, monkeypatch):
    remember(file, Memory("ab", 7, 1))
    before = memory_file(file).read_text()

    def refuse(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    assert not remember(file, Memory("cd", 8, 2))
    assert memory_file(file).read_text() == before
    assert json.loads(before)["sha256"] == "ab"
    assert sorted(path.name for path in file.parent.iterdir()) == ["net.pth", "net.pth.json"]
