"""The Context Encoder; that it computes what the reference computes is in test_parity."""

import numpy as np
import pytest
import torch

from napari_greyfill.inpaint.networks.contextencoder.crops import (
    HIDDEN,
    SIDE,
    Crop,
    crops,
    resized,
)
from napari_greyfill.inpaint.networks.contextencoder.inpainter import (
    HIDDEN_COLOUR,
    ContextEncoderInpainter,
    network_input,
)
from napari_greyfill.inpaint.networks.contextencoder.network import ContextEncoder
from napari_greyfill.inpaint.networks.detection import detect
from tests.networks import inpainter_of


def box(shape, *where):
    hole = np.zeros(shape, bool)
    hole[where] = True
    return hole


def covered(hole):
    """Return how often the middle of a crop covers each pixel."""
    count = np.zeros(hole.shape, int)
    for crop in crops(hole):
        count[crop.middle(hole.shape, crop.hidden)[0]] += 1
    return count


def test_a_hole_of_the_trained_size_is_cut_out_as_it_was_in_training():
    (crop,) = crops(box((128, 128), np.s_[36:92], np.s_[36:92]))
    assert crop == Crop(0, 0, SIDE)
    assert crop.hidden == HIDDEN


def test_smaller_holes_are_not_enlarged_and_larger_ones_are_reduced():
    (small,) = crops(box((300, 300), np.s_[100:103], np.s_[200:210]))
    assert small == Crop(101 - 64, 205 - 64, SIDE)
    (large,) = crops(box((300, 300), np.s_[100:212], np.s_[50:60]))
    assert large.side == 256
    assert large.hidden == 112


@pytest.mark.parametrize("share", [0.01, 0.3, 0.99])
def test_the_middles_of_the_crops_cover_every_hole(share):
    hole = np.random.default_rng(0).random((150, 211)) < share
    assert covered(hole)[hole].min() >= 1


def test_one_crop_does_for_what_lies_close_together():
    hole = box((200, 200), np.s_[90:110:4], np.s_[90:110])
    assert len(list(crops(hole))) == 1
    assert list(crops(np.zeros((9, 9), bool))) == []


def test_beyond_the_border_there_is_the_mirror_image():
    plane = np.arange(12, dtype=np.float32).reshape(3, 4, 1)
    cut = Crop(-3, -2, 10).cut(plane)[..., 0]
    expected = np.pad(plane[..., 0], ((3, 4), (2, 4)), mode="symmetric")
    np.testing.assert_array_equal(cut, expected)


def test_the_middle_is_hidden_whatever_is_in_it():
    square = np.random.default_rng(0).random((SIDE, SIDE, 3), dtype=np.float32)
    other = square.copy()
    other[36:92, 36:92] = 0
    np.testing.assert_array_equal(network_input(square), network_input(other))
    np.testing.assert_allclose(network_input(square)[64, 64], 2 * HIDDEN_COLOUR - 1)


def test_a_square_of_the_right_size_is_not_resampled():
    square = np.zeros((SIDE, SIDE, 3), np.float32)
    assert resized(square, SIDE) is square
    assert resized(square, 40).shape == (40, 40, 3)


class Seen(ContextEncoderInpainter):
    """Predicts a picture whose pixels say where they are."""

    def apply(self, name, channels):
        ramp = np.linspace(-1, 1, 64, dtype=np.float32)
        return np.broadcast_to(ramp[:, None, None], (1, 64, 64, 3)).copy()


def test_the_prediction_goes_where_the_hole_is():
    from napari_greyfill.compute.device import Compute
    from tests.networks import variant_of

    _, variant = variant_of("contextencoder")
    inpainter = Seen(Compute(), {"contextencoder": torch.nn.Identity()}, variant)
    hole = box((400, 400), np.s_[100:212], np.s_[150:200])
    filled = inpainter.fill(np.zeros((400, 400, 3), np.float32), hole)
    rows = filled[100:212, 160, 0]
    # a square of 256 pixels around the hole: its middle half shows the ramp from row 92 to 219
    np.testing.assert_allclose(rows, (np.arange(100, 212) - 92 + 0.5) / 128, atol=0.01)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_all_its_forms_are_recognised(bias, whole):
    network = ContextEncoder(4, 6, bias=bias, whole=whole).eval()
    state = network.state_dict()
    layout = detect(state)
    assert layout.name == "contextencoder"
    x = torch.rand(1, 3, SIDE, SIDE)
    assert network(x).shape[2:] == ((SIDE, SIDE) if whole else (SIDE // 2, SIDE // 2))
    without = {k: v for k, v in state.items() if "num_batches" not in k}  # as old files are
    torch.testing.assert_close(layout.build(without)(x), network(x))


def test_a_network_for_holes_anywhere_fills_them_too(noise):
    network = ContextEncoder(4, 6, whole=True).eval()
    plane, hole = noise(60, 70, 3)
    filled = inpainter_of({"contextencoder": network}).fill(plane, hole)
    assert np.isfinite(filled).all()
    np.testing.assert_array_equal(filled[~hole], plane[~hole])
