"""Stacks in files, with what their files say."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import UnreadableFileError, UnsupportedImageError
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.bake import bake
from napari_greyfill.stack.files import is_stack_file, is_zarr, open_stack, write_stack
from napari_greyfill.stack.ome import Place
from tests.stacks import moving

STACK = moving(6).reshape(3, 2, 48, 48)


def copied(path, target, stack=STACK):
    """Read a file, and write another with the first pixel of each plane changed."""
    found = open_stack(path)
    axes = axes_of(found.data, labels=found.names)
    image = np.array(found.data)
    image[..., 0, 0] = 1
    write_stack(target, image, axes, found)
    return axes, image


def test_imagej_keeps_its_axes_and_its_scale(tmp_path):
    tifffile.imwrite(
        tmp_path / "a.tif",
        STACK,
        imagej=True,
        resolution=(4, 4),
        metadata={
            "axes": "TZYX",
            "unit": "um",
            "spacing": 0.5,
            "finterval": 3,
            "Labels": ["l"] * 6,
        },
    )
    axes, image = copied(tmp_path / "a.tif", tmp_path / "b.tif")
    assert axes.names == ("T", "Z", "Y", "X")
    with tifffile.TiffFile(tmp_path / "b.tif") as tiff:
        series, told = tiff.series[0], tiff.imagej_metadata
        assert series.axes == "TZYX" and tiff.pages[0].tags.valueof(282) == (4, 1)
        assert (told["unit"], told["spacing"], told["finterval"]) == ("um", 0.5, 3)
        assert told["Labels"] == ["l"] * 6
        np.testing.assert_array_equal(series.asarray(), image)


def test_ome_keeps_its_description(tmp_path):
    stack = STACK.astype(np.uint16)
    sizes = {"axes": "TZYX", "PhysicalSizeX": 0.1, "PhysicalSizeXUnit": "µm"}
    tifffile.imwrite(tmp_path / "a.ome.tif", stack, ome=True, metadata=sizes)
    _, image = copied(tmp_path / "a.ome.tif", tmp_path / "b.ome.tif")
    with tifffile.TiffFile(tmp_path / "b.ome.tif") as tiff:
        assert 'PhysicalSizeX="0.1"' in tiff.ome_metadata and tiff.series[0].axes == "TZYX"
        np.testing.assert_array_equal(tiff.series[0].asarray(), image)


def test_pages_that_nobody_named_are_a_stack(tmp_path):
    tifffile.imwrite(
        tmp_path / "a.tif", moving(5), compression="zlib", metadata=None, photometric="minisblack"
    )
    axes, image = copied(tmp_path / "a.tif", tmp_path / "b.tif", moving(5))
    assert axes.names == ("Z", "Y", "X")
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "b.tif"), image)


def test_colour_pages_stay_so(tmp_path):
    stack = np.stack([moving(3)] * 3, axis=-1)
    tifffile.imwrite(tmp_path / "a.tif", stack, photometric="rgb")
    axes, image = copied(tmp_path / "a.tif", tmp_path / "b.tif", stack)
    assert axes.names[-3:] == ("Y", "X", "S")
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "b.tif"), image)


def test_an_ome_zarr_says_where_its_pixels_lie(tmp_path):
    pytest.importorskip("zarr")
    pytest.importorskip("ome_zarr")
    axes = axes_of(STACK, axes="TZYX")
    there = Place.of(axes, (1.0, 2.0, 0.5, 0.5))
    exhaust(bake(STACK, axes, tmp_path / "a.zarr", there))
    found = open_stack(tmp_path / "a.zarr")
    assert found.names == ("T", "Z", "Y", "X") and found.place.scale == (1, 2, 0.5, 0.5)
    np.testing.assert_array_equal(np.asarray(found.data[...]), STACK)
    assert is_zarr(tmp_path / "a.zarr") and is_stack_file(tmp_path / "a.zarr")


def test_a_picture_is_no_stack(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", moving(1)[0])
    tifffile.imwrite(tmp_path / "b.tif", np.stack([moving(1)[0]] * 3, axis=-1), photometric="rgb")
    tifffile.imwrite(tmp_path / "c.tif", moving(3), photometric="minisblack")
    (tmp_path / "d.tif").write_bytes(b"II*\0nonsense")
    names = ("a.tif", "b.tif", "c.tif", "d.tif", "e.tif")
    found = [is_stack_file(tmp_path / name) for name in names]
    assert found == [False, False, True, False, False]


def test_what_cannot_be_read_is_said(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"II*\0nonsense")
    with pytest.raises(UnreadableFileError, match="get the file again"):
        open_stack(tmp_path / "a.tif")
    Image.fromarray(moving(1)[0].astype(np.uint8)).save(tmp_path / "a.png")
    with pytest.raises(UnreadableFileError, match="no stack; give a TIFF of several pages"):
        open_stack(tmp_path / "a.png")


def cut_short(path, share):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize(
    "form",
    [
        {"imagej": True, "metadata": {"axes": "TYX"}},
        {"ome": True, "metadata": {"axes": "TYX"}},
        {"compression": "zlib", "photometric": "minisblack"},
        {"metadata": None, "photometric": "minisblack"},
    ],
)
def test_a_stack_that_was_cut_short_is_not_filled_as_far_as_it_goes(tmp_path, form, share):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, moving(8), **form)
    cut_short(path, share)
    with pytest.raises(UnreadableFileError, match="get the file again"):
        open_stack(path)


def test_pages_that_were_written_one_by_one_are_a_stack(tmp_path):
    path, stack = tmp_path / "a.tif", moving(5)
    with tifffile.TiffWriter(path) as file:
        for plane in stack:
            file.write(plane)
    assert is_stack_file(path)
    axes, image = copied(path, tmp_path / "b.tif", stack)
    assert axes.names == ("Z", "Y", "X") and image.shape == stack.shape
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "b.tif"), image)


def test_stacks_of_different_sizes_in_one_file_are_refused(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(moving(4), photometric="minisblack")
        file.write(moving(2)[:, :20], photometric="minisblack")
    with pytest.raises(UnsupportedImageError, match="holds 2 stacks or pictures; save the one"):
        open_stack(tmp_path / "a.tif")


def test_axes_that_imagej_does_not_know_are_written_as_they_are(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", moving(5), imagej=True, metadata={"axes": "TYX"})
    found = open_stack(tmp_path / "a.tif")
    write_stack(tmp_path / "b.tif", found.data, axes_of(found.data, axes="QYX"), found)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "b.tif"), moving(5))


@pytest.mark.parametrize("photometric", ["miniswhite", "palette"])
def test_how_greys_are_shown_is_kept(tmp_path, photometric):
    stack = (200 * moving(4) / moving(4).max()).astype(np.uint8)
    ramp = np.arange(256, dtype=np.uint16) * 257
    table = np.stack([ramp, ramp // 2, ramp // 3]) if photometric == "palette" else None
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, stack, photometric=photometric, colormap=table)
    copied(path, tmp_path / "b.tif", stack)
    with tifffile.TiffFile(tmp_path / "b.tif") as tiff:
        page = tiff.pages[0]
        assert page.photometric.name.lower() == photometric
        np.testing.assert_array_equal(tiff.asarray()[:, 1:], stack[:, 1:])
        assert table is None or np.array_equal(page.colormap, table)


@pytest.mark.parametrize("kind", ["palette", "separated"])
def test_numbers_of_colours_are_no_greys(tmp_path, kind):
    if kind == "palette":
        table = np.random.default_rng(0).integers(0, 65535, (3, 256)).astype(np.uint16)
        stack, form = moving(4).astype(np.uint8), {"colormap": table}
    else:
        stack, form = np.stack([moving(3).astype(np.uint8)] * 4, axis=-1), {}
    tifffile.imwrite(tmp_path / "a.tif", stack, photometric=kind, **form)
    with pytest.raises(UnsupportedImageError, match="colours; convert it"):
        open_stack(tmp_path / "a.tif")


def test_the_value_for_none_is_read_and_kept(tmp_path):
    tag = (42113, "s", 0, b"-9999", True)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, moving(4).astype("f4"), photometric="minisblack", extratags=[tag])
    assert open_stack(path).nodata == -9999
    copied(path, tmp_path / "b.tif", moving(4))
    assert open_stack(tmp_path / "b.tif").nodata == -9999


def test_a_missing_decoder_is_said_with_its_package(tmp_path):
    greys = [Image.fromarray(plane) for plane in moving(3).astype(np.uint8)]
    form = {"save_all": True, "append_images": greys[1:], "compression": "tiff_lzw"}
    greys[0].save(tmp_path / "a.tif", **form)
    try:
        import imagecodecs  # noqa: F401
    except ImportError:
        with pytest.raises(UnreadableFileError, match="pip install imagecodecs"):
            open_stack(tmp_path / "a.tif")
    else:
        assert open_stack(tmp_path / "a.tif").data.shape == moving(3).shape


def test_an_ome_stack_whose_other_files_are_missing_is_refused(tmp_path):
    names = [f"t{number}.ome.tif" for number in range(2)]
    data = "".join(
        f'<TiffData FirstT="{number}" IFD="0" PlaneCount="1">'
        f'<UUID FileName="{name}">urn:uuid:0000000{number}-0000-0000-0000-000000000000</UUID>'
        "</TiffData>"
        for number, name in enumerate(names)
    )
    for number, name in enumerate(names):
        xml = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" '
            f'UUID="urn:uuid:0000000{number}-0000-0000-0000-000000000000">'
            '<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" '
            f'SizeX="48" SizeY="48" SizeZ="1" SizeC="1" SizeT="2">{data}</Pixels></Image></OME>'
        )
        plane = moving(2)[number].astype(np.uint8)
        tifffile.imwrite(tmp_path / name, plane, description=xml, metadata=None)
    assert open_stack(tmp_path / names[0]).data.shape == (2, 48, 48)
    (tmp_path / names[1]).unlink()
    with pytest.raises(UnreadableFileError, match="some of them are missing; put them beside it"):
        open_stack(tmp_path / names[0])
