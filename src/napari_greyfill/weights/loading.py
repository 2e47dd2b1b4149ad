"""Load the tensors of a checkpoint without running anything that the file brings along.

Old checkpoints are pickles, which can run any program when loaded. A file is read once; what was
read is looked through in a process of its own (`inspection/`), and only what that finds sound is
loaded, through torch's restricted unpickler, which makes tensors and plain containers and refuses
the rest. What Torch7 has written is read by a reader of our own (`torch7.py`). Imports torch only
when it loads.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.errors import (
    BadCheckpointError,
    CancelledError,
    GreyfillError,
    MissingWeightsError,
    UnconfirmedProgramError,
)
from napari_greyfill.weights.child import inspected
from napari_greyfill.weights.folder import leads_out, megabytes
from napari_greyfill.weights.inspection import LARGEST
from napari_greyfill.weights.kinds import (
    HEAD,
    is_graph,
    is_safetensors,
    is_text,
    is_torch7,
    other_kind,
)
from napari_greyfill.weights.programs import Program, trusted_program
from napari_greyfill.weights.readers import (
    DAMAGED,
    damaged,
    member_of,
    with_graph,
    with_safetensors,
    with_torch,
)

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Checkpoint", "load_state_dict", "read_checkpoint"]

_BLOCK = 1 << 20  # bytes
_WRAPPERS = ("state_dict", "generator", "G", "model")
_GENERATOR, _PARALLEL = "generator.", "module."


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A file as it was read: what is looked at, checked, loaded and copied is the same.

    Attributes
    ----------
    name : str
        What messages call it.
    content : bytes
    sha256 : str
    """

    name: str
    content: bytes
    sha256: str

    @property
    def md5(self) -> str:
        """Its MD5, which tells damage, but no forgery."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()

    def require(self, expected: str) -> None:
        """Raise `BadCheckpointError` unless the SHA-256 begins as expected."""
        if not self.sha256.startswith(expected.lower()):
            raise BadCheckpointError(
                f"{self.name} is not the file it should be (its SHA-256 begins with "
                f"{self.sha256[:8]}, not {expected.lower()[:8]}), so it was not loaded; "
                "get it again."
            )

    def tensors(
        self, *, allow: Collection[str] = (), cancelled: CancelCheck = never
    ) -> dict[str, Tensor]:
        """Return the tensors by name; see `load_state_dict`."""
        with _explained(self.name):
            content = _content(self, allow, cancelled)
            if cancelled():
                raise _cancelled(self.name)
            return _own_tensors(content, self.name)


def load_state_dict(
    path: str | os.PathLike[str],
    expected_sha256: str | None = None,
    *,
    allow: Collection[str] = (),
    cancelled: CancelCheck = never,
) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint by name.

    Wrappers such as ``{"state_dict": ...}`` are opened, of a file with a generator and more only
    the generator is returned, and prefixes ("generator.", and "module." from training on several
    devices) are removed.

    Parameters
    ----------
    path : path
        A file that torch, safetensors or Torch7 (``.t7``) has written, old or new, on whatever
        device.
    expected_sha256 : str, optional
        The SHA-256 of the file, or how it begins; checked before the file is loaded.
    allow : collection of str
        The SHA-256 of TorchScript archives that the user trusts; these are programs.
    cancelled : callable
        Asked several times a second, but not while a file system does not answer.

    Returns
    -------
    dict of str to tensor
        On the CPU, without gradients.

    Raises
    ------
    MissingWeightsError
        If there is no such file.
    BadCheckpointError
        If it is damaged, no checkpoint, or not safe to load.
    MissingDependencyError
        If PyTorch is not installed, or too old to load such files safely.
    """
    checkpoint = read_checkpoint(path, cancelled)
    if expected_sha256:
        checkpoint.require(expected_sha256)
    return checkpoint.tensors(allow=allow, cancelled=cancelled)


def read_checkpoint(path: str | os.PathLike[str], cancelled: CancelCheck = never) -> Checkpoint:
    """Read a file once, so that nobody can change it between looking and loading.

    Parameters
    ----------
    path : path
        A file that nobody vouches for.
    cancelled : callable
        Asked between the steps.

    Raises
    ------
    MissingWeightsError
        If there is no such file.
    BadCheckpointError
        If it cannot be read, is no file, or larger than any checkpoint.
    CancelledError
    """
    path = Path(path)
    with _explained(path.name):
        _require_plain_file(path)
        with path.open("rb") as file:
            return _read(file, path.name, cancelled)


def _read(file: BinaryIO, name: str, cancelled: CancelCheck) -> Checkpoint:
    digest, blocks, size = hashlib.sha256(), BytesIO(), 0
    while block := file.read(_BLOCK):
        if cancelled():
            raise _cancelled(name)
        digest.update(block)
        blocks.write(block)
        size += len(block)
        if size > LARGEST:
            raise _too_large(name)
    return Checkpoint(name, blocks.getvalue(), digest.hexdigest())


