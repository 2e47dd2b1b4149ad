import numpy as np
import pytest
import torch
from torch import nn

from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import BadCheckpointError, CancelledError
from napari_greyfill.inpaint.networks.description import shape_of
from napari_greyfill.inpaint.networks.modules import applied, built


def make():
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 1))


@pytest.fixture
def state():
    return {key: torch.full(tensor.shape, 0.5) for key, tensor in make().state_dict().items()}


def test_a_missing_tensor_has_no_shape(state):
    assert shape_of(state, "0.weight") == (4, 3, 3, 3)
    assert shape_of(state, "1.weight") == ()
    assert shape_of({"0.weight": "no tensor"}, "0.weight") == ()


def test_what_is_built_holds_the_tensors_and_is_ready_to_run(state):
    before = torch.random.get_rng_state()
    module = built(make, {key: tensor.half() for key, tensor in state.items()}, "X")
    assert torch.equal(before, torch.random.get_rng_state())
    assert not module.training
    for key, tensor in module.state_dict().items():
        assert torch.equal(tensor, state[key])
    assert {p.dtype for p in module.parameters()} == {torch.float32}
    assert not any(p.requires_grad for p in module.parameters())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"0.bias": None}, "lacks the tensor 0.bias; choose"),
        ({"0.bias": None, "2.weight": None}, "lacks the tensor 0.bias and 1 more; choose"),
        ({"9.bias": torch.ones(4)}, "has an unknown tensor 9.bias; choose"),
        (
            {"0.bias": torch.ones(5)},
            "has another shape than we know for the tensor 0.bias; choose",
        ),
    ],
    ids=["missing", "two missing", "left over", "other shape"],
)
def test_every_tensor_must_have_its_place(state, change, message):
    changed = {k: v for k, v in {**state, **change}.items() if v is not None}
    with pytest.raises(BadCheckpointError, match=f"^This checkpoint of X {message}"):
        built(make, changed, "X")


def test_a_module_is_applied_to_an_array_with_the_channels_last(state):
    module = built(make, state, "X")
    array = np.random.default_rng(0).random((2, 6, 5, 3))
    with torch.no_grad():
        expected = module(torch.from_numpy(array.astype(np.float32)).permute(0, 3, 1, 2))
    result = applied(module, array, Compute())
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected.permute(0, 2, 3, 1), atol=1e-6)


def test_half_precision_is_near_but_not_the_same(state):
    module = built(make, state, "X")
    array = np.random.default_rng(0).random((1, 6, 5, 3))
    full, half = applied(module, array, Compute()), applied(module, array, Compute(), half=True)
    assert half.dtype == np.float32
    assert not np.array_equal(full, half)
    np.testing.assert_allclose(half, full, rtol=0.02)


@pytest.mark.parametrize("asked", [0, 1, 2])
def test_it_can_be_stopped_after_each_layer(state, asked):
    calls = iter(range(1000))
    module = built(make, state, "X")
    with pytest.raises(CancelledError):
        applied(module, np.zeros((1, 6, 5, 3)), Compute(cancelled=lambda: next(calls) >= asked))
    assert next(calls) == asked + 1
    # the next run is not asked to stop by what is left of this one
    applied(module, np.zeros((1, 6, 5, 3)), Compute())
    assert next(calls) == asked + 2


def test_a_window_keeps_a_core(monkeypatch):
    from napari_greyfill.compute import device

    seen = []

    class Counting(torch.nn.Module):
        def forward(self, x):
            seen.append(torch.get_num_threads())
            return x

    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        for window in (False, True):
            monkeypatch.setattr(device, "_window", window)
            applied(Counting(), np.zeros((1, 4, 4, 3), np.float32), Compute())
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
    assert seen == [3, 2]
    assert [device.threads_for("cpu", 1), device.threads_for("cuda", 3)] == [1, 3]
