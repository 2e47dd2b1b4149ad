import os

import numpy as np
import pytest
from PIL import Image

from napari_greyfill.errors import (
    GreyfillWarning,
    UnwritablePathError,
)
from napari_greyfill.files import (
    make_folder,
    read_image,
    require_writable,
    write_image,
)
from tests.files.cases import NUMBERS, content, noise, same

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
