"""Networks as methods: from checkpoint files to a fill, with made-up weights."""

import json

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from napari_greyfill import compare, fill
from napari_greyfill.cli import app
from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import (
    BadCheckpointError,
    CancelledError,
    MissingWeightsError,
)
from napari_greyfill.files import read_image
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.inpaint.networks import methods as methods_module
from napari_greyfill.inpaint.networks.loaded import LOADED, Loaded, LoadedNetworks
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.weights.folder import file_sha256
from napari_greyfill.weights.own import Own
from napari_greyfill.weights.store import WeightsStore
from tests import checkpoints

GMCNN = "gmcnn-celebahq"


@pytest.fixture
def weights(tmp_path, monkeypatch):
    folder = tmp_path / "weights"
    checkpoints.install(folder)
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(folder))
    LOADED.clear()
    yield folder
    LOADED.clear()


@pytest.fixture
def loads(monkeypatch):
    """Collect the ids of the checkpoints that are loaded."""
    seen = []
    load = WeightsStore.load
    monkeypatch.setattr(
        WeightsStore, "load", lambda self, *known: (seen.append(known[0]), load(self, *known))[1]
    )
    return seen


@pytest.fixture
def scene():
    image = np.random.default_rng(0).integers(0, 255, (70, 90, 3), dtype=np.uint8)
    mask = np.zeros((70, 90), dtype=bool)
    mask[20:30, 30:60] = True
    return image, mask


@pytest.mark.parametrize("pipeline", ["grey-rgb", "rgb-grey-rgb", "rgb-rgb"])
def test_all_three_fill_one_picture_in_one_run(weights, scene, pipeline):
    image, mask = scene
    rows = compare(image, mask, methods=checkpoints.METHODS, pipelines=pipeline).rows
    assert tuple(row.combination.method for row in rows) == checkpoints.METHODS
    for row in rows:
        assert row.error == ""
        assert row.image.dtype == np.uint8
        np.testing.assert_array_equal(row.image[~mask], image[~mask])
        assert np.abs(row.image[mask].astype(int) - image[mask]).mean() > 1
    pictures = [row.image for row in rows]
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])


def test_a_grey_picture_too(weights, scene):
    image, mask = scene
    rows = compare(image[..., 0].astype(np.uint16) * 257, mask, methods=checkpoints.METHODS).rows
    assert {row.image.dtype for row in rows} == {np.dtype(np.uint16)}


def test_one_without_weights_does_not_stop_the_others(weights, scene):
    network_weights(weights).remove("edgeconnect-edge-places2")
    rows = compare(*scene, methods=checkpoints.METHODS, pipelines="grey-rgb").rows
    assert "weights get edgeconnect-edge-places2" in rows[1].error
    assert [row.image is None for row in rows] == [False, True, False]


def test_from_the_command_line_too(weights, scene, tmp_path):
    image, mask = tmp_path / "image.png", tmp_path / "mask.png"
    from skimage.io import imsave

    imsave(image, scene[0])
    imsave(mask, scene[1].astype(np.uint8) * 255, check_contrast=False)
    names = ",".join(checkpoints.METHODS)
    out = tmp_path / "out.png"
    arguments = ["fill", str(image), str(mask), "-o", str(out), "--method", names, "--json"]
    done = CliRunner().invoke(app, [*arguments, "--reference", str(image)])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert [entry["provenance"]["method"] for entry in report["results"]] == [*checkpoints.METHODS]
    for name, entry in zip(checkpoints.METHODS, report["results"], strict=True):
        assert entry["output"] == str(tmp_path / f"out-{name}.png")
        assert entry["metrics"]["hole_psnr"] > 0
        written = read_image(tmp_path / f"out-{name}.png").array
        np.testing.assert_array_equal(written[~scene[1]], scene[0][~scene[1]])


