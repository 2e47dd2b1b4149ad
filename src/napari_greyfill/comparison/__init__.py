"""Methods, pipelines and colorizers compared on one hole."""

from napari_greyfill.comparison.comparing import compare, compare_steps
from napari_greyfill.comparison.configuration import Choices, Combination, combinations
from napari_greyfill.comparison.row import CompareStep, Comparison, Row

__all__ = [
    "Choices",
    "Combination",
    "CompareStep",
    "Comparison",
    "Row",
    "combinations",
    "compare",
    "compare_steps",
]
