import io
import struct
import warnings

import numpy as np
import png
import pytest
import tifffile
from PIL import ExifTags, Image, ImageOps

from napari_greyfill.errors import (
    GreyfillWarning,
    UnreadableFileError,
)
from napari_greyfill.files import (
    read_image,
    read_mask,
    tiff,
    write_image,
)
from tests.files.cases import MAKE, ORIENTATION, SRGB, exif, noise, same

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
