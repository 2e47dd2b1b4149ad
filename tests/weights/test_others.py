"""Weights of the user's own, and files that were put into the folder by hand."""

import json
import os
from pathlib import Path

import pytest
import torch

from napari_greyfill.errors import (
    BadCheckpointError,
    BadParameterError,
    MissingWeightsError,
    UnidentifiedCheckpointError,
    UnwritablePathError,
)
from napari_greyfill.weights import Own, WeightsStore
from napari_greyfill.weights.folder import file_sha256
from tests.weights.conftest import entry, names
from tests.weights.stores import ENTRIES, published, recognised, saved

MINE = Own("mine")


@pytest.fixture
def weights(tmp_path):
    return WeightsStore(tmp_path / "weights", entries=ENTRIES, recogniser=recognised)


@pytest.fixture
def file(tmp_path):
    return saved(tmp_path / "epoch_90.pt")


def others(weights):
    return {found.info.id: found for found in weights.list()[len(ENTRIES) :]}


def put(weights, name="Night Train (3).pth", **tensors):
    weights.folder.create()
    return saved(weights.folder.path / name, **tensors)


def test_nothing_is_known_about_them_until_the_user_says_it(weights, file):
    added = weights.add(file, own=MINE)
    assert (added.info.id, added.state, added.identity) == ("conv@mine", "ready", "own")
    assert (added.info.training_data, added.info.licence) == ("not known", "not known")
    assert added.info.masks == "not known"
    assert added.info.own
    assert added.path.name == "own_conv_mine.pt"
    assert added.path.read_bytes() == file.read_bytes()
    memory = json.loads((weights.folder.path / "own_conv_mine.pt.json").read_text())
    assert memory["sha256"] == memory["accepted"] == file_sha256(file)
    assert memory["own"] == {
        "name": "mine",
        "layout": "conv",
        "training_data": "",
        "licence": "",
        "original": "epoch_90.pt",
        "found": False,
    }


def test_what_the_user_says_is_kept(weights, file):
    own = Own(" mine ", training_data="bark,  120 photographs", licence="CC0")
    info = weights.add(file, own=own).info
    assert (info.training_data, info.licence) == ("bark, 120 photographs", "CC0")
    assert weights.info("conv@mine") == info
    assert weights.own() == [info]


def test_they_are_loaded_verified_and_removed_as_others_are(weights, file):
    weights.add(file, own=MINE)
    assert set(weights.load("conv@mine")) == {"conv.weight", "conv.bias"}
    assert weights.path("conv@mine").name == "own_conv_mine.pt"
    assert weights.verify("conv@mine") == file_sha256(file)
    weights.remove("conv@mine")
    assert names(weights.folder) == []
    with pytest.raises(BadParameterError, match="There is no checkpoint 'conv@mine'"):
        weights.path("conv@mine")


def test_several_of_one_network_lie_side_by_side(weights, tmp_path):
    for number, name in enumerate(("a", "b", "c")):
        made = saved(tmp_path / "net.pth", **{"conv.weight": torch.full((2,), float(number))})
        weights.add(made, own=Own(name))
    assert list(others(weights)) == ["conv@a", "conv@b", "conv@c"]
    assert [float(weights.load(f"conv@{name}")["conv.weight"][0]) for name in "abc"] == [0, 1, 2]


def test_one_name_may_be_used_for_two_layouts(weights, file, tmp_path):
    weights.add(file, own=MINE)
    weights.add(saved(tmp_path / "o.pth", **{"other.weight": torch.ones(2)}), own=MINE)
    assert set(others(weights)) == {"conv@mine", "other@mine"}


def test_a_published_hash_says_more_than_the_user(tmp_path, file):
    known = published(file)
    weights = WeightsStore(tmp_path / "w", entries=[known], recogniser=recognised)
    added = weights.add(file, own=MINE)
    assert (added.info, added.identity) == (known, "published")


def test_a_name_is_not_given_twice(weights, file, tmp_path):
    weights.add(file, own=MINE)
    other = saved(tmp_path / "b.pth", **{"conv.weight": torch.zeros(3)})
    with pytest.raises(BadParameterError) as caught:
        weights.add(other, own=MINE)
    assert str(caught.value) == (
        "There are weights conv@mine already; choose another name, or remove them first with: "
        "napari-greyfill weights remove conv@mine"
    )
    assert weights.path("conv@mine").read_bytes() == file.read_bytes()


