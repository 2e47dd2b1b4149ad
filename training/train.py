"""Train the correcting network from a seed; see docs/model_card_correction.md for the recipe."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor

from training.network import CorrectionNetwork
from training.samples import Samples, samples

__all__ = ["Recipe", "train"]

HOLE = 2  # the feature that is the hole
EPSILON = 1e-4  # squared error, in squared deviations, that is as good as none


@dataclass(frozen=True)
class Recipe:
    """Everything the weights depend on."""

    count: int = 3500
    steps: int = 2200
    side: int = 128
    batch: int = 16
    real: float = 0.5
    rate: float = 2e-3
    validation: int = 192
    seed: int = 0


def train(recipe: Recipe, folder: Path, threads: int = 1) -> list[dict[str, float]]:
    """Train, writing ``correction.safetensors`` and ``log.jsonl``; return the log.

    Samples, first weights and their order depend on the seed alone; another version of torch
    or another number of threads rounds differently.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(threads)
    torch.manual_seed(recipe.seed)
    log = _Log(folder / "log.jsonl", recipe)
    held_out = _drawn(recipe.validation, recipe, recipe.seed + 1, log)
    data = _drawn(recipe.count, recipe, recipe.seed, log)
    network = CorrectionNetwork()
    optimizer = torch.optim.Adam(network.parameters(), lr=recipe.rate, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.rate, total_steps=recipe.steps, pct_start=0.08
    )
    recent: list[float] = []
    for step, (seen, wanted) in enumerate(_batches(data, recipe), start=1):
        loss = _log_error(network(seen), wanted, seen).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        recent.append(float(loss.detach()))
        if step % max(recipe.steps // 11, 1) == 0 or step == recipe.steps:
            _save(network, folder, recipe)
            gain = _gain(network, held_out, recipe.batch)
            log.write(step=step, loss=float(np.mean(recent)), validation_gain_db=gain)
            recent.clear()
    return log.lines


def _drawn(count: int, recipe: Recipe, seed: int, log: _Log) -> Samples:
    """Return all samples of a seed."""
    pieces = []
    for piece in samples(count, recipe.side, seed, recipe.real):
        pieces.append(piece)
        log.write(seed=seed, samples=sum(len(p.targets) for p in pieces))
    return Samples(
        np.concatenate([p.features for p in pieces]), np.concatenate([p.targets for p in pieces])
    )


def _batches(data: Samples, recipe: Recipe) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield batches in random order, each turned, mirrored and perhaps inverted."""
    rng = np.random.default_rng(recipe.seed)
    order: NDArray[np.intp] = np.empty(0, dtype=np.intp)
    for _ in range(recipe.steps):
        while len(order) < recipe.batch:
            order = np.concatenate([order, rng.permutation(len(data.targets))])
        chosen, order = order[: recipe.batch], order[recipe.batch :]
        turns, mirror = int(rng.integers(4)), bool(rng.integers(2))
        sign = np.where(rng.random(recipe.batch) < 0.5, -1, 1).astype(np.float32)
        seen = data.features[chosen].astype(np.float32)
        seen[:, :HOLE] *= sign[:, None, None, None]
        wanted = data.targets[chosen].astype(np.float32) * sign[:, None, None, None]
        yield _turned(seen, turns, mirror), _turned(wanted, turns, mirror)


def _turned(maps: NDArray[np.float32], turns: int, mirror: bool) -> Tensor:
    turned = np.rot90(maps, turns, axes=(2, 3))
    return torch.from_numpy(np.ascontiguousarray(turned[..., ::-1] if mirror else turned))


def _log_error(correction: Tensor, wanted: Tensor, seen: Tensor) -> Tensor:
    """Return the logarithm of each sample's mean squared error in the hole.

    Its mean falls by the same amount for every decibel won, on easy and on hard pictures.
    """
    hole = seen[:, HOLE : HOLE + 1]
    squared = ((correction - wanted) ** 2 * hole).sum(dim=(1, 2, 3)) / hole.sum(dim=(1, 2, 3))
    return torch.log(squared + EPSILON)


def _gain(network: CorrectionNetwork, data: Samples, batch: int) -> float:
    """Return how many decibels the correction wins over the spectral fill, on average."""
    won = []
    with torch.no_grad():
        for start in range(0, len(data.targets), batch):
            seen, wanted = (
                torch.from_numpy(part[start : start + batch].astype(np.float32))
                for part in (data.features, data.targets)
            )
            after = _log_error(network(seen), wanted, seen)
            won.append(_log_error(torch.zeros_like(wanted), wanted, seen) - after)
    return float(torch.cat(won).mean()) * 10 / float(np.log(10))


def _save(network: CorrectionNetwork, folder: Path, recipe: Recipe) -> None:
    tensors = {name: w.numpy().astype(np.float16) for name, w in network.state_dict().items()}
    notes = {"recipe": json.dumps(asdict(recipe)), "torch": torch.__version__}
    save_file(tensors, folder / "correction.safetensors", metadata=notes)


class _Log:
    """Lines of JSON, in a file and in memory."""

    def __init__(self, path: Path, recipe: Recipe) -> None:
        self.lines: list[dict[str, float]] = []
        self._path = path
        path.write_text(json.dumps(asdict(recipe)) + "\n")

    def write(self, **values: float) -> None:
        line = {**values, "cpu_seconds": round(time.process_time(), 1)}
        self.lines.append(line)
        with self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")
