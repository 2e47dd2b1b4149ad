"""Files of other kinds are called what they are."""

import pytest
import torch

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.foreign import looks_like
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.weights.own import Own
from tests.checkpoints import of_layouts

FILES = {
    ("features.0.weight", "features.2.bias", "classifier.0.weight"): r"a classifier \(VGG\)",
    ("conv1.weight", "layer1.0.conv1.weight", "layer4.0.conv1.weight"): r"a classifier \(ResNet\)",
    ("disc.global_disc.conv1.conv.weight", "disc.fc.bias"): "a discriminator, which only",
    ("model.diffusion_model.out.0.weight", "cond_stage_model.a"): "Stable Diffusion",
    ("synthesis.b4.const", "mapping.fc0.weight"): "a generator of the StyleGAN family",
}


@pytest.mark.parametrize("names", FILES, ids=lambda names: names[0])
def test_what_a_file_seems_to_be_is_said_and_what_to_do(names):
    with pytest.raises(BadCheckpointError, match=rf"it looks like .*{FILES[names]}.*; choose a"):
        detect(dict.fromkeys(names, torch.ones(3)))


def test_what_nobody_knows_is_not_guessed():
    assert looks_like([]) == looks_like(["fc.weight", "fc.bias"]) == ""


def test_what_surrounds_a_generator_in_a_training_file_is_left_out(tmp_path):
    state = of_layouts()["glcic-mm"]
    assert any(key.startswith("disc.") for key in state)
    training = {
        "meta": {"epoch": 3},
        "state_dict": {**state, "loss_percep.vgg.features.0.weight": torch.ones(2)},
        "optimizer": {"generator": {"state": {0: {"exp_avg": torch.ones(4)}}}},
    }
    torch.save(training, tmp_path / "latest.pth")
    added = network_weights(tmp_path / "weights").add(tmp_path / "latest.pth", own=Own("mine"))
    assert added.info.id == "glcic-mm@mine"


@pytest.mark.parametrize("layout", ["deepfillv1-mm", "glcic-otenim", "pconv-naoto", "aotgan"])
@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(tmp_path, layout, number):
    state = dict(of_layouts()[layout])
    key = next(key for key in state if key.endswith("bias"))
    state[key] = torch.full_like(state[key], number)
    torch.save(state, tmp_path / "spoilt.pth")
    store = network_weights(tmp_path / "weights")
    with pytest.raises(BadCheckpointError, match=r"no numbers \(NaN or infinite, in .*; get it"):
        store.add(tmp_path / "spoilt.pth", own=Own("mine"))
    assert not list((tmp_path / "weights").glob("*")) or not store.own()


def test_a_published_file_must_be_the_published_one(tmp_path):
    torch.save({"state_dict": of_layouts()["pconv-mm"], "meta": {}}, tmp_path / "mine.pth")
    store = network_weights(tmp_path / "weights")
    with pytest.raises(BadCheckpointError, match=r"not the file that was published as pconv-mm"):
        store.add(tmp_path / "mine.pth", "pconv-mm-places365")
