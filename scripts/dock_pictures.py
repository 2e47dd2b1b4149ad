"""Make the pictures of the docks Fill, Masks and Heal for the documentation, in a real window.

Run as: scripts/with_display.sh python scripts/dock_pictures.py [FOLDER [NAME ...]], by default all
in docs/images.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from qtpy.QtCore import QEventLoop, Qt, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


def heal_dust(viewer: Viewer) -> None:
    """Outline the dust of a slide."""
    from scipy.ndimage import gaussian_filter
    from skimage import data

    rng = np.random.default_rng(4)
    slide = gaussian_filter(data.camera(), 1.5)
    rows, columns = np.mgrid[: slide.shape[0], : slide.shape[1]]
    for y, x, radius, level in zip(
        *rng.integers(10, 500, (2, 40)),
        rng.uniform(1.5, 4, 40),
        rng.choice([5, 250], 40),
        strict=True,
    ):
        slide[(rows - y) ** 2 + (columns - x) ** 2 < radius**2] = level
    viewer.add_image(slide, name="slide")
    dock = _open(viewer, "Heal")
    dock.dust.form.contrast.setValue(30)
    dock.dust.form.shown.click()
    _until(lambda: dock.dust.found is not None and not dock.dust.busy)
    _wait(500)


def stack_done(viewer: Viewer) -> None:
    """Fill all planes of the sample film."""
    dock = _film(viewer)
    _wait_for(dock.run_ended, dock.run_button.click)
    viewer.dims.set_current_step(0, 5)


def stack_running(viewer: Viewer) -> Any:  # noqa: ANN401 - the dock Fill
    """Fill all planes of the sample film, and look when some are there."""
    dock = _film(viewer)
    dock.run_button.click()
    _until(lambda: dock.progress.value() > 0 and "film filled" in viewer.layers)
    return dock


def stack_cancelled(viewer: Viewer) -> None:
    """Cancel a fill of the sample film in the middle."""
    dock = stack_running(viewer)
    _wait_for(dock.run_ended, dock.cancel_button.click)


PICTURES = {
    "dock.png": fill_dock,
    "masks_dock.png": masks_dock,
    "heal_dust.png": heal_dust,
    "stack_dock.png": stack_done,
    "stack_running.png": stack_running,
    "stack_cancelled.png": stack_cancelled,
}


def _film(viewer: Viewer) -> Any:  # noqa: ANN401 - the dock Fill
    """Open the sample film and choose all of its planes."""
    viewer.open_sample("napari-greyfill", "film")
    dock = _open(viewer, "Fill")
    dock.form.image_choice.choose(viewer.layers["film"])
    dock.form.mask_choice.choose(viewer.layers["film mask"])
    planes = dock.form.stack.planes
    planes.setCurrentIndex(planes.findData("all"))
    dock.refresh()
    return dock


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


def _until(condition: Callable[[], bool]) -> None:
    """Let the window work until something is so."""
    for _ in range(LONGEST // 5):
        if condition():
            break
        _wait(5)


def _wait(milliseconds: int) -> None:
    """Let the window draw what has changed."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main(folder: Path, names: Sequence[str]) -> None:
    """Write pictures, with few colours, so that the repository stays small.

    Parameters
    ----------
    folder : Path
        Where to.
    names : sequence of str
        Of files.
    """
    import napari

    for name in names:
        show = PICTURES[name]
        viewer = napari.Viewer(title="napari")
        viewer.window.resize(1400, 900)
        show(viewer)
        viewer.window.screenshot(str(folder / name), flash=False)
        for dock in viewer.window.dock_widgets.values():
            getattr(dock, "cancel", lambda: None)()
        viewer.close()
        with Image.open(folder / name) as picture:
            few = picture.convert("RGB").quantize(COLOURS)
        few.save(folder / name, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else IMAGES, sys.argv[2:] or list(PICTURES))
