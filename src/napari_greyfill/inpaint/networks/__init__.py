"""Published reconstruction networks, one folder each; importing them does not import torch."""

from __future__ import annotations

from importlib import import_module

from napari_greyfill.inpaint.networks.description import Network

__all__ = ["NETWORKS"]

# A network's folder has its `Network` as NETWORK; its line here is all that others need.
_FOLDERS = (
    "gmcnn",
    "edgeconnect",
    "deepfillv2",
    "deepfillv1",
    "glcic",
    "pconv",
    "aotgan",
    "contextencoder",
    "shiftnet",
    "prvs",
    "pggan",
    "msnps",
)

NETWORKS: tuple[Network, ...] = tuple(
    import_module(f"{__name__}.{folder}").NETWORK for folder in _FOLDERS
)
