"""How greys are displayed: white as 0, tables of colours."""

import matplotlib
import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import data

from napari_greyfill.errors import GreyfillWarning
from napari_greyfill.files import read_image, read_mask, write_image

IMAGEJ = "ImageJ=1.54f\nmin=0.0\nmax=255.0\n"
TABLES = ("gray", "viridis", "inferno", "jet", "turbo")


@pytest.fixture
def mask():
    mask = np.zeros((48, 64), np.uint8)
    mask[8:12, 10:29] = 255
    return mask


def table(name):
    return (matplotlib.colormaps[name](np.arange(256))[:, :3] * 255).astype(np.uint8)


def fire():
    """A table that goes from black over violet, red and yellow to white."""
    places = [0, 60, 120, 180, 255]
    ends = np.array([(0, 0, 0), (110, 0, 160), (220, 40, 60), (255, 190, 0), (255, 255, 255)])
    channels = [np.interp(np.arange(256), places, ends[:, k]) for k in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)


def test_in_a_mask_of_imagej_255_is_painted(tmp_path, mask):
    path = tmp_path / "mask.tif"
    tifffile.imwrite(path, mask, photometric="miniswhite", description=IMAGEJ)
    assert np.array_equal(read_mask(path), mask)
    tifffile.imwrite(path, 255 - mask, photometric="miniswhite", description=IMAGEJ)
    assert np.array_equal(read_mask(path), 255 - mask)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("dtype", ["bool", "u1", "u2"])
def test_of_other_masks_whose_white_is_0_the_smaller_side_is_painted(
    tmp_path, mask, inverted, dtype
):
    stored = (mask > 0).astype(dtype)
    stored *= np.dtype(dtype).type(-1 if dtype == "bool" else np.iinfo(dtype).max)
    stored = ~stored if inverted else stored
    path = tmp_path / "mask.tif"
    tifffile.imwrite(path, stored, photometric="miniswhite", software="scanner")
    with pytest.warns(GreyfillWarning, match=r"white is 0.*smaller one counts .*2\.5%"):
        assert np.array_equal(read_mask(path), mask > 0)


@pytest.mark.parametrize("description", [IMAGEJ, "scan 5"])
@pytest.mark.parametrize("dtype", ["u1", "u2", "i2", "f4"])
def test_pictures_whose_white_is_0_are_written_as_they_were(tmp_path, description, dtype):
    stored = data.camera()[:40, :50].astype(dtype)
    path, out = tmp_path / "a.tif", tmp_path / "b.tif"
    tifffile.imwrite(path, stored, photometric="miniswhite", description=description)
    read = read_image(path)
    write_image(out, read.array, read)
    with tifffile.TiffFile(out) as tiff:
        assert tiff.pages[0].photometric == tifffile.PHOTOMETRIC.MINISWHITE
        assert np.array_equal(tiff.pages[0].asarray(), stored)
    write_image(tmp_path / "c.png", read.array.astype(np.uint8), read)  # has no such display
    if description == IMAGEJ:
        assert np.array_equal(read.array, stored)


@pytest.mark.parametrize("name", [*TABLES, "fire"])
@pytest.mark.parametrize("suffix", [".tif", ".png", ".bmp"])
def test_tables_display_greys_and_are_kept(tmp_path, name, suffix):
    colours = fire() if name == "fire" else table(name)
    grey, path = data.camera()[:40, :50], tmp_path / f"a{suffix}"
    if suffix == ".tif":
        colormap = colours.T.astype(np.uint16) * 257
        tifffile.imwrite(path, grey, photometric="palette", colormap=colormap)
    else:
        image = Image.fromarray(grey)
        image.putpalette(colours.tobytes())
        image.save(path)
    read = read_image(path)
    assert np.array_equal(read.array, grey)
    write_image(tmp_path / f"b{suffix}", read.array, read)
    with Image.open(path) as before, Image.open(tmp_path / f"b{suffix}") as after:
        assert after.mode == before.mode
        assert np.array_equal(np.asarray(after.convert("RGB")), np.asarray(before.convert("RGB")))
    again = read_image(tmp_path / f"b{suffix}")
    assert np.array_equal(again.array, grey)


def test_formats_without_a_table_get_the_colours(tmp_path):
    image = Image.fromarray(data.camera()[:40, :50])
    image.putpalette(table("viridis").tobytes())
    image.save(tmp_path / "a.png")
    read = read_image(tmp_path / "a.png")
    write_image(tmp_path / "b.webp", read.array, read)
    assert np.array_equal(read_image(tmp_path / "b.webp").array, table("viridis")[read.array])


@pytest.mark.parametrize("method", [0, 1, 2])
def test_palettes_of_photographs_are_colours(tmp_path, method):
    photo = Image.fromarray(data.astronaut()[:128, :128])
    photo.quantize(256, method=method).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png").array.shape == (128, 128, 3)


def test_a_mask_with_a_table_is_read_by_its_greys(tmp_path, mask):
    image = Image.fromarray(mask)
    image.putpalette(table("inferno").tobytes())
    image.save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png"), mask)
