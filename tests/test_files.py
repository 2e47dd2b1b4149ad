import io
import os
import struct
import warnings

import numpy as np
import png
import pytest
import tifffile
from PIL import ExifTags, Image, ImageCms, ImageOps

from napari_greyfill.errors import (
    BadMaskError,
    GreyfillWarning,
    ShapeMismatchError,
    UnreadableFileError,
    UnsupportedImageError,
    UnwritablePathError,
)
from napari_greyfill.files import (
    make_folder,
    read_image,
    read_mask,
    require_writable,
    tiff,
    write_image,
)

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


# Round trips


@pytest.mark.parametrize(
    ("suffix", "dtype", "channels"),
    [
        (".png", "bool", 1),
        *((".png", dtype, channels) for dtype in ("u1", "u2") for channels in (1, 3, 4)),
        (".tif", "bool", 1),
        *((".tif", dtype, channels) for dtype in NUMBERS for channels in (1, 3, 4)),
        (".TIFF", "u1", 3),
        (".bmp", "bool", 1),
        (".bmp", "u1", 1),
        (".bmp", "u1", 3),
        (".webp", "u1", 3),
        (".webp", "u1", 4),
    ],
)
def test_values_survive_writing_and_reading(tmp_path, suffix, dtype, channels):
    path, image = tmp_path / f"image{suffix}", noise(dtype, channels)
    write_image(path, image)
    read = read_image(path)
    assert same(read.array, image)
    assert (read.path, read.alpha) == (path, None)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_nan_and_infinity_survive_in_tiff(tmp_path, dtype):
    image = noise(dtype)
    image[0, :3] = np.nan, np.inf, -np.inf
    write_image(tmp_path / "image.tif", image)
    assert np.array_equal(read_image(tmp_path / "image.tif").array, image, equal_nan=True)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif"])
def test_true_is_stored_as_1(tmp_path, suffix):
    image = noise("bool")
    write_image(tmp_path / f"image{suffix}", image)
    assert np.array_equal(read_image(tmp_path / f"image{suffix}").array.view(np.uint8), image)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_smallest_images_keep_their_axes(tmp_path, size, suffix, channels):
    path, image = tmp_path / f"image{suffix}", noise("u2", channels, size)
    write_image(path, image)
    assert same(read_image(path).array, image)


def test_values_of_a_view_are_written_in_its_order(tmp_path):
    image = noise("u2", 3)[::-1, ::2]
    for name in ("image.png", "image.tif"):
        write_image(tmp_path / name, image)
        assert same(read_image(tmp_path / name).array, image)


# PNG


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_16_bit_png_of_another_encoder(tmp_path, channels):
    cv2 = pytest.importorskip("cv2")  # filters its rows, which ours does not
    image = noise("u2", channels, (40, 50))
    stored = image if channels == 1 else image[..., [2, 1, 0, 3][:channels]]
    cv2.imwrite(str(tmp_path / "image.png"), np.ascontiguousarray(stored))
    assert same(read_image(tmp_path / "image.png").array, image)


def test_16_bit_png_with_a_transparent_colour_gets_alpha(tmp_path):
    image = noise("u2", 3)
    marked = tuple(int(value) for value in image[2, 3])
    with (tmp_path / "image.png").open("wb") as file:
        writer = png.Writer(11, 7, greyscale=False, bitdepth=16, transparent=marked)
        writer.write(file, image.reshape(7, -1))
    read = read_image(tmp_path / "image.png").array
    assert same(read[..., :3], image)
    assert read[2, 3, 3] == 0
    assert np.count_nonzero(read[..., 3] == 65535) == 7 * 11 - 1


def test_16_bit_png_with_fewer_significant_bits_is_not_rescaled(tmp_path):
    image = noise("u2", 3) // 16
    encoded = io.BytesIO()
    png.Writer(11, 7, greyscale=False, bitdepth=16).write(encoded, image.reshape(7, -1))
    header, *others = png.Reader(bytes=encoded.getvalue()).chunks()
    with (tmp_path / "image.png").open("wb") as file:
        png.write_chunks(file, [header, (b"sBIT", b"\x0c\x0c\x0c"), *others])
    assert same(read_image(tmp_path / "image.png").array, image)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_palettes_become_colours(tmp_path, bits):
    image = Image.fromarray(noise("u1", 3)).quantize(2**bits)
    image.save(tmp_path / "image.png", bits=bits)
    assert same(read_image(tmp_path / "image.png").array, np.asarray(image.convert("RGB")))


