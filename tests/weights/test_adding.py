"""What becomes of a file that is added, and which checkpoint it is."""

import pytest
import torch

from napari_greyfill.errors import (
    BadCheckpointError,
    UnidentifiedCheckpointError,
)
from napari_greyfill.weights import WeightsStore, adding
from tests.weights.conftest import link
from tests.weights.stores import ENTRIES, published, recognised, saved, states


def test_the_hash_tells_better_than_the_name(tmp_path, file):
    entries = (*ENTRIES, published(file))
    weights = WeightsStore(tmp_path / "weights", entries=entries, recogniser=recognised)
    assert weights.add(file.rename(tmp_path / "places.pth")).info.id == "conv-known"


@pytest.mark.parametrize("name", ["faces.pth", "conv_faces.pth", "download.pth"])
def test_neither_layout_nor_name_says_that_a_file_is_published(weights, file, name):
    file = file.rename(file.with_name(name))
    with pytest.raises(UnidentifiedCheckpointError) as caught:
        weights.add(file)
    assert str(caught.value) == (
        f"{name} has the layout of conv, but no published SHA-256 says which checkpoint it is; "
        "say which it is with --id (conv-faces, conv-places), or keep it as weights of your own "
        "with --name NAME."
    )
    assert caught.value.layout == "conv"
    assert caught.value.possible == ("conv-faces", "conv-places")
    assert not weights.folder.path.exists()


def test_a_checkpoint_of_another_network_is_refused(weights, file):
    with pytest.raises(BadCheckpointError) as caught:
        weights.add(file, "other-only")
    assert str(caught.value) == (
        "download.pth is a checkpoint of conv, and other-only is one of other; "
        "choose conv-faces, conv-places."
    )
    assert not weights.folder.path.exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("conv-known", r"is not the file that was published as conv-known .* with --name NAME\.$"),
        (None, r"which checkpoint it is; keep it as weights of your own with --name NAME\.$"),
    ],
)
def test_another_file_than_the_published_one_is_refused(tmp_path, file, name, words):
    known = published(file, bytes=file.stat().st_size + 1)
    weights = WeightsStore(tmp_path / "weights", entries=[known], recogniser=recognised)
    with pytest.raises(BadCheckpointError, match=words):
        weights.add(file, name)
    assert not weights.folder.path.exists()


def test_an_unknown_network_is_refused(weights, tmp_path):
    file = saved(tmp_path / "x.pth", **{"strange.weight": torch.ones(2)})
    with pytest.raises(BadCheckpointError, match="no checkpoint of a network we know"):
        weights.add(file, "conv-faces")


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
    assert weights.add(target, "conv-faces").info.id == "conv-faces"
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
    read = adding.read_checkpoint

    def swap(source, cancelled):
        checkpoint = read(source, cancelled)
        saved(file, **{"conv.weight": torch.ones(3)})
        return checkpoint

    monkeypatch.setattr(adding, "read_checkpoint", swap)
    added = weights.add(file, "conv-faces")
    assert added.path.read_bytes() == looked
    assert added.state == "ready"
