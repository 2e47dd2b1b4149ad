"""Pictures of every type, and what is looked at in files."""

import numpy as np
from PIL import Image, ImageCms

ORIENTATION, MAKE = 0x0112, 0x010F
NUMBERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def noise(dtype="u1", channels=1, size=(7, 11)):
    """Values all over the range of a type."""
    dtype = np.dtype(dtype)
    shape = size if channels == 1 else (*size, channels)
    raw = np.random.default_rng(channels).random(shape)
    if dtype.kind == "b":
        return raw > 0.5
    if dtype.kind == "f":
        return ((raw - 0.5) * 100).astype(dtype)
    limits = np.iinfo(dtype)
    return (raw * (limits.max / 2) + (1 - raw) * (limits.min / 2)).astype(dtype) * 2 + 1


def exif(**tags):
    data = Image.Exif()
    data[MAKE] = "Lens & Sons"
    for tag in tags.values():
        data[ORIENTATION] = tag
    return data


def same(first, second):
    return first.dtype == second.dtype and np.array_equal(first, second)


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}
