"""Work that tests give to other processes."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from napari_greyfill.errors import UnusableFillError


def squared(task, cancelled):
    return task * task


def summed(task, cancelled, *, image, mask):
    """What a window of an image has, and in which process."""
    window = image[task : task + 4]
    return int(window.sum()) + int(mask[task]), os.getpid()


def noise(task, cancelled):
    """A result that depends on the task alone."""
    return np.random.default_rng(task).normal(size=1000).astype(np.float32)


def killing_once(task, cancelled, *, folder):
    """Kill the process in the middle of one task, the first time."""
    time.sleep(0.02)
    mark = Path(folder) / "killed"
    if task == 5 and not mark.exists():
        mark.write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
    return noise(task, cancelled)


def killing(task, cancelled):
    os.kill(os.getpid(), signal.SIGKILL)


def failing(task, cancelled):
    if task == 3:
        raise UnusableFillError("It failed; try another.")
    return task


def waiting(task, cancelled, *, folder):
    """Work until it is cancelled, and say that it was."""
    (Path(folder) / f"begun-{task}").touch()
    for _ in range(600):
        if cancelled():
            (Path(folder) / f"cancelled-{task}").touch()
            return task
        time.sleep(0.05)
    return task


def waiting_but_first(task, cancelled, *, folder):
    return 0 if task == 0 else waiting(task, cancelled, folder=folder)
