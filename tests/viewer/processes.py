"""Programs that open a viewer in a process of their own, which a crash ends, and nothing else."""

import os
import subprocess
import sys
import time
from pathlib import Path

import napari
from OpenGL import GL
from qtpy.QtWidgets import QApplication

NO_OPENGL = 75  # how a program ends that had no OpenGL before any work of its own
TRIES = 3  # a display that is being used by many programs refuses a context now and then
PATIENCE = 20.0  # seconds for a window to be there


def open_viewer():
    """Return a viewer whose window is on the screen; end the process where OpenGL is missing.

    Without a context of OpenGL the first layer fails deep inside napari.
    """
    viewer = napari.Viewer()
    window = viewer.window._qt_window.windowHandle()
    end = time.monotonic() + PATIENCE
    while not window.isExposed() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.005)
    if GL.glGetString(GL.GL_EXTENSIONS) is None:
        sys.stderr.write("The display has given no OpenGL context.\n")
        sys.exit(NO_OPENGL)
    return viewer


def run_program(module, *arguments):
    """Run a module as a program; again where the display gave no OpenGL, which says nothing of it.

    Parameters
    ----------
    module : str
        Name of the module.
    *arguments : str
        What it is given.

    Returns
    -------
    subprocess.CompletedProcess
        Of the last try, with its output as text.
    """
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root / "src"), str(root), os.environ.get("PYTHONPATH", "")])
    for _ in range(TRIES):
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", "-m", module, *arguments],
            cwd=root,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != NO_OPENGL:
            break
    return done