def test_palettes_with_transparency_become_colours_with_alpha(tmp_path):
    image = Image.fromarray(noise("u1", 3)).quantize(4)
    image.save(tmp_path / "image.png", transparency=bytes([0, 100, 255, 255]))
    read = read_image(tmp_path / "image.png").array
    assert same(read[..., :3], np.asarray(image.convert("RGB")))
    assert same(read[..., 3], np.array([0, 100, 255, 255], np.uint8)[np.asarray(image)])


def test_greys_below_8_bits_are_spread_over_8(tmp_path):
    with (tmp_path / "image.png").open("wb") as file:
        png.Writer(4, 1, greyscale=True, bitdepth=2).write(file, [[0, 1, 2, 3]])
    expected = np.array([[0, 85, 170, 255]], np.uint8)
    assert same(read_image(tmp_path / "image.png").array, expected)


# Alpha of grey pictures


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_grey_with_alpha_is_read_as_grey_and_written_with_alpha(tmp_path, suffix, dtype):
    grey, alpha = noise(dtype), noise(dtype)[::-1]
    if suffix == ".tif":
        tifffile.imwrite(
            tmp_path / "a.tif",
            np.dstack([grey, alpha]),
            photometric="minisblack",
            planarconfig="contig",
            extrasamples=["unassalpha"],
        )
    else:
        with (tmp_path / "a.png").open("wb") as file:
            writer = png.Writer(11, 7, alpha=True, bitdepth=8 * grey.itemsize)
            writer.write(file, np.dstack([grey, alpha]).reshape(7, -1))
    read = read_image(tmp_path / f"a{suffix}")
    assert same(read.array, grey)
    assert same(read.alpha, alpha)
    for name in ("b.png", "b.tif"):
        write_image(tmp_path / name, read.array, read)
        again = read_image(tmp_path / name)
        assert same(again.array, grey)
        assert same(again.alpha, alpha)


def test_alpha_of_a_grey_picture_is_left_out_of_other_shapes(tmp_path):
    Image.fromarray(noise("u1", 4)[..., :2], "LA").save(tmp_path / "grey.png")
    like = read_image(tmp_path / "grey.png")
    write_image(tmp_path / "colour.png", noise("u1", 3), like)
    assert same(read_image(tmp_path / "colour.png").array, noise("u1", 3))


def test_colour_under_full_transparency_is_kept(tmp_path):
    image = noise("u1", 4)
    image[..., 3] = 0
    for name in ("image.png", "image.tif", "image.webp"):
        write_image(tmp_path / name, image)
        assert same(read_image(tmp_path / name).array, image)


# Orientation


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_pictures_are_turned_upright(tmp_path, orientation, suffix):
    stored, path = Image.fromarray(noise("u1", 3)), tmp_path / f"image{suffix}"
    stored.save(path, exif=exif(orientation=orientation))
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    read = read_image(path)
    assert same(read.array, expected)
    write_image(tmp_path / "out.png", read.array, read)
    with Image.open(tmp_path / "out.png") as image:
        assert ORIENTATION not in image.getexif()
        assert image.getexif()[MAKE] == "Lens & Sons"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiffs_are_turned_upright_whoever_decodes_them(tmp_path, orientation):
    stored = noise("u1", 3)
    in_exif = exif(orientation=orientation)
    Image.fromarray(stored).save(tmp_path / "a.png", exif=in_exif)
    Image.fromarray(stored).save(tmp_path / "lzw.tif", exif=in_exif, compression="tiff_lzw")
    tag = (ORIENTATION, "H", 1, orientation, True)
    tifffile.imwrite(tmp_path / "plain.tif", stored, photometric="rgb", extratags=[tag])
    expected = read_image(tmp_path / "a.png").array
    assert same(read_image(tmp_path / "lzw.tif").array, expected)
    assert same(read_image(tmp_path / "plain.tif").array, expected)
    read = read_image(tmp_path / "plain.tif")
    write_image(tmp_path / "out.tif", read.array, read)
    assert same(read_image(tmp_path / "out.tif").array, expected)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_resolution_turns_with_the_picture(tmp_path, suffix):
    path = tmp_path / f"image{suffix}"
    Image.fromarray(noise()).save(path, exif=exif(orientation=6), dpi=(100, 300))
    assert read_image(path).metadata.dpi == pytest.approx((300, 100), rel=1e-3)


