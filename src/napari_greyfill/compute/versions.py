"""Which versions of packages are installed, each looked up once a process."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

__all__ = ["own_version", "version_of"]


@cache
def version_of(package: str, missing: str = "unknown") -> str:
    """Return the version of an installed package.

    Looking one up reads several files, which takes longer than a small fill.

    Parameters
    ----------
    package : str
        Its name as pip knows it.
    missing : str
        What to return for a package that is not installed.
    """
    try:
        return version(package)
    except PackageNotFoundError:
        return missing


def own_version() -> str:
    """Return the version of napari-greyfill; "0+unknown" in a tree that was never installed."""
    return version_of("napari-greyfill", "0+unknown")
