"""The checkpoints on this computer: what there is, and getting, adding and removing it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from napari_greyfill.device import CancelCheck, never
from napari_greyfill.errors import BadCheckpoint, MissingWeights
from napari_greyfill.weights.catalogue import CheckpointInfo, catalogue, find_checkpoint
from napari_greyfill.weights.download import by_hand, download
from napari_greyfill.weights.folder import (
    State,
    WeightsFolder,
    file_sha256,
    own_part,
    weights_folder,
    writing,
)
from napari_greyfill.weights.loading import load_state_dict
from napari_greyfill.weights.transfer import Progress, silent

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Detector", "StoredCheckpoint", "WeightsStore"]

_BLOCK = 1 << 20


class _Named(Protocol):
    @property
    def name(self) -> str: ...


# Tells the layout of a state dict, or raises BadCheckpoint.
Detector = Callable[["dict[str, Tensor]"], _Named]


@dataclass(frozen=True)
class StoredCheckpoint:
    """A published checkpoint, and whether it is here.

    Attributes
    ----------
    info : CheckpointInfo
    state : {"ready", "download", "by hand", "damaged"}
        Whether it can be used now, can be downloaded, or has to be fetched with a browser.
    path : Path
        Where it is or would be.
    """

    info: CheckpointInfo
    state: State
    path: Path

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON-able dictionary."""
        return {**self.info.to_dict(), "state": self.state, "path": str(self.path)}