def test_palette_and_mask_turn_alike(tmp_path):
    in_exif = exif(orientation=8)
    mask = np.zeros((7, 11), np.uint8)
    mask[1, 2:5] = 1
    image = Image.fromarray(mask)
    image.putpalette([0, 0, 0, 200, 30, 0])
    image.save(tmp_path / "mask.png", exif=in_exif)
    assert np.array_equal(read_mask(tmp_path / "mask.png"), np.rot90(mask))


# Metadata


@pytest.mark.parametrize("source", [".png", ".jpg", ".webp", ".tif"])
@pytest.mark.parametrize("target", [".png", ".webp", ".tif", ".jpg"])
def test_profile_and_exif_are_carried_over(tmp_path, source, target):
    stored = Image.fromarray(noise("u1", 3))
    stored.save(tmp_path / f"a{source}", exif=exif(), icc_profile=SRGB)
    like = read_image(tmp_path / f"a{source}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GreyfillWarning)  # of JPEG
        write_image(tmp_path / f"b{target}", like.array, like)
    with Image.open(tmp_path / f"b{target}") as image:
        assert image.info["icc_profile"] == SRGB
        assert image.getexif()[MAKE] == "Lens & Sons"


def test_date_and_place_of_a_photograph_are_carried_over(tmp_path):
    data = exif(orientation=6)
    data.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:05:06 07:08:09"
    data.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    Image.fromarray(noise("u1", 3)).save(tmp_path / "a.jpg", exif=data)
    like = read_image(tmp_path / "a.jpg")
    write_image(tmp_path / "b.png", like.array, like)
    with Image.open(tmp_path / "b.png") as image:
        read = image.getexif()
        taken = read.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal]
        assert taken == "2024:05:06 07:08:09"
        assert read.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] == "N"
        assert ORIENTATION not in read


@pytest.mark.parametrize("source", [".png", ".jpg", ".bmp", ".tif"])
@pytest.mark.parametrize("target", [".png", ".bmp", ".tif"])
def test_resolution_is_carried_over(tmp_path, source, target):
    Image.fromarray(noise("u1", 3)).save(tmp_path / f"a{source}", dpi=(300, 150))
    like = read_image(tmp_path / f"a{source}")
    write_image(tmp_path / f"b{target}", like.array, like)
    with Image.open(tmp_path / f"b{target}") as image:
        assert tuple(map(float, image.info["dpi"])) == pytest.approx((300, 150), rel=1e-3)


def test_16_bit_png_carries_everything(tmp_path):
    write_image(tmp_path / "plain.png", noise("u2", 3))
    header, *others = png.Reader(bytes=(tmp_path / "plain.png").read_bytes()).chunks()
    Image.fromarray(noise("u1", 3)).save(
        tmp_path / "8bit.png", exif=exif(orientation=3), icc_profile=SRGB, dpi=(300, 150)
    )
    chunks = png.Reader(bytes=(tmp_path / "8bit.png").read_bytes()).chunks()
    known = [chunk for chunk in chunks if chunk[0] in (b"iCCP", b"eXIf", b"pHYs")]
    assert len(known) == 3
    with (tmp_path / "a.png").open("wb") as file:
        png.write_chunks(file, [header, *known, *others])
    like = read_image(tmp_path / "a.png")
    assert same(like.array, noise("u2", 3)[::-1, ::-1])
    write_image(tmp_path / "b.png", like.array, like)
    assert same(read_image(tmp_path / "b.png").array, like.array)
    with Image.open(tmp_path / "b.png") as image:
        assert image.info["icc_profile"] == SRGB
        assert image.info["dpi"] == pytest.approx((300, 150), rel=1e-3)
        assert dict(image.getexif()) == {MAKE: "Lens & Sons"}


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_colour_profile_is_not_given_to_a_grey_image(tmp_path, suffix):
    Image.fromarray(noise("u1", 3)).save(tmp_path / "a.png", icc_profile=SRGB)
    like = read_image(tmp_path / "a.png")
    write_image(tmp_path / f"b{suffix}", like.array[..., 0], like)
    assert read_image(tmp_path / f"b{suffix}").metadata.icc == b""


