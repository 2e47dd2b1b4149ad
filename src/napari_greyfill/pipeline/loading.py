"""What to say before PyTorch is imported, which takes seconds and happens once in a process."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.compute.events import Progress
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.pipeline.options import FillOptions

__all__ = ["LOADING", "announce_loading", "will_load"]

LOADING = "loading PyTorch"


def will_load(*methods: MethodInfo) -> bool:
    """Return whether one of some methods needs PyTorch, and it has not been imported yet."""
    return "torch" not in sys.modules and any(info.uses_torch for info in methods)


def announce_loading(options: FillOptions) -> Iterator[Progress]:
    """Yield that PyTorch is being loaded, if a fill by these options is going to.

    Parameters
    ----------
    options : FillOptions
        With names of methods that there are.
    """
    method, colorizer = INPAINTERS.info(options.method), COLORIZERS.info(options.colorizer)
    coloured = options.pipeline != "rgb-rgb"
    if will_load(method, *((colorizer,) if coloured else ())):
        yield Progress(LOADING)
