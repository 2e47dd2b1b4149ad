import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from napari_greyfill.errors import (
    BadCheckpointError,
    BadParameterError,
    CancelledError,
    MissingWeightsError,
    UnwritablePathError,
)
from napari_greyfill.weights import WeightsStore, catalogue, store
from napari_greyfill.weights.download import fetch
from napari_greyfill.weights.folder import file_sha256
from tests.weights.conftest import entry, link, names, whole

TENSORS = {"conv.weight": torch.arange(8.0).reshape(2, 1, 2, 2), "conv.bias": torch.zeros(2)}


def detect(state):
    """Take the first part of the first name for the layout."""
    layout = next(iter(state)).split(".")[0]
    if layout not in ("conv", "other"):
        raise BadCheckpointError(
            "This file is no checkpoint of a network we know; choose another."
        )
    return SimpleNamespace(name=layout)


ENTRIES = (
    entry(id="conv-faces", descriptor="conv", file="conv_faces.pth", published_as="faces.pth"),
    entry(id="conv-places", descriptor="conv", file="conv_places.pth", published_as="places.pth"),
    entry(id="other-only", descriptor="other", file="other_only.pth"),
)


@pytest.fixture
def weights(tmp_path):
    return WeightsStore(tmp_path / "weights", entries=ENTRIES, detector=detect)


@pytest.fixture
def file(tmp_path):
    """Write a checkpoint of the layout "conv" as a browser would save it."""
    return saved(tmp_path / "download.pth")


def saved(path, **tensors):
    torch.save(tensors or TENSORS, path)
    return path


def published(file, **changes):
    sha256 = file_sha256(file)
    return entry(id="conv-known", descriptor="conv", file="known.pth", sha256=sha256, **changes)


def states(weights):
    return {found.info.id: found.state for found in weights.list()}


# Listing and finding


def test_everything_published_is_listed(tmp_path):
    found = WeightsStore(tmp_path / "none").list()
    assert [checkpoint.info for checkpoint in found] == list(catalogue())
    assert {checkpoint.state for checkpoint in found} == {"download", "by hand"}
    assert all(checkpoint.path.parent == tmp_path / "none" for checkpoint in found)
    assert not (tmp_path / "none").exists()


def test_the_folder_of_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path / "there"))
    assert WeightsStore().folder.path == tmp_path / "there"


def test_rows_are_plain_data(weights):
    row = weights.list()[0].to_dict()
    assert row["id"] == "conv-faces"
    assert row["state"] == "by hand"
    assert row["path"] == str(weights.folder.path / "conv_faces.pth")


def test_what_is_not_here_says_how_to_get_it(tmp_path, weights):
    with pytest.raises(MissingWeightsError) as caught:
        weights.path("conv-faces")
    assert str(caught.value) == (
        "Net, faces is not on this computer; open https://example.org/net in a browser, save "
        "faces.pth, and add it with: napari-greyfill weights add FILE --id conv-faces"
    )
    with pytest.raises(MissingWeightsError) as caught:
        WeightsStore(tmp_path).path("deepfillv2-mm-places365")
    assert str(caught.value) == (
        "DeepFill v2 (OpenMMLab), Places365 is not on this computer; "
        "get it with: napari-greyfill weights get deepfillv2-mm-places365"
    )


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


def test_the_only_one_of_a_layout_needs_no_id(weights, tmp_path):
    file = saved(tmp_path / "x.pth", **{"other.weight": torch.ones(2)})
    assert weights.add(file).info.id == "other-only"


@pytest.mark.parametrize("name", ["places.pth", "conv_places.pth"])
def test_names_tell_which_one_it_is(weights, file, tmp_path, name):
    assert weights.add(file.rename(tmp_path / name)).info.id == "conv-places"


def test_the_hash_tells_better_than_the_name(tmp_path, file):
    entries = (*ENTRIES, published(file))
    weights = WeightsStore(tmp_path / "weights", entries=entries, detector=detect)
    assert weights.add(file.rename(tmp_path / "places.pth")).info.id == "conv-known"


def test_if_nothing_tells_the_user_must(weights, file):
    with pytest.raises(BadCheckpointError) as caught:
        weights.add(file)
    assert str(caught.value) == (
        "download.pth may be any of several checkpoints of conv; "
        "say which with --id: conv-faces, conv-places."
    )
    assert not weights.folder.path.exists()


def test_a_checkpoint_of_another_network_is_refused(weights, file):
    with pytest.raises(BadCheckpointError) as caught:
        weights.add(file, "other-only")
    assert str(caught.value) == (
        "download.pth is a checkpoint of conv, and other-only is one of other; "
        "choose conv-faces, conv-places."
    )
    assert not weights.folder.path.exists()


