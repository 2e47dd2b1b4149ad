"""Reference networks with rule-made weights: build the checkpoint, load the arrays.

Each ``NAME.json`` lists the tensors of a checkpoint and the rule that fills each of them;
``NAME.npz`` holds inputs and outputs that the reference implementation computed with them.
A draw is made by numpy's default generator, seeded with ``[seed, crc32("fill_name:key")]``.
``data/golden/README.md`` tells what the files hold.
"""

import json
import zlib
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "data" / "golden"

_SPECTRAL = ("sn_u", "sn_v")


def arrays(name: str, case: str = "a", source: Path = FOLDER) -> dict[str, np.ndarray]:
    """Return the inputs and outputs of a case, without the case's prefix.

    The case "" stands for the arrays that belong to no case.
    """
    with np.load(source / f"{name}.npz") as file:
        if not case:
            return {key: file[key] for key in file.files if "." not in key}
        start = f"{case}."
        return {k.removeprefix(start): file[k] for k in file.files if k.startswith(start)}


def names(name: str, source: Path = FOLDER) -> list[str]:
    """Return the names of all arrays of a file, with their cases' prefixes."""
    with np.load(source / f"{name}.npz") as file:
        return file.files


def picture(case: dict[str, np.ndarray], multiple_of: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Return a case's image in [0, 1], 0 in the hole, and the hole, cropped to a multiple."""
    height, width = (side // multiple_of * multiple_of for side in case["mask"].shape)
    hole = case["mask"][:height, :width] > 127
    image = case["image"][:height, :width].astype(np.float32) / np.float32(255)
    return np.where(hole[..., None], np.float32(0), image), hole


def state_dict(name: str, which: str = "tensors", source: Path = FOLDER) -> dict[str, np.ndarray]:
    """Return the tensors of a checkpoint, filled by their rules and checked by their CRC."""
    spec = _spec(name, source)
    fill_name = spec["fill_name"] + ("" if which == "tensors" else f".{which}")
    filled: dict[str, np.ndarray] = {}
    for entry in spec[which]:
        key = entry["key"]
        filled[key] = _filled(entry, spec["seed"], fill_name, filled)
        # the last bit of a spectral norm's vectors depends on how numpy was built
        if entry["rule"] not in _SPECTRAL:
            assert zlib.crc32(filled[key].tobytes()) == entry["crc32"], key
    return filled


def checkpoint(name: str, folder: Path, prefix: str = "", source: Path = FOLDER) -> Path:
    """Write a checkpoint file as it is published, and return its path.

    Parameters
    ----------
    name : str
    folder : Path
    prefix : str
        Put before every key; "module." is what training on several devices does.
    source : Path
        Where the file's ``NAME.json`` is.
    """
    import torch

    container = _spec(name, source)["container"]
    filled = state_dict(name, source=source)
    tensors = {prefix + k: torch.from_numpy(v) for k, v in filled.items()}
    if container["kind"] == "dict":
        content = {**container.get("extra", {}), container["state_dict_key"]: tensors}
    else:
        assert container["kind"] == "flat", container["kind"]
        content = tensors
    path = folder / f"{name}.pth"
    torch.save(content, path)
    return path


def _spec(name: str, source: Path) -> dict:
    return json.loads((source / f"{name}.json").read_text())


def _filled(entry: dict, seed: int, fill_name: str, others: dict[str, np.ndarray]) -> np.ndarray:
    shape, dtype, rule = tuple(entry["shape"]), np.dtype(entry["dtype"]), entry["rule"]
    if rule == "constant":
        return np.full(shape, entry["value"], dtype)
    if rule == "identity":
        return np.broadcast_to(np.eye(shape[-1], dtype=dtype), shape).copy()
    if rule in _SPECTRAL:
        return _spectral(entry, seed, fill_name, others).astype(dtype)
    draw = _draw(entry["key"], shape, seed, fill_name)
    if rule == "abs_normal":
        draw = np.abs(draw)
    else:
        assert rule == "normal", rule
    return np.asarray(draw * np.float32(entry["scale"]) + np.float32(entry["mean"]), dtype)


def _draw(key: str, shape: tuple[int, ...], seed: int, fill_name: str) -> np.ndarray:
    rng = np.random.default_rng([seed, zlib.crc32(f"{fill_name}:{key}".encode())])
    return rng.standard_normal(shape, dtype=np.float32)


def _spectral(entry: dict, seed: int, fill_name: str, others: dict[str, np.ndarray]) -> np.ndarray:
    """Return u or v after one power iteration on the layer's weight, in float64."""
    layer = entry["key"].rpartition(".")[0]
    # one row for each output channel
    matrix = np.swapaxes(others[f"{layer}.weight_orig"], 0, entry["matrix_dim"])
    matrix = matrix.reshape(len(matrix), -1).astype(np.float64)
    u = _draw(f"{layer}.weight_u", (len(matrix),), seed, fill_name)
    v = _unit(matrix.T @ _unit(u.astype(np.float64)))
    return v if entry["rule"] == "sn_v" else _unit(matrix @ v)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
