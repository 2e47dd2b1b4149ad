"""A data set through every combination: tables, figures and a report in one folder."""

from napari_greyfill.study.folder import StudyFolder
from napari_greyfill.study.report import write_report
from napari_greyfill.study.run import study_steps
from napari_greyfill.study.settings import StudySettings

__all__ = ["StudyFolder", "StudySettings", "study_steps", "write_report"]
