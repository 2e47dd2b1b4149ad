import numpy as np
import pytest
import torch
from torch import nn

from napari_greyfill.compute import device
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


class _Counting(nn.Module):
    """Remembers how many threads it was given."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, x):
        self.seen.append(torch.get_num_threads())
        return x


@pytest.fixture
def threads(monkeypatch):
    """Three threads on as many cores, a window or none, and how often that number is changed."""
    changes, before = [], torch.get_num_threads()
    change = torch.set_num_threads

    def begin(*, window, cores=3):
        monkeypatch.setattr(device, "_window", window)
        monkeypatch.setattr(device, "cores", lambda: cores)
        changes.clear()

    def counted(number):
        changes.append(number)
        change(number)

    change(3)
    monkeypatch.setattr(torch, "set_num_threads", counted)
    yield begin, changes
    change(before)


def _applied(module):
    applied(module, np.zeros((1, 4, 4, 3), np.float32), Compute())


@pytest.mark.parametrize(
    ("window", "cores", "seen", "changed"),
    [
        (False, 3, 3, []),
        (True, 3, 2, [2, 3]),
        (True, 1, 1, [1, 3]),
        (True, 4, 3, []),  # as few as that already
        (True, 8, 3, []),
    ],
)
def test_a_window_keeps_a_core(threads, window, cores, seen, changed):
    begin, changes = threads
    module = _Counting()
    begin(window=window, cores=cores)
    _applied(module)
    assert module.seen == [seen]
    assert changes == changed
    assert torch.get_num_threads() == 3


def test_runs_at_the_same_time_leave_the_number_of_threads_as_it_was(threads):
    begin, changes = threads
    inner = _Counting()

    class Outer(nn.Module):
        def forward(self, x):
            _applied(inner)
            return x

    begin(window=True)
    _applied(Outer())
    assert inner.seen == [2]
    assert changes == [2, 3]
    assert torch.get_num_threads() == 3


def test_only_the_cpu_has_a_limit(monkeypatch):
    monkeypatch.setattr(device, "_window", True)
    monkeypatch.setattr(device, "cores", lambda: 3)
    assert [device.most_threads("cpu"), device.most_threads("cuda")] == [2, None]
