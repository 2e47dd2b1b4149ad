"""LaMa as tensors and as a program; that it computes what the reference computes: test_parity."""

import numpy as np
import pytest
import torch

from napari_greyfill.errors import BadCheckpointError, UnsupportedImageError
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.lama.inpainter import LamaInpainter
from napari_greyfill.inpaint.networks.lama.network import Lama, LamaProgram
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.inpaint.networks.trial import try_out
from napari_greyfill.weights.folder import file_sha256
from napari_greyfill.weights.loading import load_state_dict
from tests.networks import inpainter_of, variant_of
from tests.programs import scripted


def small(blocks=9):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Lama(blocks, width=4).eval().requires_grad_(False)


class AsPublished(torch.nn.Module):
    """Takes a picture and a mask, and returns the picture with its hole filled."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image, mask):
        filled = self.network(torch.cat([image * (1 - mask), mask], dim=1))
        return mask * filled + (1 - mask) * image


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    file = tmp_path_factory.mktemp("lama") / "big-lama.pt"
    mask = torch.zeros(1, 1, 32, 32)
    return scripted(AsPublished(small()), file, torch.rand(1, 3, 32, 32), mask)


@pytest.mark.parametrize("blocks", [9, 18])
def test_tensors_are_recognised_whatever_else_training_left(tmp_path, blocks):
    module = small(blocks)
    others = {"discriminator.model0.0.weight": torch.ones(2), "loss_pl.impl.weight": torch.ones(2)}
    state = {**{f"generator.{k}": v for k, v in module.state_dict().items()}, **others}
    torch.save({"epoch": 39, "state_dict": state, "optimizer_states": []}, tmp_path / "best.ckpt")
    loaded = load_state_dict(tmp_path / "best.ckpt")
    assert detect(loaded).name == "lama-ckpt"
    x = torch.rand(1, 4, 48, 40)
    torch.testing.assert_close(detect(loaded).build(loaded)(x), module(x))


def test_a_number_of_blocks_that_nobody_published():
    state = Lama(3).state_dict()
    with pytest.raises(BadCheckpointError, match="has 3 blocks, and we know those of 18"):
        detect(state).build(state)


def test_program_and_tensors_fill_alike(program, noise):
    state = load_state_dict(program, allow={file_sha256(program)})
    assert detect(state).name == "lama"
    try_out(detect(state), state, program.name)
    image, hole = noise(40, 56, 3)
    filled = inpainter_of({"lama": detect(state).build(state)}).fill(image, hole)
    expected = inpainter_of({"lama-ckpt": small()}).fill(image, hole)
    np.testing.assert_allclose(filled[hole], expected[hole], atol=1e-5)


def test_another_program_is_no_lama(tmp_path):
    class Smaller(torch.nn.Module):
        def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            return image[:, :, ::2] * mask.mean()

    file = scripted(Smaller(), tmp_path / "other.pt")
    state = load_state_dict(file, allow={file_sha256(file)})
    with pytest.raises(BadCheckpointError, match=r"other\.pt has tensors of shapes that LaMa"):
        try_out(detect(state), state, "other.pt")


def test_the_pinned_program_is_the_only_one_that_needs_no_confirmation(program, tmp_path):
    store = network_weights(tmp_path / "weights")
    with pytest.raises(BadCheckpointError, match="is a TorchScript archive"):
        store.add(program, "lama-places2")
    with pytest.raises(BadCheckpointError, match="is not the file that was published"):
        store.add(program, "lama-places2", confirmed_sha256=file_sha256(program))


@pytest.mark.parametrize("side", [32, 40])
def test_the_smallest_sizes(side):
    _, variant = variant_of("lama-ckpt")
    assert (variant.minimum, variant.multiple_of) == (32, 8)
    assert small()(torch.rand(1, 4, side, 32)).shape == (1, 3, side, 32)


def test_pictures_are_shown_as_they_are_with_black_in_the_hole(noise):
    image, hole = noise(9, 7, 3)
    given = LamaInpainter.showing.given(image, hole)
    np.testing.assert_array_equal(given[~hole][:, :3], image[~hole])
    assert (given[hole] == [0, 0, 0, 1]).all()


def test_a_program_is_not_run_in_half_precision():
    class Program(torch.nn.Module):
        def forward(self, image, mask):
            assert not torch.is_autocast_enabled("cpu")
            return torch.fft.irfft2(torch.fft.rfft2(image.float()), s=image.shape[-2:])

    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert LamaProgram(Program())(torch.rand(1, 4, 8, 8)).dtype == torch.float32


def test_weights_that_were_trained_on_grey_are_shown_grey():
    state = Lama(9, width=4, colours=1).state_dict()
    descriptor = detect(state)
    assert descriptor.name == "lama-ckpt"
    inpainter = inpainter_of({"lama-ckpt": descriptor.build(state)})
    assert inpainter.colours == 1
    plane = np.random.default_rng(0).random((32, 32), dtype=np.float32)
    hole = np.zeros(plane.shape, bool)
    hole[8:14, 8:14] = True
    filled = inpainter.fill(np.where(hole, np.float32(0), plane), hole)
    assert filled.shape == plane.shape
    assert np.isfinite(filled).all()
    with pytest.raises(UnsupportedImageError, match="grey-rgb"):
        inpainter.fill(np.repeat(plane[..., None], 3, axis=-1), hole)
