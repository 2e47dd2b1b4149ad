"""What holds for every network's inpainter, shown on small networks with random weights."""

from contextlib import nullcontext

import numpy as np
import pytest
import torch

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError
from napari_greyfill.image.colour import luma
from napari_greyfill.image.padding import fit_to_size
from napari_greyfill.inpaint.networks import base as networks_base
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.description import Variant

NETWORKS = ("gmcnn", "edgeconnect", "contextencoder", "shiftnet", "prvs", "pggan")
INPUTS = {
    "gmcnn": 4,
    "edgeconnect-edge": 3,
    "edgeconnect-inpaint": 4,
    "contextencoder": 3,
    "shiftnet": 4,
    "prvs": 5,
    "pggan": 4,
}
SIZES = {
    "shiftnet": (256, 264),
    "prvs": (256, 256),
    "pggan": (208, 192),
}  # of pictures; those of others are 200 x 196


@pytest.fixture(params=NETWORKS)
def inpainter(request, small_inpainter):
    return small_inpainter(request.param)


def size(inpainter):
    """Return height and width of a picture that needs no padding."""
    (name, *_) = inpainter.modules
    return SIZES.get(name, (200, 196))


def filled(inpainter, plane, hole):
    """Fill as a stage does: pad, run, crop."""
    needs = {"minimum": inpainter.minimum, "multiple_of": inpainter.multiple_of}
    large = inpainter.fill(*fit_to_size(plane, hole, **needs))
    return large[: hole.shape[0], : hole.shape[1]]


