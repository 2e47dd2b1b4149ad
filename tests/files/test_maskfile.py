import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_greyfill.errors import (
    BadMaskError,
    GreyfillWarning,
    ShapeMismatchError,
    UnsupportedImageError,
)
from napari_greyfill.files import (
    read_image,
    read_mask,
    write_image,
)
from tests.files.cases import same


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
