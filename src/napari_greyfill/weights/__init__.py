"""Checkpoints of networks: what is known about each, getting, keeping and loading them safely.

Which are published is said by the networks.

Importing this package imports neither torch nor what downloads need.
"""

from napari_greyfill.weights.catalogue import CheckpointInfo, find_checkpoint
from napari_greyfill.weights.folder import Identity, State, weights_folder
from napari_greyfill.weights.loading import load_state_dict
from napari_greyfill.weights.own import Own
from napari_greyfill.weights.store import WeightsStore
from napari_greyfill.weights.stored import StoredCheckpoint

__all__ = [
    "CheckpointInfo",
    "Identity",
    "Own",
    "State",
    "StoredCheckpoint",
    "WeightsStore",
    "find_checkpoint",
    "load_state_dict",
    "weights_folder",
]
