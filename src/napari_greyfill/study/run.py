"""Run a study: every chosen picture through every combination, one after another or side by side.

`study_steps` is a generator of events; what comes as a `Result`, rows and pictures that were
skipped, is in the folder before it is handed out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from napari_greyfill.comparison import Combination, Row, combinations, compare_steps
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.events import Event, Note, Progress, Result
from napari_greyfill.errors import CancelledError, GreyfillError
from napari_greyfill.stack.scheduler import run_tasks
from napari_greyfill.study.folder import Skipped, StudyFolder
from napari_greyfill.study.pictures import (
    Subject,
    chosen_pictures,
    find_pictures,
    read_subject,
    real_path,
)
from napari_greyfill.study.settings import StudySettings
from napari_greyfill.study.thumbnails import keep_inputs, keep_result

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["pictures_of", "study_steps"]


@dataclass(frozen=True, eq=False)
class Task:
    """One picture: all that a process needs to know to work on it."""

    picture: str
    settings: StudySettings
    folder: Path
    done: tuple[Row, ...]


def pictures_of(settings: StudySettings, folder: StudyFolder) -> list[str]:
    """Return the pictures of a study, by name.

    Parameters
    ----------
    settings : StudySettings
        What is asked for.
    folder : StudyFolder
        Left out if it lies in the data set.

    Raises
    ------
    UnreadableFileError
        If the data set has none.
    """
    masks = real_path(Path(settings.masks)) if settings.masks else None
    beside = masks == real_path(settings.dataset_path)  # masks may lie beside their pictures
    leave_out = [folder.path, *([masks] if masks and not beside else [])]
    found = find_pictures(settings.dataset_path, leave_out)
    return chosen_pictures(found, settings.count, settings.options.seed)


def study_steps(
    settings: StudySettings,
    folder: StudyFolder,
    *,
    jobs: int = 1,
    client: Client | None = None,
) -> Generator[Event, None, None]:
    """Work through the pictures; closing the generator cancels.

    Parameters
    ----------
    settings : StudySettings
        What to do; checked already.
    folder : StudyFolder
        Opened; the rows it holds are not filled again, unless they failed. No other run can
        use it meanwhile.
    jobs : int
        How many pictures at a time, each in a process of its own.
    client : distributed.Client, optional
        A cluster to work on instead, whose machines see data set and folder under the same names.

    Raises
    ------
    GreyfillError
        If there are no pictures, the folder cannot be written to, or the cluster is gone. What is
        wrong with single pictures is handed out as `Skipped`.
    """
    pictures = pictures_of(settings, folder)
    tasks = [Task(p, settings, folder.path, tuple(folder.finished(p))) for p in pictures]
    tasks = [task for task in tasks if not _is_finished(task)]
    finished = len(pictures) - len(tasks)
    with ExitStack() as stack:
        stack.enter_context(folder.held())
        events: Iterator[tuple[Task, Event]]
        if client is not None or (jobs > 1 and len(tasks) > 1):
            seen = [_seen_anywhere(task) for task in tasks]
            results = run_tasks(seen, whole_picture, jobs=jobs, client=client)
            stack.enter_context(closing(results))
            events = ((task, event) for task, found in results for event in found)
        else:
            events = ((task, event) for task in tasks for event in picture_steps(task))
        for task, event in events:
            if isinstance(event, Result):
                folder.add(event.value)
            fraction = (finished + event.fraction) / len(pictures)
            yield replace(event, text=f"{task.picture}: {event.text}", fraction=fraction)
            finished += isinstance(event, Progress) and event.fraction == 1.0


def _seen_anywhere(task: Task) -> Task:
    """Return a task whose paths mean the same in whatever folder a process was started."""
    settings = task.settings
    dataset = str(Path(settings.dataset).absolute())
    masks = str(Path(settings.masks).absolute()) if settings.masks else ""
    settings = replace(settings, dataset=dataset, masks=masks)
    return replace(task, settings=settings, folder=task.folder.absolute())


def _is_finished(task: Task) -> bool:
    """Return whether all rows of a picture are there, seen from the rows alone."""
    plan = _plan_seen_in(task.done, task.settings)
    return bool(plan) and {row.combination for row in task.done} >= set(plan)


def _plan_seen_in(rows: Sequence[Row], settings: StudySettings) -> list[Combination]:
    if not rows:
        return []
    return combinations(settings.choices, colour=rows[0].combination.pipeline != "grey")


def whole_picture(task: Task, cancelled: CancelCheck) -> list[Event]:
    """Return what a picture has brought, and the last event; for other processes.

    Parameters
    ----------
    task : Task
        What to do with which picture.
    cancelled : callable
        Returns whether to stop.
    """
    events = list(picture_steps(task, cancelled))
    return [each for each in events if isinstance(each, Note | Result) or each is events[-1]]


def picture_steps(task: Task, cancelled: CancelCheck = never) -> Generator[Event, None, None]:
    """Read one picture and its mask, and fill it in every way; the last event is at 1.

    Parameters
    ----------
    task : Task
        What to do with which picture.
    cancelled : callable
        Returns whether to stop.
    """
    try:
        yield from _filled(task, read_subject(task.picture, task.settings), cancelled)
    except CancelledError:
        raise
    except GreyfillError as error:
        yield Result(f"skipped: {error}", 0.0, Skipped(task.picture, str(error)))
    yield Progress("finished", 1.0)


def _filled(task: Task, subject: Subject, cancelled: CancelCheck) -> Generator[Event, None, None]:
    for note in subject.notes:
        yield Note(note)
    folder, settings = StudyFolder(task.folder), task.settings
    keep_inputs(folder, task.picture, subject)
    work = compare_steps(
        subject.image,
        subject.hole,
        methods=settings.choices.methods,
        pipelines=settings.choices.pipelines,
        colorizers=settings.choices.colorizers,
        done=task.done,
        cancelled=cancelled,
        **settings.options.shared(),
    )
    for event in work:
        fraction = min(event.fraction, 0.99)  # only the last event of a picture is at 1
        if not isinstance(event, Result):
            yield replace(event, fraction=fraction)
            continue
        row = event.value
        if row.image is not None:
            keep_result(folder, task.picture, row)
        yield Result(event.text, fraction, replace(row, picture=task.picture, result=None))
