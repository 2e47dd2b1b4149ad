"""Whether PyTorch is here, which only networks need, and what to say where it is not.

Importing this module does not import torch, and asking it doesn't either.
"""

from __future__ import annotations

from importlib.util import find_spec

from napari_greyfill.errors import MissingDependencyError

__all__ = ["EXTRA", "lacking_torch", "require_torch"]

EXTRA = "napari-greyfill[networks]"  # what pip calls the package with PyTorch
_INSTALL = f'install it with: pip install "{EXTRA}"'


def lacking_torch() -> str:
    """Return "" if PyTorch is installed, and otherwise a sentence that says how to get it."""
    return "" if find_spec("torch") is not None else f"PyTorch is not installed; {_INSTALL}"


def require_torch(what: str) -> None:
    """Raise unless PyTorch is installed.

    Parameters
    ----------
    what : str
        What needs it: the beginning of a sentence.

    Raises
    ------
    MissingDependencyError
    """
    if lacking_torch():
        raise MissingDependencyError(f"{what} needs PyTorch, which is not installed; {_INSTALL}")
