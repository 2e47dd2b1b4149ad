"""What a run keeps on disk as it goes: pixels in a patch store, finished tasks in a journal.

Both lie side by side, as in ``filled.ome.zarr`` and ``filled.ome.zarr.journal``. A run that was
killed or cancelled goes on from there, and what it gives is bit for bit what it would have given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from numpy.typing import DTypeLike

from napari_greyfill.errors import UnwritablePathError
from napari_greyfill.files import make_folder
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.journal import Journal
from napari_greyfill.stack.ome import Place, stored_axes
from napari_greyfill.stack.store import PatchStore
from napari_greyfill.stack.tasks import TaskResult

__all__ = ["Keeping", "journal_of", "kept"]


class Keeping:
    """A store and its journal, while a run holds them; made by `kept`.

    Attributes
    ----------
    store : PatchStore
    """

    def __init__(
        self, store: PatchStore, journal: Journal, finished: Mapping[str, Mapping[str, object]]
    ) -> None:
        self.store = store
        self._journal, self._finished = journal, finished

    def restored(self, keys: Iterable[str]) -> dict[str, TaskResult]:
        """Return what earlier runs have finished of some tasks.

        Parameters
        ----------
        keys : iterable of str
            Those of the tasks. What the journal has and the store does not is left out, so that
            it is worked on again.
        """
        found = {}
        for key in keys:
            record = self._finished.get(key)
            result = None if record is None else self.store.restored(key, record)
            if result is not None:
                found[key] = result
        return found

    def add(self, result: TaskResult) -> None:
        """Keep what came of a task.

        Raises
        ------
        UnwritablePathError
            As on a full disk; what was kept before stays, and the task is worked on again.
        """
        self._journal.add(result.key, self.store.add(result))

    def forget(self, result: TaskResult) -> None:
        """Take back what was kept of a task that is to be worked on again.

        Parameters
        ----------
        result : TaskResult
            What `restored` returned for it.

        Raises
        ------
        UnwritablePathError
        """
        self.store.remove(result)


def journal_of(path: Path) -> Path:
    """Return where the journal of a store lies."""
    return path.with_name(f"{path.name}.journal")


@contextmanager
def kept(
    path: Path,
    axes: Axes,
    dtype: DTypeLike,
    fingerprint: str,
    place: Place | None = None,
    *,
    name: str = "filled",
) -> Iterator[Keeping]:
    """Begin to keep a run, or go on with the one that is kept there.

    Parameters
    ----------
    path : Path
        Of the store: a folder that does not exist, or that an earlier run has made.
    axes : Axes
        Those of the stack.
    dtype : dtype
        That of its values.
    fingerprint : str
        Stands for stack, mask and options.
    place : Place, optional
        Where the pixels of the stack lie.
    name : str
        Of the image, for people.

    Raises
    ------
    UnwritablePathError
        If it cannot be written, holds something else, or another run is at it.
    UnreadableFileError
        If what is there is damaged, or of another stack, mask or options.
    UnsupportedImageError
        If an OME-Zarr cannot have such axes.
    MissingDependencyError
        If zarr or ome-zarr are not installed.
    """
    stored_axes(axes)  # before anything is written
    journal = Journal(journal_of(path))
    if path.exists() and not journal.path.exists():
        raise UnwritablePathError(
            f"{path} exists already, and no journal {journal.path.name} beside it tells how to go "
            "on; choose another name, or remove it."
        )
    make_folder(path.parent)
    with journal.held():
        finished = journal.begin({"stack, mask or options": fingerprint}, resume=True)
        if path.exists():
            store = PatchStore.open(path)
            store.require_fit(axes, dtype)
        else:
            store = PatchStore.create(path, axes, dtype, place, name=name)
        yield Keeping(store, journal, finished)
