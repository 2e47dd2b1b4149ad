import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data
from skimage.draw import line

from napari_greyfill.errors import BadParameterError, NothingKnownError, UnsupportedImageError
from napari_greyfill.masks import DETECTORS, Tones, detect_mask
from napari_greyfill.masks.detectors import blank, corners, lines, saturated, similar, spots
from tests.strategies import pictures


def recall(found, true):
    return (found & true).sum() / true.sum()


def precision(found, true):
    return (found & true).sum() / found.sum()


@pytest.fixture
def soft():
    """A grey picture of smooth hills, from 60 to 190."""
    y, x = np.mgrid[:120, :160]
    return (125 + 65 * np.sin(y / 20) * np.cos(x / 25)).astype(np.uint8)


@pytest.mark.parametrize("kind", list(DETECTORS))
@given(picture=pictures())
def test_every_detector_takes_every_picture(kind, picture):
    before = picture.copy()
    found = detect_mask(picture, kind)
    assert found.dtype == bool
    assert found.shape == picture.shape[:2]
    np.testing.assert_array_equal(picture, before)
    np.testing.assert_array_equal(found, detect_mask(Tones.of(picture), kind))


@given(picture=pictures(channels=[()]), level=st.floats(0.05, 0.95))
def test_brighter_and_darker_share_the_picture(picture, level):
    above, below = (detect_mask(picture, kind, level=level) for kind in ("brighter", "darker"))
    assert not (above & below).any()
    tones = Tones.of(picture)
    neither = tones.invalid | (tones.luma == np.float32(level))
    np.testing.assert_array_equal(above | below, ~neither)


def test_levels_are_shares_of_the_range(soft):
    soft[0, :2] = 0, 255
    np.testing.assert_array_equal(detect_mask(soft, "brighter", level=0.6), soft > 0.6 * 255)
    deep = soft.astype(np.uint16) * 257
    np.testing.assert_array_equal(detect_mask(deep, "brighter", level=0.6), soft > 0.6 * 255)
    colour = np.dstack([soft, 0 * soft, 0 * soft])
    np.testing.assert_array_equal(detect_mask(colour, "brighter", level=0.1), soft * 0.299 > 25.5)


@pytest.mark.parametrize("kind", ["brighter", "darker", "saturated", "spots", "lines", "corners"])
def test_what_is_no_number_is_neither_bright_nor_dark(soft, kind):
    picture = soft / 255
    picture[50:60, 70:80] = np.nan
    picture[90, 90] = np.inf
    found = detect_mask(picture, kind)
    assert not found[50:60, 70:80].any()
    assert not found[90, 90]


def test_saturation_at_the_end_of_the_type_and_of_the_camera(soft):
    soft[10:20, 30:40] = 255
    soft[100, 100] = 255  # a single one
    true = np.zeros(soft.shape, bool)
    true[10:20, 30:40] = True
    np.testing.assert_array_equal(saturated(soft), true)
    counts = soft.astype(np.uint16) * 16  # 12 bits in 16
    np.testing.assert_array_equal(saturated(counts), true)
    assert saturated(soft, smallest=1)[100, 100]
    soft[60:63, 60:63] = 0
    assert saturated(soft, "dark").sum() == 9
    assert saturated(soft, "both").sum() == 109


def test_one_saturated_channel_is_enough(soft):
    colour = np.dstack([soft, soft, soft])
    colour[5:9, 5:9, 1] = 255
    assert saturated(colour).sum() == 16


def test_blank_patches_and_missing_numbers(soft):
    noisy = soft + np.random.default_rng(0).random(soft.shape)
    noisy[20:40, 30:44] = 3.5
    noisy[80:83, 80:83] = 7.0  # narrower than what counts
    noisy[100:102, 5] = np.nan
    noisy[40:44, 30:44] = np.nan  # right beside the patch
    true = np.zeros(soft.shape, bool)
    true[20:44, 30:44] = True
    true[100:102, 5] = True
    np.testing.assert_array_equal(blank(noisy, width=5), true)
    assert blank(noisy, width=4).sum() == true.sum()
    assert blank(noisy, width=3)[81, 81]


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 8])
def test_blank_patches_reach_the_border_and_no_further(width):
    picture = np.random.default_rng(1).random((30, 40))
    picture[:8, -8:] = 0.5
    found = blank(picture, width=width)
    if width > 1:
        assert found.sum() == 64
    assert found[:8, -8:].all()


def test_a_colour_patch_is_blank_in_all_channels(soft):
    noise = np.random.default_rng(2).integers(0, 255, (*soft.shape, 3), dtype=np.uint8)
    noise[10:30, 10:30, :2] = 9
    assert not blank(noise).any()
    noise[10:30, 10:30, 2] = 77
    assert blank(noise).sum() == 400


def test_magic_wand_stays_in_its_region():
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[5:20, 5:20] = 200, 20, 20
    picture[5:20, 30:50] = 200, 20, 20
    picture[0, 0] = 255
    found = similar(picture, (7, 7), 0.05)
    assert found.sum() == 15 * 15
    assert found[5:20, 5:20].all()
    assert similar(picture, (30, 3), 0.05).sum() == 40 * 60 - 15 * 35 - 1
    assert similar(picture, (7, 7), 1.0).all()


def test_magic_wand_tells_colours_of_equal_luma_apart():
    picture = np.full((20, 30, 3), (76, 76, 76), np.uint8)
    picture[:, 15:] = 255, 0, 0
    assert similar(picture, (3, 3), 0.1).sum() == 20 * 15


