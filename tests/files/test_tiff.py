import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_greyfill.errors import (
    GreyfillWarning,
    UnreadableFileError,
    UnsupportedImageError,
)
from napari_greyfill.files import (
    read_image,
    read_picture,
    write_image,
)
from tests.files.cases import noise, same


def test_imagej_scale_is_carried_over(tmp_path):
    tifffile.imwrite(
        tmp_path / "a.tif",
        noise("u2"),
        imagej=True,
        resolution=(2.5, 2.5),
        metadata={"unit": "um"},
    )
    like = read_image(tmp_path / "a.tif")
    write_image(tmp_path / "b.tif", like.array, like)
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        assert file.imagej_metadata["unit"] == "um"
        assert file.pages[0].resolution == (2.5, 2.5)
        assert file.pages[0].resolutionunit == 1
    write_image(tmp_path / "b.png", like.array, like)
    with Image.open(tmp_path / "b.png") as image:
        assert "dpi" not in image.info  # micrometres are no inches


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_tiff_says_what_its_original_said(tmp_path, compression):
    tifffile.imwrite(
        tmp_path / "a.tif",
        noise("f4", 3),
        photometric="rgb",
        compression=compression,
        description="Slide 7",
        metadata=None,
        resolution=(50, 60),
        resolutionunit="centimeter",
    )
    like = read_image(tmp_path / "a.tif")
    assert like.metadata.dpi == pytest.approx((127, 152.4))
    write_image(tmp_path / "b.tif", like.array, like)
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        page = file.pages[0]
        assert page.description == "Slide 7"
        assert (page.resolution, page.resolutionunit) == ((50, 60), 3)
        assert (page.compression != 1) == (compression is not None)
        assert page.photometric == tifffile.PHOTOMETRIC.RGB


def test_descriptions_that_would_not_fit_are_left_out(tmp_path):
    tifffile.imwrite(tmp_path / "shaped.tif", noise())
    like = read_image(tmp_path / "shaped.tif")
    assert same(like.array, noise())
    write_image(tmp_path / "b.tif", like.array, like)
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        assert file.pages[0].description == ""


@pytest.mark.parametrize("kind", ["assocalpha", "unassalpha", "unspecified"])
def test_the_meaning_of_a_fourth_channel_is_kept(tmp_path, kind):
    image = noise("u2", 4)
    tifffile.imwrite(tmp_path / "a.tif", image, photometric="rgb", extrasamples=[kind])
    like = read_image(tmp_path / "a.tif")
    assert same(like.array, image)
    write_image(tmp_path / "b.tif", image, like)
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        assert file.pages[0].extrasamples == (getattr(tifffile.EXTRASAMPLE, kind.upper()),)


@pytest.mark.parametrize(
    "layout",
    [
        {"byteorder": ">"},
        {"planarconfig": "separate"},
        {"tile": (16, 16)},
        {"compression": "zlib", "predictor": True},
        {"bigtiff": True},
    ],
)
def test_layouts_of_tiff(tmp_path, layout):
    image = noise("u2", 3, (40, 50))
    stored = np.moveaxis(image, -1, 0) if "planarconfig" in layout else image
    tifffile.imwrite(tmp_path / "image.tif", stored, photometric="rgb", **layout)
    assert same(read_image(tmp_path / "image.tif").array, image)


@pytest.mark.parametrize("dtype", ["bool", "u1", "u2"])
def test_tiff_with_white_as_0_is_inverted(tmp_path, dtype):
    image = noise(dtype)
    options = {"photometric": "miniswhite", "software": "scanner"}
    tifffile.imwrite(tmp_path / "image.tif", np.invert(image), **options)
    assert same(read_image(tmp_path / "image.tif").array, image)


@pytest.mark.parametrize("scale", [1, 257])
def test_palette_tiff_becomes_colours(tmp_path, scale):
    palette = noise("u1", 3, (1, 256))[0]
    colormap = palette.T.astype(np.uint16) * scale
    indices = noise("u1")
    tifffile.imwrite(tmp_path / "image.tif", indices, photometric="palette", colormap=colormap)
    assert same(read_image(tmp_path / "image.tif").array, palette[indices])


