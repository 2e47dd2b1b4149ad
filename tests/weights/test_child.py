"""The process that looks through a checkpoint ends, whatever the file does to it."""

import subprocess
import sys

import pytest
import torch

from napari_greyfill.errors import BadCheckpointError, CancelledError
from napari_greyfill.weights import child
from napari_greyfill.weights.loading import load_state_dict


@pytest.fixture
def file(tmp_path):
    return tmp_path / "net.pth"


def test_what_runs_out_of_time_is_ended(file, monkeypatch):
    monkeypatch.setattr(child, "PROGRAM", "import time; time.sleep(1000)")
    monkeypatch.setattr(child, "SECONDS", 1)
    torch.save({"a": torch.ones(2)}, file)
    with pytest.raises(BadCheckpointError, match="needs more memory or time to look at than any"):
        load_state_dict(file)


def test_cancelling_ends_the_process_that_looks(file, monkeypatch):
    monkeypatch.setattr(child, "PROGRAM", "import time; time.sleep(1000)")
    torch.save({"a": torch.ones(2)}, file)
    started = []
    popen = subprocess.Popen

    def start(*args, **options):
        started.append(popen(*args, **options))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(CancelledError):
        load_state_dict(file, cancelled=lambda: bool(started))
    assert started[0].poll() is not None


def test_the_process_that_looks_imports_nothing_large():
    large = "{'torch', 'numpy', 'napari', 'qtpy', 'napari_greyfill'}"
    code = child.PROGRAM.replace("main()", f"print(*({large} & set(sys.modules)))")
    assert code != child.PROGRAM
    command = [sys.executable, "-I", "-S", "-c", code, child._PLACE]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