def test_a_thumbnail_of_the_unfilled_picture_is_left_out(tmp_path):
    thumbnail = io.BytesIO()
    Image.fromarray(noise("u1", 3)).save(thumbnail, "JPEG")
    start = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHI4sI", 1, MAKE, 2, 4, b"abc\0", 26)
    fields = [(0x0103, 3, 1, 6 << 16), (0x0201, 4, 1, 68), (0x0202, 4, 1, thumbnail.tell())]
    second = struct.pack(">H", 3) + b"".join(struct.pack(">HHII", *f) for f in fields)
    data = start + second + bytes(4)
    data += thumbnail.getvalue()
    Image.fromarray(noise("u1", 3)).save(tmp_path / "a.png", exif=data)
    with Image.open(tmp_path / "a.png") as image:
        assert image.getexif().get_ifd(ExifTags.IFD.IFD1)  # there is one
    like = read_image(tmp_path / "a.png")
    write_image(tmp_path / "b.png", like.array, like)
    with Image.open(tmp_path / "b.png") as image:
        assert image.getexif()[MAKE] == "abc"
        assert not image.getexif().get_ifd(ExifTags.IFD.IFD1)


@pytest.mark.parametrize("data", [b"nonsense", b"MM\0*nonsense", b"II*\0\x08\0\0\0\xff"])
def test_damaged_exif_does_not_keep_a_picture_from_being_read(tmp_path, data):
    Image.fromarray(noise("u1", 3)).save(tmp_path / "a.png", exif=b"Exif\0\0" + data)
    read = read_image(tmp_path / "a.png")
    assert same(read.array, noise("u1", 3))
    write_image(tmp_path / "b.png", read.array, read)


# TIFF


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


# Animations


def frames(count):
    return [Image.fromarray(noise("u1", 3)[:, ::step]) for step in (1, -1)][:count]


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_the_first_picture_of_an_animation_is_read(tmp_path, suffix):
    first, second = frames(2)
    options = {} if suffix == ".gif" else {"lossless": True}
    first.save(tmp_path / f"a{suffix}", save_all=True, append_images=[second], **options)
    first.save(tmp_path / f"b{suffix}", **options)
    with pytest.warns(GreyfillWarning, match="2 pictures; only the first"):
        read = read_image(tmp_path / f"a{suffix}")
    assert np.array_equal(read.array[..., :3], read_image(tmp_path / f"b{suffix}").array)


def test_the_second_view_of_a_phone_is_no_animation(tmp_path):
    first, second = frames(2)
    first.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[second])
    first.save(tmp_path / "b.jpg", "JPEG")
    assert same(read_image(tmp_path / "a.jpg").array, read_image(tmp_path / "b.jpg").array)


# Files that cannot be read


def test_missing_file(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"There is no file .*gone\.png; check"):
        read_image(tmp_path / "gone.png")


def test_folder(tmp_path):
    with pytest.raises(UnreadableFileError, match="is a folder"):
        read_image(tmp_path)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg"])
@pytest.mark.parametrize(
    "text", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n", b"II*\0", b"\xff\xd8"]
)
def test_what_is_no_image(tmp_path, name, text):
    (tmp_path / name).write_bytes(text)
    with pytest.raises(UnreadableFileError, match=r"a\.\w+ is (not an image|empty|damaged)"):
        read_image(tmp_path / name)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["u1.png", "u2.png", "u1.jpg", "u2.tif", "u1.tif", "u1.bmp"])
