"""What is missing: from a painted mask to the hole the engine fills."""

from napari_greyfill.masks.hole import hole_from_mask, selected_labels
from napari_greyfill.masks.morphology import feather, fill_holes, grow, shrink

__all__ = ["feather", "fill_holes", "grow", "hole_from_mask", "selected_labels", "shrink"]
