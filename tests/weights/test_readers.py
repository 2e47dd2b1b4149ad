"""What reads each format, once it was looked at."""

import io
import zipfile

import pytest
import torch

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.weights import readers
from napari_greyfill.weights.readers import damaged, member_of, with_graph, with_torch
from tests.frozen import graph_of


def test_a_graph_gives_tensors_of_its_own():
    found = with_graph(graph_of({"a": [1.0, 2.0]}), "a.pb")
    found["a"] += 1  # no view of the file
    assert found["a"].tolist() == [2, 3]


def test_a_member_larger_than_any_checkpoint_is_not_read(monkeypatch):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.pb", b"x" * 100)
    assert member_of(written.getvalue(), "a.pb") == b"x" * 100
    monkeypatch.setattr(readers, "LARGEST", 99)
    with pytest.raises(ValueError, match="larger than it claims"):
        member_of(written.getvalue(), "a.pb")


def test_damaged_is_said_with_the_next_step():
    assert str(damaged("a.pth")).endswith("get it again or choose another file.")
    with pytest.raises(BadCheckpointError, match="is damaged"):
        with_torch(b"\x80\x02}", "a.pth")


def test_what_torch_wrote():
    written = io.BytesIO()
    torch.save({"a": torch.ones(2)}, written)
    assert torch.equal(with_torch(written.getvalue(), "a.pth")["a"], torch.ones(2))
