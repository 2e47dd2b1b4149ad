"""The steps of a pickle, taken without making anything of what it asks for."""

from __future__ import annotations

from math import prod

from .names import CALLED, ENCODINGS, OF_TRAINING
from .refusal import RefusedError, too_large, too_much

__all__ = ["Machine"]

_LARGEST_TUPLE = 10_000  # values in a tuple, and in those inside it
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
            raise too_much()
        return made


class _Storage(int):
    """A block of numbers, as how many there are."""


class Machine:
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
            raise too_large()
        return _Storage(what[4])

    def _call(self, function: object, arguments: object) -> None:
        if not (isinstance(function, _Named) and isinstance(arguments, tuple)):
            raise ValueError("nothing that can be called")
        if OF_TRAINING.fullmatch(function):
            self._stack.append(_OTHER)
            return
        if not CALLED.fullmatch(function):
            raise RefusedError(
                f"holds numbers in a way that no checkpoint does ({function}), so it was refused; "
                "choose another file."
            )
        if function == "_codecs.encode" and str(arguments[-1]) not in ENCODINGS:
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
        raise too_large()
