"""Why a file must not be loaded, or cannot be looked through."""

from __future__ import annotations

import zipfile
import zlib

__all__ = ["DAMAGED", "LARGEST", "RefusedError", "too_large", "too_much"]

LARGEST = 1 << 30  # bytes of a checkpoint; the largest published ones have a fifth of it
# What damaged files make Python's readers raise.
DAMAGED = (
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


def too_much() -> RefusedError:
    """Return the refusal of what would take for ever."""
    return RefusedError(
        "nests or lists its values in a way that no checkpoint does, which would take for ever "
        "to load, so it was refused; choose another file."
    )


def too_large() -> RefusedError:
    """Return the refusal of tensors that are not in the file."""
    return RefusedError(
        "claims tensors that are larger than the file, so it was refused; choose another file."
    )
