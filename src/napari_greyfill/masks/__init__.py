"""What is missing: masks painted, found in the picture or drawn at random, and the hole."""

from napari_greyfill.masks.detection import DETECTORS, Detector, detect_mask
from napari_greyfill.masks.hole import hole_from_mask, selected_labels
from napari_greyfill.masks.inspection import MOSTLY, Finding, about_hole, inspected, mostly_masked
from napari_greyfill.masks.morphology import (
    feather,
    fill_holes,
    grow,
    remove_specks,
    shrink,
    smooth,
)
from napari_greyfill.masks.outputs import HOLE_VALUES, MaskedImages, masked_images
from napari_greyfill.masks.random import IRREGULAR_BINS, RANDOM_KINDS, RandomKind, random_mask
from napari_greyfill.masks.tones import Tones

__all__ = [
    "DETECTORS",
    "HOLE_VALUES",
    "IRREGULAR_BINS",
    "MOSTLY",
    "RANDOM_KINDS",
    "Detector",
    "Finding",
    "MaskedImages",
    "RandomKind",
    "Tones",
    "about_hole",
    "detect_mask",
    "feather",
    "fill_holes",
    "grow",
    "hole_from_mask",
    "inspected",
    "masked_images",
    "mostly_masked",
    "random_mask",
    "remove_specks",
    "selected_labels",
    "shrink",
    "smooth",
]