def test_truncated_files(tmp_path, share, kind):
    dtype, suffix = kind.split(".")
    path = tmp_path / f"image.{suffix}"
    if suffix == "jpg":
        Image.fromarray(noise("u1", 3, (64, 64))).save(path)
    elif kind == "u1.tif":
        Image.fromarray(noise("u1", 3, (64, 64))).save(path, compression="tiff_lzw")
    else:
        write_image(path, noise(dtype, 3, (64, 64)))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UnreadableFileError, match=r"image\.\w+ is (not an image|damaged)"):
        read_image(path)


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_a_changed_byte_is_noticed(tmp_path, dtype):
    write_image(tmp_path / "image.png", noise(dtype, 3, (64, 64)))
    damaged = bytearray((tmp_path / "image.png").read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    (tmp_path / "image.png").write_bytes(damaged)
    with pytest.raises(UnreadableFileError, match="damaged"):
        read_image(tmp_path / "image.png")


@pytest.mark.parametrize("depth", [8, 16])
def test_a_png_that_unpacks_to_billions_of_pixels(tmp_path, depth):
    header = struct.pack(">IIBBBBB", 60000, 60000, depth, 2, 0, 0, 0)
    with (tmp_path / "bomb.png").open("wb") as file:
        png.write_chunks(file, [(b"IHDR", header), (b"IDAT", b""), (b"IEND", b"")])
    with pytest.raises(UnreadableFileError, match="too large"):
        read_image(tmp_path / "bomb.png")


def test_pages_that_lead_in_a_circle(tmp_path):
    write_image(tmp_path / "image.tif", noise())
    whole = bytearray((tmp_path / "image.tif").read_bytes())
    (entries,) = struct.unpack_from("<H", whole, 8)
    struct.pack_into("<I", whole, 8 + 2 + 12 * entries, len(whole))  # the next page
    second = struct.pack("<HHHIII", 1, 256, 4, 1, 9, len(whole))  # is followed by itself
    (tmp_path / "image.tif").write_bytes(whole + second)
    with pytest.raises(UnreadableFileError, match="damaged"):
        read_image(tmp_path / "image.tif")


def test_a_tiff_that_unpacks_a_hundredfold(tmp_path, monkeypatch):
    black = np.zeros((1000, 1000), np.uint8)
    tifffile.imwrite(tmp_path / "black.tif", black, compression="zlib")
    assert same(read_image(tmp_path / "black.tif").array, black)
    monkeypatch.setattr(tiff, "_MOST_VALUES", 900_000)
    with pytest.raises(UnreadableFileError, match="too large"):
        read_image(tmp_path / "black.tif")


def test_a_tiff_without_pixels(tmp_path):
    write_image(tmp_path / "image.tif", noise())
    whole = (tmp_path / "image.tif").read_bytes()
    height = struct.pack("<HHII", 257, 4, 1, 7)
    assert height in whole
    (tmp_path / "image.tif").write_bytes(whole.replace(height, height[:-4] + bytes(4)))
    with pytest.raises(UnreadableFileError, match="damaged"):
        read_image(tmp_path / "image.tif")


def test_large_pictures_are_read_without_comment(tmp_path, monkeypatch):
    write_image(tmp_path / "image.png", noise("u1", 3))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)  # Pillow warns above, refuses at twice
    assert same(read_image(tmp_path / "image.png").array, noise("u1", 3))


def test_errors_of_the_system_are_sentences(tmp_path, monkeypatch):
    write_image(tmp_path / "image.png", noise())

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "open", refuse)
    with pytest.raises(UnreadableFileError, match="no permission to read"):
        read_image(tmp_path / "image.png")


# Places that cannot be written


@pytest.mark.parametrize(
    "name", ["image", "image.gif", "image.xyz", "gone/image.png", "folder.png"]
)
def test_unwritable_paths(tmp_path, name):
    (tmp_path / "folder.png").mkdir()
    before = sorted(tmp_path.rglob("*"))
    pattern = "suffix|cannot be written|no folder|is a folder"
    with pytest.raises(UnwritablePathError, match=pattern):
        require_writable(tmp_path / name)
    with pytest.raises(UnwritablePathError, match=pattern):
        write_image(tmp_path / name, noise())
    assert sorted(tmp_path.rglob("*")) == before


