"""Look through a checkpoint that torch has written, without loading any of it.

This file runs as a program of its own, in a process that may be ended at any time: whatever a file
does to it, it does not do to napari. It needs nothing but Python's standard library, so that it
starts quickly. The pickles are followed step by step, with every value reduced to what matters, so
that what torch would do with them is known before it does it.
"""

from __future__ import annotations

import json
import pickletools
import re
import sys
import zipfile
import zlib
from contextlib import suppress
from io import BytesIO
from math import prod

__all__ = ["LARGEST", "inspect"]

LARGEST = 1 << 30  # bytes of a checkpoint; the largest published ones have a fifth of it
_RATIO = 10  # times its own size that an archive may claim to hold; torch does not compress
_ENDINGS = (".pth", ".pt", ".safetensors", ".ckpt", ".pb")
_PACKAGES = {
    "a model for Apple's CoreML": re.compile(r"\.mlmodel$|\.mlpackage/|com\.apple\.CoreML"),
    "a model for ONNX": re.compile(r"\.onnx$"),
    "a model for TensorFlow Lite": re.compile(r"\.tflite$"),
    "a model of Keras": re.compile(r"model\.weights\.h5$"),
    "a program for Java": re.compile(r"^META-INF/"),
}
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MEMBERS = 100_000  # files in an archive
_LONGEST_PICKLE = 1 << 26  # bytes
_MOST_STEPS = 2_000_000  # of a pickle
_LARGEST_TUPLE = 10_000  # values in a tuple, and in those inside it
_LONGEST_PROBLEM = 1000  # letters
_PICKLES = 5  # stand before the numbers in torch's old format
_SPARE_MEMORY = 512 << 20  # bytes for Python, beside the file
# What a pickle of tensors refers to.
_OF_TENSORS = re.compile(
    r"torch\.(\w+Storage|\w*Tensor|Size|device|bool|half|double|long|short|char|byte)"
    r"|torch\.(b?float|q?u?int|complex)[\dx_]*"
    r"|torch\.(storage|cuda)\.\w+Storage|torch\._utils\._rebuild_\w+"
    r"|torch\.nn\.parameter\.Parameter|torch\._tensor\._rebuild_from_type_v2"
    r"|torch\.serialization\._get_layout|collections\.(OrderedDict|Counter)|_codecs\.encode"
)
# Those of them that may be called: the others make room for as many numbers as the file names.
_CALLED = re.compile(
    r"torch\.(Size|device)|torch\.nn\.parameter\.Parameter"
    r"|torch\._utils\._rebuild_(tensor(_v[23])?|parameter(_with_state)?"
    r"|sparse_tensor|meta_tensor_no_storage)"
    r"|torch\._tensor\._rebuild_from_type_v2|torch\.serialization\._get_layout"
    r"|collections\.(OrderedDict|Counter)|_codecs\.encode"
)
# What programs for training leave in their checkpoints beside the tensors. It is neither imported
# nor made: in its place comes a thing that does nothing.
_OF_TRAINING = re.compile(
    r"(pytorch_lightning|lightning|lightning_fabric|omegaconf|torchmetrics)\.[\w.]+"
    r"|numpy\.(core|_core)\.multiarray\.scalar|numpy\.dtype|typing\.Any"
    r"|collections\.defaultdict"
)
_ENCODINGS = ("latin1", "latin-1", "utf8", "utf-8", "ascii")  # others take very long
_DAMAGED = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,  # an archive with a password
    zipfile.BadZipFile,
    zlib.error,
)


class RefusedError(Exception):
    """The file must not be loaded; the message is what it does, as the rest of a sentence."""


def inspect(content: bytes) -> dict[str, str]:
    """Tell what is in a file, or why it must not be loaded.

    Parameters
    ----------
    content : bytes
        The whole file.

    Returns
    -------
    dict
        With "problem", the rest of a sentence that begins with the file's name, or with "kind":
        "tensors", "program" (TorchScript), "archive" (which holds one checkpoint, the "member")
        or "damaged". With tensors, "names" are those of things of training that a reader has to
        put something in the place of.
    """
    try:
        if content.startswith(b"PK\x03\x04"):
            return _archive(content)
        return _of_tensors(_require_sound([BytesIO(content)] * _PICKLES, len(content)))
    except RefusedError as refusal:
        return {"problem": str(refusal)[:_LONGEST_PROBLEM]}  # which a pipe takes at once
    except _DAMAGED:
        return {"kind": "damaged"}


def _of_tensors(names: list[str]) -> dict[str, str]:
    return {"kind": "tensors", "names": " ".join(names)}


# ------------------------------------------------------------ zip archives


