"""Checkpoints of published networks: which there are, how to get them, and loading them safely.

Importing this package imports neither torch nor what downloads need.
"""

from napari_greyfill.weights.catalogue import CheckpointInfo, catalogue, find_checkpoint
from napari_greyfill.weights.folder import State, weights_folder
from napari_greyfill.weights.loading import load_state_dict
from napari_greyfill.weights.store import StoredCheckpoint, WeightsStore

__all__ = [
    "CheckpointInfo",
    "State",
    "StoredCheckpoint",
    "WeightsStore",
    "catalogue",
    "find_checkpoint",
    "load_state_dict",
    "weights_folder",
]
