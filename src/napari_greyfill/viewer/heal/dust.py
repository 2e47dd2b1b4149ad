"""Dust in the plane in view: candidates found in a thread, outlined, kept or dropped by clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QObject, Signal

from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.masks.candidates import Candidates, find_candidates
from napari_greyfill.masks.tones import Tones
from napari_greyfill.viewer.heal.dust_form import DustForm
from napari_greyfill.viewer.heal.layers import DROPPED, DUST
from napari_greyfill.viewer.threads.background import Background
from napari_greyfill.viewer.widgets.failures import show_failure

if TYPE_CHECKING:
    from napari_greyfill.viewer.heal.dock import HealDock

__all__ = ["Dust"]

Pixel = tuple[int, int]
Index = tuple[int, ...]
Numbers = NDArray[np.int32]
_REACH = 4  # pixels of the screen from a candidate at which a click means it
_SCREEN = 1.5  # pixels of the screen that an outline is wide


class Dust(QObject):
    """Looks for dust as the form says, as long as it is to be shown.

    Parameters
    ----------
    dock : HealDock
        Whose plane in view is looked at.

    Signals
    -------
    drawn
        What is found, kept or dropped is another.
    """

    drawn = Signal()

    def __init__(self, dock: HealDock) -> None:
        super().__init__(dock)
        self._dock = dock
        self.form = DustForm()
        self.stale = False  # whether the plane was changed since it was looked at
        self.found: Candidates | None = None
        self._rims: Numbers | None = None
        self._dropped: dict[Index, set[Pixel]] = {}  # by a pixel, for numbers change
        self._kept: dict[str, Tones] = {}  # of the plane as it is, made in the thread
        self._background = Background(self)
        self._background.failed.connect(show_failure)
        self.form.changed.connect(self.look)
        self.form.toggled.connect(self._toggled)

    @property
    def busy(self) -> bool:
        """Return whether it is looking."""
        return self._background.busy

    @property
    def on(self) -> bool:
        """Return whether candidates are to be shown."""
        return self.form.shown.isChecked()

    def leave(self) -> None:
        """Look no more, for the dock is being closed."""
        self._background.leave()

    def forget(self) -> None:
        """Know nothing of the plane any more; another is in view, or it was changed."""
        self._background.drop("dust")
        self._kept = {}
        self.stale = False
        self.found = self._rims = None

    def start_anew(self) -> None:
        """Forget what was dropped as well; another image is healed."""
        self.forget()
        self._dropped.clear()

    def look(self) -> None:
        """Look for candidates in the plane in view, in a thread."""
        session = self._dock.session
        if not self.on or session is None:
            return
        blemish, side, size, contrast = self.form.chosen()
        kept, width = self._kept, self._width()
        picture = None if kept else session.result.copy()
        rgb = session.kind != "grey"

        def work() -> tuple[Candidates, Numbers]:
            if picture is not None and not kept:
                kept["plane"] = Tones.of(picture, rgb=rgb)
            found = find_candidates(
                kept["plane"], blemish, side=side, size=size, contrast=contrast
            )
            height, breadth = found.labels.shape
            return found, found.outline(Window(0, height, 0, breadth), width)

        def then(made: tuple[Candidates, Numbers]) -> None:
            if kept is self._kept and self.on:
                self.found, self._rims = made
                self._redraw()

        self._background.ask("dust", work, then)
        self._say()

    def _toggled(self, on: bool) -> None:
        self.forget()
        if on:
            self.look()
        self._redraw()

    def _redraw(self) -> None:
        self._say()
        self.drawn.emit()

    def _say(self) -> None:
        found = self.found
        if found is None:
            self.form.count.setText("Looking…" if self.busy else "")
            self.form.heal.setEnabled(False)
            return
        dropped = len(self.dropped)
        more = f", {dropped:,} dropped" if dropped else ""
        hint = " Click one to drop it or to keep it." if found.count else ""
        self.form.count.setText(f"{found.count:,} found{more}.{hint}")
        self.form.heal.setEnabled(found.count > dropped)

    # ------------------------------------------------------------ keeping and dropping

    @property
    def dropped(self) -> set[int]:
        """Return the numbers of the candidates that were dropped on the plane in view."""
        if self.found is None:
            return set()
        return self.found.numbers(self._dropped.get(self._dock.index, ()))

    def at(self, pixel: Pixel) -> int:
        """Return the number of the candidate that a click on a pixel means; 0 for none."""
        return 0 if self.found is None else self.found.at(pixel, self._pixels(_REACH))

    def toggle(self, number: int) -> None:
        """Drop a candidate, or keep it again."""
        if self.found is None:
            return
        pixels = self._dropped.setdefault(self._dock.index, set())
        own = {pixel for pixel in pixels if self.found.at(pixel) == number}
        if own:
            pixels -= own
        else:
            box = self.found.boxes[number - 1]
            rows, columns = np.nonzero(self.found.labels[box.slices] == number)
            middle = rows.size // 2
            pixels.add((int(rows[middle]) + box.y0, int(columns[middle]) + box.x0))
        self._redraw()

    def kept(self) -> tuple[Window, NDArray[np.bool_]] | None:
        """Return where the candidates lie that are to be healed; None if there are none."""
        if self.found is None:
            return None
        mask = self.found.mask(self.dropped)
        box = tight_box(mask)
        return None if box is None else (box, mask[box.slices])

    def draw(self, labels: NDArray[np.uint8], window: Window) -> None:
        """Write outlines into a window of what the brush's layer shows.

        Parameters
        ----------
        labels : (h, w) uint8 array
            What it shows there.
        window : Window
            Where that is.
        """
        if self._rims is None or self.found is None:
            return
        rims = self._rims[window.slices]
        colours = np.full(self.found.count + 1, DUST, dtype=np.uint8)
        colours[list(self.dropped)] = DROPPED
        drawn = rims > 0
        labels[drawn] = colours[rims[drawn]]

    def _width(self) -> int:
        return self._pixels(_SCREEN)

    def _pixels(self, screen: float) -> int:
        """Return pixels of the screen in pixels of the picture, at least one."""
        brush = None if self._dock.layers is None else self._dock.layers.brush
        scale = 1.0 if brush is None else float(np.abs(brush.scale[-1]))
        zoom = float(self._dock.zoom) * scale
        return int(np.clip(round(screen / max(zoom, 1e-6)), 1, 50))
