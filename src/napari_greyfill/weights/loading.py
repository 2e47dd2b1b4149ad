"""Load the tensors of a checkpoint without running anything that the file brings along.

Old checkpoints are pickles, which can run any program when loaded. They are only loaded through
torch's restricted unpickler, which makes tensors and plain containers and refuses the rest; what
it refuses is looked through for the reason, so that the message says what the file wanted.
Imports torch only when it loads.
"""

from __future__ import annotations

import hashlib
import os
import pickletools
import re
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from napari_greyfill.errors import (
    BadCheckpoint,
    GreyfillError,
    MissingDependency,
    MissingWeights,
)
from napari_greyfill.weights.catalogue import catalogue
from napari_greyfill.weights.folder import leads_out, megabytes

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["load_state_dict"]

# The first torch whose restricted unpickler has none of the holes that are known: CVE-2025-32434
# was closed in 2.6, CVE-2026-24747 in 2.10.
_SAFE_TORCH = (2, 10)
_LARGEST = 8 << 30  # bytes a zip archive may claim to hold
_RATIO = 200  # times its own size
_LONGEST_PICKLE = 1 << 26  # bytes of a pickle that are looked through for a reason
_ZIP = b"PK\x03\x04"
_WRAPPERS = ("state_dict", "generator", "G", "model")
_GENERATOR, _PARALLEL = "generator.", "module."
# What a pickle of tensors refers to.
_OF_TENSORS = re.compile(
    r"torch\.(\w+Storage|\w*Tensor|Size|device|bool|half|double|long|short|char|byte)"
    r"|torch\.(b?float|q?u?int|complex)[\dx_]*"
    r"|torch\.(storage|cuda)\.\w+Storage|torch\._utils\._rebuild_\w+"
    r"|torch\.nn\.parameter\.Parameter|torch\._tensor\._rebuild_from_type_v2"
    r"|torch\.serialization\._get_layout|collections\.(OrderedDict|Counter)|_codecs\.encode"
)
# Whatever damaged files make torch and Python's own readers raise.
_DAMAGED = (
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


def load_state_dict(
    path: str | os.PathLike[str],
    expected_sha256: str | None = None,
    *,
    allow: Collection[str] = (),
) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint by name.

    Wrappers such as ``{"state_dict": ...}`` are opened, of a file with a generator and more only
    the generator is returned, and prefixes ("generator.", and "module." from training on several
    devices) are removed.

    Parameters
    ----------
    path : path
        A file that torch or safetensors has written, old or new, on whatever device.
    expected_sha256 : str, optional
        The SHA-256 of the file, or how it begins; checked before the file is loaded.
    allow : collection of str
        The SHA-256 of TorchScript archives that the user trusts; these are programs.

    Returns
    -------
    dict of str to tensor
        On the CPU, without gradients.

    Raises
    ------
    MissingWeights
        If there is no such file.
    BadCheckpoint
        If it is damaged, no checkpoint, or not safe to load.
    MissingDependency
        If it is a safetensors file and safetensors is not installed, or torch is too old to
        load other files safely.
    """
    path = Path(path)
    _require_plain_file(path)
    with _explained(path.name), path.open("rb") as file:
        if expected_sha256:
            _require_hash(file, path.name, expected_sha256.lower())
        return _own_tensors(_content(file, path.name, allow), path.name)


def _require_plain_file(path: Path) -> None:
    if not path.exists():
        raise MissingWeights(f"There is no checkpoint {path}; check the path.")
    if leads_out(path):
        raise BadCheckpoint(
            f"{path} is a link to a place outside its folder, so it was refused; "
            "put the file itself there."
        )
    # anything else, such as a pipe, might never end
    if not stat.S_ISREG(path.stat().st_mode):
        raise BadCheckpoint(f"{path} is no file; choose a checkpoint file.")


def _require_hash(file: BufferedReader, name: str, expected: str) -> None:
    found = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    if not found.startswith(expected):
        raise BadCheckpoint(
            f"{name} is not the file it should be (its SHA-256 begins with {found[:8]}, not "
            f"{expected[:8]}), so it was not loaded; get it again."
        )


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turn whatever loading a file raises into `BadCheckpoint`."""
    try:
        yield
    except GreyfillError:
        raise
    except PermissionError as error:
        raise BadCheckpoint(
            f"There is no permission to read {name}; change it, or choose another file."
        ) from error
    except _DAMAGED as error:
        raise _damaged(name) from error


def _damaged(name: str) -> BadCheckpoint:
    return BadCheckpoint(
        f"{name} is damaged, cut off, or no checkpoint; get it again or choose another file."
    )


def _content(file: BufferedReader, name: str, allow: Collection[str]) -> object:
    """Return what a file holds, whichever of the formats it is in."""
    head = file.read(9)
    file.seek(0)
    if not head:
        raise BadCheckpoint(f"{name} is empty (0 bytes); get it again.")
    if _is_safetensors(head, os.fstat(file.fileno()).st_size):
        return _with_safetensors(file, name)
    if head.startswith(_ZIP) and _is_torchscript(file, name):
        return _with_torchscript(file, name, allow)
    return _with_torch(file, name)


# safetensors


def _is_safetensors(head: bytes, size: int) -> bool:
    """Look for the length of a header in JSON, and its beginning."""
    length = int.from_bytes(head[:8], "little")
    return head[8:] == b"{" and length + 8 <= size


def _with_safetensors(file: BufferedReader, name: str) -> object:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load
    except ImportError as error:
        raise MissingDependency(
            f"{name} is a safetensors file, and safetensors is not installed; "
            "install it with: pip install safetensors"
        ) from error
    try:
        return load(file.read())
    except SafetensorError as error:
        raise _damaged(name) from error


# zip archives, which is what torch writes since 1.6


def _is_torchscript(file: BufferedReader, name: str) -> bool:
    """Check an archive's claims; tell whether it holds a program beside the tensors."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    file.seek(0)
    claimed = sum(member.file_size for member in members)
    size = os.fstat(file.fileno()).st_size
    if claimed > min(_LARGEST, _RATIO * size):
        raise BadCheckpoint(
            f"{name} claims to hold {megabytes(claimed)} in {megabytes(size)}, which no "
            "checkpoint does, so it was refused; choose another file."
        )
    names = [member.filename for member in members]
    if not any(member.endswith("data.pkl") for member in names):
        raise BadCheckpoint(_no_checkpoint_archive(name, names))
    return any(member.endswith("constants.pkl") or "/code/" in member for member in names)


def _no_checkpoint_archive(name: str, members: list[str]) -> str:
    inside = [member for member in members if member.endswith((".pth", ".pt", ".safetensors"))]
    if inside:
        return (
            f"{name} is an archive of checkpoints; unpack it and choose one of the files in it: "
            f"{', '.join(inside[:8])}."
        )
    return f"{name} is an archive without a checkpoint; choose another file."


def _with_torchscript(file: BufferedReader, name: str, allow: Collection[str]) -> object:
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    if sha256 not in {*allow, *(info.sha256 for info in catalogue())}:
        raise BadCheckpoint(
            f"{name} is a TorchScript archive, which is a program and not only tensors, so it was "
            "refused; choose a checkpoint of the network's weights instead."
        )
    import torch

    return torch.jit.load(file, map_location="cpu").state_dict()


# What torch has written, in either format


def _with_torch(file: BufferedReader, name: str) -> object:
    import torch

    _require_safe_torch(torch.__version__)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whatever torch says is said better below
            return torch.load(file, map_location="cpu", weights_only=True, mmap=False)
    except _DAMAGED as error:
        wanted = _foreign_names(file)
        if not wanted:
            raise _damaged(name) from error
        raise BadCheckpoint(
            f"{name} would run code when loaded ({', '.join(wanted[:3])}), so it was refused; "
            "choose a file that holds tensors only."
        ) from error


def _require_safe_torch(version: str) -> None:
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < _SAFE_TORCH:
        needed = ".".join(map(str, _SAFE_TORCH))
        raise MissingDependency(
            f"Loading checkpoints safely needs PyTorch {needed} or newer, and {version} is "
            "installed; update it with: pip install -U torch"
        )


def _foreign_names(file: BufferedReader) -> list[str]:
    """Return what the pickles of a file refer to besides tensors and plain containers."""
    found: dict[str, None] = {}
    try:
        for pickle in _pickles(file):
            for reference in _references(pickle):
                found.setdefault(reference)
    except _DAMAGED:  # a pickle ends where it cannot be read
        pass
    return [
        reference
        for reference in found
        if _is_name(reference) and not _OF_TENSORS.fullmatch(reference)
    ]


def _is_name(reference: str) -> bool:
    """Tell a name from what looks like one where a file is no pickle at all."""
    return all(part.isidentifier() for part in reference.split("."))


def _pickles(file: BufferedReader) -> Iterator[bytes | BufferedReader]:
    file.seek(0)
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for member in archive.namelist():
                if member.endswith("data.pkl"):
                    with archive.open(member) as stream:
                        yield stream.read(_LONGEST_PICKLE)
        return
    file.seek(0)
    for _ in range(5):  # so many pickles stand before the numbers in torch's old format
        yield file


def _references(pickle: bytes | BufferedReader) -> Iterator[str]:
    """Yield the global names in a pickle, without loading it."""
    texts: list[str] = []
    for operation, argument, _ in pickletools.genops(pickle):
        if operation.name in ("GLOBAL", "INST"):
            yield str(argument).replace(" ", ".", 1)
        elif operation.name == "STACK_GLOBAL":
            yield ".".join(texts[-2:])
        elif isinstance(argument, str):
            texts.append(argument)


# From what a file holds to the tensors of one network


def _own_tensors(content: object, name: str) -> dict[str, Tensor]:
    import torch

    content = _unwrapped(content)
    if not isinstance(content, Mapping):
        raise BadCheckpoint(f"{name} holds no tensors by name; choose another file.")
    named = {str(key): value for key, value in content.items() if isinstance(value, torch.Tensor)}
    if not named:
        raise BadCheckpoint(_without_tensors(content, name))
    for key, tensor in named.items():
        _require_plain_tensor(tensor, key, name)
    return {key: tensor.detach() for key, tensor in _generator_only(named).items()}


def _unwrapped(content: Any) -> object:  # noqa: ANN401 - whatever a file holds
    for _ in range(3):  # state_dict, in it generator; deeper than that nobody wraps
        if not isinstance(content, Mapping):
            break
        inner = next((content[key] for key in _WRAPPERS if key in content), None)
        if not isinstance(inner, Mapping):
            break
        content = inner
    return content


def _without_tensors(content: Mapping[Any, Any], name: str) -> str:
    if any(key in content for key in ("discriminator", "D")):
        return (
            f"{name} holds a discriminator, which only training needs; choose the file of the "
            "generator, whose name ends in _gen.pth."
        )
    return f"{name} holds no tensors; choose another file."


def _require_plain_tensor(tensor: Tensor, key: str, name: str) -> None:
    """Refuse what is no block of numbers in memory, or claims to be larger than its block."""
    import torch

    plain = tensor.layout is torch.strided and tensor.device.type == "cpu"
    if not plain or tensor.is_quantized or tensor.nbytes > tensor.untyped_storage().nbytes():
        raise BadCheckpoint(
            f"{name} holds {key:.80}, which is no plain tensor, so it was refused; "
            "choose another file."
        )


def _generator_only(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    tensors = _without_parallel(tensors)
    if any(key.startswith(_GENERATOR) for key in tensors):
        tensors = {
            key.removeprefix(_GENERATOR): tensor
            for key, tensor in tensors.items()
            if key.startswith(_GENERATOR)
        }
    return _without_parallel(tensors)


def _without_parallel(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    if not all(key.startswith(_PARALLEL) for key in tensors):
        return tensors
    return {key.removeprefix(_PARALLEL): tensor for key, tensor in tensors.items()}