def test_a_small_second_view_is_no_second_picture(tmp_path):
    with tifffile.TiffWriter(tmp_path / "image.tif") as file:
        file.write(noise("u1", 3, (64, 64)), photometric="rgb")
        file.write(noise("u1", 3, (16, 16)), photometric="rgb", subfiletype=1)
    assert same(read_image(tmp_path / "image.tif").array, noise("u1", 3, (64, 64)))


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "jpeg", "group4"])
def test_8_bit_tiffs_need_no_further_package(tmp_path, compression):
    image = noise("bool") if compression == "group4" else noise("u1", 3, (32, 32))
    Image.fromarray(image).save(tmp_path / "image.tif", compression=compression)
    read = read_image(tmp_path / "image.tif").array
    assert read.shape == image.shape
    assert read.dtype == image.dtype
    if compression != "jpeg":
        assert same(read, image)


@pytest.mark.parametrize("dtype", ["u2", "i4", "f4"])
def test_lzw_of_grey_is_kept_beyond_8_bits(tmp_path, dtype):
    image = noise(dtype)
    Image.fromarray(image).save(tmp_path / "image.tif", compression="tiff_lzw")
    assert same(read_image(tmp_path / "image.tif").array, image)


@pytest.mark.parametrize(("dtype", "channels"), [("u2", 3), ("f8", 1), ("u4", 1)])
def test_what_other_decoders_would_reduce_is_refused(tmp_path, monkeypatch, dtype, channels):
    write_image(tmp_path / "image.tif", noise(dtype, channels))

    def missing(page):
        raise ValueError("requires the 'imagecodecs' package")

    monkeypatch.setattr(tifffile.TiffPage, "asarray", missing)
    with pytest.raises(UnreadableFileError, match="pip install imagecodecs"):
        read_image(tmp_path / "image.tif")


@pytest.mark.parametrize(
    ("stored", "options"),
    [
        (np.zeros((3, 8, 9), np.uint8), {"photometric": "minisblack"}),
        (np.zeros((2, 8, 9, 3), np.uint8), {"photometric": "rgb"}),
        (np.zeros((3, 8, 9), np.uint16), {"imagej": True, "metadata": {"axes": "CYX"}}),
        (np.zeros((2, 8, 9), np.float32), {"ome": True, "metadata": {"axes": "ZYX"}}),
        (np.zeros((8, 9, 5), np.uint8), {"photometric": "rgb"}),
        (np.zeros((8, 9, 4), np.uint8), {"photometric": "separated"}),
        (np.zeros((8, 9, 3), np.uint8), {"photometric": "cielab"}),
    ],
)
def test_what_is_no_single_rgb_or_grey_picture_is_refused(tmp_path, stored, options):
    tifffile.imwrite(tmp_path / "image.tif", stored, **options)
    with pytest.raises(UnsupportedImageError, match=r"image\.tif .*(save|convert)"):
        read_image(tmp_path / "image.tif")


def test_pages_of_different_sizes_are_refused(tmp_path):
    with tifffile.TiffWriter(tmp_path / "image.tif") as file:
        for side in (16, 20):
            file.write(noise(size=(side, side)))
    with pytest.raises(UnsupportedImageError, match="2 pictures"):
        read_image(tmp_path / "image.tif")


def test_cmyk_jpeg_is_refused(tmp_path):
    Image.new("CMYK", (8, 8)).save(tmp_path / "image.jpg")
    with pytest.raises(UnsupportedImageError, match="CMYK"):
        read_image(tmp_path / "image.jpg")


@pytest.mark.parametrize("layout", ["contig", "separate"])
def test_two_channels_of_a_microscope_are_no_grey_with_transparency(tmp_path, layout):
    image = noise("u2", 2)
    stored = image if layout == "contig" else np.moveaxis(image, -1, 0)
    options = {"photometric": "minisblack", "planarconfig": layout}
    tifffile.imwrite(tmp_path / "a.tif", stored, **options)
    with pytest.raises(UnsupportedImageError, match=r"two channels .*; save each channel"):
        read_image(tmp_path / "a.tif")
    tifffile.imwrite(tmp_path / "b.tif", stored, extrasamples=["unassalpha"], **options)
    assert same(read_image(tmp_path / "b.tif").alpha, image[..., 1])


def test_a_fourth_channel_that_may_be_anything_is_mentioned(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", noise("u1", 4), photometric="rgb", extrasamples=[0])
    with pytest.warns(GreyfillWarning, match="does not say what its fourth channel holds"):
        read_picture(tmp_path / "a.tif")
    tifffile.imwrite(tmp_path / "b.tif", noise("u1", 4), photometric="rgb", extrasamples=[2])
    read_picture(tmp_path / "b.tif")  # warnings are errors


def test_the_first_of_several_pages_is_no_picture_where_the_others_are_cut_off(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.stack([noise()] * 6), imagej=True, metadata={"axes": "TYX"})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableFileError, match="damaged or cut short"):
        read_image(path)
