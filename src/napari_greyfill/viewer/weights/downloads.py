"""The folder that browsers download to, watched for checkpoints, and the bar that offers them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from qtpy.QtCore import QFileSystemWatcher, QObject, QStandardPaths, QTimer, Signal
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.texts import WEIGHTS as TEXTS
from napari_greyfill.weights.catalogue import CHECKPOINT_FILES

__all__ = ["DownloadsWatch", "OfferBar", "downloads_folder"]

_PAUSE = 700  # milliseconds; a file that has not grown for so long is whole

# name -> size and time
_Files = dict[str, tuple[int, int]]


def downloads_folder() -> Path:
    """Return where browsers put what they download."""
    place = QStandardPaths.StandardLocation.DownloadLocation
    return Path(QStandardPaths.writableLocation(place) or Path.home())


class DownloadsWatch(QObject):
    """Tells of checkpoint files that come to a folder while it is watched.

    Files that were there before are nobody's business.

    Signals
    -------
    arrived : Path
        A file that has stopped growing.
    """

    arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder: Path | None = None
        self._known: _Files = {}
        self._growing: _Files = {}
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(lambda _: self._timer.start())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._look)

    def start(self, folder: Path) -> None:
        """Watch a folder from now on, if there is one."""
        if self.folder == folder:
            return
        self.stop()
        self._known = _checkpoints(folder)
        if self._watcher.addPath(str(folder)):
            self.folder = folder

    def stop(self) -> None:
        """Watch nothing any more."""
        if self.folder is not None:
            self._watcher.removePath(str(self.folder))
        self.folder, self._growing = None, {}
        self._timer.stop()

    def _look(self) -> None:
        if self.folder is None:
            return
        found = _checkpoints(self.folder)
        new = {name: state for name, state in found.items() if self._known.get(name) != state}
        for name, state in new.items():
            if state[0] and self._growing.get(name) == state:
                self._known[name] = state
                self.arrived.emit(self.folder / name)
        self._growing = new
        # writing to a file is no change of its folder, so that is looked at again
        if any(self._known.get(name) != state for name, state in new.items()):
            self._timer.start()


class OfferBar(QWidget):
    """Offers a file that has arrived; hidden until there is one.

    Signals
    -------
    wanted : Path
        The user wants it added.
    """

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.file: Path | None = None
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.add_button = button("Add it", TEXTS["add_offered"], self._take)
        self.leave_button = button("Not now", TEXTS["leave_offered"], self.hide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)
        layout.addLayout(side_by_side(self.add_button, self.leave_button))
        self.hide()

    def offer(self, file: Path, what: str) -> None:
        """Offer a file.

        Parameters
        ----------
        file : Path
            Where it is.
        what : str
            What it is, for people.
        """
        self.file = file
        self.text.setText(f"{file.name} has arrived in {file.parent.name}: {what}.")
        self.show()

    def _take(self) -> None:
        self.hide()
        self.wanted.emit(self.file)


def _checkpoints(folder: Path) -> _Files:
    """Return size and time of each checkpoint file in a folder."""
    found: _Files = {}
    with suppress(OSError):
        for path in folder.iterdir():
            if path.suffix.lower() in CHECKPOINT_FILES:
                with suppress(OSError):  # browsers rename files
                    status = path.stat()
                    found[path.name] = status.st_size, status.st_mtime_ns
    return found
