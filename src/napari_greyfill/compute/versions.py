"""Which versions of packages are installed, each looked up once a process."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

__all__ = ["__version__", "version_of"]


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


# Without metadata this is a source tree that was never installed.
__version__ = version_of("napari-greyfill", "0+unknown")
