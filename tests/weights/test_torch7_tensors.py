"""Networks of Torch7 as tensors by name."""

import numpy as np
import pytest
from torch import nn

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.weights.loading import load_state_dict
from napari_greyfill.weights.torch7_tensors import modules_of, torch7_tensors
from tests.torch7_files import Obj, in_a_row, module, written

LAYERS = (nn.Conv2d(3, 2, 3, stride=2, padding=1), nn.BatchNorm2d(2), nn.LeakyReLU(0.2))


def of(value):
    return torch7_tensors(written(value), "a.t7")


def test_modules_are_numbered_however_they_are_nested():
    inner = in_a_row(LAYERS[0], LAYERS[1])
    found = of(in_a_row(inner, LAYERS[2], nn.Conv2d(2, 1, 1)))
    assert list(found) == [
        *("0.weight", "0.bias"),
        *("1.weight", "1.bias", "1.running_mean", "1.running_var"),
        *("3.weight", "3.bias"),
        "modules",
    ]
    assert found["0.weight"].equal(LAYERS[0].weight)
    about = modules_of(found["modules"])
    types = ["SpatialConvolution", "SpatialBatchNormalization", "LeakyReLU", "SpatialConvolution"]
    assert [each["type"] for each in about] == types
    assert (about[0]["dW"], about[0]["padH"], about[2]["negval"]) == (2, 1, 0.2)


def test_what_stands_beside_a_network_has_its_own_name(tmp_path):
    content = {"model": in_a_row(*LAYERS), "mean": {1: 0.5, 2: 0.25, 3: 1.0}, "note": "text"}
    path = tmp_path / "a.t7"
    path.write_bytes(written(content))
    found = load_state_dict(path)
    assert {key.split(".")[0] for key in found} == {"model", "mean"}
    assert found["mean"].tolist() == [0.5, 0.25, 1]


def test_the_spread_of_old_normalisations_is_turned_into_a_variance():
    old = module(LAYERS[1])
    variance = np.array([0.5, 4.0])
    old.fields["running_std"] = ((variance + 1e-5) ** -0.5).astype(np.float32)
    del old.fields["running_var"]
    np.testing.assert_allclose(of(in_a_row(old))["0.running_var"], variance, rtol=1e-5)


def test_flat_kernels_get_their_sides():
    flat = module(LAYERS[0])
    flat.name = "nn.SpatialConvolutionMM"
    flat.fields["weight"] = flat.fields["weight"].reshape(2, 27)
    flat.fields |= {"nInputPlane": 3, "kH": 3, "kW": 3}
    assert of(in_a_row(flat))["0.weight"].equal(LAYERS[0].weight)


def test_branches_are_refused():
    branch = Obj("nn.ConcatTable", {"modules": {1: module(LAYERS[0])}})
    with pytest.raises(BadCheckpointError, match=r"network of another kind \(nn\.ConcatTable\)"):
        of(in_a_row(branch))
    with pytest.raises(BadCheckpointError, match=r"another kind \(nn\.gModule\)"):
        of(Obj("nn.gModule", {}))


def test_a_network_inside_itself_is_refused():
    row = in_a_row(LAYERS[0])
    row.fields["modules"][2] = row
    with pytest.raises(BadCheckpointError, match="more modules than any network"):
        of(row)


@pytest.mark.parametrize("value", [{"epoch": 3.0}, {}])
def test_without_a_network_there_is_nothing_to_load(value):
    with pytest.raises(BadCheckpointError, match="Torch7 file without a network"):
        of(value)


def test_values_that_are_no_numbers_are_refused(tmp_path):
    broken = module(LAYERS[0])
    broken.fields["weight"] = np.full((2, 3, 3, 3), np.nan, np.float32)
    path = tmp_path / "a.t7"
    path.write_bytes(written(in_a_row(broken)))
    with pytest.raises(BadCheckpointError, match="no numbers"):
        load_state_dict(path)
