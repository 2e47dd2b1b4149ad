"""The tensors of a network that Torch7 has written, by names such as PyTorch gives.

Modules in a row, however they are nested, are numbered from 0: "0.weight", "0.bias". What a
module is, and by which numbers it works, does not show in its tensors, so it is kept beside them
as text, which a network compares with its own layers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.pytorch import require_torch
from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.weights.torch7 import Record, read_torch7

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["MODULES", "modules_of", "torch7_tensors"]

MODULES = "modules"  # the name of the text about them
_MOST = 10_000  # values that are looked at
_DEEPEST = 20
_IN_A_ROW = "nn.Sequential"
_TENSORS = ("weight", "bias", "running_mean", "running_var")
# What tells modules with the same tensors apart.
_NUMBERS = (
    *("dW", "dH", "padW", "padH", "adjW", "adjH", "dilationW", "dilationH"),
    *("negval", "eps", "alpha", "groups"),
)


def torch7_tensors(content: bytes, name: str) -> dict[str, Tensor]:
    """Return the tensors of the network in a file.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        What messages call it.

    Returns
    -------
    dict of str to tensor
        Floating numbers as float32. Beside each row of modules stands a text about them, as a
        tensor of bytes, which `modules_of` reads.

    Raises
    ------
    BadCheckpointError
        If the file is damaged, claims too much, or holds no row of modules.
    MissingDependencyError
        If PyTorch is not installed.
    """
    found = dict(_Walk(name).tensors(read_torch7(content, name), "", 0))
    if not found:
        raise BadCheckpointError(
            f"{name} is a Torch7 file without a network in it; choose another file."
        )
    require_torch(f"Looking at the tensors of {name}")
    import torch

    return {key: torch.from_numpy(_plain(array)) for key, array in found.items()}


def modules_of(text: Tensor) -> list[dict[str, Any]]:
    """Return what is known about each module of a row: its "type" and its numbers."""
    modules: list[dict[str, Any]] = json.loads(bytes(text.tolist()))
    return modules


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    kind = array.dtype if array.dtype == np.uint8 else np.int64
    return np.array(array, dtype=np.float32 if array.dtype.kind == "f" else kind, order="C")


class _Walk:
    """Goes through what was read, as far as any checkpoint is wide and deep."""

    def __init__(self, name: str) -> None:
        self._name, self._count = name, 0

    def tensors(self, value: object, path: str, depth: int) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yield arrays by name."""
        self._step(depth)
        if isinstance(value, Record):
            yield from self._network(value, path, depth)
        elif isinstance(value, np.ndarray) and path:
            yield path, value
        elif isinstance(value, dict):
            numbers = _listed(value)
            if numbers is not None and path:
                yield path, numbers
                return
            for key, inner in value.items():
                if isinstance(key, str):
                    yield from self.tensors(inner, f"{path}.{key}".strip("."), depth + 1)

    def _network(self, value: Record, path: str, depth: int) -> Iterator[tuple[str, NDArray[Any]]]:
        if value.name != _IN_A_ROW:
            if not path:
                raise self._other(value)
            return
        start = f"{path}." if path else ""
        about = []
        for number, module in enumerate(self._in_a_row(value, depth)):
            about.append(_about(module))
            for kind, array in _of_module(module).items():
                yield f"{start}{number}.{kind}", array
        text = json.dumps(about).encode()
        yield f"{start}{MODULES}", np.frombuffer(text, np.uint8)

    def _in_a_row(self, container: Record, depth: int) -> Iterator[Record]:
        modules = container.fields.get("modules")
        if not isinstance(modules, dict):
            raise self._other(container)
        for number in range(1, len(modules) + 1):
            self._step(depth)
            module = modules.get(number)
            if not isinstance(module, Record):
                raise self._other(container)
            if module.name == _IN_A_ROW:
                yield from self._in_a_row(module, depth + 1)
            elif "modules" in module.fields:
                raise self._other(module)
            else:
                yield module

    def _step(self, depth: int) -> None:
        self._count += 1
        if self._count > _MOST or depth > _DEEPEST:
            raise BadCheckpointError(
                f"{self._name} is a Torch7 file with more modules than any network we know has, "
                "so it was refused; choose another file."
            )

    def _other(self, record: Record) -> BadCheckpointError:
        return BadCheckpointError(
            f"{self._name} is a Torch7 file with a network of another kind ({record.name:.60}) "
            "than a row of modules, and we know none that is like that; choose another file."
        )


def _listed(table: dict[Any, Any]) -> NDArray[Any] | None:
    """Return a list of numbers as an array; None if a table is something else."""
    values = [table.get(number) for number in range(1, len(table) + 1)]
    if values and all(isinstance(value, float) for value in values):
        return np.array(values)
    return None


def _about(module: Record) -> dict[str, Any]:
    numbers = {key: module.fields[key] for key in _NUMBERS if _is_number(module.fields.get(key))}
    return {"type": module.name.rpartition(".")[2][:100], **numbers}


def _is_number(value: object) -> bool:
    return isinstance(value, float) and bool(np.isfinite(value))


def _of_module(module: Record) -> dict[str, NDArray[Any]]:
    """Return the tensors of one module, in PyTorch's shapes."""
    held = module.fields
    found = {kind: held[kind] for kind in _TENSORS if isinstance(held.get(kind), np.ndarray)}
    spread = held.get("running_std")  # one over it, in files from before 2016
    if "running_var" not in found and isinstance(spread, np.ndarray) and spread.dtype.kind == "f":
        eps = held.get("eps")
        with np.errstate(all="ignore"):  # numbers that are none are noticed where all are
            power = spread.astype(np.float64) ** -2
        found["running_var"] = power - (eps if isinstance(eps, float) else 1e-5)
    weight = found.get("weight")
    if weight is not None:
        found["weight"] = _four_axes(weight, held)
    return {kind: array for kind, array in found.items() if array.size}


def _four_axes(weight: NDArray[Any], held: dict[Any, Any]) -> NDArray[Any]:
    """Return the kernels of a convolution with an axis for each of their sides."""
    sides = [held.get(key) for key in ("nInputPlane", "kH", "kW")]
    if weight.ndim == 2 and all(_is_number(side) for side in sides):
        shape = (len(weight), *(int(side) for side in sides if side is not None))
        if min(shape) > 0 and prod(shape) == weight.size:
            return np.reshape(weight, shape)
    if weight.ndim == 5 and len(weight) == 1:
        return np.reshape(weight, weight.shape[1:])
    return weight
