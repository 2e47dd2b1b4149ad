"""What the commands of `napari-greyfill weights` print: sentences, or JSON for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from napari_greyfill.weights.catalogue import PURPOSES, CheckpointInfo
from napari_greyfill.weights.store import WeightsStore
from napari_greyfill.weights.stored import IDENTITIES, StoredCheckpoint
from napari_greyfill.weights.together import in_order

__all__ = [
    "Verified",
    "added_text",
    "arrived_text",
    "listed_text",
    "stored_json",
    "to_confirm",
    "verified_json",
]

_WIDTH = 88


@dataclass(frozen=True)
class Verified:
    """What came of reading a checkpoint from end to end.

    Attributes
    ----------
    id : str
    sha256 : str or None
        Of the file; None if it cannot be used.
    problem : str or None
        Why not, as a sentence.
    """

    id: str
    sha256: str | None
    problem: str | None


def listed_text(found: Iterable[StoredCheckpoint]) -> str:
    """Return a paragraph on each checkpoint, those first that people look for first."""
    return "\n".join(f"\n{_described(each)}" for each in in_order(found))


def _described(checkpoint: StoredCheckpoint) -> str:
    info = checkpoint.info
    words = {
        "ready": "ready",
        "download": f"not here; get it with: napari-greyfill weights get {info.id}",
        "by hand": f"not here; fetch {info.published_as or 'it'} by hand from {info.page}",
        "damaged": f"damaged; see: napari-greyfill weights verify {info.id}",
        "unreadable": "not known: the folder cannot be read",
        "unknown": "could not be looked at",
        "unconfirmed": f"here, to be confirmed with: napari-greyfill weights confirm {info.id}",
    }
    licence = f"Licence: {info.licence}."
    if info.non_commercial:
        licence = f"Not for commercial use. {licence}"
    texts = [info.title, info.good_for, licence]
    if not info.own:
        rank = ", recommended" if info.rank else ""
        texts.insert(1, f"For {PURPOSES[info.purpose]}; trained at {info.size} pixels{rank}.")
    if info.own:
        texts.insert(2, f"Training data: {info.training_data}.")
    what = f"; {IDENTITIES[checkpoint.identity]}" if checkpoint.identity else ""
    lines = [f"{info.id}", f"  {words[checkpoint.state]}{what}"]
    layout = textwrap.TextWrapper(
        _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
    return "\n".join([*lines, *map(layout.fill, texts)])


def arrived_text(store: WeightsStore, info: CheckpointInfo, path: Path) -> str:
    """Return what there is to say about a checkpoint that was downloaded.

    Parameters
    ----------
    store : WeightsStore
        Where it is now.
    info : CheckpointInfo
        Which one.
    path : Path
        Its file.
    """
    if store.stored(info).state == "unconfirmed":
        lines = [f"{info.title} has arrived: {path}", to_confirm(store, info)]
    else:
        lines = [f"{info.title} is ready: {path}"]
    return "\n".join([*lines, f"Licence: {info.licence}."])


def to_confirm(store: WeightsStore, info: CheckpointInfo) -> str:
    """Return how to let a program run that is here."""
    sha256 = store.folder.sha256(info)
    return (
        f"It is a program, and no SHA-256 of it is published; the one it has is {sha256}. If you "
        f"trust {info.url or info.page}, let it run with: napari-greyfill weights confirm "
        f"{info.id} {sha256}"
    )


def added_text(added: StoredCheckpoint) -> str:
    """Return what there is to say about a checkpoint that was added, confirmed or described."""
    info = added.info
    lines = [f"{info.title} is ready: {added.path}", f"It is {IDENTITIES[added.identity]}."]
    if info.own:
        lines.append(f"Training data: {info.training_data}.")
    return "\n".join([*lines, f"Licence: {info.licence}."])


def stored_json(found: Iterable[StoredCheckpoint], **others: str) -> str:
    """Return checkpoints as one JSON object.

    Parameters
    ----------
    found : iterable of StoredCheckpoint
        Listed as "checkpoints".
    **others : str
        What stands before them, by name.
    """
    return _json([checkpoint.to_dict() for checkpoint in found], **others)


def verified_json(results: Iterable[Verified]) -> str:
    """Return what came of several checks as one JSON object."""
    return _json([asdict(result) for result in results])


def _json(checkpoints: list[dict[str, Any]], **others: str) -> str:
    return json.dumps({**others, "checkpoints": checkpoints}, indent=2)
