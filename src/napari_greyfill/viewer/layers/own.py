"""Which layers are ours: made by a dock, and as that dock left them.

A layer that was renamed, painted on or duplicated is the user's. What tells is kept in the layer
itself, so that a dock knows the layers of one that was closed before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_greyfill.viewer.layers.models import checksum

if TYPE_CHECKING:
    from napari.layers import Layer
    from napari.viewer import Viewer

__all__ = ["Purpose", "disown", "find_own", "own_layers", "sign", "source_of"]

_SIGNATURE = "greyfill layer"  # key in the metadata


@dataclass(frozen=True)
class Purpose:
    """What a layer is there for; a viewer has one layer of ours for each purpose.

    Attributes
    ----------
    maker : str
        The kind of work it came from.
    source : str
        Unique id of the image layer.
    index : tuple of int
        The plane of the image.
    label : str
        What tells apart the results for one plane.
    role : str
        What the layer shows of the result.
    """

    maker: str
    source: str
    index: tuple[int, ...]
    label: str = ""
    role: str = ""

    def to(self, label: str, role: str) -> Purpose:
        """Return the purpose of another layer for the same plane."""
        return replace(self, label=label, role=role)


def sign(layer: Layer, purpose: Purpose) -> None:
    """Remember a layer as ours, as it is now.

    Parameters
    ----------
    layer : Layer
        The pixels it has now count as ours.
    purpose : Purpose
        What it is for.
    """
    layer.metadata[_SIGNATURE] = {**_as_dict(purpose), "as": _state(layer)}


def disown(layer: Layer) -> None:
    """Leave a layer to the user."""
    layer.metadata.pop(_SIGNATURE, None)


def source_of(layer: Layer) -> str:
    """Return the unique id of the image that a layer of ours was made from; empty if it is not."""
    signature = layer.metadata.get(_SIGNATURE)
    return str(signature.get("source", "")) if isinstance(signature, dict) else ""


def own_layers(viewer: Viewer, place: Purpose) -> Iterator[tuple[Purpose, Layer]]:
    """Yield the layers of ours for the plane of a purpose, whatever their label and role.

    Parameters
    ----------
    viewer : Viewer
        Where they are.
    place : Purpose
        Of the plane.
    """
    return ((purpose, layer) for purpose, layer in _signed(viewer, place) if _is_as_left(layer))


def find_own(viewer: Viewer, purpose: Purpose) -> Layer | None:
    """Return the layer of ours for a purpose, the one added last if there are several.

    Parameters
    ----------
    viewer : Viewer
        Where it may be.
    purpose : Purpose
        What it is for.
    """
    found = [layer for each, layer in _signed(viewer, purpose) if each == purpose]
    return next(filter(_is_as_left, reversed(found)), None)


def _signed(viewer: Viewer, place: Purpose) -> Iterator[tuple[Purpose, Layer]]:
    for layer in list(viewer.layers):
        signature = layer.metadata.get(_SIGNATURE)
        if not isinstance(signature, dict):
            continue
        purpose = place.to(signature.get("label", ""), signature.get("role", ""))
        if signature == {**_as_dict(purpose), "as": signature.get("as")}:
            yield purpose, layer


def _as_dict(purpose: Purpose) -> dict[str, Any]:
    """Return what JSON can hold, because others may write a layer's metadata."""
    return {**asdict(purpose), "source": str(purpose.source), "index": list(purpose.index)}


def _is_as_left(layer: Layer) -> bool:
    return bool(layer.metadata[_SIGNATURE]["as"] == _state(layer))


def _state(layer: Layer) -> dict[str, Any]:
    """Return what changes if a layer is renamed, painted on or duplicated."""
    levels = layer.data if getattr(layer, "multiscale", False) else [layer.data]
    pixels = [part for level in levels for part in _pixels(level)]
    return {"id": str(layer.unique_id), "name": layer.name, "pixels": pixels}


def _pixels(data: Any) -> list[Any]:  # noqa: ANN401 - any array type
    """Return what changes if pixels do; the name of a dask array tells how it is made."""
    known = checksum(data) if isinstance(data, np.ndarray) else getattr(data, "name", None)
    return [known, str(data.dtype), *data.shape]
