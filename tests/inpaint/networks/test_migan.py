"""MI-GAN at its one size, and windows of all others."""

import numpy as np
import pytest
import torch

from napari_greyfill.errors import UnsupportedImageError
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.migan.inpainter import SHOWING, fitted
from napari_greyfill.inpaint.networks.migan.network import Migan, _Doubled, channels_at
from napari_greyfill.inpaint.networks.trial import try_out
from napari_greyfill.weights.folder import file_sha256
from napari_greyfill.weights.loading import load_state_dict
from tests.networks import inpainter_of
from tests.programs import scripted

SIDE = 32
BLUR = torch.tensor([1.0, 3, 3, 1]).outer(torch.tensor([1.0, 3, 3, 1])) / 64


def small():
    """Return a small network with blurs and noise as the published ones have them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = Migan(SIDE, base=8 * SIDE, most=16)
        state = network.state_dict()
        for name, tensor in state.items():
            if name.endswith("filter.weight"):
                tensor.copy_(BLUR * (4 if "upsample" in name else 1))
            elif name.endswith("noise_const"):
                tensor.copy_(torch.randn(tensor.shape))
            elif name.endswith("noise_strength"):
                tensor.fill_(0.1)
        network.load_state_dict(state)
    return network.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def inpainter():
    return inpainter_of({"migan-pt": small()})


def test_tensors_are_recognised_with_their_size():
    state = small().state_dict()
    assert detect(state).name == "migan-pt"
    module = detect(state).build(state)
    assert module.side == SIDE
    x = torch.rand(1, 4, SIDE, SIDE)
    torch.testing.assert_close(module(x), small()(x))
    try_out(detect(state), state, "migan.pt")


def test_channels_are_as_published():
    assert [channels_at(side) for side in (512, 256, 128, 64, 4)] == [64, 128, 256, 512, 512]
    assert sum(p.numel() for p in Migan(512).state_dict().values()) == 7_371_382


def test_doubling_puts_zeros_between_the_pixels_and_blurs():
    double = _Doubled(2, 8)
    kernel = torch.arange(32.0).reshape(2, 1, 4, 4)  # no symmetry that would hide a turn
    double.filter.weight.data = kernel
    x = torch.rand(1, 2, 4, 4)
    spread = torch.zeros(1, 2, 8, 8)
    spread[:, :, ::2, ::2] = x
    padded = torch.nn.functional.pad(spread, (2, 1, 2, 1))
    expected = torch.nn.functional.conv2d(padded, kernel, groups=2)
    torch.testing.assert_close(double(x), expected)


def test_program_and_tensors_fill_alike(tmp_path, noise):
    file = scripted(small(), tmp_path / "migan.pt", torch.rand(1, 4, SIDE, SIDE))
    state = load_state_dict(file, allow={file_sha256(file)})
    assert detect(state).name == "migan"
    module = detect(state).build(state)
    assert module.side == 512  # as the published one was traced
    module.side = SIDE
    image, hole = noise(SIDE, SIDE, 3)
    expected = inpainter_of({"migan-pt": small()}).fill(image, hole)
    np.testing.assert_allclose(
        inpainter_of({"migan": module}).fill(image, hole), expected, atol=1e-5
    )


@pytest.mark.parametrize("shape", [(32, 32), (20, 31), (33, 32), (90, 41), (1, 1), (3, 200)])
def test_any_size_is_filled(inpainter, noise, shape):
    image, hole = noise(*shape, 3)
    filled = inpainter.fill(image, hole)
    assert filled.shape == image.shape
    assert np.isfinite(filled).all()
    assert 0 <= filled.min() <= filled.max() <= 1


def test_windows_that_go_together_may_be_larger(inpainter, noise):
    images, holes = (np.stack(each) for each in zip(*[noise(40, 50, 3)] * 2, strict=True))
    both = inpainter.complete(images, holes)
    np.testing.assert_allclose(both[0], both[1], atol=1e-5)


def test_what_is_reduced_has_no_part_of_the_hole():
    image = np.full((64, 64, 3), 0.25, np.float32)
    hole = np.zeros((64, 64), bool)
    hole[11:30, 20:41] = True
    image[hole] = 0
    small_image, small_hole = fitted(image, hole, SIDE)
    assert small_image.shape == (SIDE, SIDE, 3)
    np.testing.assert_allclose(small_image[~small_hole], 0.25, atol=1e-6)
    assert small_hole[5:15, 10:21].all()
    assert small_hole.sum() == 10 * 11


def test_what_is_smaller_is_continued_by_its_mirror_image(noise):
    image, hole = noise(5, 7, 3)
    large, large_hole = fitted(image, hole, 8)
    np.testing.assert_array_equal(large[:5, :7], image)
    np.testing.assert_array_equal(large[5:8, :7], image[[3, 2, 1]])
    np.testing.assert_array_equal(large_hole[:5, 7], hole[:, 5])


def test_what_is_under_the_hole_does_not_matter(noise):
    image, hole = noise(9, 7, 3)
    found = SHOWING.given(image, hole)
    np.testing.assert_array_equal(SHOWING.given(image + hole[..., None], hole), found)
    np.testing.assert_array_equal(found[..., 0], np.where(hole, -0.5, 0.5))


def test_weights_that_were_trained_on_grey_are_shown_grey():
    state = Migan(SIDE, base=8 * SIDE, most=16, colours=1).state_dict()
    descriptor = detect(state)
    assert descriptor.name == "migan-pt"
    inpainter = inpainter_of({"migan-pt": descriptor.build(state)})
    assert inpainter.colours == 1
    plane = np.random.default_rng(0).random((32, 32), dtype=np.float32)
    hole = np.zeros(plane.shape, bool)
    hole[8:14, 8:14] = True
    filled = inpainter.fill(np.where(hole, np.float32(0), plane), hole)
    assert filled.shape == plane.shape
    assert np.isfinite(filled).all()
    with pytest.raises(UnsupportedImageError, match="grey-rgb"):
        inpainter.fill(np.repeat(plane[..., None], 3, axis=-1), hole)
