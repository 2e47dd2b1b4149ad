"""Checkpoints are tried out, and what is wrong with them is remembered."""

import os

import pytest
import torch

from napari_greyfill.errors import (
    BadCheckpointError,
    MissingWeightsError,
)
from napari_greyfill.weights.folder import file_sha256
from tests.weights.stores import saved, states


def test_verifying_reads_the_file_whatever_size_and_time_say(weights, file):
    path = weights.add(file, "conv-faces").path
    status = path.stat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert states(weights)["conv-faces"] == "ready"
    with pytest.raises(BadCheckpointError, match="has changed since it was added"):
        weights.verify("conv-faces")


def test_verifying_loads_the_file(weights):
    weights.folder.create()
    saved(weights.folder.path / "conv_faces.pth", **{"other.weight": torch.ones(2)})
    (weights.folder.path / "conv_places.pth").write_bytes(b"no checkpoint")
    for name in ("conv-faces", "conv-places"):
        info = weights.info(name)
        weights.folder.accept(info, file_sha256(weights.folder.file(info)))
    assert states(weights)["conv-places"] == "ready"
    with pytest.raises(BadCheckpointError, match=r"is a checkpoint of another network \(other\);"):
        weights.verify("conv-faces")
    with pytest.raises(BadCheckpointError, match=r"conv_places\.pth is text, not the checkpoint"):
        weights.verify("conv-places")
    with pytest.raises(MissingWeightsError):
        weights.verify("other-only")
