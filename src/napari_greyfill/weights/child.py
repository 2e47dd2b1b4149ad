"""Look at a checkpoint in a process of its own, with limits of memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.errors import BadCheckpointError, CancelledError, MissingDependencyError
from napari_greyfill.weights import inspection

__all__ = ["PROGRAM", "SECONDS", "inspected"]

SECONDS = 60  # after which a file is given up; the largest published ones take a tenth of one
_PAUSE = 0.1  # seconds between looks whether to stop
# The folder is imported by itself: what stands around it needs more than Python alone.
PROGRAM = "import sys; sys.path.append(sys.argv[1]); from inspection.program import main; main()"
_PLACE = str(Path(inspection.__file__).parents[1])


def inspected(content: bytes, name: str, cancelled: CancelCheck) -> dict[str, str]:
    """Return what `inspection.inspect` says a file is: its "kind", and what goes with that.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        What messages call it.
    cancelled : callable
        Asked several times a second.

    Raises
    ------
    BadCheckpointError
        If it must not be loaded.
    MissingDependencyError
        If no process can be started.
    CancelledError
    """
    # Isolated, so that no folder or variable of the user's decides what the process imports.
    command = [sys.executable, "-I", "-S", "-c", PROGRAM, _PLACE, str(len(content))]
    try:
        child = subprocess.Popen(
            [*command, str(SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError) as error:
        raise MissingDependencyError(
            f"{name} was not loaded, because no Python could be started to look at it ({error}); "
            "start napari with an installed Python."
        ) from error
    with child:
        try:
            found = _answer(child, content, name, cancelled)
        finally:
            child.kill()
    if "problem" in found:
        raise BadCheckpointError(f"{name} {found['problem']}")
    return found


def _answer(
    child: subprocess.Popen[bytes], content: bytes, name: str, cancelled: CancelCheck
) -> dict[str, str]:
    # in a thread, because the child may stop reading; it ends when the child does
    giving = threading.Thread(target=_give, args=(child, content), daemon=True)
    giving.start()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if cancelled():
            raise CancelledError(f"The look at {name} was cancelled; nothing was changed.")
        with suppress(subprocess.TimeoutExpired):
            child.wait(_PAUSE)
            break
    child.kill()
    giving.join()
    assert child.stdout is not None  # it was asked for
    try:
        found: dict[str, str] = json.loads(child.stdout.read())
    except ValueError as error:
        raise BadCheckpointError(
            f"{name} needs more memory or time to look at than any checkpoint, so it was refused; "
            "choose another file."
        ) from error
    return found


def _give(child: subprocess.Popen[bytes], content: bytes) -> None:
    assert child.stdin is not None  # it was asked for
    with suppress(OSError):  # it has ended already
        child.stdin.write(content)
    with suppress(OSError):
        child.stdin.close()
