"""The columns of the table of weights, which has one row for each published checkpoint."""

from __future__ import annotations

from contextlib import suppress
from html import escape

from napari_greyfill.comparison.columns import Column
from napari_greyfill.weights.folder import megabytes
from napari_greyfill.weights.store import StoredCheckpoint

__all__ = ["COLUMNS", "STATES", "details"]

STATES = {
    "ready": "ready",
    "download": "can be downloaded",
    "by hand": "fetch by hand",
    "damaged": "damaged",
    "unreadable": "folder cannot be read",
}


COLUMNS: tuple[Column[StoredCheckpoint], ...] = (
    Column("state", "State", "", lambda stored: STATES[stored.state]),
    Column("title", "Checkpoint", "", lambda stored: stored.info.title),
    Column("data", "Trained on", "", lambda stored: stored.info.training_data),
    Column("side", "At", "", lambda stored: f"{stored.info.size} px"),
    Column("bytes", "Size", "", lambda stored: _size(stored)),
    Column("licence", "Licence", "", lambda stored: stored.info.licence),
)


def details(stored: StoredCheckpoint) -> str:
    """Return what people should know before they get a checkpoint, as rich text."""
    info = stored.info
    where = info.url or info.page
    problem = f"<b>{escape(stored.problem)}</b><br><br>" if stored.problem else ""
    return problem + (
        f"<b>{info.title}</b><br>{info.good_for}<br><br>"
        f"<b>Trained on</b> {info.training_data}, {info.masks}, at {info.size} pixels.<br>"
        f"<b>Licence</b> {info.licence}<br>"
        f"<b>Please cite</b> {info.citation}<br>"
        f"<b>From</b> {where}"
    )


def _size(stored: StoredCheckpoint) -> str:
    if stored.state in ("ready", "damaged"):
        with suppress(OSError):  # it may be gone by now
            return megabytes(stored.path.stat().st_size)
    return megabytes(stored.info.bytes) if stored.info.bytes else "–"
