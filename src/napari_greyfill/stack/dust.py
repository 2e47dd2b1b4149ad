"""Damage at one place of all frames: measured once, then corrected or filled frame by frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import NothingKnownError
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.neighbours.base import Slice
from napari_greyfill.inpaint.neighbours.dust import FEWEST, estimate_gain
from napari_greyfill.inpaint.neighbours.flicker import smoothed_in_time
from napari_greyfill.inpaint.neighbours.gain import Gain
from napari_greyfill.inpaint.spectral import Spectral
from napari_greyfill.stack.plane import PlaneWork, StackWork
from napari_greyfill.stack.tasks import Source, StackPatch, Task, TaskResult

__all__ = ["filled_dust", "measured_dust"]

Plane = NDArray[np.float32]

MOST_FRAMES = 200  # that a gain is measured on, evenly spread
JUDGED = 12  # frames that tell whether what is behind the dust is seen through it at all
SEEN = 0.2  # correlation of what changes in time, with what fills say
BRIGHTER = 1.1  # than its surroundings no dust is


def measured_dust(task: Task, work: StackWork, compute: Compute) -> TaskResult:
    """Measure the gain of static dust, and decide what to do about it.

    Where what is recorded there does not follow what is around it from frame to frame, nothing is
    seen through the dust: it is filled.

    Parameters
    ----------
    task : Task
        Its planes are the frames.
    work : StackWork
        What all tasks have in common.
    compute : Compute
        Says when to stop.
    """
    places = np.linspace(0, len(task.planes) - 1, min(len(task.planes), MOST_FRAMES)).round()
    frames = [_frame(task, int(place), work, compute) for place in np.unique(places)]
    hole = PlaneWork(task, 0, work, compute.cancelled).own
    frames = [frame for frame in frames if not (frame.unknown | hole).all()]
    none = Gain(np.ones(hole.shape, np.float32), 0.0, "inpaint")
    if len(frames) < FEWEST or not hole.any() or not _is_seen_through(frames, hole, compute):
        return TaskResult(task.key, (), gain=none)
    black = _black(work)
    gain = estimate_gain(frames, hole, compute, black=black)
    notes: tuple[str, ...] = ()
    if gain.decision != "inpaint":
        known = "" if gain.known_to is None else f", known to {_percent(gain.known_to)}"
        what = "was corrected" if gain.decision == "correct" else "was left as it is"
        sentence = (
            f"Dust at the same place of {len(task.planes)} frames takes up to "
            f"{100 * gain.depth:.0f} % of the light{known}: it {what}; "
            'choose dust="inpaint" to have it filled.'
        )
        notes = (sentence,)
    return TaskResult(task.key, (), notes, gain)


def _percent(share: float) -> str:
    return "half a percent or better" if share < 0.005 else f"about {100 * share:.0f} %"


def filled_dust(
    task: Task, work: StackWork, compute: Compute
) -> tuple[list[StackPatch], list[str]]:
    """Correct or fill some frames with damage at the same place.

    Fills are smoothed a little along time, for which one more frame on either side is filled.

    Parameters
    ----------
    task : Task
        Its planes are the frames; those that `margin` names are filled but not returned.
    work : StackWork
        With what was measured.
    compute : Compute
        Says when to stop.
    """
    gain = work.gains.get(task.group)
    planes = [PlaneWork(task, n, work, compute.cancelled) for n in range(len(task.planes))]
    before, after = task.margin
    wanted = planes[before : len(planes) - after]
    if gain is not None and gain.decision == "leave":
        return [], []
    if gain is not None and gain.decision == "correct":
        return [_corrected(plane, gain) for plane in wanted], []
    if work.image.axes.stack_names[task.axis or 0] != "T":
        return [plane.alone() for plane in wanted if not plane.missing.all()], []
    fills: list[tuple[PlaneWork, Plane, float | None]] = []
    notes: list[str] = []
    for plane in planes:
        try:
            plane.require_known()
        except NothingKnownError as nothing:
            notes.append(str(nothing))
            continue
        around = plane.around(None)
        own = around(0)
        assert own is not None  # it is the plane itself
        unwanted = own.unknown & ~plane.own
        fill = exhaust(Blend(compute).run(own.plane, own.unknown, unwanted))
        width = around.scale.width * work.image.values.width
        error = None if fill.expected_error is None else fill.expected_error * width
        fills.append((plane, plane.on_stack(fill.plane, around), error))
    if not fills:
        return [], notes
    smooth = smoothed_in_time([fill for _, fill, _ in fills], planes[0].own)
    patches = []
    for (plane, _, error), calm in zip(fills, smooth, strict=True):
        if plane in wanted:
            values = plane.coloured(calm)
            words = "its own plane, calmed along t"
            patches.append(plane.made(values, Source.OWN, error, words, 0.0))
    return patches, notes


def _corrected(plane: PlaneWork, gain: Gain) -> StackPatch:
    """Return what was recorded, with the light back that dust took."""
    image = plane.work.image
    values = np.asarray(plane.values)
    colours = values[..., :3] if values.ndim == 3 else values
    planes = image.values.to_unit(colours)
    factor = gain.gain if planes.ndim == 2 else gain.gain[..., None]
    black = _black(plane.work)
    lit = black + (planes - black) / factor
    made = plane.as_values(np.clip(lit, *image.values.unit_limits(image.dtype)))
    words = f"corrected by up to {100 * gain.depth:.0f} %"
    return plane.made(made, Source.GAIN, None, words, 0.0)


def _frame(task: Task, number: int, work: StackWork, compute: Compute) -> Slice:
    """Return what was recorded, behind the dust too, on the scale of the stack."""
    plane = PlaneWork(task, number, work, compute.cancelled)
    unknown = plane.missing & ~plane.own | work.image.invalid(plane.values)
    return Slice(work.image.grey(plane.values, unknown), unknown)


def _black(work: StackWork) -> float:
    """Return the value of no light on the scale of the stack: 0, unless values go below."""
    values = work.image.values
    return float((min(values.low, 0.0) - values.low) / values.width)


def _is_seen_through(frames: list[Slice], hole: NDArray[np.bool_], compute: Compute) -> bool:
    """Return whether what is recorded behind the dust follows its surroundings."""
    places = np.linspace(0, len(frames) - 1, min(len(frames), JUDGED)).round().astype(int)
    seen, filled = [], []
    for frame in (frames[place] for place in np.unique(places)):
        missing = frame.unknown | hole
        given = np.where(missing, np.float32(0), frame.plane)
        fill = exhaust(Spectral(compute).run(given, missing))
        if not (frame.unknown & hole).any():
            seen.append(frame.plane[hole])
            filled.append(fill.plane[hole])
    if len(seen) < 3:
        return False
    a, b = np.asarray(seen, np.float64), np.asarray(filled, np.float64)
    if a.mean() > BRIGHTER * b.mean():
        return False
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    power = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return power > 0 and float((a * b).sum()) / power > SEEN
