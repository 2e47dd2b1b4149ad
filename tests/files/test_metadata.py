"""The table of metadata in docs/cli.md, row by row."""

import json
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from napari_greyfill.errors import UnwritablePathError
from napari_greyfill.files import lost_metadata, read_image, require_writable, write_image

GREY = np.arange(12 * 16, dtype=np.uint8).reshape(12, 16)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RGB = np.dstack([GREY, GREY.T.reshape(12, 16), GREY])
# code, type of tifffile, count, value
GEO = [
    (33550, "d", 3, (0.5, 0.5, 0.0), True),
    (33922, "d", 6, (0, 0, 0, 440720.0, 3751320.0, 0), True),
    (34735, "H", 8, (1, 1, 0, 1, 1024, 0, 1, 1), True),
    (34736, "d", 1, (6378137.0,), True),
    (34737, "s", 0, "WGS 84|", True),
    (42112, "s", 0, "<GDALMetadata><Item>x</Item></GDALMetadata>", True),
    (42113, "s", 0, "-9999", True),
]
FEI = [(34682, "s", 0, "[User]\r\nDate=01/01/2024\r\n[EBeam]\r\nHV=5000\r\n", True)]
SFEG = [(34680, "s", 0, "[User]\r\nUser=a\r\n", True)]
ZEISS = [(34118, "s", 0, "\r\n0\r\nAP_WD\r\nWD = 5.1 mm\r\n", True)]
MICROMANAGER = [(51123, "s", 0, json.dumps({"Exposure-ms": 10, "Channel": "DAPI"}), True)]


def written_again(folder, like, name="out.tif", array=None):
    write_image(folder / name, like.array if array is None else array, like)
    return folder / name


def tags_of(path, *codes):
    with tifffile.TiffFile(path) as file:
        tags = file.pages[0].tags
        return {code: tags[code].value for code in codes if code in tags}


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("tags", [GEO, FEI, SFEG, ZEISS, MICROMANAGER], ids=lambda t: str(t[0][0]))
def test_tags_about_the_same_picture_are_copied(tmp_path, tags, byteorder):
    path = tmp_path / "in.tif"
    tifffile.imwrite(path, GREY, extratags=tags, metadata=None, byteorder=byteorder)
    like = read_image(path)
    codes = [tag[0] for tag in tags]
    assert lost_metadata(tmp_path / "out.tif", like) == []
    again = written_again(tmp_path, like)
    assert tags_of(again, *codes) == tags_of(path, *codes) != {}
    assert np.array_equal(read_image(again).array, GREY)


def test_they_are_named_where_they_are_lost(tmp_path):
    path = tmp_path / "in.tif"
    tifffile.imwrite(path, GREY, extratags=GEO + ZEISS, metadata=None)
    like = read_image(path)
    for name in ("out.png", "out.jpg", "out.webp", "out.bmp"):
        lost = lost_metadata(tmp_path / name, like)
        assert {"GeoTIFF", "GDAL's no-data value", "Zeiss SEM metadata"} <= set(lost)


def test_they_are_not_given_to_a_picture_of_another_kind(tmp_path):
    path = tmp_path / "in.tif"
    tifffile.imwrite(path, RGB, photometric="rgb", extratags=GEO, metadata=None)
    again = written_again(tmp_path, read_image(path), array=GREY)
    assert tags_of(again, *(tag[0] for tag in GEO)) == {}


def test_a_turned_picture_loses_what_says_where_it_lies(tmp_path):
    path = tmp_path / "in.tif"
    tags = [*GEO, (274, "H", 1, 6, True)]
    tifffile.imwrite(path, GREY, extratags=tags, metadata=None)
    like = read_image(path)
    if like.array.shape == GREY.shape:
        pytest.skip("pictures are not turned")
    assert "GeoTIFF" in lost_metadata(tmp_path / "out.tif", like)
    assert tags_of(written_again(tmp_path, like), *(tag[0] for tag in GEO)) == {}


def test_the_no_data_value_is_read(tmp_path):
    for text, value in (("-9999", -9999.0), ("nan", None), ("none", None)):
        tifffile.imwrite(
            tmp_path / "in.tif", GREY, extratags=[(42113, "s", 0, text, True)], metadata=None
        )
        assert read_image(tmp_path / "in.tif").metadata.nodata == value


