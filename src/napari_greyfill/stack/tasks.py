"""What a stack's work is cut into, and what comes of each piece.

Tasks depend on nothing but themselves, so that they can be worked on in any order, in any
process and on any machine, and a run that was killed can go on with those that are left.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.image.geometry import Window
from napari_greyfill.inpaint.neighbours.gain import Gain
from napari_greyfill.stack.masks import Part
from napari_greyfill.stack.seen import Seen

__all__ = ["Source", "StackPatch", "Task", "TaskKind", "TaskResult"]

TaskKind = Literal["region", "bubble", "gap", "dust", "gain"]


class Source(IntEnum):
    """What a filled pixel was made of; the labels of the filled region have these numbers."""

    OWN = 1
    Z = 2
    T = 3
    CHANNEL = 4
    GAIN = 5

    @property
    def words(self) -> str:
        """Return what it is, for people."""
        return {
            Source.OWN: "its own plane",
            Source.Z: "neighbouring planes (z)",
            Source.T: "neighbouring planes (t)",
            Source.CHANNEL: "other channels",
            Source.GAIN: "corrected gain",
        }[self]


@dataclass(frozen=True)
class Task:
    """One piece of work.

    Attributes
    ----------
    key : str
        Stable from run to run, such as "T1/Z14/r003".
    kind : {"region", "bubble", "gap", "dust", "gain"}
        A region of one plane; holes through several planes next to each other; planes that are
        missing as a whole; some of the planes of an axis that have the same holes nearly all; or
        measuring how much light these let through, which fills nothing.
    planes : tuple of tuple of int
        The planes to fill, in order, each by its place along all axes of the stack but the last
        two.
    core : Window
        Which holes are filled.
    window : Window
        What is looked at.
    axis : int or None
        The axis of the stack along which several planes follow each other; None for one plane.
    taken : tuple of (int, Window)
        Which parts of the core other tasks fill, each with the number of its plane in `planes`.
    group : str
        Of static dust the key of the task that measures it.
    margin : (int, int)
        How many planes at the beginning and the end are only there for the others.
    part : {"", "still", "passing"}
        Which part of the mask it fills.
    """

    key: str
    kind: TaskKind
    planes: tuple[tuple[int, ...], ...]
    core: Window
    window: Window
    axis: int | None = None
    taken: tuple[tuple[int, Window], ...] = ()
    group: str = ""
    margin: tuple[int, int] = (0, 0)
    part: Part = ""

    @property
    def filled(self) -> tuple[tuple[int, ...], ...]:
        """Return the planes that it fills."""
        return self.planes[self.margin[0] : len(self.planes) - self.margin[1]]


@dataclass(frozen=True, eq=False)
class StackPatch:
    """What was filled in one plane.

    Attributes
    ----------
    index : tuple of int
        The plane, by its place along all axes of the stack but the last two (and colour).
    window : Window
        Where it lies in the plane.
    values : (h, w) or (h, w, C) array
        In the type of the image; only those in the hole count.
    hole : (h, w) bool array
        True where values are to be pasted.
    source : int
        The `Source` that most of them were made of.
    expected_error : float or None
        The root mean square error to expect in the hole, in the units of the image.
    share : float
        How much came from other planes or channels, 0 to 1.
    words : str
        What was done, for people.
    """

    index: tuple[int, ...]
    window: Window
    values: NDArray[Any]
    hole: NDArray[np.bool_]
    source: int = int(Source.OWN)
    expected_error: float | None = None
    share: float = 0.0
    words: str = ""


@dataclass(frozen=True, eq=False)
class TaskResult:
    """What came of a task.

    Attributes
    ----------
    key : str
        That of the task.
    patches : tuple of StackPatch
        One for each plane that was filled; none where nothing was.
    notes : tuple of str
        Sentences that the user must see.
    gain : Gain or None
        Of static dust: how much light came through on the window of the task, and what to do.
    seen : Seen or None
        What it was made of; None if nobody knows.
    """

    key: str
    patches: tuple[StackPatch, ...]
    notes: tuple[str, ...] = ()
    gain: Gain | None = None
    seen: Seen | None = None
