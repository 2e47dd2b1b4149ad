"""What a process does last: work in threads is asked to stop, and waited for.

A thread that still runs Python while the interpreter is being taken apart ends the process with a
segmentation fault. napari waits for its threads when its event loop ends; a script that opens a
viewer and closes it has none.
"""

from __future__ import annotations

import atexit
from functools import cache

__all__ = ["wait_at_exit"]


@cache
def wait_at_exit() -> None:
    """Have the end of the process wait for work in threads; call it once there may be some.

    What is registered last is called first, so this is before Qt and the interpreter go.
    """
    from superqt.utils import WorkerBase

    atexit.register(WorkerBase.await_workers)