@pytest.mark.parametrize("name", ["conv-known", None])
def test_another_file_than_the_published_one_is_refused(tmp_path, file, name):
    known = published(file, bytes=file.stat().st_size + 1)
    weights = WeightsStore(tmp_path / "weights", entries=[known], detector=detect)
    with pytest.raises(
        BadCheckpointError, match=r"is not the file that was|none of those that were"
    ):
        weights.add(file, name)
    assert not weights.folder.path.exists()


def test_an_unknown_network_is_refused(weights, tmp_path):
    file = saved(tmp_path / "x.pth", **{"strange.weight": torch.ones(2)})
    with pytest.raises(BadCheckpointError, match="no checkpoint of a network we know"):
        weights.add(file, "conv-faces")


def test_missing_files_and_ids(weights, tmp_path, file):
    with pytest.raises(MissingWeightsError, match="There is no checkpoint"):
        weights.add(tmp_path / "gone.pth")
    with pytest.raises(BadParameterError, match="There is no checkpoint 'gone'"):
        weights.add(file, "gone")


def test_unsafe_files_are_refused(weights, tmp_path):
    file = tmp_path / "faces.pth"
    file.write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(BadCheckpointError, match="would run code when loaded"):
        weights.add(file, "conv-faces")
    assert not weights.folder.path.exists()


def test_a_link_of_the_users_own_may_lead_anywhere(weights, tmp_path, file):
    (tmp_path / "desk").mkdir()
    shortcut = tmp_path / "desk" / "link.pth"
    link(shortcut, file)
    added = weights.add(shortcut, "conv-faces")
    assert not added.path.is_symlink()
    assert added.path.read_bytes() == file.read_bytes()


def test_a_link_in_the_folder_is_replaced_by_the_file(weights, file):
    weights.folder.create()
    target = weights.folder.path / "conv_faces.pth"
    link(target, file)
    with pytest.raises(
        BadCheckpointError, match="is a link to a place outside the weights folder;"
    ):
        weights.path("conv-faces")
    with pytest.raises(BadCheckpointError, match="is a link"):
        weights.verify("conv-faces")
    weights.add(target, "conv-faces")
    assert not target.is_symlink()
    assert weights.path("conv-faces").read_bytes() == file.read_bytes()


def test_a_file_that_is_in_its_place_already(weights, file):
    weights.folder.create()
    target = file.rename(weights.folder.path / "conv_faces.pth")
    before = target.stat().st_ino
    assert weights.add(target).info.id == "conv-faces"
    assert target.stat().st_ino == before
    target.write_bytes(b"spoilt")
    assert states(weights)["conv-faces"] == "damaged"


def test_adding_again_repairs(weights, file):
    weights.add(file, "conv-faces").path.write_bytes(b"spoilt")
    assert states(weights)["conv-faces"] == "damaged"
    with pytest.raises(BadCheckpointError, match=r"has changed since it was added; open https://"):
        weights.load("conv-faces")
    assert weights.add(file, "conv-faces").state == "ready"


def test_what_is_copied_is_what_was_looked_at(weights, file, monkeypatch):
    looked = file.read_bytes()
    read = store.read_checkpoint

    def swap(source, cancelled):
        checkpoint = read(source, cancelled)
        saved(file, **{"conv.weight": torch.ones(3)})
        return checkpoint

    monkeypatch.setattr(store, "read_checkpoint", swap)
    added = weights.add(file, "conv-faces")
    assert added.path.read_bytes() == looked
    assert added.state == "ready"


# Checking and removing


def test_verifying_reads_the_file_whatever_size_and_time_say(weights, file):
    path = weights.add(file, "conv-faces").path
    status = path.stat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert states(weights)["conv-faces"] == "ready"
    with pytest.raises(BadCheckpointError, match="has changed since it was added"):
        weights.verify("conv-faces")


def test_verifying_loads_the_file(weights):
    weights.folder.create()
    saved(weights.folder.path / "conv_faces.pth", **{"other.weight": torch.ones(2)})
    (weights.folder.path / "conv_places.pth").write_bytes(b"no checkpoint")
    assert states(weights)["conv-places"] == "ready"
    with pytest.raises(BadCheckpointError, match=r"is a checkpoint of another network \(other\);"):
        weights.verify("conv-faces")
    with pytest.raises(BadCheckpointError, match=r"conv_places\.pth is text, not the checkpoint"):
        weights.verify("conv-places")
    with pytest.raises(MissingWeightsError):
        weights.verify("other-only")


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
    weights = WeightsStore(tmp_path / "weights", entries=[info], detector=detect)
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
    weights = WeightsStore(tmp_path / "taken" / "weights", entries=ENTRIES, detector=detect)
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