def test_checking_leaves_nothing(tmp_path):
    write_image(tmp_path / "old.png", noise())
    before = content(tmp_path)
    require_writable(tmp_path / "new.png")
    require_writable(tmp_path / "old.png")
    assert content(tmp_path) == before


def test_folders_are_made_where_no_file_is(tmp_path):
    for _ in range(2):
        make_folder(tmp_path / "outer" / "inner")
    assert (tmp_path / "outer" / "inner").is_dir()
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "inner"):
        with pytest.raises(UnwritablePathError, match="choose another one"):
            make_folder(path)


def test_no_permission_to_write_is_a_sentence(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "open", refuse)
    for attempt in (require_writable, lambda path: write_image(path, noise())):
        with pytest.raises(UnwritablePathError, match="no permission to write to"):
            attempt(tmp_path / "image.png")


@pytest.mark.parametrize(
    ("name", "dtype", "channels", "advice"),
    [
        ("a.jpg", "u1", 4, "no transparency; write a PNG or TIFF"),
        ("a.jpg", "u2", 3, "uint16; write a PNG or TIFF"),
        ("a.jpg", "f4", 1, "float32; write a TIFF"),
        ("a.png", "f4", 1, "float32; write a TIFF"),
        ("a.png", "i4", 1, "int32; write a TIFF"),
        ("a.bmp", "u1", 4, "no transparency"),
        ("a.webp", "u2", 3, "uint16; write a PNG or TIFF"),
        ("a.jpg", "bool", 1, "bool; write a PNG or TIFF"),
    ],
)
def test_formats_refuse_what_they_would_change(tmp_path, name, dtype, channels, advice):
    write_image(tmp_path / "like.tif", noise(dtype, channels))
    like = read_image(tmp_path / "like.tif")
    with pytest.raises(UnwritablePathError, match=advice):
        require_writable(tmp_path / name, like)
    with pytest.raises(UnwritablePathError, match=advice):
        write_image(tmp_path / name, like.array)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_colours_of_one_bit_are_refused(tmp_path, name):
    with pytest.raises(UnwritablePathError, match="convert them to 8 bits"):
        write_image(tmp_path / name, noise("bool", 3))


def test_the_alpha_of_grey_is_not_dropped_in_silence(tmp_path):
    Image.fromarray(noise("u1", 4)[..., :2], "LA").save(tmp_path / "grey.png")
    like = read_image(tmp_path / "grey.png")
    with pytest.raises(UnwritablePathError, match="no transparency"):
        write_image(tmp_path / "out.jpg", like.array, like)


def test_jpeg_is_written_well_and_with_a_warning(tmp_path):
    image = np.linspace(0, 255, 64 * 64 * 3).astype(np.uint8).reshape(64, 64, 3)
    with pytest.warns(GreyfillWarning, match="write a PNG or TIFF file to keep them"):
        write_image(tmp_path / "out.jpg", image)
    with Image.open(tmp_path / "out.jpg") as written:
        assert {layer[1:3] for layer in written.layer} == {(1, 1)}  # no subsampling
        assert written.quantization[0][0] <= 2  # quality 95
    assert np.abs(read_image(tmp_path / "out.jpg").array.astype(int) - image).mean() < 3


# All or nothing


@pytest.mark.parametrize("error", [OSError("No space left"), KeyboardInterrupt(), RuntimeError()])
@pytest.mark.parametrize("existing", [True, False])
def test_a_failure_midway_leaves_what_was_there(tmp_path, monkeypatch, error, existing):
    path = tmp_path / "image.png"
    if existing:
        write_image(path, noise())
    before = content(tmp_path)

    def fail(image, file, *args, **kwargs):
        file.write(b"half a pict")
        raise error

    monkeypatch.setattr(Image.Image, "save", fail)
    expected = UnwritablePathError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        write_image(path, noise("u1", 3))
    assert content(tmp_path) == before


def test_a_failure_of_the_last_step_leaves_what_was_there(tmp_path, monkeypatch):
    write_image(tmp_path / "image.tif", noise())
    before = content(tmp_path)

    def fail(path, target):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(type(tmp_path), "replace", fail)
    with pytest.raises(UnwritablePathError, match="Invalid cross-device link"):
        write_image(tmp_path / "image.tif", noise("u2"))
    assert content(tmp_path) == before


