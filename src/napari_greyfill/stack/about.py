"""What a patch store says of its run: what stack it is of, how far it is, whether it may go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from napari_greyfill.atomic import reason_of
from napari_greyfill.errors import UnwritablePathError
from napari_greyfill.stack.keeping import journal_of
from napari_greyfill.stack.ome import open_zarr

__all__ = ["Found", "describe", "found_at", "free_or_same"]

_OWN, _ABOUT = "greyfill", "about"


@dataclass(frozen=True)
class Found:
    """What lies where a run is to be kept.

    Attributes
    ----------
    there : bool
        Whether anything does.
    ours : bool
        Whether it is a patch store.
    finished : int or None
        How many parts of a run its journal has; None without a journal.
    complete : bool
        Whether a run said that it was its last.
    about : dict
        As given to `describe`.
    """

    there: bool = False
    ours: bool = False
    finished: int | None = None
    complete: bool = False
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def goes_on(self) -> bool:
        """Return whether there is a run that is not complete."""
        return self.ours and self.finished is not None and not self.complete


def found_at(path: Path) -> Found:
    """Look at what lies at a path; of a store only text is read, and zarr is not needed.

    Parameters
    ----------
    path : Path
        Where a store is, or may be.
    """
    there = path.exists()
    try:
        attributes = json.loads((path / "zarr.json").read_bytes())["attributes"]
        own = dict(attributes[_OWN])
        about = dict(own.get(_ABOUT, {}))
    except (OSError, ValueError, KeyError, TypeError):
        return Found(there)
    try:
        lines = journal_of(path).read_bytes().count(b"\n")
    except OSError:
        lines = 0
    finished = lines - 1 if lines else None
    return Found(there, True, finished, bool(about.get("complete")), about)


def describe(path: Path, about: Mapping[str, Any]) -> None:
    """Keep in a store what is to be known about its run when it is opened again.

    Parameters
    ----------
    path : Path
        Of the store.
    about : mapping
        What JSON can hold; takes the place of what was there of the same names.

    Raises
    ------
    UnwritablePathError
    MissingDependencyError
    """
    zarr = open_zarr()
    try:
        group = zarr.open_group(str(path), mode="r+")
        own: Mapping[str, Any] = group.attrs[_OWN]
        group.attrs[_OWN] = {**own, _ABOUT: {**own.get(_ABOUT, {}), **about}}
    except (OSError, ValueError, KeyError) as error:
        raise UnwritablePathError(
            f"{path} cannot be written ({reason_of(error)}); make room or choose another place."
        ) from error


def free_or_same(path: Path, fingerprint: str) -> Path:
    """Return the first of some names that is free, or where the same run was begun.

    Parameters
    ----------
    path : Path
        The first name; the others are such as ``filled 2.ome.zarr``.
    fingerprint : str
        Stands for stack, mask and options.
    """
    suffix = ".ome.zarr" if path.name.endswith(".ome.zarr") else path.suffix
    name = path.name.removesuffix(suffix)
    for number in count(1):
        more = f" {number}" if number > 1 else ""
        tried = path.with_name(f"{name}{more}{suffix}")
        journal = journal_of(tried)
        if not tried.exists() and not journal.exists():
            return tried
        if fingerprint in _run_of(journal):
            return tried
    raise AssertionError("names do not end")


def _run_of(journal: Path) -> list[Any]:
    """Return what a journal says its run is of."""
    try:
        with journal.open("rb") as file:
            return list(json.loads(file.readline())["run"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
