"""Marks that let light pass: found by what shows through them, and taken back."""

from napari_greyfill.inpaint.marks.decide import Judgement, judge
from napari_greyfill.inpaint.marks.mark import Mark, Scene

__all__ = ["Judgement", "Mark", "Scene", "judge"]
