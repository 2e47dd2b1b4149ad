"""Reference networks with rule-made weights: build the state dict, load the arrays.

Each ``NAME.json`` lists the tensors of a checkpoint and the rule that fills each of them;
``NAME.npz`` holds inputs and outputs that the reference implementation computed with them.
A tensor is drawn by numpy's default generator, seeded with ``[seed, crc32("fill_name:key")]``.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "data" / "golden"


def arrays(name: str) -> dict[str, np.ndarray]:
    """Return the inputs and outputs of case "a", without the case's prefix."""
    with np.load(FOLDER / f"{name}.npz") as file:
        return {key[2:]: file[key] for key in file.files if key.startswith("a.")}


def state_dict(name: str, which: str = "tensors") -> dict[str, np.ndarray]:
    """Return the tensors of a checkpoint, filled by their rules and checked by their CRC."""
    spec = json.loads((FOLDER / f"{name}.json").read_text())
    fill_name = spec["fill_name"] + ("" if which == "tensors" else f".{which}")
    filled = {}
    for entry in spec[which]:
        tensor = _filled(entry, spec["seed"], fill_name)
        assert zlib.crc32(tensor.tobytes()) == entry["crc32"], entry["key"]
        filled[entry["key"]] = tensor
    return filled


def _filled(entry: dict, seed: int, fill_name: str) -> np.ndarray:
    shape, dtype = tuple(entry["shape"]), np.dtype(entry["dtype"])
    if entry["rule"] == "constant":
        return np.full(shape, entry["value"], dtype)
    key = zlib.crc32(f"{fill_name}:{entry['key']}".encode())
    draw = np.random.default_rng([seed, key]).standard_normal(shape, dtype=np.float32)
    if entry["rule"] == "abs_normal":
        draw = np.abs(draw)
    else:
        assert entry["rule"] == "normal", entry["rule"]
    return np.asarray(draw * np.float32(entry["scale"]) + np.float32(entry["mean"]), dtype)
