"""The checkpoints on this computer: what there is, and getting, adding and removing it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from napari_greyfill.compute.detached import apart
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.errors import (
    BadCheckpointError,
    CancelledError,
    MissingWeightsError,
    UnwritablePathError,
)
from napari_greyfill.weights.catalogue import CheckpointInfo, catalogue, find_checkpoint
from napari_greyfill.weights.download import by_hand, download
from napari_greyfill.weights.folder import (
    State,
    WeightsFolder,
    own_part,
    stale,
    unfinished,
    weights_folder,
    writing,
)
from napari_greyfill.weights.loading import Checkpoint, load_state_dict, read_checkpoint
from napari_greyfill.weights.transfer import Progress, silent

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Detector", "StoredCheckpoint", "WeightsStore"]

_BLOCK = 1 << 20


class _Named(Protocol):
    @property
    def name(self) -> str: ...


# Tells the layout of a state dict, or raises BadCheckpointError.
Detector = Callable[["dict[str, Tensor]"], _Named]


@dataclass(frozen=True)
class StoredCheckpoint:
    """A published checkpoint, and whether it is here.

    Attributes
    ----------
    info : CheckpointInfo
    state : {"ready", "download", "by hand", "damaged", "unreadable"}
        Whether it can be used now, can be downloaded, or has to be fetched with a browser;
        "unreadable" if the folder cannot be looked into.
    path : Path
        Where it is or would be.
    problem : str
        What is wrong with the file or the folder, as a sentence; empty if nothing is.
    """

    info: CheckpointInfo
    state: State
    path: Path
    problem: str = ""

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
        return [self._stored(info) for info in self.entries]

    def sweep(self) -> None:
        """Delete what processes that were ended have left in the folder; never raises or hangs."""
        if all(found.state != "unreadable" for found in self.list()):
            self.folder.sweep(self.entries)

    def info(self, name: str) -> CheckpointInfo:
        """Return what is published under an id; raises `BadParameterError` if nothing is."""
        return find_checkpoint(name, self.entries)

    def path(self, name: str) -> Path:
        """Return the file of a checkpoint that can be used.

        Raises
        ------
        BadParameterError
            If there is no such id.
        MissingWeightsError
            If it is not here.
        BadCheckpointError
            If it is damaged.
        """
        self._require(self.info(name))
        return self.folder.file(self.info(name))

    def load(self, name: str, cancelled: CancelCheck = never) -> dict[str, Tensor]:
        """Return the tensors of a checkpoint; raises as `path` and `load_state_dict` do."""
        path, info = self.path(name), self.info(name)
        return load_state_dict(path, self.folder.sha256(info), cancelled=cancelled)

    def get(self, name: str, progress: Progress = silent, cancelled: CancelCheck = never) -> Path:
        """Return the file of a checkpoint, downloaded if need be.

        Raises
        ------
        BadParameterError
            If there is no such id.
        MissingWeightsError
            If it is not here and has to be fetched with a browser.
        DownloadError, UnwritablePathError, CancelledError
        """
        return download(self.info(name), self.folder, progress, cancelled)

    def add(
        self,
        file: str | os.PathLike[str],
        name: str | None = None,
        cancelled: CancelCheck = never,
    ) -> StoredCheckpoint:
        """Copy a checkpoint into the folder, after it was tried, and a look at which one it is.

        Parameters
        ----------
        file : path
        name : str, optional
            Its id, where file and network do not tell which of several it is.
        cancelled : callable
            Asked several times a second, also while a disk does not answer.

        Raises
        ------
        BadParameterError
            If there is no such id.
        MissingWeightsError
            If there is no such file.
        BadCheckpointError
            If it is no checkpoint, not that checkpoint, or more than one is possible.
        UnwritablePathError
        CancelledError
            Nothing has changed then.
        """
        wanted = None if name is None else self.info(name)

        def look(left: CancelCheck) -> tuple[Path, Checkpoint, str]:
            # a link of the user's own may lead anywhere; one in the weights folder may not
            source = _resolved(Path(file))
            checkpoint = read_checkpoint(source, left)
            return source, checkpoint, self._tried(checkpoint, left)

        source, checkpoint, layout = apart(look, lambda: _check(cancelled))
        info = self._identified(checkpoint, layout, wanted)
        self._require_folder(info)
        self._put(source, info, checkpoint, cancelled)
        return self._stored(info)

    def remove(self, name: str) -> None:
        """Delete a checkpoint and what belongs to it.

        Raises
        ------
        BadParameterError
            If there is no such id.
        MissingWeightsError
            If nothing of it is here.
        UnwritablePathError
        """
        info = self.info(name)
        self._require_folder(info)
        with writing(self.folder.path):
            traces = self.folder.traces(info)
            if not traces:
                raise MissingWeightsError(
                    f"{info.title} is not in {self.folder.path}, so there is nothing to remove."
                )
            for trace in traces:
                trace.unlink(missing_ok=True)

    def verify(self, name: str, cancelled: CancelCheck = never) -> str:
        """Read a checkpoint from end to end, load and try it; return its SHA-256.

        Parameters
        ----------
        name : str
        cancelled : callable
            Asked several times a second, also while a disk does not answer.

        Raises
        ------
        BadParameterError
            If there is no such id.
        MissingWeightsError
            If it is not here.
        BadCheckpointError
            If it is damaged or of another network.
        CancelledError
        """
        info = self.info(name)
        if self.folder.state(info) != "damaged":
            self._require(info)
        return apart(lambda left: self._verified(info, left), lambda: _check(cancelled))

    def _verified(self, info: CheckpointInfo, cancelled: CancelCheck) -> str:
        problem = self.folder.problem(info, again=True)
        if problem:
            raise self._damaged(info, problem)
        checkpoint = read_checkpoint(self.folder.file(info), cancelled)
        checkpoint.require(self.folder.sha256(info))
        try:
            layout = self._tried(checkpoint, cancelled)
        except BadCheckpointError as error:
            problem = f"cannot be used: {str(error).split(';')[0]}"
            self.folder.reject(info, checkpoint.sha256, problem)
            raise
        if layout != info.descriptor:
            problem = f"is a checkpoint of another network ({layout})"
            self.folder.reject(info, checkpoint.sha256, problem)
            raise self._damaged(info, problem)
        return checkpoint.sha256

    def _stored(self, info: CheckpointInfo) -> StoredCheckpoint:
        state, problem = self.folder.look(info)
        if state == "damaged":
            problem = str(self._damaged(info, problem))
        return StoredCheckpoint(info, state, self.folder.file(info), problem)

    def _require(self, info: CheckpointInfo) -> None:
        """Raise unless a checkpoint can be used."""
        self._require_folder(info)
        state, problem = self.folder.look(info)
        if state == "damaged":
            raise self._damaged(info, problem)
        if state != "ready":
            raise _missing(info)

    def _require_folder(self, info: CheckpointInfo) -> None:
        state, problem = self.folder.look(info)
        if state == "unreadable":
            raise UnwritablePathError(problem)

    def _tried(self, checkpoint: Checkpoint, cancelled: CancelCheck) -> str:
        """Return the layout of a checkpoint once its network has run on a small picture."""
        state = checkpoint.tensors(cancelled=cancelled)
        if self._detector is not None:
            return self._detector(state).name
        from napari_greyfill.inpaint.networks.detection import detect
        from napari_greyfill.inpaint.networks.trial import try_out

        descriptor = detect(state)
        try_out(descriptor, state, checkpoint.name, cancelled)
        return descriptor.name

    def _identified(
        self, file: Checkpoint, layout: str, wanted: CheckpointInfo | None
    ) -> CheckpointInfo:
        """Return which published checkpoint a file is."""
        sha256, size = file.sha256, len(file.content)
        if wanted is None:
            return self._guessed(file, layout)
        if wanted.descriptor != layout:
            raise BadCheckpointError(
                f"{file.name} is a checkpoint of {layout}, and {wanted.id} is one of "
                f"{wanted.descriptor}; choose {_choices(self._of_layout(layout))}."
            )
        if not wanted.matches(sha256, size):
            raise BadCheckpointError(
                f"{file.name} is not the file that was published as {wanted.id} (its SHA-256 "
                f"begins with {sha256[:8]}); {by_hand(wanted)}"
            )
        return wanted

    def _guessed(self, file: Checkpoint, layout: str) -> CheckpointInfo:
        """Go by what is published about the files, then by their names."""
        fitting = [
            info
            for info in self._of_layout(layout)
            if info.matches(file.sha256, len(file.content))
        ]
        proven = [info for info in fitting if info.published_hash]
        named = [info for info in fitting if file.name in (info.file, info.published_as)]
        for found in (proven, named, fitting):
            if len(found) == 1:
                return found[0]
        if fitting:
            raise BadCheckpointError(
                f"{file.name} may be any of several checkpoints of {layout}; say which with "
                f"--id: {_choices(fitting)}."
            )
        raise BadCheckpointError(
            f"{file.name} is a checkpoint of {layout}, but none of those that were published; "
            f"choose {_choices(self._of_layout(layout)) or 'another file'}."
        )

    def _of_layout(self, layout: str) -> Sequence[CheckpointInfo]:
        return [info for info in self.entries if info.descriptor == layout]

    def _put(
        self, source: Path, info: CheckpointInfo, checkpoint: Checkpoint, cancelled: CancelCheck
    ) -> None:
        """Write what was looked at, whatever has become of the file it was read from."""
        target = self.folder.file(info)
        self.folder.create()
        with writing(self.folder.path):
            if target.exists() and target.samefile(source) and not target.is_symlink():
                self.folder.accept(info, checkpoint.sha256)
                return
            part = own_part(target)
            try:
                _write(checkpoint.content, part, cancelled)
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
            for rest in filter(stale, unfinished(target)):
                rest.unlink(missing_ok=True)
        self.folder.accept(info, checkpoint.sha256)

    def _damaged(self, info: CheckpointInfo, problem: str) -> BadCheckpointError:
        again = (
            f"get it again with: napari-greyfill weights get {info.id}"
            if info.url
            else by_hand(info)
        )
        return BadCheckpointError(f"{self.folder.file(info)} {problem}; {again}")


def _check(cancelled: CancelCheck) -> None:
    if cancelled():
        raise CancelledError("The look at the checkpoint was cancelled; nothing was changed.")


def _resolved(file: Path) -> Path:
    """Follow links; where that fails, reading will say what is wrong."""
    try:
        return file.expanduser().resolve()
    except (OSError, RuntimeError):
        return file


def _missing(info: CheckpointInfo) -> MissingWeightsError:
    if info.url:
        return MissingWeightsError(
            f"{info.title} is not on this computer; "
            f"get it with: napari-greyfill weights get {info.id}"
        )
    return MissingWeightsError(f"{info.title} is not on this computer; {by_hand(info)}")


def _choices(entries: Sequence[CheckpointInfo]) -> str:
    return ", ".join(info.id for info in entries)


def _write(content: bytes, part: Path, cancelled: CancelCheck) -> None:
    with part.open("xb") as target:
        for start in range(0, len(content), _BLOCK):
            _check(cancelled)
            target.write(content[start : start + _BLOCK])
