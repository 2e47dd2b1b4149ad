"""The checkpoints on this computer: what there is, and getting, adding and removing it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from napari_greyfill.compute.detached import apart
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.errors import (
    BadParameterError,
    MissingWeightsError,
)
from napari_greyfill.weights.adding import Adding, Said
from napari_greyfill.weights.catalogue import CheckpointInfo, find_checkpoint
from napari_greyfill.weights.confirmed import confirm, require_sha256
from napari_greyfill.weights.download import download
from napari_greyfill.weights.folder import (
    Identity,
    WeightsFolder,
    weights_folder,
    writing,
)
from napari_greyfill.weights.loading import load_state_dict, read_checkpoint
from napari_greyfill.weights.others import Others
from napari_greyfill.weights.own import LayoutInfo, Own, layouts_of, require_name
from napari_greyfill.weights.placing import require_going_on, without_links
from napari_greyfill.weights.stored import (
    StoredCheckpoint,
    require_readable,
    require_ready,
    stored_in,
)
from napari_greyfill.weights.transfer import Progress, silent
from napari_greyfill.weights.trying import Recogniser, Trying

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["WeightsStore"]

_HERE = ("ready", "damaged", "unconfirmed")


class WeightsStore:
    """The checkpoints that can be had, and the folder they are kept in.

    Parameters
    ----------
    folder : path or None
        By default what `weights_folder` says. It is made when something is put into it.
    entries : sequence of CheckpointInfo
        What is published.
    recogniser : callable
        Tells which layout tensors have, once it has tried them out.
    layouts : mapping of str to LayoutInfo, optional
        Which layouts the user's own weights may have; by default those of `entries`.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        entries: Sequence[CheckpointInfo],
        recogniser: Recogniser,
        layouts: Mapping[str, LayoutInfo] | None = None,
    ) -> None:
        self.folder = WeightsFolder(weights_folder(folder))
        self.entries = tuple(entries)
        self.layouts = layouts_of(entries) if layouts is None else layouts
        self._others = Others(self.folder, self.layouts)
        self._trying = Trying(self.folder, self.entries, recogniser)

    def list(self) -> list[StoredCheckpoint]:
        """Return every published checkpoint, whether or not it is here, and what else is here."""
        found = [self.stored(info) for info in self.entries]
        if any(each.state == "unreadable" for each in found):
            return found
        theirs = {each.info.file for each in found if each.state in _HERE}
        return [*found, *map(self.stored, self._others.infos(theirs))]

    def own(self) -> Sequence[CheckpointInfo]:
        """Return the user's own weights; never raises or hangs."""
        return [info for info in self._others.infos() if info.descriptor]

    def sweep(self) -> None:
        """Delete what processes that were ended have left in the folder; never raises or hangs."""
        found = self.list()
        if all(each.state != "unreadable" for each in found):
            self.folder.sweep([each.info for each in found])

    def info(self, name: str) -> CheckpointInfo:
        """Return what is known under an id; raises `BadParameterError` if nothing is."""
        if any(info.id == name for info in self.entries):
            return find_checkpoint(name, self.entries)
        others = [stored.info for stored in self.list()[len(self.entries) :]]
        return find_checkpoint(name, [*self.entries, *others])

    def identity(self, name: str) -> Identity:
        """Return what says that a checkpoint that is here is the one of an id."""
        return self.folder.identity(self.info(name))

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
        require_ready(self.folder, self.info(name))
        return self.folder.file(self.info(name))

    def load(self, name: str, cancelled: CancelCheck = never) -> dict[str, Tensor]:
        """Return the tensors of a checkpoint; raises as `path` and `load_state_dict` do."""
        path, info = self.path(name), self.info(name)
        sha256 = self.folder.sha256(info)
        return load_state_dict(path, sha256, allow=self._trying.programs(), cancelled=cancelled)

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
        *,
        own: Own | None = None,
        confirmed_sha256: str = "",
        cancelled: CancelCheck = never,
    ) -> StoredCheckpoint:
        """Copy a checkpoint into the folder, after it was tried, and a look at which one it is.

        Parameters
        ----------
        file : path
            A checkpoint of a known layout.
        name : str, optional
            The id of the published checkpoint that the user says it is.
        own : Own, optional
            What the user calls it and knows about it, if it is no published one. If its SHA-256
            is a published one, it is that all the same.
        confirmed_sha256 : str
            The SHA-256 of the file, if it is a program that the user lets run.
        cancelled : callable
            Asked several times a second, also while a disk does not answer.

        Raises
        ------
        BadParameterError
            If there is no such id, or weights cannot be called so.
        MissingWeightsError
            If there is no such file.
        UnconfirmedProgramError
            If it is a program, and its SHA-256 neither published nor confirmed.
        UnidentifiedCheckpointError
            If nothing tells which checkpoint it is, or whether it is a published one.
        BadCheckpointError
            If it is no checkpoint, or not that checkpoint.
        UnwritablePathError
        CancelledError
            Nothing has changed then.
        """
        wanted = None if name is None else self.info(name)
        if wanted is not None and wanted.own:
            raise BadParameterError(f"{name} is no published checkpoint; say --name instead.")
        said = Said(
            wanted,
            None if own is None else require_name(own),
            require_sha256(confirmed_sha256) if confirmed_sha256 else "",
        )
        adding = Adding(self.folder, self._others, self._trying)
        return self.stored(adding.add(Path(file), said, cancelled))

    def confirm(self, name: str, sha256: str, cancelled: CancelCheck = never) -> StoredCheckpoint:
        """Let a program run that is here and whose SHA-256 is not published, and try it.

        Parameters
        ----------
        name : str
            Its id.
        sha256 : str
            The SHA-256 of the file, as the user has seen it.
        cancelled : callable
            Asked several times a second; nothing has changed if it says so.

        Raises
        ------
        BadParameterError
            If there is no such id, or that is no SHA-256.
        MissingWeightsError
            If it is not here.
        BadCheckpointError
            If the file has another SHA-256, or is no program of that network.
        UnwritablePathError
        CancelledError
        """
        info, wanted = self.info(name), require_sha256(sha256)
        if self.folder.state(info) != "unconfirmed":
            require_ready(self.folder, info)
        apart(
            lambda left: self._trying.verified(info, left, wanted),
            lambda: require_going_on(cancelled),
        )
        confirm(wanted, info.title)
        return self.stored(info)

    def layout_of(
        self, file: str | os.PathLike[str], cancelled: CancelCheck = never
    ) -> LayoutInfo:
        """Return the layout of a file that is nowhere yet, after it was tried.

        Parameters
        ----------
        file : path
            Perhaps a checkpoint.
        cancelled : callable
            Asked several times a second.

        Raises
        ------
        MissingWeightsError
            If there is no such file.
        BadCheckpointError
            If it is no checkpoint.
        CancelledError
        """

        def look(left: CancelCheck) -> str:
            checkpoint = read_checkpoint(without_links(Path(file)), left)
            return self._trying.layout(checkpoint, left)

        return self.layouts[apart(look, lambda: require_going_on(cancelled))]

    def said(self, name: str) -> Own:
        """Return what is known about weights of the user's own; raises as `describe` does."""
        return self._others.said(self.info(name))

    def describe(self, name: str, said: Own) -> StoredCheckpoint:
        """Change what is said about weights of the user's own.

        Parameters
        ----------
        name : str
            Their id.
        said : Own
            What they are to be called, and what the user knows about them.

        Raises
        ------
        BadParameterError
            If there are no such weights, others are called so, or the name is none.
        UnwritablePathError
        """
        return self.stored(self._others.describe(self.info(name), said))

    def recognise(self, cancelled: CancelCheck = never) -> Sequence[StoredCheckpoint]:
        """Look at the files that were put into the folder by hand, and remember what they are.

        A file whose SHA-256 is a published one is still no checkpoint of that id unless it has
        its name; add it to make it one.

        Returns
        -------
        list of StoredCheckpoint
            These files, as they are now.

        Raises
        ------
        MissingDependencyError
            If PyTorch is not installed and there is a file that only it can look at.
        CancelledError
        """
        unknown = [stored.info for stored in self.list() if stored.state == "unknown"]
        for info in unknown:
            apart(partial(self._recognised, info), lambda: require_going_on(cancelled))
        files = {info.file for info in unknown}
        return [stored for stored in self.list() if stored.info.file in files and stored.info.own]

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
        require_readable(self.folder, info)
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
            As the catalogue calls it.
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
            require_ready(self.folder, info)
        return apart(
            lambda left: self._trying.verified(info, left), lambda: require_going_on(cancelled)
        )

    def stored(self, info: CheckpointInfo) -> StoredCheckpoint:
        """Return whether a checkpoint is here; never raises or hangs."""
        return stored_in(self.folder, info)

    def _recognised(self, info: CheckpointInfo, cancelled: CancelCheck) -> None:
        found = self._trying.recognised(info, cancelled)
        if found is not None:
            self._others.remember_found(info, *found)
