"""How good a fill is, where the truth is known; and how methods compare."""

from napari_greyfill.evaluate.combinations import Choices, Combination, combinations
from napari_greyfill.evaluate.comparing import compare, compare_steps
from napari_greyfill.evaluate.comparison import CompareStep, Comparison, Row
from napari_greyfill.evaluate.metrics import METRICS, Metric, metrics

__all__ = [
    "METRICS",
    "Choices",
    "Combination",
    "CompareStep",
    "Comparison",
    "Metric",
    "Row",
    "combinations",
    "compare",
    "compare_steps",
    "metrics",
]
