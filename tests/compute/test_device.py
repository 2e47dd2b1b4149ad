import os
import sys
from types import SimpleNamespace

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


CPU_BUILD = "__version__ = '2.9.0+cpu'\ncuda: Optional[str] = None\nhip: Optional[str] = None\n"


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Pretend that torch is installed, built as a text says, and has not been imported."""

    def pretend(version, *drivers):
        package = tmp_path / "torch"
        package.mkdir()
        (package / "version.py").write_text(version)
        spec = None if version is None else SimpleNamespace(origin=str(package / "__init__.py"))
        monkeypatch.setattr(device, "find_spec", lambda name: spec)
        monkeypatch.setattr(device, "_DRIVERS", drivers)
        monkeypatch.delitem(sys.modules, "torch", raising=False)
        monkeypatch.setattr(device, "_accelerators", lambda: pytest.fail("torch was imported"))
        monkeypatch.setattr(device.sys, "platform", "linux")

    return pretend


def test_a_build_for_the_cpu_has_no_other_device(installed, tmp_path):
    installed(CPU_BUILD, str(tmp_path))
    assert device.present_devices() == ("auto", "cpu")


@pytest.mark.parametrize("built", ["cuda", "hip"])
def test_a_build_for_a_card_whose_driver_is_there(installed, tmp_path, built):
    version = CPU_BUILD.replace(f"{built}: Optional[str] = None", f"{built}: Optional[str] = '1'")
    installed(version, str(tmp_path))
    assert device.present_devices() == ("auto", "cpu", "cuda")


def test_without_a_driver_there_is_only_the_cpu(installed, tmp_path):
    installed(CPU_BUILD.replace("cuda: Optional[str] = None", "cuda = '1'"), str(tmp_path / "no"))
    assert device.present_devices() == ("auto", "cpu")


def test_a_mac_of_apples_own_make_may_have_its_card(installed, monkeypatch):
    installed(CPU_BUILD)
    monkeypatch.setattr(device.sys, "platform", "darwin")
    monkeypatch.setattr(device.platform, "machine", lambda: "arm64")
    assert device.present_devices() == ("auto", "cpu", "mps")


def test_without_torch_there_is_only_the_cpu(monkeypatch):
    monkeypatch.setattr(device, "find_spec", lambda name: None)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    assert device.present_devices() == ("auto", "cpu")