def _archive(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = archive.infolist()
        _require_honest(members, len(content))
        if archive.comment or any(m.compress_type not in _COMPRESSIONS for m in members):
            raise ValueError("torch writes no such archive")
        names = [member.filename for member in members]
        if not any(name.endswith("data.pkl") for name in names):
            return {"kind": "archive", "member": _only_checkpoint(names)}
        if any(name.endswith("constants.pkl") or "/code/" in name for name in names):
            return {"kind": "program"}
        pickles = [m for m in members if m.filename.lower().endswith("data.pkl")]
        claimed = sum(member.file_size for member in members)
        if any(member.file_size > _LONGEST_PICKLE for member in pickles):
            raise _too_much()
        read = [BytesIO(archive.read(member)) for member in pickles]
        return _of_tensors(_require_sound(read, claimed))


def _require_honest(members: list[zipfile.ZipInfo], size: int) -> None:
    claimed = sum(member.file_size for member in members)
    if claimed > min(LARGEST, _RATIO * size):
        raise RefusedError(
            f"claims to hold {claimed / 1e6:,.1f} MB in {size / 1e6:,.1f} MB, which no checkpoint "
            "does, so it was refused; choose another file."
        )
    if len(members) > _MEMBERS:
        raise RefusedError(
            f"is an archive of {len(members):,} files, which no checkpoint is, so it was refused; "
            "choose another file."
        )


def _only_checkpoint(members: list[str]) -> str:
    """Return the checkpoint in an archive; raises `RefusedError` if there is not one alone."""
    inside = [member for member in members if member.lower().endswith(_ENDINGS)]
    if len(inside) == 1:
        return inside[0]
    for what, found in _PACKAGES.items():
        if any(found.search(member) for member in members):
            raise RefusedError(f"is {what}, not the checkpoint; choose the one for PyTorch.")
    if inside:
        raise RefusedError(
            "is an archive of checkpoints; unpack it and choose one of the files in it: "
            f"{', '.join(inside[:8])}."
        )
    if any(member.lower().endswith(".zip") for member in members):
        raise RefusedError(
            "is an archive of archives (zip); unpack it, and the ones in it, and choose the "
            "checkpoint."
        )
    raise RefusedError("is an archive without a checkpoint; choose another file.")


# ------------------------------------------------------------ pickles


def _require_sound(pickles: list[BytesIO], size: int) -> list[str]:
    """Return the names of things of training in pickles that hold tensors.

    Raises `RefusedError` if they want anything else, and `ValueError` if they are damaged.
    """
    names: dict[str, None] = {}
    problem: Exception | None = None
    for pickle in pickles:
        try:
            _follow(pickle, size, names)
        except (RefusedError, *_DAMAGED) as error:
            problem = error
            break
    named = [name for name in names if _is_name(name) and not _OF_TENSORS.fullmatch(name)]
    foreign = [name for name in named if not _OF_TRAINING.fullmatch(name)]
    if foreign:
        raise RefusedError(
            f"would run code when loaded ({', '.join(foreign[:3])}), so it was refused; "
            "choose a file that holds tensors only."
        )
    if problem is not None:
        raise problem
    return named


def _is_name(reference: str) -> bool:
    """Tell a name from what looks like one where a file is no pickle at all."""
    return all(part.isidentifier() for part in reference.split("."))


def _follow(pickle: BytesIO, size: int, names: dict[str, None]) -> None:
    """Follow one pickle to its end and collect the names in it, also after it went wrong."""
    machine = _Machine(size)
    problem: Exception | None = None
    try:
        for count, (operation, argument, _) in enumerate(pickletools.genops(pickle)):
            if count > _MOST_STEPS:
                raise _too_much()
            name = machine.name(operation.name, argument)
            if name:
                names.setdefault(name)
            if problem is None:
                try:
                    machine.step(operation.name, argument, name)
                except (RefusedError, *_DAMAGED) as error:
                    problem = error
    except (RefusedError, *_DAMAGED) as error:
        problem = problem or error
    if problem is not None:
        raise problem


def _too_much() -> RefusedError:
    return RefusedError(
        "nests or lists its values in a way that no checkpoint does, which would take for ever "
        "to load, so it was refused; choose another file."
    )


class _Named(str):
    """What a pickle refers to by name."""


class _Tuple(tuple[object, ...]):
    """A tuple, and how many values there are in it and in those inside it."""

    weight = 0

    @classmethod
    def of(cls, items: list[object]) -> _Tuple:
        made = cls(items)
        made.weight = 1 + sum(getattr(item, "weight", 1) for item in items)
        if made.weight > _LARGEST_TUPLE:
            raise _too_much()
        return made


class _Storage(int):
    """A block of numbers, as how many there are."""


_OTHER = object()  # a value that does not matter
_CONSTANTS = {
    "NONE": None,
    "NEWTRUE": True,
    "NEWFALSE": False,
    "EMPTY_LIST": _OTHER,
    "EMPTY_DICT": _OTHER,
    "EMPTY_SET": _OTHER,
}
_ARGUMENTS = ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINSTRING")
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class _Machine:
    """The steps of a pickle, as torch's restricted reader takes them.

    Parameters
    ----------
    size : int
        Bytes that the whole file holds, which its blocks of numbers cannot exceed.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._stack: list[object] = []
        self._marks: list[list[object]] = []
        self._memory: dict[int, object] = {}
        self._texts: list[str] = ["", ""]  # the last two, which name something together

    def name(self, operation: str, argument: object) -> str:
        """Return what a step refers to by name; empty if nothing."""
        if operation in ("GLOBAL", "INST"):
            return str(argument).replace(" ", ".", 1)
        if operation == "STACK_GLOBAL":
            return ".".join(self._texts)
        if isinstance(argument, str):
            self._texts = [self._texts[-1], argument]
        return ""

    def step(self, operation: str, argument: object, name: str) -> None:
        """Take one step; raises `RefusedError` or what a damaged pickle makes Python raise."""
        if operation in _CONSTANTS:
            self._stack.append(_CONSTANTS[operation])
        elif operation in _ARGUMENTS:
            self._stack.append(argument)
        elif operation == "GLOBAL":
            self._stack.append(_Named(name))
        elif operation in _TUPLES:
            self._stack.append(_Tuple.of(self._popped(_TUPLES[operation])))
        elif operation in ("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET"):
            self._remember(operation, argument)
        elif operation not in ("PROTO", "STOP"):
            self._work(operation)

    def _popped(self, count: int) -> list[object]:
        if count > len(self._stack):
            raise ValueError("the stack is too short")
        kept = len(self._stack) - count
        taken = self._stack[kept:]
        del self._stack[kept:]
        return taken

    def _remember(self, operation: str, argument: object) -> None:
        if not isinstance(argument, int):
            raise ValueError("no place in the memory")
        if operation.endswith("PUT"):
            self._memory[argument] = self._stack[-1]
        else:
            self._stack.append(self._memory[argument])

    def _work(self, operation: str) -> None:
        if operation == "MARK":
            self._marks.append(self._stack)
            self._stack = []
        elif operation in ("TUPLE", "APPENDS", "SETITEMS"):
            items, self._stack = self._stack, self._marks.pop()
            if operation == "TUPLE":
                self._stack.append(_Tuple.of(items))
        elif operation in ("APPEND", "BUILD"):
            self._popped(1)
        elif operation == "SETITEM":
            self._popped(2)
        elif operation == "BINPERSID":
            self._stack.append(self._block(self._popped(1)[0]))
        elif operation in ("REDUCE", "NEWOBJ"):
            self._call(*self._popped(2))
        else:
            raise ValueError(f"torch does not know {operation}")

    def _block(self, what: object) -> _Storage:
        """Return the block of numbers that a pickle says stands elsewhere in the file."""
        if not (isinstance(what, tuple) and len(what) >= 5 and isinstance(what[4], int)):
            raise ValueError("no block of numbers")
        if not 0 <= what[4] <= self._size:
            raise _too_large()
        return _Storage(what[4])

    def _call(self, function: object, arguments: object) -> None:
        if not (isinstance(function, _Named) and isinstance(arguments, tuple)):
            raise ValueError("nothing that can be called")
        if _OF_TRAINING.fullmatch(function):
            self._stack.append(_OTHER)
            return
        if not _CALLED.fullmatch(function):
            raise RefusedError(
                f"holds numbers in a way that no checkpoint does ({function}), so it was refused; "
                "choose another file."
            )
        if function == "_codecs.encode" and str(arguments[-1]) not in _ENCODINGS:
            raise ValueError("an encoding that torch does not write")
        if function.startswith("torch._utils._rebuild_tensor"):
            _require_inside(*arguments[:4])
        self._stack.append(arguments[0] if function == "torch.Size" else _OTHER)


def _require_inside(storage: object, offset: object, shape: object, stride: object) -> None:
    """Refuse a tensor that is larger than its block: torch would enlarge the block."""
    if not (isinstance(storage, _Storage) and isinstance(offset, int)):
        raise ValueError("a tensor without numbers")
    if not (isinstance(shape, tuple) and isinstance(stride, tuple)):
        raise ValueError("a tensor without a shape")
    reach = sum((side - 1) * step for side, step in zip(shape, stride, strict=True))
    if prod(shape) and offset + reach >= storage:
        raise _too_large()


def _too_large() -> RefusedError:
    return RefusedError(
        "claims tensors that are larger than the file, so it was refused; choose another file."
    )


# ------------------------------------------------------------ as a program


def _limit(size: int, seconds: int) -> None:
    """Limit the memory and time of this process, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        memory = 4 * size + _SPARE_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _main() -> None:
    size, seconds = int(sys.argv[1]), int(sys.argv[2])
    _limit(size, seconds)
    sys.stdout.write(json.dumps(inspect(sys.stdin.buffer.read(size))))


if __name__ == "__main__":
    _main()