def test_adding_the_same_again_changes_what_is_known(weights, file):
    weights.add(file, own=MINE)
    again = weights.add(file.rename(file.with_suffix(".pth")), own=Own("mine", licence="MIT"))
    assert again.info.licence == "MIT"
    assert names(weights.folder) == ["own_conv_mine.pt", "own_conv_mine.pt.json"]


@pytest.mark.parametrize(
    "name",
    ["", " ", "Mine", "../up", "a/b", "a\\b", "a:b", "a@b", "a b", "a,b", "-a", "é", "x" * 41],
)
def test_names_that_cannot_be_part_of_a_method_or_a_file(weights, file, name):
    with pytest.raises(BadParameterError, match="Weights cannot be called"):
        weights.add(file, own=Own(name))
    assert not weights.folder.path.exists()


def test_texts_that_are_too_long(weights, file):
    with pytest.raises(BadParameterError, match="longer than 1000 letters; say it shorter"):
        weights.add(file, own=Own("mine", licence="x" * 1001))


def test_an_id_of_ones_own_is_no_published_checkpoint(weights, file):
    weights.add(file, own=MINE)
    with pytest.raises(BadParameterError, match="no published checkpoint; say --name instead"):
        weights.add(file, "conv@mine")


def test_what_cannot_be_remembered_is_told(weights, file, monkeypatch):
    real = Path.open

    def refuse(path, *args, **kwargs):
        if path.name.startswith("."):  # where the memory is written first
            raise PermissionError(13, "no")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnwritablePathError, match="change its permissions, or choose"):
        weights.add(file, own=MINE)


# Put there by hand


@pytest.mark.parametrize("name", ["conv_faces.pth", "Night Train (3).pth"])
def test_files_put_there_by_hand_are_recognised_by_their_layout_only(weights, name):
    path = put(weights, name)
    (found,) = others(weights).values()
    assert (found.info.id, found.state, found.identity) == (name, "unknown", "")
    with pytest.raises(MissingWeightsError, match=r"Nobody has looked at .* weights list$"):
        weights.path(name)
    (looked,) = weights.recognise()
    slug = {"conv_faces.pth": "conv-faces"}.get(name, "night-train-3")
    assert (looked.info.id, looked.state) == (f"conv@{slug}", "ready")
    assert (looked.identity, looked.path) == ("found", path)
    assert looked.info.training_data == looked.info.licence == "not known"
    states = {stored.info.id: stored.state for stored in weights.list()}
    assert states["conv-faces"] == "by hand"
    assert weights.recognise() == []


def test_names_of_files_that_are_alike_stay_apart(weights):
    for name in ("a b.pth", "a_b.pth", "A.b.pt"):
        put(weights, name)
    assert sorted(f.info.id for f in weights.recognise()) == [
        "conv@a-b",
        "conv@a-b-2",
        "conv@a-b-3",
    ]


def test_one_that_changed_since_is_looked_at_again(weights):
    path = put(weights)
    weights.recognise()
    saved(path, **{"other.weight": torch.ones(5)})
    os.utime(path, (1, 1))
    (found,) = others(weights).values()
    assert found.state == "unknown"
    (looked,) = weights.recognise()
    assert looked.info.id == "other@night-train-3"


def test_what_cannot_be_used_is_damaged_and_not_looked_at_again(weights):
    put(weights, **{"strange.weight": torch.ones(2)})
    (found,) = weights.recognise()
    assert found.state == "damaged"
    assert "cannot be used: This file is no checkpoint of a network we know" in found.problem
    assert weights.recognise() == []
    assert weights.own() == []
    weights.remove(found.info.id)
    assert names(weights.folder) == []


def test_one_is_said_to_be_ones_own_where_it_lies(weights):
    path = put(weights)
    weights.recognise()
    added = weights.add(path, own=Own("bark", licence="CC0"))
    assert (added.info.id, added.path, added.identity) == ("conv@bark", path, "own")
    assert list(others(weights)) == ["conv@bark"]


