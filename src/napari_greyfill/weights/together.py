"""All published checkpoints that need no browser, and the order of checkpoints in lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.errors import BadCheckpointError, DownloadError, MissingWeightsError
from napari_greyfill.weights.catalogue import PURPOSES, CheckpointInfo
from napari_greyfill.weights.folder import megabytes

if TYPE_CHECKING:
    from napari_greyfill.weights.store import WeightsStore
    from napari_greyfill.weights.stored import StoredCheckpoint

__all__ = ["FetchProgress", "Fetched", "downloadable", "get_all", "in_order", "size_of"]

FetchProgress = Callable[[int, int, int | None], None]

_LARGE = 100_000_000  # bytes, of which fractions of a megabyte do not matter
_UNRANKED = 1000  # after all that are recommended


@dataclass(frozen=True)
class Fetched:
    """What came of one of several downloads.

    Attributes
    ----------
    info : CheckpointInfo
    problem : str
        Why it is not here, as a sentence; empty if it is.
    """

    info: CheckpointInfo
    problem: str = ""


def in_order(found: Iterable[StoredCheckpoint]) -> list[StoredCheckpoint]:
    """Return checkpoints as people look for them: recommended ones, by purpose, then own ones."""
    purposes = list(PURPOSES)

    def place(stored: StoredCheckpoint) -> tuple[bool, int, int]:
        info = stored.info
        return info.own, info.rank or _UNRANKED, purposes.index(info.purpose)

    return sorted(found, key=place)


def downloadable(found: Iterable[StoredCheckpoint]) -> list[CheckpointInfo]:
    """Return the checkpoints that are not here, or damaged, and need no browser."""
    wanted = ("download", "damaged")
    return [each.info for each in in_order(found) if each.info.url and each.state in wanted]


def size_of(infos: Sequence[CheckpointInfo]) -> str:
    """Return how much checkpoints are to download, for people."""
    known = sum(info.bytes or 0 for info in infos)
    said = megabytes(known) if known < _LARGE else f"{known / 1e6:,.0f} MB"
    return said if all(info.bytes for info in infos) else f"at least {said}"


def get_all(
    store: WeightsStore,
    infos: Sequence[CheckpointInfo],
    progress: FetchProgress,
    cancelled: CancelCheck = never,
) -> list[Fetched]:
    """Download checkpoints one after the other; one that fails does not keep the others back.

    Parameters
    ----------
    store : WeightsStore
        Where they go.
    infos : sequence of CheckpointInfo
        Which ones, in that order.
    progress : callable
        Told which one arrives, from 0, how many bytes of it are there, and of how many; None if
        the server does not say.
    cancelled : callable
        Asked several times a second. What has arrived stays, and a part is gone on from.

    Raises
    ------
    CancelledError, UnwritablePathError
        What has arrived by then is there.
    """
    done = []
    for index, info in enumerate(infos):

        def arrived(there: int, total: int | None, index: int = index) -> None:
            progress(index, there, total)

        try:
            store.get(info.id, arrived, cancelled)
            done.append(Fetched(info))
        except (DownloadError, BadCheckpointError, MissingWeightsError) as error:
            done.append(Fetched(info, str(error)))
    return done
