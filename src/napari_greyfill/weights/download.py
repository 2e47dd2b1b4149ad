"""Download a checkpoint: a part file beside its place, checked, then renamed.

Several processes may download the same checkpoint. Each writes to a part file of its own, which
it gets by renaming, so no locks can be left behind: an unfinished part goes back to a common name
when a download ends, and the next download that renames it goes on from there. The first one to
finish puts its file in place; the others find it there and use it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.errors import DownloadError, MissingWeightsError, UnwritablePathError
from napari_greyfill.weights.catalogue import CheckpointInfo
from napari_greyfill.weights.folder import (
    WeightsFolder,
    file_md5,
    file_sha256,
    own_part,
    stale,
    unfinished,
    writing,
)
from napari_greyfill.weights.kinds import HEAD, other_kind
from napari_greyfill.weights.transfer import Progress, Rules, Transfer, silent

__all__ = ["by_hand", "download", "fetch"]

_MARGIN = 1 << 20  # bytes a file may be larger than published before it is cut short


def download(
    info: CheckpointInfo,
    folder: WeightsFolder,
    progress: Progress = silent,
    cancelled: CancelCheck = never,
) -> Path:
    """Download a checkpoint unless it is there.

    Parameters
    ----------
    info : CheckpointInfo
        Which one.
    folder : WeightsFolder
        Made if it is not there.
    progress : callable
        Told the bytes that are there and the total, None if the server does not say.
    cancelled : callable
        Asked several times a second, also while the server is silent.

    Returns
    -------
    Path
        The checkpoint in its place, complete, and as published as far as that can be checked.

    Raises
    ------
    MissingWeightsError
        If it can only be fetched by hand.
    DownloadError
    UnwritablePathError
    CancelledError
    """
    return fetch(info, folder, progress, cancelled, Rules())


def by_hand(info: CheckpointInfo) -> str:
    """Return what to do to fetch a checkpoint with a browser, as the end of a sentence."""
    name = info.published_as or "the file"
    return (
        f"open {info.page or info.url} in a browser, save {name}, "
        f"and add it with: napari-greyfill weights add FILE --id {info.id}"
    )


def fetch(
    info: CheckpointInfo,
    folder: WeightsFolder,
    progress: Progress,
    cancelled: CancelCheck,
    rules: Rules,
) -> Path:
    """Download as `download` does, by other rules."""
    state, problem = folder.look(info)
    if state == "ready":
        return folder.file(info)
    if state == "unreadable":
        raise UnwritablePathError(problem)
    if not info.url:
        raise MissingWeightsError(f"{info.title} cannot be downloaded directly; {by_hand(info)}")
    if info.bytes is not None:
        rules = replace(rules, limit=info.bytes + _MARGIN)
    try:
        rules.require_protected(info.url)
        folder.create()
        with _claimed_part(info, folder) as part:
            sha256 = _receive(info, part, progress, cancelled, rules)
            _settle(info, folder, part, sha256)
    except DownloadError as error:
        raise DownloadError(
            f"{info.title}: {error}; check the connection and try again, or {by_hand(info)}"
        ) from error
    return folder.file(info)


@contextmanager
def _claimed_part(info: CheckpointInfo, folder: WeightsFolder) -> Iterator[Path]:
    """Give a part file that nobody else writes to, with what an earlier attempt has left."""
    file = folder.file(info)
    shared, own = file.with_name(f"{file.name}.part"), own_part(file)
    # What has no published hash is not resumed: nothing would tell that the halves don't match.
    if info.checkable:
        _claim([shared, *_abandoned(file)], own)
    try:
        yield own
    finally:
        with suppress(OSError):
            if info.checkable and own.stat().st_size:
                own.replace(shared)
            else:
                own.unlink()


def _claim(parts: list[Path], own: Path) -> None:
    """Rename the first part that is still there; only one process can succeed with each."""
    for part in parts:
        with suppress(OSError):
            part.rename(own)
            os.utime(own)  # or it might look abandoned
            return


def _abandoned(file: Path) -> list[Path]:
    """Return parts of processes that ended without renaming them."""
    return [part for part in unfinished(file) if stale(part)]


def _receive(
    info: CheckpointInfo, part: Path, progress: Progress, cancelled: CancelCheck, rules: Rules
) -> str:
    """Fill a part until it is the published file; return its SHA-256."""
    resumed = part.exists()
    Transfer(info.url, part, rules, progress, cancelled).run()
    sha256, size = file_sha256(part), part.stat().st_size
    whole = info.matches(sha256, size) and info.md5 in ("", file_md5(part))
    with part.open("rb") as file:
        other = other_kind(file.read(HEAD), size, info.file)
    if whole and not other:
        return sha256
    part.unlink()
    if resumed:  # the beginning may have been of another file
        return _receive(info, part, progress, cancelled, rules)
    if other:
        raise DownloadError(f"What arrived {other.split(';')[0]}, so it was deleted")
    raise DownloadError(
        f"What arrived is not the file that was published ({size:,} bytes, SHA-256 "
        f"{sha256[:8]}...), so it was deleted"
    )


def _settle(info: CheckpointInfo, folder: WeightsFolder, part: Path, sha256: str) -> None:
    """Move a checked part to its place, unless another process was quicker."""
    if folder.state(info) == "ready":
        part.unlink()
        return
    with writing(folder.path):
        part.replace(folder.file(info))
    folder.accept(info, sha256)
    for rest in _abandoned(folder.file(info)):
        rest.unlink(missing_ok=True)