def test_ome_xml_of_one_plane_is_kept(tmp_path):
    path = tmp_path / "in.ome.tif"
    tifffile.imwrite(
        path, GREY, ome=True, metadata={"PhysicalSizeX": 0.1, "PhysicalSizeXUnit": "µm"}
    )
    like = read_image(path)
    assert lost_metadata(tmp_path / "out.ome.tif", like) == []
    again = written_again(tmp_path, like, "out.ome.tif")
    with tifffile.TiffFile(path) as before, tifffile.TiffFile(again) as after:
        assert after.ome_metadata == before.ome_metadata
        assert 'PhysicalSizeX="0.1"' in after.ome_metadata
        assert after.series[0].shape == GREY.shape


def test_ome_xml_is_not_given_to_a_picture_of_another_kind(tmp_path):
    path = tmp_path / "in.ome.tif"
    tifffile.imwrite(path, RGB, ome=True, photometric="rgb")
    again = written_again(tmp_path, read_image(path), array=GREY)
    with tifffile.TiffFile(again) as file:
        assert not file.is_ome


def test_imagej_keeps_lookup_table_overlay_and_info(tmp_path):
    path = tmp_path / "in.tif"
    lut = np.stack([np.arange(256), np.zeros(256), np.arange(256)[::-1]]).astype(np.uint8)
    tifffile.imwrite(
        path,
        GREY,
        imagej=True,
        resolution=(10, 10),
        metadata={"unit": "um", "Info": "taken on a Monday", "LUTs": [lut], "Overlays": [b"Iout"]},
    )
    like = read_image(path)
    again = written_again(tmp_path, like)
    with tifffile.TiffFile(path) as before, tifffile.TiffFile(again) as after:
        first, second = before.imagej_metadata, after.imagej_metadata
        assert after.is_imagej
        assert second["Info"] == first["Info"] == "taken on a Monday"
        assert second["unit"] == "um"
        assert second["Overlays"] == first["Overlays"]
        assert np.array_equal(second["LUTs"], first["LUTs"])


def test_what_no_result_gets_is_named(tmp_path):
    path = tmp_path / "in.tif"
    others = {33723: b"caption", 65000: "private"}
    Image.fromarray(GREY).save(path, tiffinfo=others)
    lost = lost_metadata(tmp_path / "out.tif", read_image(path))
    assert lost == ["IPTC", "tag 65000"]


def test_texts_of_a_png_stay_in_a_png(tmp_path):
    texts = PngInfo()
    texts.add_text("Title", "Larch")
    texts.add_itxt("Author", "Jürgen Ω")
    Image.fromarray(RGB).save(tmp_path / "in.png", pnginfo=texts)
    like = read_image(tmp_path / "in.png")
    for array in (RGB, RGB.astype(np.uint16) * 257):
        again = written_again(tmp_path, like, "out.png", array)
        with Image.open(again) as image:
            assert dict(image.text) == {"Title": "Larch", "Author": "Jürgen Ω"}
    assert lost_metadata(tmp_path / "out.png", like) == []
    for name in ("out.tif", "out.jpg", "out.webp", "out.bmp"):
        assert lost_metadata(tmp_path / name, like) == ["texts"]


@pytest.mark.parametrize(
    ("suffix", "kept"),
    [
        (".tif", {"icc", "dpi"}),
        (".png", {"icc", "dpi", "exif"}),
        (".jpg", {"icc", "dpi", "exif"}),
        (".webp", {"icc", "exif"}),
        (".bmp", {"dpi"}),
    ],
)
def test_profile_resolution_and_exif(tmp_path, suffix, kept):
    exif = Image.Exif()
    exif[0x010F], exif[0x829A] = "Lens & Sons", 0.01
    Image.fromarray(RGB).save(tmp_path / "in.png", icc_profile=SRGB, dpi=(300, 300), exif=exif)
    like = read_image(tmp_path / "in.png")
    lost = lost_metadata(tmp_path / f"out{suffix}", like)
    names = {
        "icc": "the colour profile",
        "dpi": "the pixel size (84.7 µm)",
        "exif": "EXIF data except make, model, date, artist and copyright"
        if suffix == ".tif"
        else "EXIF data",
    }
    assert set(lost) == {names[what] for what in {"icc", "dpi", "exif"} - kept}
    again = written_again(tmp_path, like, f"out{suffix}") if suffix != ".jpg" else None
    if again is None:
        with pytest.warns(UserWarning, match="JPEG changes pixels"):
            again = written_again(tmp_path, like, "out.jpg")
    found = read_image(again).metadata
    assert bool(found.icc) == ("icc" in kept)
    assert (found.dpi is not None) == ("dpi" in kept)
    assert bool(found.exif) == ("exif" in kept or suffix == ".tif")


