"""Methods, pipelines and colorizers compared on one hole."""

from napari_greyfill.comparison.comparing import compare, compare_steps
from napari_greyfill.comparison.configuration import Choices, Combination, combinations
from napari_greyfill.comparison.mask_comparison import MaskComparison
from napari_greyfill.comparison.randomly import compare_masks, compare_masks_steps
from napari_greyfill.comparison.result import Comparison
from napari_greyfill.comparison.row import Row
from napari_greyfill.comparison.tables import to_dataframe

__all__ = [
    "Choices",
    "Combination",
    "Comparison",
    "MaskComparison",
    "Row",
    "combinations",
    "compare",
    "compare_masks",
    "compare_masks_steps",
    "compare_steps",
    "to_dataframe",
]
