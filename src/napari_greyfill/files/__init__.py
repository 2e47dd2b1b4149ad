"""Image and mask files, read and written without losing pixels, alpha or metadata."""

from napari_greyfill.files.base import ImageFile, Metadata, TiffTags
from napari_greyfill.files.maskfile import read_mask, read_mask_as_stored, transparent_part
from napari_greyfill.files.reading import orientation_of, read_image, read_picture
from napari_greyfill.files.suffixes import PICTURE_SUFFIXES, is_picture_name, lossless_suffix
from napari_greyfill.files.writing import (
    lost_metadata,
    make_folder,
    require_writable,
    write_image,
)

__all__ = [
    "PICTURE_SUFFIXES",
    "ImageFile",
    "Metadata",
    "TiffTags",
    "is_picture_name",
    "lossless_suffix",
    "lost_metadata",
    "make_folder",
    "orientation_of",
    "read_image",
    "read_mask",
    "read_mask_as_stored",
    "read_picture",
    "require_writable",
    "transparent_part",
    "write_image",
]
