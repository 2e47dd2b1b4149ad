"""Methods, pipelines and colorizers compared on one hole."""

from napari_greyfill.comparison.comparing import compare, compare_steps
from napari_greyfill.comparison.configuration import Choices, Combination, combinations
from napari_greyfill.comparison.result import Comparison
from napari_greyfill.comparison.row import Row
from napari_greyfill.comparison.tables import to_dataframe

__all__ = [
    "Choices",
    "Combination",
    "Comparison",
    "Row",
    "combinations",
    "compare",
    "compare_steps",
    "to_dataframe",
]