@pytest.mark.parametrize("name", INPUTS)
def test_a_network_of_any_size_survives_its_checkpoint(name, small, rebuilt):
    shape = SIZES.get(name, (200, 196))
    x = torch.rand(1, INPUTS[name], *shape, generator=torch.Generator().manual_seed(1))
    expected = small[name](x)
    assert expected.std() > 1e-4
    torch.testing.assert_close(rebuilt[name](x), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("shape", [(20, 20), (13, 300), (199, 201), (256, 256), (1, 1)])
def test_any_size_is_filled(inpainter, noise, shape):
    plane, hole = noise(*shape, 3)
    result = filled(inpainter, plane, hole)
    assert result.shape == plane.shape
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert 0 <= result.min() <= result.max() <= 1


@pytest.mark.parametrize(
    "where",
    [np.s_[:9], np.s_[-9:], np.s_[:, :9], np.s_[-9:, -9:], np.s_[1:]],
    ids=["top", "bottom", "left", "corner", "all but a row"],
)
def test_holes_may_reach_the_border(inpainter, noise, where):
    plane, hole = noise(50, 61, 3, hole_share=0)
    hole[where] = True
    plane[where] = 0
    assert np.isfinite(filled(inpainter, plane, hole)).all()


def test_grey_goes_in_and_luma_comes_out(inpainter, noise):
    plane, hole = noise(*size(inpainter))
    result = inpainter.fill(plane, hole)
    assert result.shape == plane.shape
    assert result.dtype == np.float32
    colour = inpainter.fill(np.repeat(plane[..., None], 3, axis=-1), hole)
    np.testing.assert_array_equal(result, luma(colour))


def test_the_same_comes_out_again(inpainter, noise):
    plane, hole = noise(*size(inpainter), 3)
    before = plane.copy()
    first = inpainter.fill(plane, hole)
    np.testing.assert_array_equal(inpainter.fill(plane, hole), first)
    np.testing.assert_array_equal(plane, before)


def test_the_known_pixels_are_looked_at(inpainter, noise):
    plane, hole = noise(*size(inpainter), 3)
    other = np.where(hole[..., None], plane, 1 - plane)
    assert not np.array_equal(inpainter.fill(plane, hole), inpainter.fill(other, hole))


@pytest.mark.parametrize("network", NETWORKS)
def test_it_can_be_cancelled_between_layers(small_inpainter, noise, network):
    calls = iter(range(1000))
    compute = Compute(cancelled=lambda: next(calls) >= 5)
    inpainter = small_inpainter(network, compute)
    with pytest.raises(CancelledError):
        inpainter.fill(*noise(*size(inpainter), 3))
    assert next(calls) == 6


@pytest.mark.gpu
@pytest.mark.parametrize("network", NETWORKS)
def test_a_gpu_gives_nearly_the_same(small_inpainter, noise, network, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    plane, hole = noise(*size(small_inpainter(network)), 3)
    expected = small_inpainter(network).fill(plane, hole)
    inpainter = small_inpainter(network, Compute("cuda"))
    result = inpainter.fill(plane, hole)
    for module in inpainter.modules.values():
        module.cpu()
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_windows_that_go_together_give_what_they_give_alone(inpainter, noise):
    planes, holes = zip(
        *[noise(*size(inpainter), 3, hole_share=s) for s in (0.2, 0.4)], strict=True
    )
    together = exhaust(inpainter.run_together(planes, holes))
    for plane, hole, fill in zip(planes, holes, together, strict=True):
        np.testing.assert_allclose(fill.plane, inpainter.fill(plane, hole), atol=1e-5)


def test_a_cpu_takes_one_window_at_a_time_and_a_gpu_what_fits(small_inpainter, monkeypatch):
    inpainter = small_inpainter("gmcnn")
    assert inpainter.most_pixels() == 0
    inpainter.compute = Compute("cuda")
    monkeypatch.setattr(networks_base, "free_memory", lambda device: 10 * 2**30)
    assert inpainter.most_pixels() == 10 * 2**30 // 8192


class TestHalfPrecision:
    """What a graphics card would do, told by a network that knows in which precision it runs."""

    class Watched(NetworkInpainter):
        def __init__(self, error):
            super().__init__(Compute(), {}, Variant("watched", "Watched", (), 1, 1))
            self.compute = Compute("cuda")
            self.error, self.halves = error, []

        def complete(self, images, holes):
            self.halves.append(self._in_half)
            return np.full_like(images, 0.5 + (self.error if self._in_half else 0))

    @pytest.fixture(autouse=True)
    def no_gpu(self, monkeypatch):
        monkeypatch.setattr(networks_base, "clear_memory_errors", lambda device: nullcontext())

    def filled(self, inpainter, noise):
        return inpainter.fill(*noise(8, 8, 3))

    def test_the_first_window_is_filled_both_ways_and_given_in_full(self, noise):
        inpainter = self.Watched(0.001)
        assert (self.filled(inpainter, noise) == 0.5).all()
        assert inpainter.halves == [False, True]
        assert inpainter.half.close

    def test_if_they_are_close_the_next_is_filled_in_half(self, noise):
        inpainter = self.Watched(0.001)
        self.filled(inpainter, noise)
        np.testing.assert_allclose(self.filled(inpainter, noise), 0.501)
        assert inpainter.halves[2:] == [True]

    @pytest.mark.parametrize("error", [0.1, np.nan, np.inf])
    def test_if_they_are_not_half_precision_is_not_used_again(self, noise, error):
        inpainter = self.Watched(error)
        assert (self.filled(inpainter, noise) == 0.5).all()
        assert (self.filled(inpainter, noise) == 0.5).all()
        assert inpainter.halves == [False, True, False]

    def test_a_later_overflow_is_filled_again_in_full(self, noise):
        inpainter = self.Watched(0.001)
        self.filled(inpainter, noise)
        inpainter.error = np.nan
        assert (self.filled(inpainter, noise) == 0.5).all()
        assert inpainter.half.close is False

    def test_a_cpu_never_tries(self, noise):
        inpainter = self.Watched(0.001)
        inpainter.compute = Compute("cpu")
        self.filled(inpainter, noise)
        assert inpainter.halves == [False]
