"""Which published checkpoint a file is, as far as its SHA-256 or the user says so.

What a file is called proves nothing, and neither does its layout: anybody may train a network
anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from napari_greyfill.errors import BadCheckpointError, UnidentifiedCheckpointError
from napari_greyfill.weights.catalogue import CheckpointInfo
from napari_greyfill.weights.download import by_hand
from napari_greyfill.weights.loading import Checkpoint

__all__ = ["agreed", "proven", "unidentified"]


def proven(
    file: Checkpoint, layout: str, entries: Sequence[CheckpointInfo]
) -> CheckpointInfo | None:
    """Return the published checkpoint whose SHA-256 a file has; None if there is none.

    Parameters
    ----------
    file : Checkpoint
        What was read of it, with its SHA-256.
    layout : str
        Its layout, from its tensors.
    entries : sequence of CheckpointInfo
        The published checkpoints.
    """
    for info in _of_layout(layout, entries):
        if info.published_hash and info.matches(file.sha256, len(file.content)):
            return info
    return None


def agreed(
    file: Checkpoint, layout: str, wanted: CheckpointInfo, entries: Sequence[CheckpointInfo]
) -> CheckpointInfo:
    """Return the published checkpoint that the user says a file is, if nothing contradicts.

    Parameters
    ----------
    file : Checkpoint
        What was read of it, with its SHA-256.
    layout : str
        Its layout, from its tensors.
    wanted : CheckpointInfo
        What the user says it is.
    entries : sequence of CheckpointInfo
        The published checkpoints.

    Raises
    ------
    BadCheckpointError
        If it has another layout, size or SHA-256.
    """
    if wanted.descriptor != layout:
        raise BadCheckpointError(
            f"{file.name} is a checkpoint of {layout}, and {wanted.id} is one of "
            f"{wanted.descriptor}; choose {_choices(_of_layout(layout, entries)) or 'another'}."
        )
    if not (wanted.matches(file.sha256, len(file.content)) and wanted.md5 in ("", file.md5)):
        raise BadCheckpointError(
            f"{file.name} is not the file that was published as {wanted.id} (its SHA-256 "
            f"begins with {file.sha256[:8]}); {by_hand(wanted)}, or keep it as weights of your "
            "own with --name NAME."
        )
    return wanted


def unidentified(
    file: Checkpoint, layout: str, entries: Sequence[CheckpointInfo]
) -> UnidentifiedCheckpointError:
    """Return the error that asks the user what a file is.

    Parameters
    ----------
    file : Checkpoint
        What was read of it, with its SHA-256.
    layout : str
        Its layout, from its tensors.
    entries : sequence of CheckpointInfo
        The published checkpoints.
    """
    possible = [
        info
        for info in _of_layout(layout, entries)
        if not info.published_hash
        and info.matches(file.sha256, len(file.content))
        and info.md5 in ("", file.md5)
    ]
    own = "keep it as weights of your own with --name NAME"
    choice = f"say which it is with --id ({_choices(possible)}), or " if possible else ""
    return UnidentifiedCheckpointError(
        f"{file.name} has the layout of {layout}, but no published SHA-256 says which checkpoint "
        f"it is; {choice}{own}.",
        layout=layout,
        possible=tuple(info.id for info in possible),
    )


def _of_layout(layout: str, entries: Sequence[CheckpointInfo]) -> list[CheckpointInfo]:
    return [info for info in entries if info.descriptor == layout]


def _choices(entries: Sequence[CheckpointInfo]) -> str:
    return ", ".join(info.id for info in entries)