class TestWhatDoesNotFit:
    """Found before any work, and never a failure at the end."""

    def like(self, folder, per_centimetre):
        path = folder / "like.tif"
        resolution = (per_centimetre, per_centimetre)
        tifffile.imwrite(path, RGB, photometric="rgb", resolution=resolution, resolutionunit=3)
        return read_image(path)

    @pytest.mark.parametrize(
        ("suffix", "nanometres", "kept"),
        [
            *((".jpg", size, kept) for size, kept in ((387, False), (389, True), (100_000, True))),
            *((".png", size, kept) for size, kept in ((0.1, False), (0.47, True), (100, True))),
            *((".bmp", size, kept) for size, kept in ((0.1, False), (0.47, True), (100, True))),
            *((".tif", size, kept) for size, kept in ((0.1, True), (0.01, True), (1e6, True))),
            (".webp", 1e5, False),
            (".jpg", 1e8, False),  # a quarter of a pixel an inch
        ],
    )
    @pytest.mark.filterwarnings("ignore:.*JPEG changes pixels")
    def test_pixel_sizes(self, tmp_path, suffix, nanometres, kept):
        like = self.like(tmp_path, 1e7 / nanometres)
        path = tmp_path / f"out{suffix}"
        require_writable(path, like)
        write_image(path, like.array, like)
        found = read_image(path).metadata.dpi
        lost = [name for name in lost_metadata(path, like) if "pixel size" in name]
        assert (found is not None) == kept == (not lost)
        if kept:
            assert found == pytest.approx((2.54e7 / nanometres,) * 2, rel=0.011)

    @pytest.mark.parametrize(("suffix", "side"), [(".webp", 16_383), (".jpg", 65_500)])
    def test_sides(self, tmp_path, suffix, side):
        for length, fits in ((side, True), (side + 1, False)):
            write_image(tmp_path / "like.tif", np.zeros((1, length), np.uint8))
            like = read_image(tmp_path / "like.tif")
            if fits:
                require_writable(tmp_path / f"out{suffix}", like)
                continue
            for attempt in (
                lambda like=like: require_writable(tmp_path / f"out{suffix}", like),
                lambda like=like: write_image(tmp_path / f"out{suffix}", like.array),
            ):
                with pytest.raises(UnwritablePathError, match="write a TIFF file instead"):
                    attempt()
            assert not (tmp_path / f"out{suffix}").exists()

    @pytest.mark.filterwarnings("ignore:.*JPEG changes pixels")
    @pytest.mark.parametrize(("size", "kept"), [(60_000, True), (70_000, False)])
    def test_exif_in_jpeg(self, tmp_path, size, kept):
        exif = Image.Exif()
        exif[0x010E] = "x" * size
        Image.fromarray(RGB).save(tmp_path / "in.png", exif=exif)
        like = read_image(tmp_path / "in.png")
        assert ("EXIF data" in lost_metadata(tmp_path / "out.jpg", like)) == (not kept)
        written_again(tmp_path, like, "out.jpg")
        assert bool(read_image(tmp_path / "out.jpg").metadata.exif) == kept


@pytest.mark.parametrize("code", [34712, 34887, 50000, 50001, 50002])
def test_a_codec_that_is_missing_is_called_that(tmp_path, code, monkeypatch, capfd):
    from napari_greyfill.errors import UnreadableFileError

    def missing(*args, **kwargs):
        raise ValueError("requires the 'imagecodecs' package")

    path = tmp_path / "in.tif"
    tifffile.imwrite(path, RGB, photometric="rgb", metadata=None)
    with tifffile.TiffFile(path) as file:
        offset = file.pages[0].tags["Compression"].valueoffset
    whole = bytearray(path.read_bytes())
    whole[offset : offset + 2] = struct.pack("<H", code)
    path.write_bytes(bytes(whole))
    monkeypatch.setattr(tifffile.TiffPage, "asarray", missing)
    with pytest.raises(UnreadableFileError, match="needs the package imagecodecs"):
        read_image(path)
    assert capfd.readouterr() == ("", "")


def test_damage_is_still_called_damage(tmp_path, capfd):
    from napari_greyfill.errors import UnreadableFileError

    path = tmp_path / "in.tif"
    Image.fromarray(RGB).save(path, compression="tiff_lzw")
    whole = bytearray(path.read_bytes())
    whole[12:60] = bytes(0x5A ^ value for value in whole[12:60])
    path.write_bytes(bytes(whole))
    with pytest.raises(UnreadableFileError, match="damaged"):
        read_image(path)
    assert capfd.readouterr() == ("", "")