def _too_large(name: str) -> BadCheckpointError:
    return BadCheckpointError(
        f"{name} is larger than {megabytes(LARGEST)}, and no checkpoint of a network we know is; "
        "choose another file."
    )


def _cancelled(name: str) -> CancelledError:
    return CancelledError(f"The look at {name} was cancelled; nothing was changed.")


def _require_plain_file(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise MissingWeightsError(f"There is no checkpoint {path}; check the path.") from None
    if leads_out(path):
        raise BadCheckpointError(
            f"{path} is a link to a place outside its folder, so it was refused; "
            "put the file itself there."
        )
    # anything else, such as a pipe, might never end
    if not stat.S_ISREG(mode):
        raise BadCheckpointError(f"{path} is no file; choose a checkpoint file.")


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turn whatever loading a file raises into `BadCheckpointError`."""
    try:
        yield
    except GreyfillError:
        raise
    except PermissionError as error:
        raise BadCheckpointError(
            f"There is no permission to read {name}; change it, or choose another file."
        ) from error
    except OSError as error:
        raise BadCheckpointError(
            f"{name} cannot be read ({error.strerror or error}); check the disk, or choose "
            "another file."
        ) from error
    except DAMAGED as error:
        raise damaged(name) from error


def _content(checkpoint: Checkpoint, allow: Collection[str], cancelled: CancelCheck) -> object:
    """Return what a file holds, whichever of the formats it is in."""
    content, name = checkpoint.content, checkpoint.name
    for archived in (False, True):  # an archive may hold a checkpoint, but no more archives
        head = content[:HEAD]
        if is_safetensors(head, len(content)):
            return with_safetensors(content, name)
        if is_graph(head):
            return with_graph(content, name)
        other = other_kind(head, len(content), name)
        if other:
            raise BadCheckpointError(f"{name} {other}")
        if is_torch7(head):
            from napari_greyfill.weights.torch7_tensors import torch7_tensors

            return torch7_tensors(content, name)
        found = inspected(content, name, cancelled)
        if found["kind"] == "program":
            if checkpoint.sha256 not in allow:
                raise _unconfirmed(checkpoint)
            return trusted_program(content)
        if found["kind"] == "damaged":
            raise _text(name) if is_text(head) else damaged(name)
        if found["kind"] == "tensors":
            return with_torch(content, name, found["names"].split())
        if archived:
            break
        content = member_of(content, found["member"])
    raise BadCheckpointError(
        f"{name} is an archive of archives (zip); unpack it, and the ones in it, and choose the "
        "checkpoint."
    )


def _unconfirmed(checkpoint: Checkpoint) -> UnconfirmedProgramError:
    return UnconfirmedProgramError(
        f"{checkpoint.name} is a TorchScript archive, which is a program and not only tensors, so "
        "it was refused; if you trust where it came from, confirm its SHA-256 with --confirm "
        f"{checkpoint.sha256}, or choose a checkpoint of the network's tensors instead.",
        sha256=checkpoint.sha256,
    )


def _text(name: str) -> BadCheckpointError:
    return BadCheckpointError(
        f"{name} is text, not the checkpoint; choose a file that ends in .pth, .pt or "
        ".safetensors."
    )


# From what a file holds to the tensors of one network


def _own_tensors(content: object, name: str) -> dict[str, Tensor]:
    import torch

    program = content if isinstance(content, Program) else None
    content = _unwrapped(content)
    if not isinstance(content, Mapping):
        raise BadCheckpointError(f"{name} holds no tensors by name; choose another file.")
    named = {str(key): value for key, value in content.items() if isinstance(value, torch.Tensor)}
    if not named and program is None:
        raise BadCheckpointError(_without_tensors(content, name))
    for key, tensor in named.items():
        _require_plain_tensor(tensor, key, name)
        _require_finite(tensor, key, name)
    if sum(4 * tensor.numel() for tensor in named.values()) > LARGEST:
        raise _too_large(name)
    if program is not None:
        return program
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
    if any(key in content for key in ("optimizer", "optimizer_state_dict", "param_groups")):
        return (
            f"{name} holds what an optimiser needs to go on with a training, and no weights; "
            "choose the file of the generator."
        )
    return f"{name} holds no tensors; choose another file."


def _require_plain_tensor(tensor: Tensor, key: str, name: str) -> None:
    """Refuse what is no block of numbers in memory, or claims to be larger than its block."""
    import torch

    plain = tensor.layout is torch.strided and tensor.device.type == "cpu"
    if not plain or tensor.is_quantized or tensor.nbytes > tensor.untyped_storage().nbytes():
        raise BadCheckpointError(
            f"{name} holds {key:.80}, which is no plain tensor, so it was refused; "
            "choose another file."
        )


def _require_finite(tensor: Tensor, key: str, name: str) -> None:
    if tensor.is_floating_point() and not bool(tensor.float().isfinite().all()):
        raise BadCheckpointError(
            f"{name} holds values that are no numbers (NaN or infinite, in {key}), so it cannot "
            "fill anything; get it again or choose another file."
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