class WeightsStore:
    """The published checkpoints and the folder they are kept in.

    Parameters
    ----------
    folder : path, optional
        By default what `weights_folder` says. It is made when something is put into it.
    entries : sequence of CheckpointInfo, optional
        By default the whole catalogue.
    detector : callable, optional
        Tells which layout a state dict has; by default that of the networks.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        entries: Sequence[CheckpointInfo] | None = None,
        detector: Detector | None = None,
    ) -> None:
        self.folder = WeightsFolder(weights_folder(folder))
        self.entries = catalogue() if entries is None else tuple(entries)
        self._detector = detector

    def list(self) -> list[StoredCheckpoint]:
        """Return every published checkpoint, whether or not it is here."""
        return [
            StoredCheckpoint(info, self.folder.state(info), self.folder.file(info))
            for info in self.entries
        ]

    def info(self, name: str) -> CheckpointInfo:
        """Return what is published under an id; raises `BadParameter` if nothing is."""
        return find_checkpoint(name, self.entries)

    def path(self, name: str) -> Path:
        """Return the file of a checkpoint that can be used.

        Raises
        ------
        BadParameter
            If there is no such id.
        MissingWeights
            If it is not here.
        BadCheckpoint
            If it is damaged.
        """
        info = self.info(name)
        state = self.folder.state(info)
        if state == "damaged":
            raise self._damaged(info, self.folder.problem(info))
        if state != "ready":
            raise _missing(info)
        return self.folder.file(info)

    def load(self, name: str) -> dict[str, Tensor]:
        """Return the tensors of a checkpoint; raises as `path` and `load_state_dict` do."""
        path, info = self.path(name), self.info(name)
        return load_state_dict(path, self.folder.sha256(info))

    def get(self, name: str, progress: Progress = silent, cancelled: CancelCheck = never) -> Path:
        """Return the file of a checkpoint, downloaded if need be.

        Raises
        ------
        BadParameter
            If there is no such id.
        MissingWeights
            If it is not here and has to be fetched with a browser.
        DownloadFailed, UnwritablePath, Cancelled
        """
        return download(self.info(name), self.folder, progress, cancelled)

    def add(self, file: str | os.PathLike[str], name: str | None = None) -> StoredCheckpoint:
        """Copy a checkpoint into the folder, after a look at which one it is.

        Parameters
        ----------
        file : path
        name : str, optional
            Its id, where file and network do not tell which of several it is.

        Raises
        ------
        BadParameter
            If there is no such id.
        MissingWeights
            If there is no such file.
        BadCheckpoint
            If it is no checkpoint, not that checkpoint, or more than one is possible.
        UnwritablePath
        """
        wanted = None if name is None else self.info(name)
        # a link of the user's own may lead anywhere; one in the weights folder may not
        source = Path(file).expanduser().resolve()
        sha256 = _sha256_if_readable(source)
        layout = self._detect(load_state_dict(source, sha256))
        info = self._identified(source, sha256, layout, wanted)
        self._put(source, info, sha256)
        return StoredCheckpoint(info, self.folder.state(info), self.folder.file(info))

    def remove(self, name: str) -> None:
        """Delete a checkpoint and what belongs to it.

        Raises
        ------
        BadParameter
            If there is no such id.
        MissingWeights
            If nothing of it is here.
        UnwritablePath
        """
        info = self.info(name)
        traces = self.folder.traces(info)
        if not traces:
            raise MissingWeights(
                f"{info.title} is not in {self.folder.path}, so there is nothing to remove."
            )
        with writing(self.folder.path):
            for trace in traces:
                trace.unlink(missing_ok=True)

    def verify(self, name: str) -> str:
        """Read a checkpoint from end to end and load it; return its SHA-256.

        Raises
        ------
        BadParameter
            If there is no such id.
        MissingWeights
            If it is not here.
        BadCheckpoint
            If it is damaged or of another network.
        """
        info = self.info(name)
        if not self.folder.file(info).is_file():
            raise _missing(info)
        problem = self.folder.problem(info, again=True)
        if problem:
            raise self._damaged(info, problem)
        sha256 = self.folder.sha256(info)
        layout = self._detect(load_state_dict(self.folder.file(info), sha256))
        if layout != info.descriptor:
            raise self._damaged(info, f"is a checkpoint of another network ({layout})")
        return sha256

    def _detect(self, state: dict[str, Tensor]) -> str:
        if self._detector is not None:
            return self._detector(state).name
        from napari_greyfill.inpaint.networks.detection import detect

        return detect(state).name

    def _identified(
        self, file: Path, sha256: str, layout: str, wanted: CheckpointInfo | None
    ) -> CheckpointInfo:
        """Return which published checkpoint a file is."""
        if wanted is None:
            return self._guessed(file, sha256, layout)
        if wanted.descriptor != layout:
            raise BadCheckpoint(
                f"{file.name} is a checkpoint of {layout}, and {wanted.id} is one of "
                f"{wanted.descriptor}; choose {_choices(self._of_layout(layout))}."
            )
        if not wanted.matches(sha256, file.stat().st_size):
            raise BadCheckpoint(
                f"{file.name} is not the file that was published as {wanted.id} (its SHA-256 "
                f"begins with {sha256[:8]}); {by_hand(wanted)}"
            )
        return wanted

    def _guessed(self, file: Path, sha256: str, layout: str) -> CheckpointInfo:
        """Go by what is published about the files, then by their names."""
        size = file.stat().st_size
        fitting = [info for info in self._of_layout(layout) if info.matches(sha256, size)]
        proven = [info for info in fitting if info.published_hash]
        named = [info for info in fitting if file.name in (info.file, info.published_as)]
        for found in (proven, named, fitting):
            if len(found) == 1:
                return found[0]
        if fitting:
            raise BadCheckpoint(
                f"{file.name} may be any of several checkpoints of {layout}; say which with "
                f"--id: {_choices(fitting)}."
            )
        raise BadCheckpoint(
            f"{file.name} is a checkpoint of {layout}, but none of those that were published; "
            f"choose {_choices(self._of_layout(layout)) or 'another file'}."
        )

    def _of_layout(self, layout: str) -> Sequence[CheckpointInfo]:
        return [info for info in self.entries if info.descriptor == layout]

    def _put(self, source: Path, info: CheckpointInfo, sha256: str) -> None:
        target = self.folder.file(info)
        self.folder.create()
        if not (target.exists() and target.samefile(source) and not target.is_symlink()):
            part = own_part(target)
            with writing(self.folder.path):
                try:
                    _copy(source, part, sha256)
                    part.replace(target)
                finally:
                    part.unlink(missing_ok=True)
        self.folder.accept(info, sha256)

    def _damaged(self, info: CheckpointInfo, problem: str) -> BadCheckpoint:
        again = (
            f"get it again with: napari-greyfill weights get {info.id}"
            if info.url
            else by_hand(info)
        )
        return BadCheckpoint(f"{self.folder.file(info)} {problem}; {again}")


def _sha256_if_readable(file: Path) -> str:
    """Return the SHA-256 of a file; empty if loading it will say what is wrong with it."""
    with suppress(OSError):
        if file.is_file():
            return file_sha256(file)
    return ""


def _missing(info: CheckpointInfo) -> MissingWeights:
    if info.url:
        return MissingWeights(
            f"{info.title} is not on this computer; "
            f"get it with: napari-greyfill weights get {info.id}"
        )
    return MissingWeights(f"{info.title} is not on this computer; {by_hand(info)}")


def _choices(entries: Sequence[CheckpointInfo]) -> str:
    return ", ".join(info.id for info in entries)


def _copy(source: Path, part: Path, sha256: str) -> None:
    """Copy a file that has been checked, unless it has changed since."""
    seen = hashlib.sha256()
    with source.open("rb") as reading, part.open("xb") as target:
        while block := reading.read(_BLOCK):
            seen.update(block)
            target.write(block)
    if seen.hexdigest() != sha256:
        raise BadCheckpoint(f"{source.name} changed while it was being copied; add it again.")
