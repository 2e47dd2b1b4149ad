"""Fill one hole by many combinations, doing once what they share.

A method is prepared once. It fills the grey once for all colorizers, and the colour once for the
pipelines rgb-rgb and rgb-grey-rgb. What fails becomes a row that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.comparison.configuration import Combination
from napari_greyfill.comparison.row import Row
from napari_greyfill.compute.events import Event, Note, Progress, Result
from napari_greyfill.compute.memory import Cost, Meter
from napari_greyfill.compute.progress import translated
from napari_greyfill.errors import CancelledError, GreyfillError
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.pipeline.job import FillJob, device_for
from napari_greyfill.pipeline.loading import LOADING, will_load
from napari_greyfill.pipeline.names import GREY, PIPELINES
from napari_greyfill.pipeline.run import Filled, coloured, filled_grey

__all__ = ["filled_by_each"]

T = TypeVar("T")
Work = Generator[Event, None, T]


@dataclass(frozen=True)
class _Failure:
    """Why a part of the work has no result, as a sentence."""

    reason: str


@dataclass(frozen=True, eq=False)
class _Shared:
    """Stage 1, as several combinations share it, and what it cost."""

    filled: Filled
    cost: Cost


def filled_by_each(todo: Iterable[Combination], prepare: Callable[[str], FillJob]) -> Work[None]:
    """Fill by every combination; each yields a `Result` with its row.

    Fractions count finished combinations.

    Parameters
    ----------
    todo : iterable of Combination
        In the order in which rows come.
    prepare : callable
        Returns a job for a method by its name.
    """
    groups: dict[str, dict[bool, list[Combination]]] = {}
    for combination in todo:
        by_stage1 = groups.setdefault(combination.method, {})
        by_stage1.setdefault(combination.fills_colour, []).append(combination)
    finished = 0
    for method, by_stage1 in groups.items():
        for event in _method(method, by_stage1, prepare):
            yield replace(event, fraction=finished + event.fraction)
            finished += isinstance(event, Result)


def _method(
    method: str, by_stage1: dict[bool, list[Combination]], prepare: Callable[[str], FillJob]
) -> Work[None]:
    """Fill by one method; fractions count from the last finished row."""
    prepared = yield from _or_failure(_prepared(method, prepare))
    for mine in by_stage1.values():
        shared: _Shared | _Failure
        if isinstance(prepared, _Failure):
            shared = prepared
        else:
            shared = yield from _or_failure(_stage1(*prepared, mine[0]))
        for number, combination in enumerate(mine):
            # the first row of a group waits for stage 1 as well
            start = 0.5 if number == 0 and combination.colorizer else 0.0
            row: Row | _Failure
            if isinstance(shared, _Failure):
                row = shared
            else:
                row = yield from _or_failure(_row(shared, combination, start))
            if isinstance(row, _Failure):
                row = Row(combination, error=row.reason)
            yield Result(combination.title, 1.0, row)


def _prepared(method: str, prepare: Callable[[str], FillJob]) -> Work[tuple[FillJob, Cost]]:
    loads = will_load(INPAINTERS.info(method))
    yield Progress(f"{method}: {LOADING if loads else 'preparing'}")
    meter = Meter()
    with meter.watching():
        job = prepare(method)
    return job, meter.cost


def _stage1(job: FillJob, cost: Cost, combination: Combination) -> Work[_Shared]:
    """Run stage 1 for a combination and all that share it with it."""
    end = 0.5 if combination.colorizer else 1.0
    job = _with_pipeline(job, "rgb-rgb" if combination.fills_colour else "grey-rgb")
    meter = Meter(job.compute.device)
    work = meter.steps(filled_grey(job, end))
    filled = yield from _told(f"{combination.method}: ", work)
    return _Shared(filled, cost + meter.cost)


def _row(shared: _Shared, combination: Combination, start: float) -> Work[Row]:
    """Run stage 2, if there is one, and put the image together."""
    if combination.colorizer and will_load(COLORIZERS.info(combination.colorizer)):
        yield Progress(f"{combination.title}: {LOADING}", start)
    job = _with_colorizer(shared.filled.job, combination)
    meter = Meter(job.compute.device)
    work = meter.steps(coloured(replace(shared.filled, job=job), start))
    result = yield from _told(f"{combination.title}: ", work)
    cost = shared.cost + meter.cost
    result = replace(
        result,
        seconds=cost.seconds,
        provenance={**result.provenance, "seconds": round(cost.seconds, 3)},
    )
    return Row.of(combination, result, peak_memory=cost.peak)


def _with_pipeline(job: FillJob, pipeline: str) -> FillJob:
    return replace(job, options=replace(job.options, pipeline=pipeline))  # type: ignore[arg-type]


def _with_colorizer(job: FillJob, combination: Combination) -> FillJob:
    """Return the job for a combination's own pipeline and colorizer, with notes of its own."""
    pipeline = PIPELINES[0] if combination.pipeline == GREY else combination.pipeline
    job = replace(job, notes=list(job.notes), devices=list(job.devices))
    job = _with_pipeline(job, pipeline)
    if not combination.colorizer:
        return replace(job, colouring=None, colorizer=None)
    info = COLORIZERS.require(combination.colorizer)
    device = device_for(job.options.device, job.method, info)[0]
    compute = replace(job.compute, device=device)
    return replace(
        job,
        options=replace(job.options, colorizer=info.name),
        colouring=info,
        colorizer=COLORIZERS.create(info.name, compute),
        compute=compute,
        devices=list(dict.fromkeys([*job.devices, device])),
    )


def _told(prefix: str, work: Generator[Event, None, T]) -> Work[T]:
    """Say by which combination; notes stay as they are."""

    def told(event: Event) -> Iterator[Event]:
        yield event if isinstance(event, Note) else replace(event, text=prefix + event.text)

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
