"""How good a fill is, where the truth is known; and how methods compare."""

from napari_greyfill.evaluate.combinations import Choices, Combination, combinations
from napari_greyfill.evaluate.comparing import compare, compare_steps
from napari_greyfill.evaluate.comparison import CompareStep, Comparison, Row

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
