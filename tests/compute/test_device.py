import os

import pytest

from napari_greyfill.compute import device
from napari_greyfill.compute.device import Compute, choose_device, clear_memory_errors, free_memory
from napari_greyfill.errors import BadParameterError, CancelledError, OutOfMemoryError


@pytest.fixture
def working(monkeypatch):
    def use(*names):
        monkeypatch.setattr(device, "_accelerators", lambda: list(names))

    return use


@pytest.mark.parametrize(
    ("accelerators", "requested", "expected"),
    [
        ((), "auto", "cpu"),
        (("mps",), "auto", "mps"),
        (("cuda", "mps"), "auto", "cuda"),
        (("cuda",), "cuda", "cuda"),
        (("cuda",), "cpu", "cpu"),
    ],
)
def test_what_works_is_chosen_without_comment(working, accelerators, requested, expected):
    working(*accelerators)
    assert choose_device(requested) == (expected, "")


@pytest.mark.parametrize("requested", ["cuda", "mps"])
def test_what_does_not_work_is_replaced_and_said(working, requested):
    working()
    chosen, sentence = choose_device(requested)
    assert chosen == "cpu"
    assert requested in sentence
    assert "CPU" in sentence


def test_an_unknown_device_is_refused_with_the_choices():
    with pytest.raises(BadParameterError, match=r"'tpu'.*auto, cpu, cuda, mps"):
        choose_device("tpu")


def test_the_machine_has_memory():
    assert free_memory("cpu") > 2**20


def test_cores_are_those_that_this_process_may_use(monkeypatch):
    assert 1 <= device.cores() <= os.cpu_count()
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert device.cores() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert device.cores() == 1


def test_compute_asks_whether_to_stop():
    Compute().check()
    with pytest.raises(CancelledError, match="nothing was changed"):
        Compute(cancelled=lambda: True).check()


@pytest.mark.torch
def test_torchs_memory_error_becomes_ours_with_a_next_step():
    import torch

    with (
        pytest.raises(OutOfMemoryError, match=r"device mps.*choose the CPU"),
        clear_memory_errors("mps"),
    ):
        raise torch.OutOfMemoryError


@pytest.mark.torch
def test_other_errors_are_left_alone():
    with pytest.raises(ZeroDivisionError), clear_memory_errors("cpu"):
        raise ZeroDivisionError


@pytest.mark.gpu
def test_cuda_is_found_and_has_memory():
    assert choose_device("auto") == ("cuda", "")
    assert free_memory("cuda") > 2**20
