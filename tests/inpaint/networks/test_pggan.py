"""PGGAN: a generator from a configuration, and the critics that train it."""

import pytest
import torch

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.pggan.critics import Critics, critics_loss, generator_loss
from napari_greyfill.inpaint.networks.pggan.network import Configuration, Generator


@pytest.mark.parametrize(
    "configuration",
    [Configuration(2, 1, (1,)), Configuration(3, 4, (2, 8, 1)), Configuration(2, 2, (4,) * 5)],
)
def test_a_file_tells_the_configuration_it_was_made_from(configuration):
    generator = Generator(configuration).eval()
    made = detect(generator.state_dict()).build(generator.state_dict())
    x = torch.rand(1, 4, 32, 48)
    torch.testing.assert_close(made(x), generator(x))
    assert generator(x).shape == (1, 3, 32, 48)


def test_blocks_are_dilated_as_the_file_says():
    state = Generator(Configuration(2, 1, (1, 1))).state_dict()
    x = torch.rand(1, 4, 32, 32)
    plain = detect(state).build(state)(x)
    other = {**state, "dilations": torch.tensor([1, 8])}
    assert not torch.allclose(detect(other).build(other)(x), plain)


@pytest.mark.parametrize("dilations", [[0, 1], [1, 10**9], [-1, 1]])
def test_impossible_dilations_are_refused(dilations):
    state = Generator(Configuration(2, 1, (1, 1))).state_dict()
    state["dilations"] = torch.tensor(dilations)
    with pytest.raises(BadCheckpointError, match="dilations from 1 to 64"):
        detect(state).build(state)


def test_too_many_levels_are_refused():
    state = Generator(Configuration(1, 5, (1,))).state_dict()
    with pytest.raises(BadCheckpointError, match="has 5 levels"):
        detect(state).build(state)


def test_the_critics_judge_the_picture_and_its_patches():
    whole, patches = Critics(2)(torch.rand(2, 3, 64, 96))
    assert (whole.shape, patches.shape) == ((2, 1, 1, 1), (2, 1, 8, 12))


def test_a_generator_learns_from_its_loss():
    torch.manual_seed(0)
    generator, critics = Generator(Configuration(4, 1, (2,))), Critics(2)
    optimiser = torch.optim.Adam(generator.parameters(), lr=0.01)
    x, truth = torch.rand(2, 4, 32, 32), torch.full((2, 3, 32, 32), 0.5)
    losses = []
    for _ in range(15):
        filled = generator(x)
        loss = generator_loss(filled, truth, critics(filled))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_critics_that_are_right_lose_least():
    real, made = (torch.full((1, 1, 1, 1), each) for each in (5.0, -5.0))
    right = critics_loss((real, real), (made, made))
    assert right < 0.01 < critics_loss((made, made), (real, real))
