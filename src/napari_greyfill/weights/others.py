"""What is in the weights folder beside published checkpoints: own weights and unknown files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from napari_greyfill.errors import BadParameterError, UnwritablePathError
from napari_greyfill.weights.catalogue import CheckpointInfo
from napari_greyfill.weights.folder import VARIABLE, WeightsFolder
from napari_greyfill.weights.memory import Memory, recall, remember
from napari_greyfill.weights.own import NOT_KNOWN, LayoutInfo, Own, name_of, require_name

__all__ = ["Others", "unwritable_memory"]


@dataclass(frozen=True)
class Others:
    """The files in the weights folder that are no published checkpoints.

    Attributes
    ----------
    folder : WeightsFolder
    layouts : mapping of str to LayoutInfo
        The layouts that the user's own weights may have, by name.
    """

    folder: WeightsFolder
    layouts: Mapping[str, LayoutInfo]

    def infos(self, theirs: Collection[str] = ()) -> list[CheckpointInfo]:
        """Return what is known about each file; never raises or hangs.

        Parameters
        ----------
        theirs : collection of str
            The names of files that are published checkpoints.
        """
        found: dict[str, CheckpointInfo] = {}
        for path in self.folder.checkpoints():
            own = self._said(path)
            info = unknown_file(path.name)
            if own is not None:
                info = self.layouts[own.layout].info(own, path.name)
            elif path.name in theirs:
                continue
            found.setdefault(info.id, info)
        return list(found.values())

    def _said(self, path: Path) -> Own | None:
        """Return what is known about a file; None if nothing, or it changed since it was found."""
        memory = recall(path)
        if memory is None or memory.own is None or memory.own.layout not in self.layouts:
            return None
        return memory.own if not memory.found or _unchanged(path, memory) else None

    def place(self, own: Own, source: Path, sha256: str) -> CheckpointInfo:
        """Return what the user's own weights are and where they go.

        Parameters
        ----------
        own : Own
            Their name, their layout and what the user says about them.
        source : Path
            The file they are added from; one in the folder stays where it is.
        sha256 : str
            Of that file.

        Raises
        ------
        BadParameterError
            If other weights are called so.
        """
        layout = self.layouts[own.layout]
        info = layout.info(own, layout.file(own))
        for here in self.infos():
            if self.folder.file(here) == source:
                info = replace(info, file=here.file)
            elif here.id == info.id:
                if self.folder.sha256(here) != sha256:
                    raise _taken(info.id)
                info = replace(info, file=here.file)
        return info

    def said(self, info: CheckpointInfo) -> Own:
        """Return what is known about the user's own weights.

        Raises
        ------
        BadParameterError
            If they are not the user's own, or nobody has looked at the file.
        """
        own = self._said(self.folder.file(info))
        if own is None:
            raise BadParameterError(
                f"{info.id} is not known as weights of your own; choose those that you have added."
            )
        return own

    def describe(self, info: CheckpointInfo, said: Own) -> CheckpointInfo:
        """Change what is known about the user's own weights; return what is known now.

        Parameters
        ----------
        info : CheckpointInfo
            Which weights, as `infos` lists them.
        said : Own
            Name, training data and licence.

        Raises
        ------
        BadParameterError
            If they are not the user's own, others are called so, or the name is none.
        UnwritablePathError
        """
        earlier, neat = self.said(info), require_name(said)
        now = replace(neat, layout=earlier.layout, original=earlier.original, found=False)
        renamed = self.layouts[now.layout].info(now, info.file)
        if renamed.id != info.id and any(each.id == renamed.id for each in self.infos()):
            raise _taken(renamed.id)
        memory = recall(self.folder.file(info))
        if memory is None or not remember(self.folder.file(info), replace(memory, own=now)):
            raise unwritable_memory(self.folder.path)
        return renamed

    def remember_found(self, info: CheckpointInfo, layout: str, sha256: str) -> None:
        """Remember which layout a file has that was put into the folder by hand."""
        name = name_of(info.file, layout, [each.id for each in self.infos()])
        own = Own(name, layout, original=info.file, found=True)
        self.folder.accept(info, sha256, own)


def _unchanged(path: Path, memory: Memory) -> bool:
    try:
        return memory.describes(path.stat())
    except OSError:
        return False


def _taken(name: str) -> BadParameterError:
    return BadParameterError(
        f"There are weights {name} already; choose another name, or remove them first with: "
        f"napari-greyfill weights remove {name}"
    )


def unknown_file(name: str) -> CheckpointInfo:
    """Return what is known about a file that nobody has looked at: its name, which is its id."""
    return CheckpointInfo(
        id=name,
        network="",
        descriptor="",
        title=name,
        training_data=NOT_KNOWN,
        masks=NOT_KNOWN,
        size=1,
        good_for="Put into the folder by hand, and not looked at yet.",
        file=name,
        licence=NOT_KNOWN,
        citation=NOT_KNOWN,
    )


def unwritable_memory(folder: Path) -> UnwritablePathError:
    """Return the error that nothing can be remembered about a file."""
    return UnwritablePathError(
        f"What is known about the file cannot be written to {folder}; change its permissions, or "
        f"choose another folder with the environment variable {VARIABLE}."
    )
