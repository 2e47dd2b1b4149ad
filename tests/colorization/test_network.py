"""The progressive network computes what the reference computes, from the same weights."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image

from napari_greyfill.colorization.network import (
    ColourNet,
    masked_mse,
    new_network,
    stop_when,
    training,
)
from napari_greyfill.colorization.pyramid import build_pyramid, resized, to_bytes
from napari_greyfill.errors import CancelledError
from tests import golden

LISTS = {0: "tensors_in1", 1: "tensors"}
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def reference():
    return golden.arrays("eii_resnet")


@pytest.fixture
def network_of():
    def make(level: int) -> ColourNet:
        weights = golden.state_dict("eii_resnet", LISTS[level])
        network = ColourNet(1 if level == 0 else 4)
        # strict: every tensor of the reference has its place, and no other exists
        network.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()})
        return network.train()

    return make


def tensor(array):
    return torch.from_numpy(np.array(array))


def test_the_pyramid_is_the_references(reference):
    colour = reference["image"].astype(np.float32) / 255
    grey = reference["gray"][..., 0].astype(np.float32) / 255
    pyramid = build_pyramid(colour, grey, reference["mask"] > 127, 3)
    for k, level in enumerate(pyramid):
        expected = reference[f"pyr{k}_image"][0].transpose(1, 2, 0)
        np.testing.assert_allclose(level.colour, expected, atol=1e-6)
        np.testing.assert_allclose(level.grey, reference[f"pyr{k}_gray"][0, 0], atol=1e-6)
        np.testing.assert_array_equal(~level.hole, reference[f"pyr{k}_mask"][0, 0] == 1)


@pytest.mark.parametrize("level", [0, 1])
def test_forward_loss_and_gradient(reference, network_of, level):
    network = network_of(level)
    probes = {}
    for name, module in (("block0", network.model[3]), ("last_bn", network.model[13])):
        module.register_forward_hook(lambda _, __, out, name=name: probes.update({name: out}))
    output = network(tensor(reference[f"level{level}_net_input"]))
    target, known = (tensor(reference[f"pyr{level}_{part}"]) for part in ("image", "mask"))
    loss = masked_mse(output, target, known)
    loss.backward()

    def check(ours, name):
        expected = reference[f"level{level}_{name}"]
        np.testing.assert_allclose(ours.detach().numpy(), expected, atol=TOLERANCE)

    check(output, "net_output")
    check(probes["block0"][:, ::8], "probe_block0")
    check(probes["last_bn"][:, ::8], "probe_last_bn")
    check(network.model[1].weight.grad, "grad_first_conv")
    check(network.model[13].running_mean, "running_mean_after_1")
    check(network.model[13].running_var, "running_var_after_1")
    assert loss.item() == pytest.approx(float(reference[f"level{level}_loss"]), rel=1e-5)


def test_five_adam_steps(reference, network_of):
    target, known = tensor(reference["pyr0_image"]), tensor(reference["pyr0_mask"])
    inputs = tensor(reference["level0_net_input"])
    outputs = list(training(network_of(0), inputs, target, known, steps=5, rate=0.01))
    losses = [masked_mse(output, target, known).item() for output in outputs]
    np.testing.assert_allclose(losses, reference["level0_adam_losses"], rtol=1e-3)
    expected = reference["level0_output_after_steps"]
    np.testing.assert_allclose(outputs[-1].numpy(), expected, atol=5e-3)


def test_the_hint_between_levels(reference):
    output = reference["level0_output_after_steps"][0].transpose(1, 2, 0)
    coarse = to_bytes(output).astype(np.float32) / 255
    hint = resized(coarse, (32, 40), Image.Resampling.LANCZOS, as_bytes=True)
    expected = reference["level1_colour_hint_uint8"]
    np.testing.assert_allclose(np.rint(hint * 255), expected)
    grey = reference["pyr1_gray"][0, 0]
    ours = np.concatenate([grey[None], hint.transpose(2, 0, 1)])[None]
    np.testing.assert_allclose(ours, reference["level1_net_input"], atol=1e-6)


def test_weights_depend_on_the_seed_alone():
    first, again, other = (new_network(1, seed) for seed in (3, 3, 4))
    before = torch.random.get_rng_state()
    new_network(1, 5)
    assert torch.equal(before, torch.random.get_rng_state())
    assert torch.equal(first.model[1].weight, again.model[1].weight)
    assert not torch.equal(first.model[1].weight, other.model[1].weight)


@pytest.mark.parametrize("asked", [0, 5, 20])
def test_a_step_can_be_stopped_between_its_layers(asked):
    calls = iter(range(1000))
    network = new_network(1, 0)
    stop_when(network, lambda: next(calls) >= asked)
    image = torch.rand(1, 1, 16, 16)
    with pytest.raises(CancelledError):
        list(
            training(network, image, image.expand(1, 3, 16, 16), torch.ones(1, 1, 16, 16), 9, 0.01)
        )
    # each forward and each backward pass asks once a block: the stop came where it was asked for
    assert next(calls) == asked + 1


def test_threads_do_not_disturb_each_others_weights():
    expected = [new_network(1, seed).model[1].weight for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda seed: new_network(1, seed).model[1].weight, [0, 1, 2, 3] * 8))
    for seed, weight in zip([0, 1, 2, 3] * 8, found, strict=True):
        assert torch.equal(weight, expected[seed])
