"""Shift-Net; that it computes what the reference computes is in test_parity."""

import pytest
import torch

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.shiftnet.description import published_names
from napari_greyfill.inpaint.networks.shiftnet.inpainter import ShiftNetInpainter
from napari_greyfill.inpaint.networks.shiftnet.network import ShiftNet
from napari_greyfill.inpaint.networks.shiftnet.shift import Shift, partners
from tests.checkpoints import as_shiftnet


def test_it_is_told_what_is_known(noise):
    image, hole = noise(9, 7, 3)
    given = ShiftNetInpainter.showing.given(image, hole)
    assert (given[hole] == 0).all()
    assert (given[~hole][:, 3] == 1).all()


def test_every_layer_has_a_published_name():
    layers = {key.rpartition(".")[0] for key in ShiftNet(2).state_dict()}
    assert set(published_names().values()) == layers
    assert len(published_names()) == len(layers)


def test_each_place_takes_the_known_place_most_like_it():
    known = torch.eye(4)[:, :, None]  # four places with features of their own
    wanted = torch.stack([3 * known[:, 2, 0], known[:, 0, 0]], 1)[:, :, None]
    decoded = torch.cat([wanted, torch.zeros(4, 4, 1)], 1)
    encoded = torch.cat([torch.zeros(4, 2, 1), known], 1)
    hole = torch.tensor([True, True, False, False, False, False])[:, None]
    places, sources, cosines = partners(decoded, encoded, hole)
    assert (places.tolist(), sources.tolist(), cosines.tolist()) == ([0, 1], [4, 2], [1, 1])
    shifted = Shift()(torch.cat([decoded, encoded])[None], hole[None])[0, 8:]
    torch.testing.assert_close(shifted[:, 0], encoded[:, 4])
    assert (shifted[:, 2:] == 0).all()


@pytest.mark.parametrize("value", [True, False])
def test_without_known_places_or_without_a_hole_nothing_is_shifted(value):
    features = torch.rand(1, 6, 4, 5)
    output = Shift()(features, torch.full((1, 4, 5), value))
    assert (output[:, 6:] == 0).all()
    torch.testing.assert_close(output[:, :6], features)


def test_features_of_nothing_but_zeros_are_no_nan():
    output = Shift()(torch.zeros(1, 4, 2, 2), torch.tensor([[[True, False], [True, False]]]))
    assert output.isfinite().all()


@pytest.mark.parametrize("shape", [(256, 264), (328, 256)])
def test_sizes_that_halving_leaves_a_remainder_of(shape):
    with torch.inference_mode():
        assert ShiftNet(2).eval()(torch.rand(1, 4, *shape)).shape == (1, 3, *shape)


def test_statistics_in_old_files_are_left_out():
    state = as_shiftnet(ShiftNet(2))
    norm = "model.model.1.model.2"
    old = {**state, f"{norm}.running_mean": torch.ones(4), f"{norm}.running_var": torch.ones(4)}
    assert detect(old).build(old)


def test_the_network_for_faces_with_random_holes_is_not_taken_for_it():
    with pytest.raises(BadCheckpointError, match="no checkpoint of a network we know"):
        detect({"e3_c.weight": torch.ones(256, 128, 6, 6), "d1_dc.weight": torch.ones(2)})


def test_a_layer_more_is_refused_by_name():
    state = {**as_shiftnet(ShiftNet(2)), "model.model.9.weight": torch.ones(2)}
    with pytest.raises(BadCheckpointError, match=r"unknown tensor model\.model\.9\."):
        detect(state).build(state)
