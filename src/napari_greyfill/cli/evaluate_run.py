"""The command `evaluate`: run a study, or go on with one, and write its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from napari_greyfill.cli.progressbar import progress_bar
from napari_greyfill.comparison.figures import FORMATS
from napari_greyfill.compute.events import Note, Result
from napari_greyfill.errors import BadParameterError, CancelledError, EveryMethodFailedError
from napari_greyfill.stack.scheduler import connected
from napari_greyfill.study import StudyFolder, StudySettings, study_steps, write_report
from napari_greyfill.study.folder import Skipped
from napari_greyfill.study.run import pictures_of

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["run_study"]


def run_study(
    settings: StudySettings,
    output: Path,
    *,
    jobs: int,
    scheduler: str = "",
    kinds: Sequence[str],
    resume: bool,
    force: bool,
    show_progress: bool,
) -> str:
    """Run a study and return a summary for people.

    Raises
    ------
    GreyfillError
        `CancelledError` says how to go on, and `EveryMethodFailedError` that nothing was filled.
    """
    _check(kinds, resume=resume, force=force)
    folder = StudyFolder(output)
    pictures = pictures_of(settings, folder)  # before anything is written
    folder.require_free(resume=resume, force=force)  # before it is made or marked as held
    with ExitStack() as stack:
        client = stack.enter_context(connected(scheduler)) if scheduler else None
        stack.enter_context(folder.held())
        folder.open(settings, resume=resume, force=force)
        try:
            _work(settings, folder, jobs, client, show_progress=show_progress)
            written = write_report(settings, folder, pictures, kinds)
        except KeyboardInterrupt as error:
            raise CancelledError(
                f"Cancelled; {len(folder.rows)} rows are in {output}. Go on with --resume."
            ) from error
    summary = _summary(folder, pictures, written[0])
    if all(row.error for row in folder.rows_of(pictures)):
        raise EveryMethodFailedError(_why_nothing(folder, pictures, summary))
    return summary


def _check(kinds: Sequence[str], *, resume: bool, force: bool) -> None:
    if resume and force:
        raise BadParameterError("--resume and --force exclude each other; drop one.")
    for kind in kinds:
        if kind not in FORMATS:
            raise BadParameterError(
                f"Figures cannot be written as {kind!r}; choose of: {', '.join(FORMATS)}."
            )


def _work(
    settings: StudySettings,
    folder: StudyFolder,
    jobs: int,
    client: Client | None,
    *,
    show_progress: bool,
) -> None:
    steps = study_steps(settings, folder, jobs=jobs, client=client)
    with closing(steps), progress_bar(show_progress) as show:
        for event in steps:
            if isinstance(event, Result) and isinstance(event.value, Skipped):
                show(Note(f"{event.value.picture} skipped: {event.value.reason}"))
            else:
                show(event)


def _why_nothing(folder: StudyFolder, pictures: Sequence[str], summary: str) -> str:
    """Return that nothing was filled, and the commonest reason."""
    reasons = [folder.skipped[picture] for picture in pictures if picture in folder.skipped]
    reasons += [row.error for row in folder.rows_of(pictures) if row.error]
    why = f" {Counter(reasons).most_common(1)[0][0]}" if reasons else ""
    return f"Nothing was filled: {summary}.{why}"


def _summary(folder: StudyFolder, pictures: Sequence[str], report: Path) -> str:
    rows = folder.rows_of(pictures)
    used = len({row.picture for row in rows})
    failed = sum(1 for row in rows if row.error)
    skipped = sum(1 for picture in pictures if picture in folder.skipped)
    parts = [f"{used} of {len(pictures)} pictures, {len(rows)} rows"]
    parts += [f"{failed} of them failed"] if failed else []
    parts += [f"{skipped} pictures skipped"] if skipped else []
    return f"{', '.join(parts)}. Wrote {report}"
