"""How much a person does from an opened picture to a saved one: clicks, strokes, keys, waiting.

Everything is done with real mouse and key events in a real window, and counted where it is done.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.frame import table
from benchmarks.responsiveness import wait
from napari_greyfill.files import write_image

SIDE = 1024
RADIUS = 4  # of a grain of dust, pixels
BRUSH = 20
HEADER = ("how", "removals", "clicks", "strokes", "keys", "computing, CPU s")
BEFORE = "dock Fill of version 0.1"
COUNTS = (1, 10)


def measure(repeats: int) -> str:
    ways: dict[str, Callable[[_Person, int], None]] = {
        "dock Fill, a run for each": _with_fill,
        "dock Fill, one run for all": _with_one_fill,
        "dock Heal": _with_heal,
        "dock Heal, *Show dust*": _with_dust,
    }
    rows: list[tuple[object, ...]] = [
        (BEFORE, count, 6 + 3 * (count - 1), count, "", "") for count in COUNTS
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, way in ways.items():
            for count in COUNTS:
                rows.append((name, count, *_counted(way, count, Path(folder))))
    return (
        "## Clicks\n\n"
        f"From an opened picture ({SIDE} × {SIDE} pixels, 16 bits, with 1 or 10 grains of dust) "
        "to the result and its mask in files, with real mouse and key events. The three clicks "
        "of the menu that opens the dock count, and so does the Enter that answers the dialog of "
        "*Save as…*. *Computing* is what the process takes from each event until the dock is "
        "ready again, in all threads; the first fill of a session imports what it needs. "
        f"The {BEFORE} was counted by hand, without saving, for which it had no button, and "
        "filled everything anew with each run.\n\n" + table(HEADER, rows)
    )


@dataclass
class _Person:
    """Somebody at the window; whatever they do is counted."""

    viewer: Any
    places: list[tuple[int, int]]
    clicks: int = 0
    strokes: int = 0
    keys: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.window = self.viewer.window._qt_window  # a person's, not a plugin's
        self.canvas = self.viewer.window._qt_viewer.canvas
        self.started = time.process_time()

    def opens(self, name: str) -> Any:
        """Open a dock by the menu, and return it."""
        bar = self.window.menuBar()
        menu = self.viewer.window.plugins_menu
        self._press(bar, bar.actionGeometry(menu.menuAction()).center())
        for title in ("Greyfill", name):
            wait(100)
            action = next(a for a in menu.actions() if a.text().strip("&").startswith(title))
            self._press(menu, menu.actionGeometry(action).center())
            menu = action.menu() or menu
        wait(500)
        holder = next(
            dock for key, dock in self.viewer.window.dock_widgets.items() if key.startswith(name)
        )
        return holder

    def clicks_on(self, button: Any) -> None:
        _until(button.isEnabled)
        self.started = time.process_time()
        self._press(button)

    def _press(self, widget: Any, place: Any = None) -> None:
        from qtpy.QtCore import Qt
        from qtpy.QtTest import QTest

        self.clicks += 1
        none = Qt.KeyboardModifier.NoModifier
        place = widget.rect().center() if place is None else place
        if hasattr(widget, "setChecked") and widget.isCheckable():
            place.setX(8)  # the box, not the empty space beside its text
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, none, place)

    def types(self, key: str) -> None:
        from qtpy.QtCore import Qt
        from qtpy.QtTest import QTest

        self.keys += 1
        self.started = time.process_time()
        keys = {"Ctrl+Enter": (Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)}
        QTest.keyClick(self.canvas.native, *keys[key])

    def paints(self, place: tuple[int, int], layer: Any) -> None:
        """Paint over a grain with one stroke."""
        from qtpy.QtCore import QEvent, QPointF, Qt
        from qtpy.QtGui import QMouseEvent
        from qtpy.QtWidgets import QApplication

        self.strokes += 1
        buttons, none = Qt.MouseButton, Qt.KeyboardModifier.NoModifier
        steps = [(place[0], place[1] + right) for right in (-3, 0, 3)]
        kinds = ["MouseButtonPress", "MouseMove", "MouseButtonRelease"]
        for kind, (y, x) in zip(kinds, steps, strict=True):
            at = QPointF(*self._on_canvas(layer, y, x))
            button = buttons.NoButton if kind == "MouseMove" else buttons.LeftButton
            held = buttons.NoButton if kind == "MouseButtonRelease" else buttons.LeftButton
            self.started = time.process_time()
            event = QMouseEvent(getattr(QEvent.Type, kind), at, at, button, held, none)
            QApplication.sendEvent(self.canvas.native, event)
            wait(15)

    def _on_canvas(self, layer: Any, y: float, x: float) -> tuple[float, float]:
        down, right = layer.data_to_world((y, x))[-2:]
        view = self.canvas.view
        right, down = (view.transform * view.scene.transform).map([right, down])[:2]
        return float(right), float(down)

    def waits_until(self, ready: Callable[[], bool]) -> None:
        _until(ready)
        self.seconds += time.process_time() - self.started

    def saves(self, dock: Any, path: Path) -> None:
        from qtpy.QtWidgets import QFileDialog

        asked = QFileDialog.getSaveFileName
        QFileDialog.getSaveFileName = staticmethod(lambda *_: (str(path), ""))
        try:
            self.clicks_on(dock.save_button)
        finally:
            QFileDialog.getSaveFileName = asked
        self.keys += 1  # the Enter that answers the dialog
        self.waits_until(lambda: not dock.background.busy)
        assert path.exists(), dock.status.text()


def _until(ready: Callable[[], bool]) -> None:
    """Run the event loop until something is so."""
    end = time.perf_counter() + 120
    while not ready():
        assert time.perf_counter() < end, "the dock is not ready"
        wait(5)


def _with_fill(person: _Person, path: Path, *, at_once: bool = False) -> None:
    dock = person.opens("Fill")
    person.clicks_on(dock.form.new_mask)
    mask = dock.form.mask_layer
    mask.brush_size = BRUSH
    for place in person.places:
        person.paints(place, mask)
        if not at_once or place == person.places[-1]:
            _until(lambda: not dock.why_not())
            person.types("Ctrl+Enter")
            person.waits_until(lambda: not dock.running)
    person.saves(dock, path)


def _with_one_fill(person: _Person, path: Path) -> None:
    _with_fill(person, path, at_once=True)


def _with_heal(person: _Person, path: Path) -> None:
    dock = person.opens("Heal")
    dock.layers.brush.brush_size = BRUSH
    for place in person.places:
        person.paints(place, dock.layers.brush)
        person.waits_until(lambda: not (dock.runner.running or dock.queue.busy))
    person.saves(dock, path)


def _with_dust(person: _Person, path: Path) -> None:
    dock = person.opens("Heal")
    person.clicks_on(dock.dust.form.shown)
    person.waits_until(lambda: not dock.dust.busy)
    found = dock.dust.found
    assert found is not None
    assert found.count == len(person.places), found.count
    person.clicks_on(dock.dust.form.heal)
    person.waits_until(lambda: not (dock.runner.running or dock.queue.busy))
    person.saves(dock, path)


def _counted(
    way: Callable[[_Person, Path], None], count: int, folder: Path
) -> tuple[int, int, int, float]:
    """Return clicks, strokes, keys and CPU seconds of one way."""
    import napari

    image, places = _dusty(count)
    path = folder / "slide.tif"
    write_image(path, image)
    viewer = napari.Viewer()
    viewer.window.resize(1400, 900)
    viewer.open(path, plugin="napari")
    wait(1500)
    person = _Person(viewer, places)
    way(person, folder / "slide filled.tif")
    (folder / "slide filled.tif").unlink()
    viewer.close()
    return person.clicks, person.strokes, person.keys, person.seconds


def _dusty(count: int) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Return a picture with grains of dust, and where these are."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE]
    smooth = 20_000 + 5_000 * np.sin(x / 140 + y / 190) + 4_000 * np.cos(y / 155)
    image = smooth + rng.normal(0, 300, (SIDE, SIDE))
    places = [(130 + 190 * (i // 3), 200 + 300 * (i % 3)) for i in range(count)]
    for row, column in places:
        image[(y - row) ** 2 + (x - column) ** 2 <= RADIUS**2] = 2_000
    return image.astype(np.uint16), places