@pytest.mark.skipif(os.name == "nt", reason="permissions and links as on Unix")
def test_overwriting_keeps_permissions_and_links(tmp_path):
    write_image(tmp_path / "real.png", noise())
    (tmp_path / "real.png").chmod(0o640)
    (tmp_path / "link.png").symlink_to("real.png")
    write_image(tmp_path / "link.png", noise("u1", 3))
    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "real.png").stat().st_mode & 0o777 == 0o640
    assert same(read_image(tmp_path / "real.png").array, noise("u1", 3))


@pytest.mark.skipif(os.name == "nt", reason="permissions as on Unix")
def test_new_files_have_the_usual_permissions(tmp_path):
    write_image(tmp_path / "image.png", noise())
    (tmp_path / "other").touch()
    assert (tmp_path / "image.png").stat().st_mode == (tmp_path / "other").stat().st_mode


# Masks


@pytest.fixture
def painted():
    mask = np.zeros((32, 40), bool)
    mask[8:16, 10:30] = True
    return mask


def saved(folder, array, name="mask.png", **options):
    path = folder / name
    if path.suffix == ".tif":
        tifffile.imwrite(path, array, **options)
    else:
        Image.fromarray(array).save(path, **options)
    return path


def test_one_bit_masks(tmp_path, painted):
    assert same(read_mask(saved(tmp_path, painted)), painted)
    assert same(read_mask(saved(tmp_path, painted, "mask.tif")), painted)


@pytest.mark.parametrize("value", [1, 128, 255])
def test_masks_of_two_values(tmp_path, painted, value):
    path = saved(tmp_path, np.where(painted, np.uint8(value), np.uint8(0)))
    assert np.array_equal(read_mask(path) != 0, painted)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_labels_keep_their_numbers(tmp_path, painted, suffix, dtype):
    labels = painted.astype(dtype)
    labels[20:25, 5:9] = 2
    labels[26, 3] = 200
    assert same(read_mask(saved(tmp_path, labels, f"mask{suffix}")), labels)


def test_labels_in_int32_and_in_floats(tmp_path, painted):
    labels = painted.astype(np.int32) * 70_000
    labels[20:25, 5:9] = 3
    assert same(read_mask(saved(tmp_path, labels, "int.tif")), labels)
    read = read_mask(saved(tmp_path, labels.astype(np.float32), "float.tif"))
    assert read.dtype.kind == "i"
    assert np.array_equal(read, labels)


@pytest.mark.parametrize(("dtype", "white"), [("u1", 255), ("u2", 65535), ("f4", 1)])
def test_soft_greys_are_divided_at_half(tmp_path, painted, dtype, white):
    soft = painted.astype(dtype) * white
    soft[7, 10:30] = 0.4 * white
    soft[16, 10:30] = 0.6 * white
    expected = painted.copy()
    expected[16, 10:30] = True
    with pytest.warns(GreyfillWarning, match="those above .* count as painted"):
        read = read_mask(saved(tmp_path, soft, "mask.tif"))
    assert same(read, expected)


@pytest.mark.parametrize("options", [{"quality": 60}, {"quality": 95}])
@pytest.mark.parametrize("name", ["mask.jpg", "mask.webp"])
def test_lossy_masks_are_divided_at_half(tmp_path, painted, name, options):
    path = saved(tmp_path, painted.astype(np.uint8) * 255, name, **options)
    assert len(np.unique(read_image(path).array)) > 2  # compression did change values
    with pytest.warns(GreyfillWarning, match="count as painted"):
        assert same(read_mask(path), painted)


def test_masks_in_a_lossy_tiff_are_divided_at_half(tmp_path, painted):
    path = tmp_path / "mask.tif"
    Image.fromarray(painted.astype(np.uint8) * 255).save(path, compression="jpeg")
    with pytest.warns(GreyfillWarning, match="count as painted"):
        assert same(read_mask(path), painted)


