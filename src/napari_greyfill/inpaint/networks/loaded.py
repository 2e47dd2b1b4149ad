"""Networks that stay in memory from one run to the next.

Loading a checkpoint takes longer than filling a small hole. What was loaded is kept, for a few
methods and devices, as long as the files it came from do not change.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from napari_greyfill.inpaint.networks.base import HalfPrecision

if TYPE_CHECKING:
    from torch import nn

__all__ = ["LOADED", "Loaded", "LoadedNetworks", "signature"]

_MOST = 6  # methods on devices; the largest take about 100 MB each


@dataclass(frozen=True)
class Loaded:
    """The modules of a method on a device, and what is known about half precision there."""

    modules: Mapping[str, nn.Module]
    half: HalfPrecision = field(default_factory=HalfPrecision)


class LoadedNetworks:
    """The networks that were used last.

    Parameters
    ----------
    most : int
        How many are kept.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Loaded] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, load: Callable[[], Loaded]) -> Loaded:
        """Return what is kept under a key, loaded if need be."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        loaded = load()
        with self._lock:
            self._kept[key] = loaded
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return loaded

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()


def signature(path: Path) -> Hashable:
    """Return what changes when a file is replaced: its path, size and time."""
    found = path.stat()
    return str(path), found.st_size, found.st_mtime_ns


LOADED = LoadedNetworks()
