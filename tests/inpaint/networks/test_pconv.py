"""PConv; that it computes what the references compute is in test_parity."""

import numpy as np
import pytest
import torch

from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.pconv.inpainter import network_input, normalisation
from napari_greyfill.inpaint.networks.pconv.layouts import LAYOUTS, NAOTO, OPENMMLAB
from napari_greyfill.inpaint.networks.pconv.network import PartialConv
from tests.checkpoints import of_layouts
from tests.networks import variant_of


@pytest.fixture
def layer():
    """Return a layer that adds up what it sees, of a single channel or two."""

    def make(inputs=1, *, scaled=True, **options):
        conv = PartialConv(inputs, 1, scaled=scaled, norm=False, slope=None, **options)
        conv.conv.weight.data.fill_(1)
        return conv.requires_grad_(False)

    return make


def test_the_sum_is_divided_by_how_much_is_known(layer):
    known = torch.ones(1, 1, 5, 5)
    known[..., :2] = 0
    out, found = layer()(torch.full((1, 1, 5, 5), 2.0), [(known, 1)])
    assert found[0, 0, 2].tolist() == [0, 1, 1, 1, 1]
    # 2 everywhere that anything is known, and 9 of it, also at the border
    assert out[0, 0, 2].tolist() == pytest.approx([0, 18, 18, 18, 18])
    plain, _ = layer(scaled=False)(torch.full((1, 1, 5, 5), 2.0), [(known, 1)])
    assert plain[0, 0, 2].tolist() == pytest.approx([0, 2, 2, 2, 2])


def test_the_bias_is_not_divided_and_is_not_where_nothing_is_known(layer):
    biased = layer(bias=True)
    biased.conv.bias.data.fill_(5)
    known = torch.zeros(1, 1, 5, 5)
    known[..., 4, 4] = 1
    out, _ = biased(torch.ones(1, 1, 5, 5), [(known, 1)])
    assert out[0, 0, 4].tolist() == pytest.approx([0, 0, 0, 14, 14])


def test_maps_that_are_joined_count_by_their_channels(layer):
    nothing, everything = torch.zeros(1, 1, 3, 3), torch.ones(1, 1, 3, 3)
    x = torch.ones(1, 4, 3, 3)
    out, _ = layer(4)(x, [(nothing, 3), (everything, 1)])
    # the sum over one channel of four, over its share of the window
    assert out[0, 0, 1, 1] == pytest.approx(9 * 36 / 9)


def test_the_smallest_size_is_the_smallest():
    state = of_layouts()["pconv-mm"]
    network = detect(state).build(state)
    assert network(torch.zeros(1, 4, 128, 128)).shape == (1, 3, 128, 128)
    with pytest.raises(RuntimeError, match=r"[Ss]ize"):
        network(torch.zeros(1, 4, 128, 64))
    _, variant = variant_of("pconv-mm")
    assert (variant.minimum, variant.multiple_of) == (128, 128)


def test_colours_go_in_as_the_layout_wants_them():
    image = np.random.default_rng(0).random((4, 5, 3), dtype=np.float32)
    hole = np.zeros((4, 5), dtype=bool)
    hole[1, 2] = True
    mm, naoto = (network_input(image, hole, layout) for layout in LAYOUTS)
    np.testing.assert_allclose(mm[0, 0, :3], 2 * image[0, 0, ::-1] - 1, atol=1e-6)
    expected = (image[0, 0] - NAOTO.mean) / NAOTO.deviation
    np.testing.assert_allclose(naoto[0, 0, :3], expected, atol=1e-6)
    for given in (mm, naoto):
        np.testing.assert_array_equal(given[1, 2], [0, 0, 0, 1])


def test_grey_is_normalised_by_the_luma_of_what_colours_are():
    mean, deviation = normalisation(NAOTO, 1)
    assert mean == pytest.approx([0.299 * 0.485 + 0.587 * 0.456 + 0.114 * 0.406])
    assert deviation == pytest.approx([0.299 * 0.229 + 0.587 * 0.224 + 0.114 * 0.225])
    assert normalisation(OPENMMLAB, 1) == (pytest.approx([0.5]), pytest.approx([0.5]))


def test_the_ones_of_a_file_are_left_out():
    for layout in LAYOUTS:
        state = of_layouts()[layout.name]
        ones = [key for key in state if key.endswith(layout.ones)]
        assert len(ones) == 14
        assert len(detect(state).build(state).state_dict()) < len(state)
        assert layout.renamed("something.else") == "something.else"
