import numpy as np
import pytest
from PIL import Image, ImageDraw

from napari_greyfill.errors import BadParameterError
from napari_greyfill.masks import detect_mask
from napari_greyfill.masks.bars import bar


@pytest.fixture
def micrograph():
    """A rough grey picture of 200 x 260."""
    rng = np.random.default_rng(3)
    y, x = np.indices((200, 260))
    return (110 + 40 * np.sin(x / 9) * np.cos(y / 11) + rng.normal(0, 8, y.shape)).astype(np.uint8)


def written(height, length, ground, ink, lines=False):
    image = Image.new("L", (length, height), ground)
    draw = ImageDraw.Draw(image)
    draw.text((8, height // 2 - 6), "5.00 kV  WD 4.1 mm  HFW 12.0 um", fill=ink)
    draw.rectangle((length - 60, height // 2 - 2, length - 10, height // 2 + 2), fill=ink)
    if lines:
        draw.line((0, 0, length, 0), fill=ink)
        draw.line((length // 2, 0, length // 2, height), fill=ink)
    return np.asarray(image)


@pytest.mark.parametrize(("ground", "ink"), [(0, 255), (255, 0), (30, 200)])
@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize(("edge", "turns"), [("bottom", 0), ("right", 1), ("top", 2), ("left", 3)])
def test_the_strip_is_found_as_a_whole(micrograph, ground, ink, lines, edge, turns):
    picture, expected = micrograph.copy(), np.zeros(micrograph.shape, bool)
    picture[-24:] = written(24, 260, ground, ink, lines)
    expected[-24:] = True
    picture, expected = np.rot90(picture, turns), np.rot90(expected, turns)
    assert np.array_equal(bar(picture), expected)
    assert np.array_equal(bar(picture, edge), expected)
    other = {"bottom": "top", "top": "bottom", "left": "right", "right": "left"}[edge]
    assert not bar(picture, other).any()


def test_in_other_types_in_colour_and_after_compression(micrograph, tmp_path):
    picture = micrograph.copy()
    picture[-24:] = written(24, 260, 0, 255)
    expected = bar(picture)
    assert expected.sum() == 24 * 260
    for same in (picture.astype(np.uint16) * 257, picture / 255, np.dstack([picture] * 3)):
        assert np.array_equal(detect_mask(same, "bar"), expected)
    Image.fromarray(picture).save(tmp_path / "a.jpg", quality=90)
    lossy = bar(np.asarray(Image.open(tmp_path / "a.jpg")))
    assert abs(int(lossy.sum()) - int(expected.sum())) <= 2 * 260


def test_a_picture_without_one(micrograph):
    assert not bar(micrograph).any()
    dark = micrograph.copy()
    dark[-40:] = 0  # plain, with nothing written on it
    assert not bar(dark).any()
    assert not bar(np.zeros((100, 100), np.uint8)).any()
    spots = np.zeros((200, 200), np.uint8)
    spots[::17, ::13] = 255  # a plain picture with something on it goes on
    assert not bar(spots).any()


def test_the_reach_bounds_it(micrograph):
    picture = micrograph.copy()
    picture[-24:] = written(24, 260, 0, 255)
    assert not bar(picture, reach=0.1).any()
    assert bar(picture, reach=0.13).any()


def test_an_edge_that_is_none(micrograph):
    with pytest.raises(BadParameterError, match="choose one of: any, bottom"):
        detect_mask(micrograph, "bar", edge="middle")
