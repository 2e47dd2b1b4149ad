import pytest

from napari_greyfill import device
from napari_greyfill.device import (
    Compute,
    _cuda_devices,
    choose_device,
    choose_for_numpy,
    clear_memory_errors,
    free_memory,
)
from napari_greyfill.errors import BadParameter, Cancelled, OutOfMemory


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


@pytest.mark.parametrize(
    ("accelerators", "requested", "expected"),
    [
        (("cuda",), "auto", "cuda"),
        (("cuda",), "cuda", "cuda"),
        (("cuda",), "cpu", "cpu"),
        (("cuda", "mps"), "mps", "cpu"),
        (("mps",), "auto", "cpu"),
        ((), "auto", "cpu"),
    ],
)
def test_what_runs_in_numpy_runs_on_cuda_where_it_works(
    working, monkeypatch, accelerators, requested, expected
):
    working(*accelerators)
    monkeypatch.setattr(device, "_cuda_devices", lambda: 1)
    assert choose_for_numpy(requested) == (expected, "")


def test_without_a_driver_nothing_more_is_asked(monkeypatch):
    def asked():
        raise AssertionError("torch was asked")

    monkeypatch.setattr(device, "_accelerators", asked)
    monkeypatch.setattr(device, "_cuda_devices", lambda: 0)
    for requested in ("auto", "cpu", "mps"):
        assert choose_for_numpy(requested) == ("cpu", "")


def test_cuda_that_was_asked_for_and_does_not_work_is_said(working):
    working()
    chosen, sentence = choose_for_numpy("cuda")
    assert chosen == "cpu"
    assert "cuda does not work here" in sentence


@pytest.mark.parametrize(
    ("init", "found", "expected"),
    [(0, (0, 2), 2), (0, (0, 0), 0), (100, (0, 1), 0), (0, (3, 1), 0)],
)
def test_the_driver_is_asked_for_devices(monkeypatch, init, found, expected):
    class Driver:
        def __init__(self, name):
            assert "cuda" in name

        def cuInit(self, flags):
            return init

        def cuDeviceGetCount(self, count):
            count._obj.value = found[1]
            return found[0]

    monkeypatch.setattr(device.ctypes, "CDLL", Driver)
    assert _cuda_devices() == expected


def test_without_a_driver_there_are_no_devices(monkeypatch):
    def missing(name):
        raise OSError(name)

    monkeypatch.setattr(device.ctypes, "CDLL", missing)
    assert _cuda_devices() == 0


def test_an_unknown_device_is_refused_with_the_choices():
    with pytest.raises(BadParameter, match=r"'tpu'.*auto, cpu, cuda, mps"):
        choose_device("tpu")


def test_the_machine_has_memory():
    assert free_memory("cpu") > 2**20


def test_compute_asks_whether_to_stop():
    Compute().check()
    with pytest.raises(Cancelled, match="nothing was changed"):
        Compute(cancelled=lambda: True).check()


def test_torchs_memory_error_becomes_ours_with_a_next_step():
    import torch

    with (
        pytest.raises(OutOfMemory, match=r"device mps.*choose the CPU"),
        clear_memory_errors("mps"),
    ):
        raise torch.OutOfMemoryError


def test_other_errors_are_left_alone():
    with pytest.raises(ZeroDivisionError), clear_memory_errors("cpu"):
        raise ZeroDivisionError


@pytest.mark.gpu
def test_cuda_is_found_and_has_memory():
    assert choose_device("auto") == choose_for_numpy("cuda") == ("cuda", "")
    assert _cuda_devices() > 0
    assert free_memory("cuda") > 2**20
