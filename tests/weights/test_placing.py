"""Putting a checkpoint that was looked at into the weights folder."""

import os

import pytest

from napari_greyfill.errors import CancelledError
from napari_greyfill.weights.placing import placed, require_going_on, without_links
from tests.weights.conftest import link


def test_a_file_is_written_and_what_was_left_before_is_deleted(tmp_path):
    target = tmp_path / "net.pth"
    left, busy = tmp_path / "net.pth.0123456789ab.part", tmp_path / "net.pth.part"
    for part in (left, busy):
        part.write_bytes(b"half")
    os.utime(left, (1, 1))
    placed(b"tensors", target, lambda: False)
    assert target.read_bytes() == b"tensors"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.pth", "net.pth.part"]


def test_cancelled_it_leaves_what_was_there(tmp_path):
    target = tmp_path / "net.pth"
    target.write_bytes(b"before")
    asked = []
    with pytest.raises(CancelledError, match=r"was cancelled; nothing was changed\.$"):
        placed(bytes(3 << 20), target, lambda: bool(asked.append(0)) or len(asked) > 2)
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["net.pth"]


def test_going_on_is_nothing_to_tell():
    assert require_going_on(lambda: False) is None


def test_links_are_followed_as_far_as_they_lead(tmp_path):
    (tmp_path / "there.pth").write_bytes(b"x")
    link(tmp_path / "link.pth", tmp_path / "there.pth")
    assert without_links(tmp_path / "link.pth") == (tmp_path / "there.pth").resolve()
    link(tmp_path / "loop.pth", tmp_path / "loop.pth")
    assert without_links(tmp_path / "loop.pth").name == "loop.pth"