@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 200, 10), (255, 255, 255)])
def test_coloured_masks(tmp_path, painted, colour):
    mask = np.where(painted[..., None], np.uint8(colour), np.uint8([60, 0, 0]))
    assert same(read_mask(saved(tmp_path, mask)), painted)


def test_colours_below_half_are_unpainted(tmp_path, painted):
    mask = np.where(painted[..., None], np.array([128, 0, 0], np.uint8), np.uint8(0))
    mask[0, 0] = 127, 0, 0
    assert same(read_mask(saved(tmp_path, mask)), painted)


def test_labels_saved_as_rgb_keep_their_numbers(tmp_path, painted):
    labels = painted.astype(np.uint8)
    labels[20:25, 5:9] = 2
    assert same(read_mask(saved(tmp_path, np.dstack([labels] * 3))), labels)


@pytest.mark.parametrize("channels", [2, 4])
def test_fully_transparent_pixels_are_unpainted(tmp_path, painted, channels):
    mask = np.full((*painted.shape, channels), 255, np.uint8)
    mask[..., -1] = painted * 40
    image = Image.fromarray(mask, {2: "LA", 4: "RGBA"}[channels])
    image.save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png") != 0, painted)


def palette_image(indices, colours):
    image = Image.fromarray(indices)
    image.putpalette(np.array(colours, np.uint8).tobytes())
    return image


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_palettes_that_begin_with_black_are_labels(tmp_path, painted, suffix):
    labels = painted.astype(np.uint8)
    labels[20:25, 5:9] = 2
    palette_image(labels, [(0, 0, 0), (64, 0, 0), (0, 128, 0)]).save(tmp_path / f"mask{suffix}")
    assert same(read_mask(tmp_path / f"mask{suffix}"), labels)


def test_palettes_that_begin_transparent_are_labels(tmp_path, painted):
    image = palette_image(painted.astype(np.uint8), [(255, 255, 255), (0, 90, 0)])
    image.save(tmp_path / "mask.png", transparency=0)
    assert np.array_equal(read_mask(tmp_path / "mask.png") != 0, painted)


def test_other_palettes_are_colours(tmp_path, painted):
    image = palette_image((~painted).astype(np.uint8), [(250, 0, 0), (0, 0, 0)])
    image.save(tmp_path / "red.png")
    image = palette_image((~painted).astype(np.uint8), [(255, 255, 255), (0, 0, 0)])
    image.save(tmp_path / "white.png")
    for name in ("red.png", "white.png"):
        assert np.array_equal(read_mask(tmp_path / name) != 0, painted)


def test_palettes_whose_first_colour_is_unused_are_colours(tmp_path, painted):
    image = palette_image(painted + np.uint8(1), [(0, 0, 0), (0, 0, 90), (250, 0, 0)])
    image.save(tmp_path / "mask.png")
    assert np.array_equal(read_mask(tmp_path / "mask.png") != 0, painted)


@pytest.mark.parametrize("value", [0.3, 1.7, -0.2, np.nan, np.inf])
def test_float_masks_that_are_no_masks(tmp_path, painted, value):
    mask = painted.astype(np.float32) * 2
    mask[0, 0] = value
    with pytest.raises(BadMaskError, match=r"mask\.tif holds .*; ?.*save it with whole numbers"):
        read_mask(saved(tmp_path, mask, "mask.tif"))


def test_masks_of_another_size(tmp_path, painted):
    path = saved(tmp_path, painted)
    assert same(read_mask(path, (32, 40, 3)), painted)
    with pytest.raises(ShapeMismatchError, match="is 32 x 40 pixels and the image is 40 x 32"):
        read_mask(path, (40, 32))


def test_a_stack_is_no_mask(tmp_path, painted):
    with pytest.raises(UnsupportedImageError):
        read_mask(saved(tmp_path, np.stack([painted] * 3), "mask.tif"))


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3)])
def test_the_order_of_bytes_does_not_matter(tmp_path, shape):
    values = np.random.default_rng(0).integers(0, 65535, shape).astype(">u2")
    write_image(tmp_path / "deep.png", values)
    np.testing.assert_array_equal(read_image(tmp_path / "deep.png").array, values)
