"""The main job in a real napari window: open a sample, fill it with the dock, save everything."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from napari_greyfill.errors import GreyfillError, MissingDependencyError
from napari_greyfill.files import make_folder, write_image

if TYPE_CHECKING:
    from napari.viewer import Viewer

    from napari_greyfill.viewer.fill.dock import FillDock

__all__ = ["run_demo"]

VIRTUAL_DISPLAY = "NAPARI_GREYFILL_VIRTUAL_DISPLAY"  # set where nobody looks at the screen
_TIMEOUT = 300_000  # milliseconds


def run_demo(output: Path, interactive: bool | None = None) -> list[Path]:
    """Fill the sample photograph in a napari window and save what came out.

    Parameters
    ----------
    output : Path
        Folder for the pictures of every layer, metrics.csv and window.png.
    interactive : bool, optional
        Whether to leave the window open at the end; by default if somebody can see it.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    GreyfillError
        If there is no screen, the folder cannot be written, or the fill fails.
    """
    if _no_screen():
        raise GreyfillError(
            "There is no screen to open a window on; run it as: xvfb-run napari-greyfill demo"
        )
    _require_qt()
    make_folder(output)
    import napari

    viewer = napari.Viewer(title="napari-greyfill demo")
    viewer.window.resize(1400, 900)
    dock = fill_sample(viewer)
    written = _save(viewer, dock, output)
    show = VIRTUAL_DISPLAY not in os.environ if interactive is None else interactive
    if show:
        napari.run()
    else:
        viewer.close()
    return written


def _require_qt() -> None:
    """Check that there is a toolkit to open windows with.

    Raises
    ------
    MissingDependencyError
    """
    try:
        import qtpy.QtWidgets  # noqa: F401 - whether it can be imported is the question
    except Exception as error:
        raise MissingDependencyError(
            "There is no Qt to open a window with; install one with: "
            "pip install 'napari-greyfill[all]'."
        ) from error


def fill_sample(viewer: Viewer) -> FillDock:
    """Open the sample photograph, press Run in the dock, and wait for the result."""
    from qtpy.QtCore import QEventLoop, QTimer

    viewer.open_sample("napari-greyfill", "photo")
    _, dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Fill")
    dock.form.image_choice.choose(viewer.layers["photo"])
    dock.form.mask_choice.choose(viewer.layers["photo mask"])
    dock.form.reference_choice.choose(viewer.layers["photo (intact)"])
    dock.form.intermediates.setChecked(True)
    loop = QEventLoop()
    dock.run_ended.connect(loop.quit)
    QTimer.singleShot(_TIMEOUT, loop.quit)
    dock.refresh()
    dock.run_button.click()
    if dock.running:
        loop.exec()
    _settle(500)
    if not dock.table.model.rows:
        raise GreyfillError(f"The fill did not finish; the dock says: {dock.status.text()}")
    return dock


def _settle(milliseconds: int) -> None:
    """Let the window draw what has changed."""
    from qtpy.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _no_screen() -> bool:
    return sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _save(viewer: Viewer, dock: FillDock, output: Path) -> list[Path]:
    """Write every layer as a picture, the table, and the window as it stands."""
    written = []
    for layer in viewer.layers:
        data = np.asarray(layer.data)
        is_mask = layer.name.endswith(("mask", "filled region"))
        path = output / f"{layer.name.replace(' ', '_').replace('(', '').replace(')', '')}.png"
        write_image(path, np.where(data > 0, 255, 0).astype(np.uint8) if is_mask else data)
        written.append(path)
    table = output / "metrics.csv"
    dock.table.save(table)
    window = output / "window.png"
    viewer.window.screenshot(str(window), flash=False)
    return [*written, table, window]
