"""Copy checkpoints into the weights folder, once it is known which ones they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from napari_greyfill.compute.detached import apart
from napari_greyfill.compute.device import CancelCheck
from napari_greyfill.errors import UnwritablePathError
from napari_greyfill.weights.catalogue import CheckpointInfo
from napari_greyfill.weights.confirmed import confirm
from napari_greyfill.weights.folder import WeightsFolder, writing
from napari_greyfill.weights.identify import agreed, proven, unidentified
from napari_greyfill.weights.loading import Checkpoint, read_checkpoint
from napari_greyfill.weights.others import Others, unwritable_memory
from napari_greyfill.weights.own import Own
from napari_greyfill.weights.placing import placed, require_going_on, without_links
from napari_greyfill.weights.stored import require_readable
from napari_greyfill.weights.trying import Trying

__all__ = ["Adding", "Said"]


@dataclass(frozen=True)
class Said:
    """What the user says about a file.

    Attributes
    ----------
    published : CheckpointInfo or None
        The published checkpoint that it is.
    own : Own or None
        What it is called and what is known about it, if it is no published one.
    program : str
        Its SHA-256, if it is a program that may run; empty if nothing was said.
    """

    published: CheckpointInfo | None = None
    own: Own | None = None
    program: str = ""


@dataclass(frozen=True)
class Adding:
    """Looks at files, finds out which checkpoints they are, and puts them into the folder.

    Attributes
    ----------
    folder : WeightsFolder
    others : Others
        What is in it beside published checkpoints.
    trying : Trying
        Tells the layout of a file, and what is published.
    """

    folder: WeightsFolder
    others: Others
    trying: Trying

    def add(self, file: Path, said: Said, cancelled: CancelCheck) -> CheckpointInfo:
        """Copy a checkpoint into the folder; return which one it is. See `WeightsStore.add`.

        Parameters
        ----------
        file : Path
            A checkpoint of a known layout.
        said : Said
            What it is, where nothing else tells.
        cancelled : callable
            Asked several times a second, also while a disk does not answer.
        """
        programs = [said.program] if said.program else []

        def look(left: CancelCheck) -> tuple[Path, Checkpoint, str]:
            # a link of the user's own may lead anywhere; one in the weights folder may not
            source = without_links(file)
            checkpoint = read_checkpoint(source, left)
            return source, checkpoint, self.trying.layout(checkpoint, left, programs)

        source, checkpoint, layout = apart(look, lambda: require_going_on(cancelled))
        info, own = self._identified(source, checkpoint, layout, said)
        require_readable(self.folder, info)
        self._put(source, info, checkpoint, cancelled, own)
        if checkpoint.sha256 == said.program:
            confirm(checkpoint.sha256, info.title)
        return info

    def _identified(
        self, source: Path, checkpoint: Checkpoint, layout: str, said: Said
    ) -> tuple[CheckpointInfo, Own | None]:
        """Return which checkpoint a file is, and what is known about it if it is the user's."""
        entries: Sequence[CheckpointInfo] = self.trying.entries
        info = proven(checkpoint, layout, entries)
        if said.published is not None:
            info = agreed(checkpoint, layout, said.published, entries)
        if info is not None:
            return info, None
        if said.own is None:
            raise unidentified(checkpoint, layout, entries)
        own = replace(said.own, layout=layout, original=checkpoint.name, found=False)
        return self.others.place(own, source, checkpoint.sha256), own

    def _put(
        self,
        source: Path,
        info: CheckpointInfo,
        checkpoint: Checkpoint,
        cancelled: CancelCheck,
        own: Own | None,
    ) -> None:
        """Write what was looked at, whatever has become of the file it was read from."""
        target = self.folder.file(info)
        self.folder.create()
        with writing(self.folder.path):
            same = target.exists() and target.samefile(source) and not target.is_symlink()
            if not same:
                self._require_place(info, checkpoint.sha256)
                placed(checkpoint.content, target, cancelled)
        accepted = self.folder.accept(info, checkpoint.sha256, own)
        if not accepted and not info.published_hash:
            raise unwritable_memory(self.folder.path)

    def _require_place(self, info: CheckpointInfo, sha256: str) -> None:
        """Raise rather than write over a file that somebody put there by hand."""
        here = next((each for each in self.others.infos() if each.file == info.file), None)
        if here is None or info.own or self.folder.belongs(info) or self.folder.problem(info):
            return
        if self.folder.sha256(here) != sha256:
            raise UnwritablePathError(
                f"{self.folder.file(here)} is another file, which was put there by hand; move it "
                f"elsewhere, or remove it with: napari-greyfill weights remove {here.id}"
            )
