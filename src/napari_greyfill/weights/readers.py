"""What reads each format of checkpoints, after a look has shown that it is safe to read.

Torch and safetensors are imported by the functions that need them.
"""

from __future__ import annotations

import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from pickle import UnpicklingError
from typing import Any

from napari_greyfill.compute.pytorch import require_torch
from napari_greyfill.errors import BadCheckpointError, MissingDependencyError
from napari_greyfill.weights.inspection import LARGEST

__all__ = ["DAMAGED", "damaged", "member_of", "with_graph", "with_safetensors", "with_torch"]

# The first torch whose restricted unpickler has none of the holes that are known: CVE-2025-32434
# was closed in 2.6, CVE-2026-24747 in 2.10.
_SAFE_TORCH = (2, 10)
# Whatever damaged files make torch and Python's own readers raise.
DAMAGED = (
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    EOFError,
    OSError,
    MemoryError,
    UnpicklingError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def damaged(name: str) -> BadCheckpointError:
    """Return the error that a file cannot be read."""
    return BadCheckpointError(
        f"{name} is damaged, cut off, or no checkpoint; get it again or choose another file."
    )


def with_safetensors(content: bytes, name: str) -> object:
    """Return the tensors in a safetensors file.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        What messages call it.

    Raises
    ------
    BadCheckpointError
        If it is damaged.
    MissingDependencyError
        If PyTorch is not installed.
    """
    require_torch(_loading(name))
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(content)
    except SafetensorError as error:
        raise damaged(name) from error


def with_graph(content: bytes, name: str) -> object:
    """Return the constants of a frozen TensorFlow graph as tensors.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        What messages call it.

    Raises
    ------
    BadCheckpointError
        If it is damaged, or claims what it does not hold.
    MissingDependencyError
        If PyTorch is not installed.
    """
    from napari_greyfill.weights.graph import constants

    try:
        found = constants(content)
    except ValueError as error:
        wrong = "text that nobody can read" if isinstance(error, UnicodeError) else error
        raise BadCheckpointError(
            f"{name} is a frozen graph of TensorFlow that is damaged or made to do harm: it has "
            f"{wrong}; get it again or choose another file."
        ) from error
    require_torch(_loading(name))
    import torch

    return {name: torch.from_numpy(array.copy()) for name, array in found.items()}


def _loading(name: str) -> str:
    return f"Looking at the tensors of {name}"


def member_of(content: bytes, member: str) -> bytes:
    """Return one file of an archive, whose sizes were looked at.

    Parameters
    ----------
    content : bytes
        The whole archive.
    member : str
        The name of the file in it.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive, archive.open(member) as file:
        found = file.read(LARGEST + 1)
    if len(found) > LARGEST:
        raise ValueError("larger than it claims")
    return found


class _Nothing:
    """Stands for things of training in a checkpoint; takes whatever it is given and forgets it."""

    def __new__(cls, *_: object, **__: object) -> _Nothing:
        return super().__new__(cls)

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


def with_torch(content: bytes, name: str, others: Sequence[str] = ()) -> object:
    """Return what torch has written, through its restricted unpickler.

    Parameters
    ----------
    content : bytes
        The whole file, which was looked through.
    name : str
        What messages call it.
    others : sequence of str
        Names of things of training, in whose place comes a thing that does nothing.

    Raises
    ------
    BadCheckpointError
        If it is damaged.
    MissingDependencyError
        If PyTorch is not installed, or too old to load safely.
    """
    require_torch(_loading(name))
    import torch

    _require_safe_torch(torch.__version__)
    nothing: list[Any] = [(_Nothing, each) for each in others]
    try:
        with warnings.catch_warnings(), torch.serialization.safe_globals(nothing):
            warnings.simplefilter("ignore")  # whatever torch says is said better below
            return torch.load(BytesIO(content), map_location="cpu", weights_only=True, mmap=False)
    except DAMAGED as error:
        raise damaged(name) from error


def _require_safe_torch(version: str) -> None:
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < _SAFE_TORCH:
        needed = ".".join(map(str, _SAFE_TORCH))
        raise MissingDependencyError(
            f"Loading checkpoints safely needs PyTorch {needed} or newer, and {version} is "
            "installed; update it with: pip install -U torch"
        )
