"""Opens patch stores in napari: the stack with what was filled over it, and the filled region."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_greyfill.errors import GreyfillError
from napari_greyfill.image.layer import data_of
from napari_greyfill.pipeline.intermediate import FINAL
from napari_greyfill.stack.about import Found, found_at
from napari_greyfill.stack.files import open_levels
from napari_greyfill.stack.store import PatchStore
from napari_greyfill.viewer.fill.stack_store import stem_of
from napari_greyfill.viewer.layers.overlays import Overlay
from napari_greyfill.viewer.layers.results import PROVENANCE, REGION
from napari_greyfill.viewer.layers.stack_results import region_look

if TYPE_CHECKING:
    from napari.types import LayerData

__all__ = ["get_reader", "read_store"]

ALONE = "filled pixels alone"  # the role of a layer without its stack
_JOURNAL = ".journal"
Reader = Callable[[Any], "list[LayerData]"]


def get_reader(path: str | Sequence[str]) -> Reader | None:
    """Return what reads a path, for napari; None if it is no patch store.

    Parameters
    ----------
    path : str or sequence of str
        Folders of patch stores, or the journals beside them.
    """
    paths = [path] if isinstance(path, str) else list(path)
    if not paths or not all(found_at(_store_of(each)).ours for each in paths):
        return None
    return lambda chosen: [
        layer
        for each in ([chosen] if isinstance(chosen, str) else chosen)
        for layer in read_store(_store_of(each))
    ]


def read_store(path: Path) -> list[LayerData]:
    """Return the layers of a patch store: the filled stack, and what each pixel was filled from.

    The stack is taken from the viewer, if it is open there, or else from its file. Nothing of it
    is copied. If it is gone, the filled pixels come alone, and a warning says so.

    Parameters
    ----------
    path : Path
        Of the folder.

    Returns
    -------
    list of (array, dict, str)

    Raises
    ------
    UnreadableFileError
        If there is no store, or not all of it.
    MissingDependencyError
    """
    found = found_at(path)
    store = PatchStore.open(path, read_only=True)
    levels = _levels_of(found, store)
    about = found.about
    role, name = FINAL, about.get("name") or stem_of(path).removesuffix(" filled")
    if levels is None:
        role = ALONE  # not to be written as if it were the filled stack
        _warn(
            f"The stack “{name}” is not where it was, so only the pixels that were filled in it "
            "are shown. Open the stack first, and then these again."
        )
        levels = [np.broadcast_to(np.zeros((), store.dtype), store.axes.shape)]
    overlay = Overlay(levels, store.axes, (), store)
    several = len(levels) > 1
    shape = store.axes.without_colour().shape
    spatial = {
        key: about[key]
        for key in ("scale", "translate", "units", "axis_labels")
        if len(about.get(key) or ()) == len(shape)
    }
    told = {
        "axes": "".join(name or "?" for name in store.axes.names),
        "shape": list(store.axes.shape),
        "store": str(path),
        "image": about.get("name", ""),
    }
    image = {
        **spatial,
        "name": f"{name} {role}",
        "rgb": store.axes.colour is not None,
        "multiscale": several,
        "metadata": {PROVENANCE: {**told, "role": role}},
    }
    if about.get("contrast_limits"):
        image["contrast_limits"] = about["contrast_limits"]
    labels = {
        **spatial,
        "name": f"{name} {REGION}",
        **region_look(),
        "multiscale": several,
        "metadata": {PROVENANCE: {**told, "role": REGION}},
    }
    return [(overlay.image, image, "image"), (overlay.labels, labels, "labels")]


def _store_of(path: str) -> Path:
    return Path(str(path).removesuffix(_JOURNAL))


def _levels_of(found: Found, store: PatchStore) -> list[Any] | None:
    """Return the stack that a store is of, all levels of it; None if it is nowhere."""
    from napari import current_viewer

    viewer = current_viewer()
    for layer in [] if viewer is None else viewer.layers:
        fits = layer.name == found.about.get("name") and hasattr(layer, "rgb")
        if fits and _is_of(data_of(layer), store):
            return list(layer.data) if layer.multiscale else [layer.data]
    path = Path(str(found.about.get("path") or "."))
    if not found.about.get("path") or not path.exists():
        return None
    try:
        levels = open_levels(path)
    except GreyfillError:
        return None
    return levels if _is_of(levels[0], store) else None


def _is_of(data: Any, store: PatchStore) -> bool:  # noqa: ANN401 - any array type
    try:
        store.require_fit(store.axes, data.dtype)
    except GreyfillError:
        return False
    return tuple(data.shape) == store.axes.shape


def _warn(text: str) -> None:
    from napari.utils.notifications import show_warning

    show_warning(text)
