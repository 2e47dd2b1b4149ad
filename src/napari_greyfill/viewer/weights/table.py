"""The Qt model of the weights: one row for each published checkpoint."""

from __future__ import annotations

from contextlib import suppress
from html import escape

from napari_greyfill.comparison.tables import Column
from napari_greyfill.viewer.widgets.tables import TableModel
from napari_greyfill.weights.folder import megabytes
from napari_greyfill.weights.store import StoredCheckpoint

__all__ = ["STATES", "WeightsTableModel", "details"]

STATES = {
    "ready": "ready",
    "download": "can be downloaded",
    "by hand": "fetch by hand",
    "damaged": "damaged",
    "unreadable": "folder cannot be read",
}


class WeightsTableModel(TableModel):
    """Published checkpoints as rows."""

    columns = (
        Column("state", "State", "", lambda stored: STATES[stored.state]),
        Column("title", "Checkpoint", "", lambda stored: stored.info.title),
        Column("data", "Trained on", "", lambda stored: stored.info.training_data),
        Column("side", "At", "", lambda stored: f"{stored.info.size} px"),
        Column("bytes", "Size", "", lambda stored: _size(stored)),
        Column("licence", "Licence", "", lambda stored: stored.info.licence),
    )
    rows: list[StoredCheckpoint]

    def update_rows(self, rows: list[StoredCheckpoint]) -> None:
        """Show these checkpoints; a selection stays where the rows are as many as before."""
        if len(rows) != len(self.rows):
            self.replace_rows(rows)
            return
        self.rows = rows
        self.tell_changed()

    def tip(self, row: StoredCheckpoint, column: Column[StoredCheckpoint]) -> str:
        """Return what a cell shows, which may be wider than its column."""
        return column.text(row)


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
