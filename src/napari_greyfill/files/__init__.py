"""Image and mask files, read and written without losing pixels, alpha or metadata."""

from napari_greyfill.files.base import ImageFile, Metadata, TiffTags
from napari_greyfill.files.maskfile import read_mask
from napari_greyfill.files.reading import read_image
from napari_greyfill.files.writing import require_writable, write_image

__all__ = [
    "ImageFile",
    "Metadata",
    "TiffTags",
    "read_image",
    "read_mask",
    "require_writable",
    "write_image",
]
