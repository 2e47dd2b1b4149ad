"""MSNPS: what is compared, which patches are found, and what comes of it."""

import numpy as np
import pytest
import torch
from skimage import data

from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import CancelledError
from napari_greyfill.inpaint.base import Fill, Inpainter
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.msnps.inpainter import MSNPSInpainter, with_filter_bank
from napari_greyfill.inpaint.networks.msnps.network import FilterBank, VGG19Features
from napari_greyfill.inpaint.networks.msnps.synthesis import Energy, best_patches, synthesised
from tests.networks import variant_of

QUICK = Energy(steps=10)


class Even(Inpainter):
    """Fills with one value."""

    def run(self, plane, hole, unknown=None):
        yield 0.0
        return Fill(np.full_like(plane, 0.5))


def stripes(side=64):
    """Return a picture of stripes and a hole in its middle."""
    plane = np.tile(np.arange(side) // 4 % 2, (side, 1)).astype(np.float32) * 0.6 + 0.2
    hole = np.zeros(plane.shape, bool)
    hole[24:40, 24:40] = True
    return plane, hole


def vgg19(width=2):
    """Return the tensors of a small VGG-19 as torchvision has them."""
    state = VGG19Features(width).state_dict()
    return {
        **state,
        "features.23.weight": torch.ones(8 * width, 8 * width, 3, 3),
        "features.34.weight": torch.ones(8 * width, 8 * width, 3, 3),
        "classifier.0.weight": torch.ones(3, 3),
    }


def test_stripes_are_continued_into_an_even_fill():
    plane, hole = stripes()
    inpainter = MSNPSInpainter(Compute(), {}, content=Even())
    filled = inpainter.fill(np.where(hole, 0, plane).astype(np.float32), hole)
    before = np.abs(0.5 - plane[hole]).mean()
    assert np.abs(filled[hole] - plane[hole]).mean() < before / 3


def test_texture_gets_its_contrast_back():
    plane = (data.grass()[:96, :96] / 255).astype(np.float32)
    hole = np.zeros(plane.shape, bool)
    hole[36:60, 36:60] = True
    inpainter = MSNPSInpainter(Compute(), {}, content=Even(), energy=Energy(steps=20))
    filled = inpainter.fill(plane * ~hole, hole)
    assert filled[hole].std() > plane[~hole].std() / 2


def test_what_is_under_the_hole_does_not_matter(noise):
    plane, hole = noise(40, 44, 3)
    inpainter = MSNPSInpainter(Compute(), {}, content=Even(), energy=QUICK)
    first = inpainter.fill(plane, hole)
    np.testing.assert_array_equal(inpainter.fill(plane + hole[..., None], hole), first)


@pytest.mark.parametrize("shape", [(32, 32), (37, 150), (61, 64, 3)])
def test_any_size_is_filled(noise, shape):
    plane, hole = noise(*shape)
    inpainter = MSNPSInpainter(Compute(), {}, content=Even(), energy=QUICK)
    filled = inpainter.fill(plane, hole)
    assert filled.shape == plane.shape
    assert np.isfinite(filled).all()
    assert 0 <= filled.min() <= filled.max() <= 1


def test_without_any_known_patch_the_content_stays_near():
    plane, hole = np.zeros((40, 40), np.float32), np.ones((40, 40), bool)
    hole[0, 0] = False
    inpainter = MSNPSInpainter(Compute(), {}, content=Even(), energy=QUICK)
    np.testing.assert_allclose(inpainter.fill(plane, hole)[4:, 4:], 0.5, atol=0.05)


def test_it_can_be_cancelled_within_a_scale():
    calls = iter(range(1000))
    compute = Compute(cancelled=lambda: next(calls) >= 3)
    inpainter = MSNPSInpainter(compute, {}, content=Even())
    with pytest.raises(CancelledError):
        inpainter.fill(*stripes())
    assert next(calls) == 4


def test_progress_grows():
    plane, hole = stripes()
    colour = np.repeat(plane[..., None], 3, axis=-1)
    work = synthesised(colour, hole, colour, FilterBank(), QUICK, lambda: None)
    fractions = list(work)
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def test_without_weights_the_blend_fills_first():
    plane, hole = stripes(48)
    inpainter = with_filter_bank(Compute())
    inpainter.energy = QUICK
    assert np.isfinite(inpainter.fill(plane * ~hole, hole)).all()


def test_filters_see_directions_and_nothing_in_even_places():
    filters = FilterBank().filters
    assert filters.sum((1, 2, 3)).abs().max() < 1e-5
    torch.testing.assert_close(filters.norm(dim=(2, 3)), torch.ones(8, 1))
    upright, *_ = filters[:, 0]
    assert (upright - upright.T).abs().max() > 0.1


def test_the_most_similar_known_patch_is_found():
    torch.manual_seed(0)
    known = torch.rand(1, 5, 12, 12)
    where = torch.zeros(1, 1, 12, 12, dtype=torch.bool)
    where[..., 8:, 8:] = True
    now = known.clone()
    now[..., 7:10, 7:10] = 2 * known[..., 2:5, 2:5]  # longer, in the same direction
    found = best_patches(now, known, where, standardised=False)
    place = found.places.tolist().index(7 * 10 + 7)
    expected = known[..., 2:5, 2:5].reshape(-1)
    torch.testing.assert_close(found.wanted[:, place], expected)


def test_vgg19_is_recognised_and_its_end_left_out(noise):
    state = vgg19()
    layout = detect(state)
    assert layout.name == "msnps-vgg19"
    module = layout.build(state)
    texture, content = module.maps(torch.rand(1, 3, 64, 64))
    assert texture.shape == content.shape == (1, 16, 8, 8)
    _, variant = variant_of("msnps-vgg19")
    inpainter = MSNPSInpainter(Compute(), {"x": module}, variant, content=Even(), energy=QUICK)
    assert np.isfinite(inpainter.fill(*noise(64, 72, 3))).all()


def test_vgg16_is_not():
    state = vgg19()
    del state["features.34.weight"]
    assert not any(each.detect(state) for each in [variant_of("msnps-vgg19")[1].descriptors[0]])