def test_magic_wand_outside_is_explained():
    with pytest.raises(BadParameterError, match="row 40, column 3 is outside"):
        similar(np.zeros((40, 60)), (40, 3))


def scratched(picture, value, thickness=2):
    true = np.zeros(picture.shape, bool)
    for ends in [(10, 5, 100, 140), (110, 20, 30, 150), (60, 5, 62, 150)]:
        rows, columns = line(*ends)
        for step in range(thickness):
            true[np.minimum(rows + step, picture.shape[0] - 1), columns] = True
    result = picture.copy()
    result[true] = value
    return result, true


@pytest.mark.parametrize(("side", "value"), [("bright", 250), ("dark", 5)])
def test_scratches_are_found_and_little_else(soft, side, value):
    picture, true = scratched(soft, value)
    found = lines(picture, side)
    assert recall(found, true) > 0.97
    assert precision(found, true) > 0.95
    assert recall(lines(picture, "both"), true) > 0.97
    other = "dark" if side == "bright" else "bright"
    assert recall(lines(picture, other), true) < 0.05


def test_scratches_on_a_photograph():
    picture, true = scratched(data.camera()[100:220, 100:260], 255)
    found = lines(picture, "bright", contrast=0.2)
    assert recall(found, true) > 0.8
    assert found.mean() < 3 * true.mean()


def test_spots_are_no_scratches_and_scratches_no_spots(soft):
    picture, scratch = scratched(soft, 250)
    dust = np.zeros(soft.shape, bool)
    for y, x in [(20, 120), (90, 30), (15, 60), (110, 110)]:
        dust[y : y + 4, x : x + 4] = True
    picture[dust] = 250
    apart = dust & ~scratch
    assert recall(spots(picture, "bright", diameter=5), apart) == 1
    assert recall(spots(picture, "bright", diameter=5), scratch & ~dust) == 0
    assert recall(lines(picture, "bright", width=5), dust & ~scratch) < 0.3
    assert not spots(picture, "bright", diameter=3)[dust].any()


def test_hot_pixels(soft):
    picture = soft.astype(np.uint16) * 16
    picture[[5, 60, 119], [7, 90, 0]] = 65535
    found = spots(picture, "bright", diameter=1)
    assert found.sum() == 3
    assert found[[5, 60, 119], [7, 90, 0]].all()


def lettered(picture, value):
    """Draw a scale bar and something like letters into the lower right corner."""
    bar = np.zeros(picture.shape[:2], bool)
    bar[110:113, 125:155] = True
    for x in range(126, 150, 6):
        bar[100:107, x : x + 2] = True
        bar[100:102, x : x + 4] = True
    result = picture.copy()
    result[bar] = value
    return result, bar


@pytest.mark.parametrize(("side", "value"), [("bright", 255), ("dark", 0)])
def test_scale_bar_in_a_corner(soft, side, value):
    soft[0, :2] = 0, 255
    picture, bar = lettered(soft, value)
    box = corners(picture, side)
    assert box[bar].all()
    assert box[98:115, 123:157].sum() == box.sum()
    letters = corners(picture, side, boxes=False)
    assert letters[bar].all()
    assert letters.sum() < box.sum()
    assert not corners(soft, side).any()


def test_coloured_text_and_what_is_in_the_middle(soft):
    colour = np.dstack([soft, soft, soft])
    picture, bar = lettered(colour, (255, 255, 0))
    assert corners(picture)[bar].all()
    colour[55:58, 60:90] = 255
    assert not corners(colour).any()


def test_a_bright_background_is_no_text():
    picture = np.full((100, 100), 255, np.uint8)
    picture[30:70, 30:70] = 20
    assert not corners(picture).any()


def test_thresholds_reuse_what_is_dear(soft, monkeypatch):
    tones = Tones.of(soft)
    first = lines(tones, contrast=0.1)
    monkeypatch.setattr("napari_greyfill.masks.detectors._standing_out", None)
    assert lines(tones, contrast=0.3).sum() <= first.sum()
    np.testing.assert_array_equal(lines(tones, contrast=0.1), first)


@pytest.mark.parametrize(
    ("kind", "options", "sentence"),
    [
        ("hair", {}, "no detector 'hair'; choose one of: brighter"),
        ("brighter", {"width": 3}, "has no option 'width'; it has: level"),
        ("lines", {"side": "left"}, "no side 'left'"),
        ("lines", {"width": 0}, "width is 0"),
        ("blank", {"width": 0}, "width is 0"),
        ("spots", {"diameter": -1}, "diameter is -1"),
        ("corners", {"reach": 0.7}, "reach is 0.7"),
    ],
)
def test_wrong_options_are_explained(soft, kind, options, sentence):
    with pytest.raises(BadParameterError, match=sentence):
        detect_mask(soft, kind, **options)


def test_what_is_no_picture():
    with pytest.raises(UnsupportedImageError):
        detect_mask(np.zeros((4, 5, 6)), "brighter")
    with pytest.raises(NothingKnownError):
        detect_mask(np.full((4, 5), np.nan), "blank")


def test_defaults_are_those_of_the_functions(soft):
    for detector in DETECTORS.values():
        defaults = dict(
            zip(detector.find.__code__.co_varnames[1:], detector.find.__defaults__, strict=False)
        )
        assert detector.checked({}) == defaults