class TestLoading:
    def test_a_checkpoint_is_loaded_once(self, weights, loads, scene):
        first = fill(*scene, method=GMCNN)
        again = fill(*scene, method=GMCNN)
        assert loads == [GMCNN]
        np.testing.assert_array_equal(first.image, again.image)

    def test_a_checkpoint_that_was_replaced_is_loaded_again(self, weights, loads, scene):
        first = fill(*scene, method=GMCNN)
        other = weights.parent / "other.pth"
        torch.save(checkpoints.state_dicts(seed=1)[GMCNN], other)
        network_weights(weights).add(other, GMCNN)
        second = fill(*scene, method=GMCNN)
        assert loads == [GMCNN, GMCNN]
        assert not np.array_equal(first.image, second.image)

    def test_one_that_is_damaged_meanwhile_is_not_used(self, weights, scene):
        fill(*scene, method=GMCNN)
        path = network_weights(weights).path(GMCNN)
        path.write_bytes(path.read_bytes()[:1000])
        with pytest.raises((BadCheckpointError, MissingWeightsError)):
            fill(*scene, method=GMCNN)

    def test_one_that_is_removed_is_missed(self, weights, scene):
        fill(*scene, method=GMCNN)
        network_weights(weights).remove(GMCNN)
        with pytest.raises(MissingWeightsError, match=f"weights get {GMCNN}"):
            fill(*scene, method=GMCNN)

    def test_half_precision_is_judged_once_for_a_network(self, weights):
        first, again = (INPAINTERS.create(GMCNN, Compute()) for _ in range(2))
        assert first.half is again.half
        assert first.half.close is None

    def test_only_a_few_stay(self):
        kept = LoadedNetworks(most=2)
        made = []

        def load(name):
            return lambda: (made.append(name), Loaded({}))[1]

        for name in ["a", "b", "a", "c", "a", "b"]:
            kept.get(name, load(name))
        assert made == ["a", "b", "c", "b"]
        kept.clear()
        kept.get("a", load("a"))
        assert made[-1] == "a"

    def test_loading_can_be_cancelled_between_checkpoints(self, weights, loads):
        (method,) = [
            each
            for each in methods_module.network_methods()
            if each.info.name == "edgeconnect-places2"
        ]
        with pytest.raises(CancelledError):
            method.create(Compute(cancelled=lambda: len(loads) > 0))
        assert loads == ["edgeconnect-edge-places2"]


class TestOwnWeights:
    """The user's own weights as methods, and what a fill says about its weights."""

    @pytest.fixture
    def mine(self, weights, tmp_path):
        """Add own weights of two networks, and return their files by id."""
        tensors = checkpoints.state_dicts(seed=7)
        files = {}
        for name in ("gmcnn-celebahq", "edgeconnect-edge-places2", "edgeconnect-inpaint-places2"):
            torch.save(tensors[name], tmp_path / "trained.pth")
            own = Own("bark", training_data="bark", licence="CC0")
            added = network_weights(weights).add(tmp_path / "trained.pth", own=own)
            files[added.info.id] = added.path
        return files

    def names(self):
        return [info.name for info in INPAINTERS.infos()]

    def test_they_are_methods_beside_the_published_ones(self, mine, scene):
        assert {"gmcnn@bark", "edgeconnect@bark", GMCNN} <= set(self.names())
        names = (GMCNN, "gmcnn@bark", "edgeconnect@bark")
        first, *others = [fill(*scene, method=name).image for name in names]
        for other in others:
            np.testing.assert_array_equal(other[~scene[1]], scene[0][~scene[1]])
            assert not np.array_equal(first, other)

    def test_provenance_says_which_files_and_who_says_so(self, mine, scene):
        provenance = fill(*scene, method="edgeconnect@bark").provenance
        assert json.loads(json.dumps(provenance["weights"])) == [
            {
                "id": name,
                "file": mine[name].name,
                "sha256": file_sha256(mine[name]),
                "identity": "own",
                "training_data": "bark",
                "licence": "CC0",
            }
            for name in ("edgeconnect-edge@bark", "edgeconnect-inpaint@bark")
        ]
        (published,) = fill(*scene, method=GMCNN).provenance["weights"]
        assert published["identity"] == "claimed"
        assert published["training_data"] == "CelebA-HQ (faces)"
        assert fill(*scene).provenance["weights"] == []

    def test_what_is_said_later_is_in_the_next_fill(self, mine, scene):
        fill(*scene, method="gmcnn@bark")
        network_weights().describe("gmcnn@bark", Own("bark", training_data="leaves"))
        (facts,) = fill(*scene, method="gmcnn@bark").provenance["weights"]
        assert (facts["training_data"], facts["licence"]) == ("leaves", "not known")

    def test_a_file_put_there_by_hand_is_a_method_once_it_was_looked_at(self, weights, scene):
        torch.save(checkpoints.state_dicts(seed=9)[GMCNN], weights / "leaves.pth")
        assert "gmcnn@leaves" not in self.names()
        network_weights().recognise()
        (facts,) = fill(*scene, method="gmcnn@leaves").provenance["weights"]
        assert (facts["identity"], facts["licence"]) == ("found", "not known")
        assert "by its layout only" in INPAINTERS.info("gmcnn@leaves").summary

    def test_one_of_two_files_is_not_enough(self, mine, scene):
        network_weights().remove("edgeconnect-inpaint@bark")
        info = INPAINTERS.info("edgeconnect@bark")
        assert not info.available
        assert info.why_not == (
            "there are no weights edgeconnect-inpaint@bark, which it needs too; add them with: "
            "napari-greyfill weights add FILE --name bark"
        )
        with pytest.raises(MissingWeightsError, match="edgeconnect-inpaint@bark"):
            fill(*scene, method="edgeconnect@bark")

    def test_removed_ones_are_no_methods(self, mine):
        network_weights().remove("gmcnn@bark")
        assert "gmcnn@bark" not in self.names()

    def test_own_weights_that_changed_are_not_used(self, mine, scene):
        path = mine["gmcnn@bark"]
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(MissingWeightsError, match="has changed since it was added"):
            fill(*scene, method="gmcnn@bark")