def test_one_is_said_to_be_a_published_one_where_it_lies(weights):
    path = put(weights, "conv_faces.pth")
    weights.recognise()
    added = weights.add(path, "conv-faces")
    assert (added.path, added.identity) == (path, "claimed")
    assert others(weights) == {}


def test_it_is_not_written_over(weights, file):
    path = put(weights, "conv_faces.pth", **{"conv.weight": torch.ones(7)})
    before = path.read_bytes()
    with pytest.raises(UnwritablePathError) as caught:
        weights.add(file, "conv-faces")
    assert str(caught.value) == (
        f"{path} is another file, which was put there by hand; move it elsewhere, or remove it "
        "with: napari-greyfill weights remove conv_faces.pth"
    )
    assert path.read_bytes() == before


def test_a_file_that_would_run_code_is_not_loaded(weights):
    weights.folder.create()
    (weights.folder.path / "evil.pth").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    (found,) = weights.recognise()
    assert found.state == "damaged"
    assert "would run code when loaded" in found.problem


# Saying more about them


def test_describing(weights, file):
    weights.add(file, own=MINE)
    said = Own("bark", training_data="bark", licence="CC0")
    described = weights.describe("conv@mine", said)
    assert (described.info.id, described.state) == ("conv@bark", "ready")
    assert (described.info.training_data, described.info.licence) == ("bark", "CC0")
    assert list(others(weights)) == ["conv@bark"]
    assert weights.verify("conv@bark") == file_sha256(file)


def test_describing_what_was_found_makes_it_ones_own(weights):
    put(weights)
    (found,) = weights.recognise()
    assert weights.describe(found.info.id, Own("bark")).identity == "own"


def test_what_cannot_be_described(weights, file, tmp_path):
    weights.add(file, own=MINE)
    weights.add(saved(tmp_path / "b.pth", **{"conv.weight": torch.ones(9)}), own=Own("b"))
    with pytest.raises(BadParameterError, match="There are weights conv@b already"):
        weights.describe("conv@mine", Own("b"))
    with pytest.raises(BadParameterError, match="not known as weights of your own"):
        weights.describe("conv-faces", Own("b"))
    with pytest.raises(BadParameterError, match="Weights cannot be called"):
        weights.describe("conv@mine", Own("B"))


# What is remembered cannot be trusted


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../up"},
        {"name": 7},
        {"layout": "../conv"},
        {"layout": "gone"},
        {"licence": ["MIT"]},
        {"licence": "x" * 1001},
        {"found": "no"},
        {"colour": "red"},
    ],
)
def test_a_spoilt_memory_is_no_memory(weights, file, change):
    weights.add(file, own=MINE)
    path = weights.folder.path / "own_conv_mine.pt.json"
    memory = json.loads(path.read_text())
    path.write_text(json.dumps({**memory, "own": {**memory["own"], **change}}))
    (found,) = others(weights).values()
    assert (found.info.id, found.state) == ("own_conv_mine.pt", "unknown")
    assert weights.recognise()[0].info.id == "conv@own-conv-mine"


@pytest.mark.parametrize("own", [7, [], "mine", {}])
def test_a_memory_of_another_kind_is_no_memory(weights, file, own):
    weights.add(file, own=MINE)
    path = weights.folder.path / "own_conv_mine.pt.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "own": own}))
    assert [found.state for found in others(weights).values()] == ["unknown"]


def test_ones_own_that_changed_is_damaged(weights, file):
    path = weights.add(file, own=MINE).path
    path.write_bytes(path.read_bytes() + b"x")
    (found,) = others(weights).values()
    assert found.state == "damaged"
    assert found.problem.endswith(
        "has changed since it was added; add it again, or remove it with: "
        "napari-greyfill weights remove conv@mine"
    )
    with pytest.raises(BadCheckpointError, match="has changed since it was added"):
        weights.load("conv@mine")


def test_layouts_without_anything_published_have_own_weights_only(tmp_path, file):
    layouts = WeightsStore(tmp_path, entries=[entry(descriptor="conv")], recogniser=recognised)
    weights = WeightsStore(
        tmp_path / "w", entries=(), recogniser=recognised, layouts=layouts.layouts
    )
    with pytest.raises(UnidentifiedCheckpointError, match="is; keep it as weights of your own"):
        weights.add(file)
    assert weights.add(file, own=MINE).state == "ready"
