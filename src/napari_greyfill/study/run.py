"""Run a study: every chosen picture through every combination, one after another or side by side.

`study_steps` is a generator of what happens; rows are in the folder before they are handed out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from napari_greyfill.comparison import Combination, Row, combinations, compare_steps
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.errors import CancelledError, GreyfillError
from napari_greyfill.study.folder import Skipped, StudyFolder
from napari_greyfill.study.pictures import (
    Subject,
    chosen_pictures,
    find_pictures,
    read_subject,
    real_path,
)
from napari_greyfill.study.processes import side_by_side
from napari_greyfill.study.settings import StudySettings
from napari_greyfill.study.thumbnails import keep_inputs, keep_result

__all__ = ["Note", "StudyStep", "pictures_of", "study_steps"]


@dataclass(frozen=True)
class Note:
    """A sentence the user must see."""

    text: str


@dataclass(frozen=True, eq=False)
class StudyStep:
    """One moment of a study.

    Attributes
    ----------
    name : str
        What is happening, or a note's sentence, for people.
    fraction : float
        Finished share of the whole study, 0 to 1.
    news : Row, Skipped, Note or None
        What came of it.
    """

    name: str
    fraction: float
    news: Row | Skipped | Note | None = None


@dataclass(frozen=True, eq=False)
class Task:
    """One picture: all that a process needs to know to work on it."""

    picture: str
    settings: StudySettings
    folder: Path
    done: tuple[Row, ...]


def pictures_of(settings: StudySettings, folder: StudyFolder) -> list[str]:
    """Return the pictures of a study, by name.

    Raises
    ------
    UnreadableFileError
        If the data set has none.
    """
    masks = real_path(Path(settings.masks)) if settings.masks else None
    beside = masks == real_path(settings.dataset_path)  # masks may lie beside their pictures
    leave_out = [folder.path, *([masks] if masks and not beside else [])]
    found = find_pictures(settings.dataset_path, leave_out)
    return chosen_pictures(found, settings.count, settings.seed)


def study_steps(
    settings: StudySettings, folder: StudyFolder, *, jobs: int = 1
) -> Generator[StudyStep, None, None]:
    """Work through the pictures; closing the generator cancels.

    Parameters
    ----------
    settings : StudySettings
    folder : StudyFolder
        Opened; the rows it holds are not filled again, unless they failed. No other run can
        use it meanwhile.
    jobs : int
        How many pictures at a time, each in a process of its own.

    Raises
    ------
    GreyfillError
        If there are no pictures, or the folder cannot be written to. What is wrong with single
        pictures is handed out as `Skipped`.
    """
    pictures = pictures_of(settings, folder)
    tasks = [Task(p, settings, folder.path, tuple(folder.finished(p))) for p in pictures]
    tasks = [task for task in tasks if not _is_finished(task)]
    finished = len(pictures) - len(tasks)
    with ExitStack() as stack:
        stack.enter_context(folder.held())
        steps: Iterator[tuple[Task, StudyStep]]
        if jobs > 1 and len(tasks) > 1:
            steps = stack.enter_context(side_by_side(whole_picture, tasks, jobs))
        else:
            steps = ((task, step) for task in tasks for step in picture_steps(task))
        for task, step in steps:
            if isinstance(step.news, Row | Skipped):
                folder.add(step.news)
            fraction = (finished + step.fraction) / len(pictures)
            yield replace(step, name=f"{task.picture}: {step.name}", fraction=fraction)
            finished += step.fraction == 1.0 and step.news is None


def _is_finished(task: Task) -> bool:
    """Return whether all rows of a picture are there, seen from the rows alone."""
    plan = _plan_seen_in(task.done, task.settings)
    return bool(plan) and {row.combination for row in task.done} >= set(plan)


def _plan_seen_in(rows: Sequence[Row], settings: StudySettings) -> list[Combination]:
    if not rows:
        return []
    return combinations(settings.choices, colour=rows[0].combination.pipeline != "grey")


def whole_picture(task: Task, cancelled: CancelCheck) -> list[StudyStep]:
    """Return every step of a picture that brings news, and the last one; for other processes."""
    steps = list(picture_steps(task, cancelled))
    return [step for step in steps if step.news is not None or step is steps[-1]]


def picture_steps(task: Task, cancelled: CancelCheck = never) -> Generator[StudyStep, None, None]:
    """Read one picture and its mask, and fill it in every way; the last step has no news."""
    try:
        yield from _filled(task, read_subject(task.picture, task.settings), cancelled)
    except CancelledError:
        raise
    except GreyfillError as error:
        yield StudyStep("skipped", 0.0, Skipped(task.picture, str(error)))
    yield StudyStep("finished", 1.0)


def _filled(
    task: Task, subject: Subject, cancelled: CancelCheck
) -> Generator[StudyStep, None, None]:
    for note in subject.notes:
        yield StudyStep("reading", 0.0, Note(note))
    folder, settings = StudyFolder(task.folder), task.settings
    keep_inputs(folder, task.picture, subject)
    work = compare_steps(
        subject.image,
        subject.hole,
        methods=settings.choices.methods,
        pipelines=settings.choices.pipelines,
        colorizers=settings.choices.colorizers,
        device=settings.device,
        seed=settings.seed,
        grow=settings.grow,
        done=task.done,
        cancelled=cancelled,
    )
    for step in work:
        fraction = min(step.fraction, 0.99)  # only the last step of a picture is at 1
        if step.note:
            yield StudyStep("note", fraction, Note(f"{task.picture}: {step.name}"))
        elif step.row is None:
            yield StudyStep(step.name, fraction)
        else:
            if step.row.image is not None:
                keep_result(folder, task.picture, step.row)
            row = replace(step.row, picture=task.picture, image=None, provenance={})
            yield StudyStep(step.name, fraction, row)
