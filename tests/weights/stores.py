"""Stores of checkpoints of two layouts, which are told by the names of tensors."""

import torch

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.weights import WeightsStore
from napari_greyfill.weights.folder import file_sha256
from tests.weights.conftest import entry

TENSORS = {"conv.weight": torch.arange(8.0).reshape(2, 1, 2, 2), "conv.bias": torch.zeros(2)}


def recognised(state, name, cancelled):
    """Take the first part of the first name for the layout."""
    layout = next(iter(state)).split(".")[0]
    if layout not in ("conv", "other"):
        raise BadCheckpointError(
            "This file is no checkpoint of a network we know; choose another."
        )
    return layout


ENTRIES = (
    entry(id="conv-faces", descriptor="conv", file="conv_faces.pth", published_as="faces.pth"),
    entry(id="conv-places", descriptor="conv", file="conv_places.pth", published_as="places.pth"),
    entry(id="other-only", descriptor="other", file="other_only.pth"),
)


def store_of(folder, entries=ENTRIES):
    return WeightsStore(folder, entries=entries, recogniser=recognised)


def saved(path, **tensors):
    torch.save(tensors or TENSORS, path)
    return path


def published(file, **changes):
    sha256 = file_sha256(file)
    return entry(id="conv-known", descriptor="conv", file="known.pth", sha256=sha256, **changes)


def states(weights):
    return {found.info.id: found.state for found in weights.list()}
