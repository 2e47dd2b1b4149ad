import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from benchmarks.judging import gradient_distance
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError
from napari_greyfill.inpaint.diffusion import Biharmonic
from napari_greyfill.inpaint.shifts import ShiftMap
from napari_greyfill.inpaint.spectral import Spectral
from napari_greyfill.inpaint.texture import Texture, recommend_look
from napari_greyfill.inpaint.texture.level import RADIUS, Level
from napari_greyfill.inpaint.texture.matching import Field, Matcher, refined
from tests.strategies import holes


def block(shape=(96, 96), size=32):
    hole = np.zeros(shape, dtype=bool)
    y, x = ((length - size) // 2 for length in shape)
    hole[y : y + size, x : x + size] = True
    return hole


def with_hole(plane, hole):
    emptied = plane.copy()
    emptied[hole] = 0
    return emptied


def unit(picture):
    return (picture / 255).astype(np.float32)


def eight_bits(plane):
    return np.rint(255 * plane).astype(np.uint8)


def stripes(shape=(96, 96)):
    y, x = np.indices(shape)
    return (0.5 + 0.4 * np.sign(np.sin(2 * np.pi * (x + y / 2) / 11))).astype(np.float32)


def checks(shape=(96, 96)):
    y, x = np.indices(shape)
    return (0.2 + 0.6 * ((y // 6 + x // 6) % 2)).astype(np.float32)


PICTURES = {
    "stripes": stripes,
    "checks": checks,
    "brick": lambda: unit(data.brick()[100:356, 100:356]),
    "gravel": lambda: unit(data.gravel()[100:228, 100:228]),
    "grass": lambda: unit(data.grass()[100:228, 100:228]),
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_slopes_of_a_texture_are_nearer_to_the_truth_than_those_of_a_smear(name):
    truth = PICTURES[name]()
    hole = block(truth.shape)
    given = with_hole(truth, hole)
    texture, smear = (
        gradient_distance(eight_bits(method().fill(given, hole)), eight_bits(truth), hole)
        for method in (Texture, Biharmonic)
    )
    assert texture < 0.25
    assert texture < 0.7 * smear


def test_a_periodic_picture_goes_on_through_the_hole():
    hole = block()
    filled = Texture().fill(with_hole(checks(), hole), hole)
    assert np.mean(np.abs(filled - checks())[hole] < 0.1) > 0.9


def test_the_same_seed_gives_the_same_pixels_and_another_does_not():
    truth = PICTURES["grass"]()
    hole = block(truth.shape)
    given = with_hole(truth, hole)
    first, again, other = (Texture(Compute(seed=seed)).fill(given, hole) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_known_pixels_and_arguments_stay_as_they_are(astronaut, scratch):
    given = with_hole(unit(astronaut), scratch)
    before, hole = given.copy(), scratch.copy()
    filled = Texture().fill(given, hole)
    np.testing.assert_array_equal(given, before)
    np.testing.assert_array_equal(hole, scratch)
    np.testing.assert_array_equal(filled[~hole], given[~hole])


def test_the_content_of_the_hole_does_not_matter():
    hole = block()
    nan = stripes()
    nan[hole] = 0.9
    np.testing.assert_array_equal(
        Texture().fill(nan, hole), Texture().fill(with_hole(stripes(), hole), hole)
    )


def test_channels_are_copied_together():
    """Two colours that never mix: a picture of them has no third one after the fill."""
    which = checks()[..., None] > 0.5
    truth = np.where(which, [0.8, 0.3, 0.1], [0.1, 0.4, 0.7]).astype(np.float32)
    hole = block()
    filled = Texture().fill(with_hole(truth, hole), hole)[hole]
    # on the line between the two colours, each channel says how far along it a pixel lies
    along = (filled - [0.1, 0.4, 0.7]) / (np.array([0.8, 0.3, 0.1]) - [0.1, 0.4, 0.7])
    assert np.median(np.ptp(along, axis=-1)) < 0.15


def test_a_grey_picture_in_three_channels_stays_grey():
    hole = block()
    grey = with_hole(stripes(), hole)
    filled = Texture().fill(np.repeat(grey[..., None], 3, axis=-1), hole)
    assert np.ptp(filled, axis=-1).max() < 1e-4


def noise(shape=(64, 64), seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def all_borders(shape=(64, 64)):
    hole = np.ones(shape, dtype=bool)
    hole[24:48, 20:50] = False
    return hole


def islands(shape=(64, 64)):
    hole = np.ones(shape, dtype=bool)
    hole[5::9, 5::9] = hole[5::9, 6::9] = False
    return hole


BAD = {
    "constant": (np.full((64, 64), 0.3, np.float32), block((64, 64), 24)),
    "noise": (noise(), block((64, 64), 24)),
    "near binary": ((noise() > 0.95).astype(np.float32), block((64, 64), 24)),
    "mostly hole": (stripes((64, 64)), block((64, 64), 52)),
    "all borders": (stripes((64, 64)), all_borders()),
    "islands of two pixels": (stripes((64, 64)), islands()),
    "tiny range": ((0.5 + 1e-4 * noise()).astype(np.float32), block((64, 64), 24)),
    "8 x 8": (noise((8, 8)), block((8, 8), 3)),
    "8 x 8, mostly hole": (noise((8, 8)), block((8, 8), 6)),
    "one row": (noise((1, 40)), np.arange(40)[None] % 9 == 4),
    "dense strokes": (stripes((64, 64)), np.indices((64, 64)).sum(axis=0) % 8 < 5),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("channels", [1, 3])
def test_bad_input_gives_finite_values_near_the_surroundings(name, channels):
    plane, hole = BAD[name]
    if channels == 3:
        plane = np.stack([plane, 1 - plane, plane / 2], axis=-1)
    filled = Texture().fill(with_hole(plane, hole), hole)
    assert filled.dtype == np.float32
    assert filled.shape == plane.shape
    assert np.isfinite(filled).all()
    known, found = plane[~hole], filled[hole]
    slack = 0.1 * np.ptp(known, axis=0) + 1e-6
    assert (found >= known.min(axis=0) - slack).all()
    assert (found <= known.max(axis=0) + slack).all()
    np.testing.assert_array_equal(filled[~hole], plane[~hole])


@settings(max_examples=25)
@given(st.data())
def test_any_hole_in_any_small_picture(drawn):
    shape = drawn.draw(st.tuples(st.integers(1, 24), st.integers(2, 24)))
    hole = drawn.draw(holes(shape))
    plane = noise(shape, drawn.draw(st.integers(0, 99)))
    filled = Texture().fill(with_hole(plane, hole), hole)
    slack = 0.1 * np.ptp(plane[~hole]) + 1e-6
    assert np.isfinite(filled).all()
    assert (filled[hole] >= plane[~hole].min() - slack).all()
    assert (filled[hole] <= plane[~hole].max() + slack).all()


def test_dense_masks_copy_from_partly_known_patches():
    """Where no patch of 7 x 7 is whole, the texture still comes from what is known of them."""
    hole = np.zeros((96, 96), dtype=bool)
    hole[::6] = hole[:, ::6] = True  # only squares of 5 x 5 stay
    level = Level.of(hole, 1.2)
    assert level.partly
    assert level.sources.size > 0
    truth = noise((6, 8))[:, :4].repeat(16, axis=0).repeat(24, axis=1)
    filled = Texture().fill(with_hole(truth, hole), hole)
    assert np.abs(filled - truth)[hole].mean() < 0.1


def test_a_plane_without_patches_keeps_the_spectral_fill():
    plane, hole = BAD["8 x 8, mostly hole"]
    given = with_hole(plane, hole)
    assert Level.of(hole, 1.2).sources.size == 0
    np.testing.assert_allclose(
        Texture().fill(given, hole), Spectral().fill(given, hole), atol=1e-6
    )


def test_a_level_knows_which_patches_overlap_the_hole_and_which_are_whole():
    hole = block((40, 40), 6)  # rows and columns 17 to 22
    level = Level.of(hole, 2.0)
    near = np.zeros((46, 46), dtype=bool)
    near[17:29, 17:29] = True  # 3 more on each side, and 3 of padding
    np.testing.assert_array_equal(level.targets, np.flatnonzero(near))
    inside = np.zeros((46, 46), dtype=bool)
    inside[6:40, 6:40] = True  # whole patches lie 3 inside the plane
    np.testing.assert_array_equal(level.sources, np.flatnonzero(inside & ~near))
    assert not level.partly
    confidence = dict(zip(level.targets, level.confidence, strict=True))
    corner, middle = (17 + RADIUS) * 46 + 17 + RADIUS, (19 + RADIUS) * 46 + 19 + RADIUS
    assert confidence[corner] == 0.5  # one pixel deep
    assert confidence[middle] == 2.0**-3
    assert confidence[17 * 46 + 17] == 1  # known


def test_search_comes_close_to_comparing_everything(monkeypatch):
    from napari_greyfill.inpaint.texture import matching

    level = Level.of(block((64, 64), 16), 1.2)
    features = level.padded(unit(data.grass()[:64, :64])[..., None])

    def found(rounds):
        matcher = Matcher(level, features, np.random.default_rng(0), Compute())
        assert list(matcher.describe_sources(features))[-1] == 1
        field = exhaust(matcher.match(features, matcher.anywhere(), rounds))
        return field.distance.mean()

    exact = found(1)
    monkeypatch.setattr(matching, "EXACT", 0)
    assert exact <= found(8) < 1.3 * exact
    assert found(8) < found(1)


def test_a_refined_field_copies_from_twice_as_far():
    coarse, fine = Level.of(block((40, 40), 6), 1.2), Level.of(block((80, 80), 12), 1.2)
    step = 12 * coarse.width - 13  # 12 down, 13 to the left
    source = coarse.targets + step
    field = Field(source, np.arange(source.size, dtype=np.float32))
    result = refined(field, coarse, fine, np.random.default_rng(0))
    expected = fine.targets + 24 * fine.width - 26
    assert fine.is_source[expected].all()
    np.testing.assert_array_equal(result.source, expected)


def test_cancelling_works_between_any_two_candidates():
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 40

    with pytest.raises(CancelledError):
        Texture(Compute(cancelled=cancelled)).fill(with_hole(stripes(), block()), block())
    assert len(asked) == 41


def test_progress_rises_to_one():
    fractions = list(Texture().run(with_hole(stripes(), block()), block()))
    assert fractions == sorted(fractions)
    assert len(fractions) > 20
    assert 0 <= fractions[0] < 0.1
    assert fractions[-1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("picture", "size", "parts"),
    [("coffee", 48, True), ("coffee", 12, False), ("gravel", 48, False), ("grass", 48, False)],
)
def test_wide_holes_among_things_are_filled_with_parts_and_others_by_votes(
    monkeypatch, picture, size, parts
):
    plane = unit(getattr(data, picture)()[100:300, 100:400])
    hole = block(plane.shape[:2], size)
    used = []

    def spied(self, plane, *holes):
        used.append(self)
        yield 1.0
        return plane

    monkeypatch.setattr(ShiftMap, "run", spied)
    Texture().fill(with_hole(plane, hole), hole)
    assert bool(used) == parts


def test_narrow_holes_suit_the_faithful_fill():
    hole = np.zeros((96, 96), dtype=bool)
    hole[40:44, 10:90] = True
    look = recommend_look(noise((96, 96)), hole)
    assert look.name == "faithful"
    assert "narrow" in look.reason


@pytest.mark.parametrize("name", ["grass", "gravel"])
@pytest.mark.parametrize("channels", [1, 3])
def test_wide_holes_in_texture_suit_the_texture_fill(name, channels):
    plane = PICTURES[name]()
    hole = block(plane.shape, 40)
    plane = plane if channels == 1 else np.repeat(plane[..., None], 3, axis=-1)
    look = recommend_look(with_hole(plane, hole), hole)
    assert look.name == "texture"
    assert "40 pixels" in look.reason
    assert look.reason.endswith(".")


def test_wide_holes_in_what_is_smooth_or_plain_suit_the_faithful_fill():
    y, x = np.indices((96, 96)) / 96
    smooth = (0.5 + 0.3 * np.sin(6 * y) * np.cos(5 * x)).astype(np.float32)
    look = recommend_look(with_hole(smooth, block()), block())
    assert look.name == "faithful"
    assert "keeps" in look.reason
    plain = recommend_look(np.full((96, 96), 0.4, np.float32), block())
    assert plain.name == "faithful"
    assert "plain" in plain.reason


def test_without_room_to_try_the_faithful_fill_is_recommended():
    look = recommend_look(noise((40, 40)), block((40, 40), 36))
    assert look.name == "faithful"
    assert "Too little is known" in look.reason


def test_a_recommendation_for_a_large_plane_looks_at_a_part_of_it(monkeypatch):
    seen = []
    fill = Spectral.fill
    monkeypatch.setattr(
        Spectral, "fill", lambda self, p, h: (seen.append(h.shape), fill(self, p, h))[1]
    )
    plane = np.tile(PICTURES["grass"](), (20, 20))
    hole = block(plane.shape, 600)
    assert recommend_look(with_hole(plane, hole), hole).name == "texture"
    assert max(seen[0]) <= 3 * 48


@given(st.data())
def test_a_recommendation_for_any_picture(drawn):
    shape = drawn.draw(st.tuples(st.integers(1, 40), st.integers(2, 40)))
    look = recommend_look(noise(shape), drawn.draw(holes(shape)))
    assert look.name in ("faithful", "texture")
    assert look.reason.endswith(".")


@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (2, 200)])
@pytest.mark.parametrize("channels", [1, 3])
def test_one_known_pixel_far_off_is_enough(shape, channels):
    hole = np.ones(shape, dtype=bool)
    hole[shape[0] // 2, shape[1] // 2] = False
    plane = np.full(shape if channels == 1 else (*shape, 3), 0.4, np.float32)
    filled = Texture(Compute()).fill(with_hole(plane, hole), hole)  # warnings are errors
    assert np.allclose(filled, 0.4)
