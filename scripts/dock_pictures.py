"""Make the pictures of the docks Fill and Masks for the documentation, in a real window.

Run as: scripts/with_display.sh python scripts/dock_pictures.py [FOLDER], by default docs/images.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from qtpy.QtCore import QEventLoop, Qt, QTimer

if TYPE_CHECKING:
    from napari import Viewer

IMAGES = Path(__file__).parents[1] / "docs" / "images"
COLOURS = 256
LONGEST = 120_000  # milliseconds


def fill_dock(viewer: Viewer) -> None:
    """Fill the scratched photograph and measure the fill."""
    viewer.open_sample("napari-greyfill", "photo")
    dock = _open(viewer, "Fill")
    dock.form.image_choice.choose(viewer.layers["photo"])
    dock.form.mask_choice.choose(viewer.layers["photo mask"])
    dock.form.reference_choice.choose(viewer.layers["photo (intact)"])
    dock.refresh()
    _wait_for(dock.run_ended, dock.run_button.click)


def masks_dock(viewer: Viewer) -> None:
    """Show a random mask over a photograph before it is applied."""
    from skimage import data

    viewer.add_image(data.astronaut(), name="astronaut")
    dock = _open(viewer, "Masks")
    _wait_for(dock.previewed, lambda: dock.form.tabs.setCurrentWidget(dock.form.random))


PICTURES = {"dock.png": fill_dock, "masks_dock.png": masks_dock}


def _open(viewer: Viewer, name: str) -> Any:  # noqa: ANN401 - one of the docks
    frame, dock = viewer.window.add_plugin_dock_widget("napari-greyfill", name)
    _wait(500)
    frame.parent().resizeDocks([frame], [320], Qt.Orientation.Horizontal)
    _wait(500)
    viewer.reset_view()
    return dock


def _wait_for(signal: Any, action: Any) -> None:  # noqa: ANN401 - a bound signal, a callable
    loop = QEventLoop()
    signal.connect(lambda *_: loop.quit())
    QTimer.singleShot(LONGEST, loop.quit)
    QTimer.singleShot(0, action)
    loop.exec()
    _wait(1000)


def _wait(milliseconds: int) -> None:
    """Let the window draw what has changed."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main(folder: Path) -> None:
    """Write every picture, with few colours, so that the repository stays small."""
    import napari

    for name, show in PICTURES.items():
        viewer = napari.Viewer(title="napari")
        viewer.window.resize(1400, 900)
        show(viewer)
        viewer.window.screenshot(str(folder / name), flash=False)
        viewer.close()
        with Image.open(folder / name) as picture:
            few = picture.convert("RGB").quantize(COLOURS)
        few.save(folder / name, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else IMAGES)
