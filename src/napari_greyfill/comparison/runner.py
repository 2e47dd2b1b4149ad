"""Fill one hole in many ways, doing once what they share.

A method is prepared once. It fills the grey once for all colorizers, and the colour once for the
pipelines rgb-rgb and rgb-grey-rgb. What fails becomes a row that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.comparison.configuration import Combination
from napari_greyfill.comparison.result import CompareStep
from napari_greyfill.comparison.row import Row
from napari_greyfill.compute.memory import Cost, Meter
from napari_greyfill.compute.progress import translated
from napari_greyfill.errors import CancelledError, GreyfillError
from napari_greyfill.image.colour import luma
from napari_greyfill.image.picture import Patch
from napari_greyfill.pipeline.grey_stage import Filling
from napari_greyfill.pipeline.job import FillJob, device_for
from napari_greyfill.pipeline.names import GREY
from napari_greyfill.pipeline.result import Step
from napari_greyfill.pipeline.stages import Colouring

__all__ = ["ways_of_filling"]

T = TypeVar("T")
Patches = tuple[Patch, ...]
Work = Generator[CompareStep, None, T]


@dataclass(frozen=True)
class _Failure:
    """Why a part of the work has no result, as a sentence."""

    reason: str


@dataclass(frozen=True, eq=False)
class _Filled:
    """Stage 1, as several combinations share it."""

    job: FillJob
    patches: Patches
    cost: Cost


def ways_of_filling(todo: Iterable[Combination], prepare: Callable[[str], FillJob]) -> Work[None]:
    """Fill in every way, yielding a step for each row; fractions count finished combinations.

    Parameters
    ----------
    todo : iterable of Combination
    prepare : callable
        Returns a job for a method by its name.
    """
    groups: dict[str, dict[bool, list[Combination]]] = {}
    for combination in todo:
        by_stage1 = groups.setdefault(combination.method, {})
        by_stage1.setdefault(combination.fills_colour, []).append(combination)
    finished = 0
    for method, by_stage1 in groups.items():
        for step in _method(method, by_stage1, prepare):
            yield replace(step, fraction=finished + step.fraction)
            finished += step.row is not None


def _method(
    method: str, by_stage1: dict[bool, list[Combination]], prepare: Callable[[str], FillJob]
) -> Work[None]:
    """Fill by one method; fractions count from the last finished row."""
    prepared = yield from _or_failure(_prepared(method, prepare))
    for mine in by_stage1.values():
        filled: _Filled | _Failure
        if isinstance(prepared, _Failure):
            filled = prepared
        else:
            filled = yield from _or_failure(_fill(*prepared, mine[0]))
        for number, combination in enumerate(mine):
            # the first row of a group waits for stage 1 as well
            start = 0.5 if number == 0 and combination.colorizer else 0.0
            row: Row | _Failure
            if isinstance(filled, _Failure):
                row = filled
            else:
                row = yield from _or_failure(_row(filled, combination, start))
            if isinstance(row, _Failure):
                row = Row(combination, error=row.reason)
            yield CompareStep(combination.title, 1.0, row)


def _prepared(method: str, prepare: Callable[[str], FillJob]) -> Work[tuple[FillJob, Cost]]:
    yield CompareStep(f"{method}: preparing", 0.0)
    meter = Meter()
    with meter.watching():
        job = prepare(method)
    for note in job.notes:
        yield CompareStep(note, 0.0, note=True)
    return job, meter.cost


def _fill(job: FillJob, cost: Cost, combination: Combination) -> Work[_Filled]:
    """Run stage 1 for a combination and all that share it with it."""
    end = 0.5 if combination.colorizer else 1.0
    job = replace(job, pipeline="rgb-rgb" if combination.fills_colour else "grey-rgb")
    meter = Meter(job.compute.device)
    stage = Filling(job, 0.0, end)
    patches = yield from _told(f"{combination.method}: ", meter.steps(stage.run()))
    return _Filled(job, patches, cost + meter.cost)


def _row(filled: _Filled, combination: Combination, start: float) -> Work[Row]:
    """Run stage 2, if there is one, and put the image together."""
    job = _with_colorizer(filled.job, combination)
    meter, patches = Meter(job.compute.device), filled.patches
    confidences = None
    if job.colorizer is not None:
        stage = Colouring(job, _grey(patches), start, 1.0)
        patches = yield from _told(f"{combination.title}: ", meter.steps(stage.run()))
        confidences = stage.confidences
    with meter.watching():
        result = job.finished((job.final(patches),), confidences)
    cost = filled.cost + meter.cost
    return Row(
        combination,
        seconds=cost.seconds,
        peak_memory=cost.peak,
        image=result.image,
        provenance={**result.provenance, "seconds": round(cost.seconds, 3)},
    )


def _with_colorizer(job: FillJob, combination: Combination) -> FillJob:
    """Return the job for a combination's own pipeline and colorizer, with notes of its own."""
    job = replace(job, notes=list(job.notes), devices=list(job.devices))
    pipeline = "grey-rgb" if combination.pipeline == GREY else combination.pipeline
    parameters = replace(job.parameters, pipeline=pipeline)
    if not combination.colorizer:
        plain = replace(job, colouring=None, colorizer=None)
        return replace(plain, parameters=parameters, pipeline=pipeline)
    info = COLORIZERS.require(combination.colorizer)
    device = device_for(job.parameters.device, job.method, info)[0]
    compute = replace(job.compute, device=device)
    return replace(
        job,
        parameters=replace(parameters, colorizer=info.name),
        pipeline=pipeline,
        colouring=info,
        colorizer=COLORIZERS.create(info.name, compute),
        compute=compute,
        devices=list(dict.fromkeys([*job.devices, device])),
    )


def _grey(patches: Patches) -> Patches:
    return tuple(Patch(p.window, luma(p.planes)) if p.planes.ndim == 3 else p for p in patches)


def _told(prefix: str, work: Generator[Step, None, T]) -> Work[T]:
    """Turn a stage's steps into steps of the comparison."""

    def told(step: Step) -> Iterator[CompareStep]:
        note = step.kind == "note"
        yield CompareStep(step.name if note else prefix + step.name, step.fraction, note=note)

    return translated(work, told)


def _or_failure(work: Work[T]) -> Work[T | _Failure]:
    """Return what went wrong in place of a result; only cancelling goes through."""
    try:
        return (yield from work)
    except CancelledError:
        raise
    except GreyfillError as error:
        return _Failure(str(error))
    except Exception as error:  # noqa: BLE001 - one method must not take the others with it
        return _Failure(f"{type(error).__name__}: {error}")
