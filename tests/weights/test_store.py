"""The checkpoints on this computer, and what can be done with them."""

import errno
import os
from pathlib import Path

import pytest
import torch

from napari_greyfill.errors import (
    BadParameterError,
    CancelledError,
    MissingWeightsError,
    UnwritablePathError,
)
from napari_greyfill.inpaint.networks.store import catalogue, network_weights
from napari_greyfill.weights import WeightsStore, store
from napari_greyfill.weights.download import fetch
from napari_greyfill.weights.folder import file_sha256
from tests.weights.conftest import link, names, whole
from tests.weights.stores import ENTRIES, TENSORS, published, recognised, states

# Listing and finding


def test_everything_published_is_listed(tmp_path):
    found = network_weights(tmp_path / "none").list()
    assert [checkpoint.info for checkpoint in found] == list(catalogue())
    assert {checkpoint.state for checkpoint in found} == {"download", "by hand"}
    assert all(checkpoint.path.parent == tmp_path / "none" for checkpoint in found)
    assert not (tmp_path / "none").exists()


def test_the_folder_of_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path / "there"))
    assert network_weights().folder.path == tmp_path / "there"


@pytest.mark.parametrize("what", ["path", "load", "get", "remove", "verify"])
def test_ids_that_do_not_exist(weights, what):
    with pytest.raises(
        BadParameterError, match="no checkpoint 'gone'; choose one of: conv-faces,"
    ):
        getattr(weights, what)("gone")


# Adding


def test_adding_loading_and_removing(weights, file):
    added = weights.add(file, "conv-faces")
    assert (added.info.id, added.state) == ("conv-faces", "ready")
    assert added.path == weights.path("conv-faces")
    assert added.path.read_bytes() == file.read_bytes()
    assert file.exists()
    loaded = weights.load("conv-faces")
    assert all(torch.equal(loaded[key], TENSORS[key]) for key in TENSORS)
    assert states(weights)["conv-faces"] == "ready"
    assert weights.verify("conv-faces") == file_sha256(file)
    weights.remove("conv-faces")
    assert names(weights.folder) == []
    assert states(weights)["conv-faces"] == "by hand"


def test_missing_files_and_ids(weights, tmp_path, file):
    with pytest.raises(MissingWeightsError, match="There is no checkpoint"):
        weights.add(tmp_path / "gone.pth")
    with pytest.raises(BadParameterError, match="There is no checkpoint 'gone'"):
        weights.add(file, "gone")


# Checking and removing


def test_removing_takes_everything_of_it_and_nothing_else(weights, file):
    weights.add(file, "conv-faces")
    weights.add(file, "conv-places")
    (weights.folder.path / "conv_faces.pth.part").write_bytes(b"half")
    weights.remove("conv-faces")
    assert names(weights.folder) == ["conv_places.pth", "conv_places.pth.json"]
    with pytest.raises(MissingWeightsError, match="so there is nothing to remove"):
        weights.remove("conv-faces")


def test_removing_a_link_leaves_what_it_leads_to(weights, file):
    weights.folder.create()
    link((weights.folder.path / "conv_faces.pth"), file)
    weights.remove("conv-faces")
    assert names(weights.folder) == []
    assert file.exists()


# Getting


def test_getting(site, rules, tmp_path, file, monkeypatch):
    content = file.read_bytes()
    info = published(file, url=site.offer("/known.pth", whole(content)))
    monkeypatch.setattr(store, "download", lambda *known: fetch(*known, rules))
    weights = WeightsStore(tmp_path / "weights", entries=[info], recogniser=recognised)
    assert states(weights) == {"conv-known": "download"}
    with pytest.raises(CancelledError):
        weights.get("conv-known", cancelled=lambda: True)
    seen = []
    path = weights.get("conv-known", lambda *now: seen.append(now))
    assert path == weights.path("conv-known")
    assert path.read_bytes() == content
    assert seen[-1] == (len(content), len(content))
    assert weights.verify("conv-known") == info.sha256


def test_what_cannot_be_downloaded(weights):
    with pytest.raises(MissingWeightsError, match="cannot be downloaded directly; open https://"):
        weights.get("conv-faces")


# Folders that cannot be written to


def test_a_folder_that_cannot_be_made(tmp_path, file):
    (tmp_path / "taken").write_text("a file")
    weights = WeightsStore(tmp_path / "taken" / "weights", entries=ENTRIES, recogniser=recognised)
    assert states(weights)["conv-faces"] == "unreadable"
    with pytest.raises(UnwritablePathError, match="choose another folder in Preferences"):
        weights.add(file, "conv-faces")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "is full; free some space, or choose another folder"),
        (errno.EACCES, "There is no permission to write to"),
        (errno.EROFS, "There is no permission to write to"),
    ],
)
@pytest.mark.parametrize("at", ["open", "replace"])
def test_writing_fails(weights, file, monkeypatch, code, words, at):
    real = getattr(Path, at)

    def fail(path, *args, **kwargs):
        if path.suffix == ".part":
            raise OSError(code, os.strerror(code))
        return real(path, *args, **kwargs)

    monkeypatch.setattr(Path, at, fail)
    with pytest.raises(UnwritablePathError) as caught:
        weights.add(file, "conv-faces")
    assert words in str(caught.value)
    assert str(weights.folder.path) in str(caught.value)
    assert names(weights.folder) == []


def test_removing_fails(weights, file, monkeypatch):
    weights.add(file, "conv-faces")

    def fail(path, missing_ok=False):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "unlink", fail)
    with pytest.raises(UnwritablePathError, match="There is no permission to write to"):
        weights.remove("conv-faces")
