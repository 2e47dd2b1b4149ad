import numpy as np
import pytest

from napari_greyfill.errors import BadParameterError
from napari_greyfill.image.geometry import Window
from napari_greyfill.masks.candidates import Candidates, find_candidates
from napari_greyfill.masks.tones import Tones


def dusty(dtype=np.uint8, colour=False):
    """A smooth ramp with two bright spots, a dark one, and a scratch."""
    plane = 60 + np.add.outer(np.arange(90.0), np.arange(120.0)) / 3
    for y, x in ((20, 30), (20, 60)):
        plane[y : y + 4, x : x + 4] = 250
    plane[60:63, 90:93] = 0
    plane[75, 10:70] = 250
    if np.dtype(dtype) == np.uint16:
        plane = plane * 257
    if colour:
        plane = np.stack([plane] * 3, axis=-1)
    return plane.astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("colour", [False, True])
def test_dust_and_scratches_are_told_apart(dtype, colour):
    tones = Tones.of(dusty(dtype, colour))
    dust = find_candidates(tones, "dust")
    assert dust.count == 3
    assert find_candidates(tones, "dust", side="dark").count == 1
    scratches = find_candidates(tones, "scratches")
    assert [box.x1 - box.x0 > 50 for box in scratches.boxes] == [True]
    assert find_candidates(tones, "both").count == 4


def test_a_margin_grows_what_was_found_and_joins_what_meets():
    found = np.zeros((20, 30), bool)
    found[10, [10, 14]] = True
    assert Candidates.of(found).count == 2
    assert Candidates.of(found, 2).count == 1
    assert (Candidates.of(found, 2).mask() & found).sum() == 2


def test_the_contrast_decides():
    tones = Tones.of(dusty())
    counts = [find_candidates(tones, contrast=contrast).count for contrast in (0.05, 0.2, 0.5)]
    assert counts[0] >= counts[1] >= counts[2]
    assert counts[2] < 3


def test_dust_on_a_lively_ground_is_found():
    rng = np.random.default_rng(0)
    picture = rng.normal(120, 14, (200, 200))
    places = [(40, 40), (40, 160), (160, 40), (160, 160)]
    for number, (y, x) in enumerate(places):
        picture[y : y + 5, x : x + 5] = 250 if number % 2 else 0
    found = find_candidates(picture.clip(0, 255).astype(np.uint8))
    assert all(found.at((y + 2, x + 2)) for y, x in places)


def test_a_click_finds_the_nearest_piece():
    found = Candidates.of(dusty() == 250)
    first = found.at((21, 31))
    assert first
    assert found.at((21, 27)) == 0
    assert found.at((21, 27), reach=3) == first
    assert found.at((21, 26), reach=3) == 0
    assert found.at((-1, 500), reach=3) == 0
    assert found.numbers([(21, 31), (0, 0), (22, 62)]) == {first, found.at((20, 60))}
    assert not found.mask([first])[21, 31]
    assert found.mask([first])[21, 61]


def test_rims_belong_to_their_pieces():
    found = Candidates.of(dusty() == 250)
    whole = found.outline(Window(0, 90, 0, 120))
    assert whole[19, 29] == whole[22, 34] == found.at((20, 30))
    assert whole[20, 30] == whole[18, 30] == 0  # inside, and farther away
    assert found.outline(Window(0, 90, 0, 120), 2)[18, 30] == found.at((20, 30))
    window = Window(21, 40, 20, 50)
    np.testing.assert_array_equal(found.outline(window), whole[window.slices])


def test_nothing_found_is_no_error():
    found = find_candidates(np.add.outer(np.arange(200), np.arange(200)))
    assert found.count == 0
    assert not found.mask().any()
    assert found.at((3, 3), reach=5) == 0


def test_an_unknown_blemish_is_a_sentence():
    with pytest.raises(BadParameterError, match="dust, scratches, both"):
        find_candidates(np.eye(5), "coffee")
