"""Train the correcting network from a seed; docs/model_card_correction.md has the recipe.

Every step draws a few new samples into a pool and learns from a random batch of the pool. What
is saved is the running average of the weights, so that a run cut off early is usable.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from safetensors.torch import load_file
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from training import photographs
from training.network import CorrectionNetwork
from training.samples import sample

__all__ = ["Recipe", "train"]

HOLE = 3  # the feature that is the hole
EPSILON = 1e-4  # squared error, in squared deviations, that is as good as none


@dataclass(frozen=True)
class Recipe:
    """Everything the weights depend on.

    Attributes
    ----------
    steps : int
        Of the optimiser.
    side : int
        Of the scenes, in pixels.
    batch, fresh : int
        Samples per step: learned from, and newly drawn into the pool.
    pool : int
        Samples in the pool from which on no new ones are drawn.
    first : int
        Samples in the pool before the first step.
    real : float
        Share of crops of photographs.
    rate : float
        Learning rate, reached after `warm_up` steps, falling by cosine over the last fifth.
    average : float
        Decay of the running average of the weights, per step.
    validation : int
        Samples of the next seed that are only measured.
    report : int
        Steps between two measurements; weights are saved then.
    half : bool
        Whether to compute in bfloat16, twice as fast where the processor has it. Weights, their
        average and the loss stay in single precision.
    """

    steps: int = 9000
    side: int = 128
    batch: int = 8
    fresh: int = 1
    pool: int = 4000
    first: int = 64
    real: float = 0.5
    rate: float = 1e-3
    warm_up: int = 50
    average: float = 0.99
    validation: int = 48
    report: int = 300
    half: bool = False
    seed: int = 0


def train(
    recipe: Recipe,
    folder: Path,
    *,
    begin: Path | None = None,
    larger: Path | None = None,
    stop: int | None = None,
    threads: int = 1,
    workers: int = 1,
) -> list[dict[str, float]]:
    """Train, writing ``correction.safetensors`` and ``log.jsonl``; return the log.

    Samples, first weights and order depend on the seed alone; another version of torch or
    another number of threads rounds differently. With `begin`, a safetensors file, its weights
    are the first; they may be of a narrower network. With `larger`, a folder, part of the real
    pictures are the photographs of `training.photographs`. With `stop`, the run ends after so
    many steps, with the weights that the whole run would have then. Samples drawn many at a time
    are drawn by so many `workers`.
    """
    if larger is not None:
        photographs.check(larger)
    last = recipe.steps if stop is None else min(stop, recipe.steps)
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(threads)
    torch.manual_seed(recipe.seed)
    log = _Log(folder / "log.jsonl", recipe)
    held_out = _Pool(recipe, recipe.seed + 1, larger, workers)
    held_out.grow(recipe.validation)
    pool = _Pool(recipe, recipe.seed, larger, workers)
    pool.grow(recipe.first)
    network = CorrectionNetwork()
    if begin is not None:
        network.begin_with({name: w.float() for name, w in load_file(begin).items()})
    network = network.to(memory_format=torch.channels_last)
    average = AveragedModel(network, avg_fn=_averaging(recipe.average))
    optimizer = torch.optim.Adam(network.parameters(), lr=recipe.rate, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, recipe))
    rng = np.random.default_rng(recipe.seed)
    recent: list[float] = []
    for step in range(1, last + 1):
        pool.grow(min(recipe.fresh, recipe.pool - len(pool)))
        seen, wanted = pool.batch(rng)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=recipe.half):
            correction = network(seen.contiguous(memory_format=torch.channels_last))
        loss = _log_error(correction.float(), wanted, seen).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
        recent.append(float(loss.detach()))
        if step % recipe.report == 0 or step == last:
            _save(average.module, folder, recipe, step)
            gain = _gain(average.module, held_out)
            log.write(step=step, loss=float(np.mean(recent)), validation_gain_db=gain)
            recent.clear()
    return log.lines


def _averaging(decay: float):  # noqa: ANN202 - torch wants a function of tensors
    """Return a running average that starts as a plain mean."""

    def update(old: Tensor, new: Tensor, count: Tensor | int) -> Tensor:
        share = max(1.0 - decay, 1.0 / (float(count) + 1.0))
        return old + share * (new - old)

    return update


def _rate(step: int, recipe: Recipe) -> float:
    """Return the learning rate relative to the highest."""
    left = (recipe.steps - step) / max(0.2 * recipe.steps, 1)
    falling = 0.5 - 0.5 * float(np.cos(np.pi * min(left, 1.0)))
    return min((step + 1) / recipe.warm_up, 1.0) * max(falling, 0.01)


class _Pool:
    """All samples drawn so far from one seed, by as many processes as there are workers."""

    def __init__(self, recipe: Recipe, seed: int, larger: Path | None, workers: int) -> None:
        self._recipe, self._seed, self._larger, self._workers = recipe, seed, larger, workers
        self._seen: list[NDArray[np.float16]] = []
        self._wanted: list[NDArray[np.float16]] = []

    def __len__(self) -> int:
        return len(self._seen)

    def grow(self, count: int) -> None:
        draw = partial(_drawn, self._recipe, self._seed, self._larger)
        indices = range(len(self), len(self) + count)
        if count > 1 and self._workers > 1:
            # a fork would inherit torch's threads, which do not survive it
            with ProcessPoolExecutor(self._workers, get_context("spawn")) as workers:
                self._add(workers.map(draw, indices, chunksize=8))
        else:
            self._add(map(draw, indices))

    def _add(self, samples: Iterable[tuple[NDArray[np.float16], NDArray[np.float16]]]) -> None:
        for seen, wanted in samples:
            self._seen.append(seen)
            self._wanted.append(wanted)

    def batch(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Return a random batch, turned, mirrored and in part inverted."""
        chosen = rng.integers(len(self), size=self._recipe.batch)
        turns, mirror = int(rng.integers(4)), bool(rng.integers(2))
        sign = np.where(rng.random(len(chosen)) < 0.5, -1, 1).astype(np.float32)
        seen, wanted = self._stacked(chosen)
        seen[:, :HOLE] *= sign[:, None, None, None]
        wanted *= sign[:, None, None, None]
        return _turned(seen, turns, mirror), _turned(wanted, turns, mirror)

    def piece(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Return samples as they are."""
        chosen = np.arange(start, min(stop, len(self)))
        seen, wanted = self._stacked(chosen)
        return torch.from_numpy(seen), torch.from_numpy(wanted)

    def _stacked(
        self, chosen: NDArray[np.intp]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        seen = np.stack([self._seen[i] for i in chosen]).astype(np.float32)
        wanted = np.stack([self._wanted[i] for i in chosen]).astype(np.float32)
        return seen, wanted


def _drawn(
    recipe: Recipe, seed: int, larger: Path | None, index: int
) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    seen, wanted = sample(recipe.side, (seed, index), recipe.real, larger)
    return seen.astype(np.float16), wanted.astype(np.float16)


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


def _gain(network: torch.nn.Module, held_out: _Pool) -> float:
    """Return how many decibels the correction wins over the spectral fill, on average."""
    won = []
    with torch.no_grad():
        for start in range(0, len(held_out), 16):
            seen, wanted = held_out.piece(start, start + 16)
            after = _log_error(network(seen), wanted, seen)
            won.append(_log_error(torch.zeros_like(wanted), wanted, seen) - after)
    return float(torch.cat(won).mean()) * 10 / float(np.log(10))


def _save(network: torch.nn.Module, folder: Path, recipe: Recipe, step: int) -> None:
    tensors = {
        name: w.numpy().astype(np.float16, order="C") for name, w in network.state_dict().items()
    }
    notes = {"recipe": json.dumps(asdict(recipe)), "step": str(step), "torch": torch.__version__}
    (folder / "correction.safetensors").write_bytes(save(tensors, metadata=notes))


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
