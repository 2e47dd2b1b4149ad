"""Image and mask files, read and written without losing pixels, alpha or metadata."""

from napari_greyfill.files.base import ImageFile, Metadata, TiffTags
from napari_greyfill.files.batch import BatchReport, PictureOutcome, mask_pictures, pictures_in
from napari_greyfill.files.maskfile import read_mask, read_mask_as_stored, transparent_part
from napari_greyfill.files.reading import orientation_of, read_image, read_picture
from napari_greyfill.files.triples import Triple, write_triple
from napari_greyfill.files.writing import (
    lost_metadata,
    make_folder,
    require_writable,
    write_image,
)

__all__ = [
    "BatchReport",
    "ImageFile",
    "Metadata",
    "PictureOutcome",
    "TiffTags",
    "Triple",
    "lost_metadata",
    "make_folder",
    "mask_pictures",
    "orientation_of",
    "pictures_in",
    "read_image",
    "read_mask",
    "read_mask_as_stored",
    "read_picture",
    "require_writable",
    "transparent_part",
    "write_image",
    "write_triple",
]
