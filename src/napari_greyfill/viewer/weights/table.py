"""The columns of the table of weights, which has one row for each checkpoint."""

from __future__ import annotations

from contextlib import suppress
from html import escape

from napari_greyfill.comparison.columns import Column
from napari_greyfill.inpaint.networks.methods import method_of
from napari_greyfill.weights.catalogue import PURPOSES, CheckpointInfo
from napari_greyfill.weights.folder import megabytes
from napari_greyfill.weights.stored import IDENTITIES, StoredCheckpoint

__all__ = ["COLUMNS", "NON_COMMERCIAL", "STATES", "details", "state_of", "verb_of"]

STATES = {
    "ready": "ready",
    "download": "can be downloaded",
    "by hand": "fetch by hand",
    "damaged": "damaged",
    "unreadable": "folder cannot be read",
    "unknown": "not looked at",
    "unconfirmed": "to be confirmed",
}
NON_COMMERCIAL = "Not for commercial use, by its licence or that of its pictures."
# What is shown in place of "ready" where nothing but the user, or nobody, says which file it is.
_UNPROVEN = {"claimed": "ready, as you said", "own": "own weights", "found": "own, not verified"}


COLUMNS: tuple[Column[StoredCheckpoint], ...] = (
    Column("state", "State", "", lambda stored: state_of(stored)),
    Column("title", "Checkpoint", "", lambda stored: stored.info.title),
    Column("purpose", "For", "", lambda stored: _purpose(stored)),
    Column("data", "Trained on", "", lambda stored: stored.info.training_data),
    Column("side", "At", "", lambda stored: _side(stored)),
    Column("bytes", "Size", "", lambda stored: _size(stored)),
    Column("licence", "Licence", "", lambda stored: stored.info.licence),
)


def details(stored: StoredCheckpoint) -> str:
    """Return what people should know before they get a checkpoint, as rich text."""
    info = stored.info
    where = info.url or info.page
    problem = f"<b>{escape(stored.problem)}</b><br><br>" if stored.problem else ""
    what = IDENTITIES[stored.identity]
    lines = [f"<b>{escape(info.title, quote=False)}</b>"]
    lines += [f"{what[:1].upper()}{what[1:]}."] if what else []
    lines += [f"<b>{NON_COMMERCIAL}</b>"] if info.non_commercial else []
    lines += ["Recommended."] if info.rank else []
    lines += (
        [escape(info.good_for, quote=False)] if stored.identity not in ("own", "found") else []
    )
    masks = "" if info.own else f", {info.masks}, at {info.size} pixels"
    facts = {
        "Trained on": f"{info.training_data}{masks}.",
        "For": "" if info.own else PURPOSES[info.purpose],
        "Size": _size(stored) if info.bytes else "",
        "Checksum": _checksum(info),
        "Licence": info.licence,
        "Please cite": info.citation if info.descriptor else "",
        "Method": _method(stored),
        "File": stored.path.name if info.own else "",
        "From": where,
    }
    lines += [
        "",
        *(f"<b>{key}</b> {escape(text, quote=False)}" for key, text in facts.items() if text),
    ]
    return problem + "<br>".join(lines)


def state_of(stored: StoredCheckpoint) -> str:
    """Return the state of a checkpoint in a few words, and who says which it is."""
    return _UNPROVEN.get(stored.identity) or STATES[stored.state]


def _purpose(stored: StoredCheckpoint) -> str:
    info = stored.info
    if info.own:
        return "–"
    return f"{PURPOSES[info.purpose]}{' (recommended)' if info.rank else ''}"


def _checksum(info: CheckpointInfo) -> str:
    """Return what is published of a file that tells it from others."""
    if info.own:
        return ""
    if info.sha256:
        return f"SHA-256 {info.sha256[:8]}…, published"
    if info.sha256_prefix:
        return f"SHA-256 begins with {info.sha256_prefix}"
    return "MD5 only" if info.md5 else "none is published"


def _side(stored: StoredCheckpoint) -> str:
    return "–" if stored.info.own else f"{stored.info.size} px"


def _method(stored: StoredCheckpoint) -> str:
    return method_of(stored.info) if stored.info.own and stored.info.descriptor else ""


def _size(stored: StoredCheckpoint) -> str:
    if stored.state in ("ready", "damaged", "unconfirmed"):
        with suppress(OSError):  # it may be gone by now
            return megabytes(stored.path.stat().st_size)
    return megabytes(stored.info.bytes) if stored.info.bytes else "–"


def verb_of(chosen: StoredCheckpoint) -> str:
    """Return what the first button does with a checkpoint."""
    if chosen.state == "unconfirmed":
        return "Confirm…"
    if chosen.info.own:
        return "Look at it" if chosen.state == "unknown" else "Describe…"
    return "Download" if chosen.info.url else "Open its page"
