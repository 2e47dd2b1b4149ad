"""A checkpoint as it is found in the weights folder, and what is said if it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_greyfill.errors import (
    BadCheckpointError,
    MissingWeightsError,
    UnconfirmedProgramError,
    UnwritablePathError,
)
from napari_greyfill.weights.catalogue import CheckpointInfo
from napari_greyfill.weights.download import by_hand
from napari_greyfill.weights.folder import Identity, State, WeightsFolder

__all__ = [
    "IDENTITIES",
    "StoredCheckpoint",
    "damaged",
    "missing",
    "require_readable",
    "require_ready",
    "stored_in",
    "unconfirmed",
]

IDENTITIES: dict[Identity, str] = {
    "": "",
    "published": "the published file, by its SHA-256",
    "claimed": "the published file, as you said: no SHA-256 is published",
    "own": "weights of your own",
    "found": "not verified: put there by hand, and recognised by its layout only",
}


@dataclass(frozen=True)
class StoredCheckpoint:
    """A checkpoint, and whether it is here.

    Attributes
    ----------
    info : CheckpointInfo
    state : {"ready", "download", "by hand", "damaged", "unreadable", "unknown", "unconfirmed"}
        Whether it can be used now, can be downloaded, or has to be fetched with a browser;
        "unreadable" if the folder cannot be looked into; "unknown" for files that were put into
        it by hand and that `WeightsStore.recognise` has not looked at; "unconfirmed" for a program
        that is here and may not run before the user confirms its SHA-256.
    path : Path
        Where it is or would be.
    problem : str
        What is wrong with the file or the folder, as a sentence; empty if nothing is.
    identity : {"", "published", "claimed", "own", "found"}
        What says which checkpoint it is: its SHA-256, the user where none is published, the user
        for weights of their own, or nothing but its layout. Empty if it is not ready.
    """

    info: CheckpointInfo
    state: State
    path: Path
    problem: str = ""
    identity: Identity = ""

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON-able dictionary."""
        here = {"state": self.state, "path": str(self.path), "identity": self.identity}
        return {**self.info.to_dict(), **here}


def stored_in(folder: WeightsFolder, info: CheckpointInfo) -> StoredCheckpoint:
    """Return whether a checkpoint is in a folder; never raises or hangs."""
    state, problem = folder.look(info)
    if info.own and (state == "by hand" or (state == "ready" and not info.descriptor)):
        state = "unknown"
    if state == "damaged":
        problem = str(damaged(folder, info, problem))
    identity = folder.identity(info) if state == "ready" else ""
    return StoredCheckpoint(info, state, folder.file(info), problem, identity)


def require_ready(folder: WeightsFolder, info: CheckpointInfo) -> None:
    """Raise unless a checkpoint can be used.

    Parameters
    ----------
    folder : WeightsFolder
        Where it is looked for.
    info : CheckpointInfo
        Which one.

    Raises
    ------
    UnwritablePathError
        If the folder cannot be looked into.
    BadCheckpointError
        If the file is damaged, or a program that nobody has confirmed.
    MissingWeightsError
        If it is not here.
    """
    require_readable(folder, info)
    state, problem = folder.look(info)
    if state == "damaged":
        raise damaged(folder, info, problem)
    if state == "unconfirmed":
        raise unconfirmed(folder, info)
    if state != "ready":
        raise missing(info)


def require_readable(folder: WeightsFolder, info: CheckpointInfo) -> None:
    """Raise `UnwritablePathError` if nobody can tell whether a checkpoint is in a folder."""
    state, problem = folder.look(info)
    if state == "unreadable":
        raise UnwritablePathError(problem)


def damaged(folder: WeightsFolder, info: CheckpointInfo, problem: str) -> BadCheckpointError:
    """Return the error that a file cannot be used.

    Parameters
    ----------
    folder : WeightsFolder
        Where the file lies.
    info : CheckpointInfo
        What the file should be; decides how to get it again.
    problem : str
        What is wrong with it, as the rest of a sentence.
    """
    if info.own:
        again = f"add it again, or remove it with: napari-greyfill weights remove {info.id}"
    elif info.url:
        again = f"get it again with: napari-greyfill weights get {info.id}"
    else:
        again = by_hand(info)
    return BadCheckpointError(f"{folder.file(info)} {problem}; {again}")


def unconfirmed(folder: WeightsFolder, info: CheckpointInfo) -> UnconfirmedProgramError:
    """Return the error that a program is here and nobody has confirmed it.

    Parameters
    ----------
    folder : WeightsFolder
        Where the file lies.
    info : CheckpointInfo
        Which one.
    """
    sha256 = folder.sha256(info)
    return UnconfirmedProgramError(
        f"{folder.file(info).name} is a program (TorchScript), and no SHA-256 of it is published; "
        f"if you trust {info.url or info.page}, let it run with: napari-greyfill weights confirm "
        f"{info.id} {sha256}",
        sha256=sha256,
    )


def missing(info: CheckpointInfo) -> MissingWeightsError:
    """Return the error that a checkpoint is not here, with how to get it."""
    if info.own:
        return MissingWeightsError(
            f"Nobody has looked at {info.file} yet; do so with: napari-greyfill weights list"
        )
    if info.url:
        return MissingWeightsError(
            f"{info.title} is not on this computer; "
            f"get it with: napari-greyfill weights get {info.id}"
        )
    return MissingWeightsError(f"{info.title} is not on this computer; {by_hand(info)}")
