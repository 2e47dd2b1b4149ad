"""Folders of pictures and masks."""

from napari_greyfill.datasets.batch import BatchReport, PictureOutcome, mask_pictures, pictures_in
from napari_greyfill.datasets.triples import Triple, write_triple

__all__ = [
    "BatchReport",
    "PictureOutcome",
    "Triple",
    "mask_pictures",
    "pictures_in",
    "write_triple",
]
