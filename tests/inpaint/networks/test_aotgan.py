"""AOT-GAN; that it computes what the reference computes is in test_parity."""

import numpy as np
import pytest
import torch

from napari_greyfill.inpaint.networks.aotgan.inpainter import AOTGANInpainter
from napari_greyfill.inpaint.networks.aotgan.network import AOTBlock
from napari_greyfill.inpaint.networks.detection import detect
from tests.checkpoints import of_layouts, openmmlabs_names
from tests.networks import variant_of


@pytest.fixture(scope="module")
def state():
    return of_layouts()["aotgan"]


def test_both_ways_of_naming_make_the_same_network(state):
    named = {openmmlabs_names()[key]: tensor for key, tensor in state.items()}
    assert detect(named).name == "aotgan-mm"
    bare = {key.removeprefix("generator."): tensor for key, tensor in named.items()}
    x = torch.rand(1, 4, 40, 44)
    expected = detect(state).build(state)(x)
    for given in (named, bare):
        assert torch.equal(detect(given).build(given)(x), expected)


def test_the_smallest_size_is_the_smallest(state):
    network = detect(state).build(state)
    assert network(torch.zeros(1, 4, 36, 36)).shape == (1, 3, 36, 36)
    with pytest.raises(RuntimeError, match=r"[Pp]adding"):
        network(torch.zeros(1, 4, 32, 36))
    _, variant = variant_of("aotgan")
    assert (variant.minimum, variant.multiple_of, variant.training_scale) == (36, 4, 512)


def test_the_hole_is_white():
    image = np.full((2, 2, 3), 0.25, np.float32)
    hole = np.eye(2, dtype=bool)
    given = AOTGANInpainter.showing.given(image, hole)
    assert given[0, 0].tolist() == [1, 1, 1, 1]
    assert given[0, 1].tolist() == [-0.5, -0.5, -0.5, 0]


def test_a_gate_depends_on_the_whole_picture():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        block = AOTBlock(8).requires_grad_(False)
        x = torch.rand(1, 8, 40, 40)
    other = x.clone()
    other[..., 39, 39] += 100  # farther from the first pixel than any branch looks
    assert not torch.equal(block(x)[..., 0, 0], block(other)[..., 0, 0])


def test_a_plain_picture_is_no_division_by_zero(state):
    assert torch.isfinite(detect(state).build(state)(torch.zeros(1, 4, 36, 40))).all()
