"""The fill of few shifts, part by part."""

import itertools

import numpy as np
import pytest
from skimage import data

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError
from napari_greyfill.inpaint.shifts import ShiftMap
from napari_greyfill.inpaint.shifts.atlas import Atlas, cost, pyramid
from napari_greyfill.inpaint.shifts.blending import blended
from napari_greyfill.inpaint.shifts.candidates import (
    inner_rim,
    patch_shifts,
    rim_shifts,
    statistics_shifts,
    without_doubles,
)
from napari_greyfill.inpaint.shifts.chords import chord_guide
from napari_greyfill.inpaint.shifts.cut import better_where
from napari_greyfill.inpaint.shifts.energy import Energy
from napari_greyfill.inpaint.shifts.labels import chosen, refined
from napari_greyfill.inpaint.shifts.lines import add_lines, line_shifts, straight_lines
from napari_greyfill.inpaint.shifts.palette import Palette


def block(shape=(60, 80), top=20, left=30, size=16):
    hole = np.zeros(shape, bool)
    hole[top : top + size, left : left + size] = True
    return hole


def tiles(shape=(60, 80), period=(10, 12), channels=3, seed=0):
    """Return a picture that repeats, of random colours."""
    cell = np.random.default_rng(seed).random((*period, channels), dtype=np.float32)
    times = [-(-side // step) for side, step in zip(shape, period, strict=True)]
    return np.tile(cell, (*times, 1))[: shape[0], : shape[1]]


def atlas_of(picture, hole, blur=1.0):
    return Atlas.of(np.where(hole[..., None], 0, picture), hole, hole, gap=2, blur=blur)


def filled(picture, hole, **choices):
    given = np.where(hole[..., None], np.float32(0), picture)
    return exhaust(ShiftMap(Compute(), **choices).run(given, hole, hole))


# ------------------------------------------------------------ atlas


def test_small_differences_cost_their_square_and_large_ones_their_amount():
    small, large = np.float32(1e-3), np.float32(100.0)
    assert cost(small**2) == pytest.approx(small**2, rel=0.01)
    assert cost(large**2) == pytest.approx(2 * 0.15 * large, rel=0.01)


def test_an_atlas_holds_the_picture_and_its_mirror_image():
    picture, hole = tiles(), block()
    atlas = atlas_of(picture, hole)
    assert atlas.shape == (60, 162)
    np.testing.assert_array_equal(atlas.colours[:, :80][~hole], picture[~hole])
    np.testing.assert_array_equal(atlas.colours[:, 82:], atlas.colours[:, :80][:, ::-1])
    np.testing.assert_array_equal(atlas.unknown[:, 82:], hole[:, ::-1])
    assert atlas.unknown[:, 80:82].all()
    assert atlas.targets.size == hole.sum()
    features = atlas.features.reshape(60, 162, -1)
    mirrored = features[:, 82:][:, ::-1]
    signs = np.array([1, 1, 1, 1, -1, 1])  # slopes to the right point the other way
    np.testing.assert_allclose(features[:, :80], mirrored * signs, atol=1e-6)


def test_sources_are_valid_where_something_is_known():
    atlas = atlas_of(tiles(), block())
    place = np.array([25 * 162 + 35])
    shifts = np.array([(0, 0), (0, -10), (0, 100), (-40, 0), (0, 45)])
    sources, valid = atlas.sources(place, shifts[:, None])
    np.testing.assert_array_equal(valid[:, 0], [False, True, True, False, False])
    assert sources[1, 0] == 25 * 162 + 25
    assert sources[3, 0] == place[0]


def test_a_pyramid_halves_the_picture_and_keeps_every_target_that_is_unknown():
    picture, hole = tiles((61, 79)), block((61, 79))
    scales = pyramid(picture, hole, hole, 2)
    assert [scale.width for scale in scales] == [80, 40, 20]
    assert [scale.shape[0] for scale in scales] == [64, 32, 16]
    assert scales[1].targets.size == 8 * 8
    assert not scales[0].hole[:, 79:].any()  # padding is neither filled nor copied
    assert scales[0].unknown[:61, 79].all()


def test_edges_are_all_pairs_of_neighbours():
    atlas = atlas_of(tiles(), block(size=3))
    p, q = atlas.edges
    pairs = set(zip(p.tolist(), q.tolist(), strict=True))
    across = {(3 * y + x, 3 * y + x + 1) for y in range(3) for x in range(2)}
    down = {(3 * y + x, 3 * y + x + 3) for y in range(2) for x in range(3)}
    assert pairs == across | down


# ------------------------------------------------------------ candidates


@pytest.mark.parametrize("kind", ["statistics", "rim"])
def test_candidates_of_a_repeating_picture_are_its_periods(kind):
    atlas = atlas_of(tiles((90, 120)), block((90, 120), 30, 50))
    if kind == "statistics":
        found = statistics_shifts(atlas, np.random.default_rng(0), Compute())
    else:
        found = rim_shifts(atlas, Compute())
        found = found[50 + found[:, 1] < 90]  # those within the picture
    assert len(found) > 0
    assert (np.abs(found[:3]) > 0).any()
    np.testing.assert_array_equal(found[:3, 0] % 10, 0)
    np.testing.assert_array_equal(found[:3, 1] % 12, 0)


def test_candidates_of_a_second_round_come_from_what_was_filled():
    picture, hole = tiles((90, 120)), block((90, 120), 30, 50)
    found = patch_shifts(atlas_of(picture, hole), picture, 5, Compute())
    assert 0 < len(found) <= 5
    inside = found[50 + found[:, 1] < 100]
    np.testing.assert_array_equal(inside[:, 0] % 10, 0)
    np.testing.assert_array_equal(inside[:, 1] % 12, 0)


def test_the_inner_rim_lies_beside_known_pixels_only():
    hole = np.zeros((10, 12), bool)
    hole[:6, 3:8] = True  # touches the upper border
    rim = np.stack(np.divmod(inner_rim(atlas_of(tiles((10, 12)), hole)), 26), axis=1)
    expected = {(y, x) for y in range(6) for x in range(3, 8) if x in (3, 7) or y == 5}
    assert set(map(tuple, rim.tolist())) == expected


def test_shifts_come_once_and_never_none():
    shifts = np.array([(3, 4), (0, 0), (3, 4), (1, 2)])
    np.testing.assert_array_equal(without_doubles(shifts), [(3, 4), (1, 2)])


# ------------------------------------------------------------ guides


def test_chords_continue_a_slope():
    y, x = np.indices((40, 50)) / 50
    picture = np.stack([x, y, 1 - x], axis=-1).astype(np.float32)
    hole = block((40, 50), 12, 18, 12)
    guide = chord_guide(np.where(hole[..., None], 0, picture), hole, hole)
    assert np.abs(guide.colours - picture)[hole].max() < 0.08
    assert (guide.weight[~hole] == 0).all()


def slanted_edge():
    """Return how far pixels are from an edge that a hole cuts, the picture, and the hole."""
    y, x = np.indices((60, 60))
    away = (y - 30) - 0.5 * (x - 30)
    picture = np.repeat((0.2 + 0.6 / (1 + np.exp(-2.0 * away)))[..., None], 3, axis=-1)
    return away, picture.astype(np.float32), block((60, 60), 20, 20, 20)


def lines_of(given, hole):
    atlas = Atlas.of(given, hole, hole, gap=1, blur=1.0)
    row, column = np.divmod(inner_rim(atlas), atlas.shape[1])
    return straight_lines(given, hole, hole, row * atlas.width + column)


def test_lines_continue_an_edge_where_chords_do_not():
    slanted, picture, hole = slanted_edge()
    given = np.where(hole[..., None], np.float32(0), picture)
    before = chord_guide(given, hole, hole)
    after = add_lines(before, lines_of(given, hole), hole)
    near = hole & (np.abs(slanted) < 2)
    off = [np.abs(guide.colours - picture)[near].mean() for guide in (before, after)]
    assert off[1] < 0.1
    assert off[1] < off[0]
    assert after.weight[near].mean() > 5
    assert lines_of(np.full_like(given, 0.5), hole) == []
    np.testing.assert_array_equal(add_lines(before, [], hole).weight, before.weight)


def test_shifts_along_a_line_lead_to_the_same_edge_beyond_the_hole():
    slanted, picture, hole = slanted_edge()
    lines = lines_of(np.where(hole[..., None], np.float32(0), picture), hole)
    shifts, beside = line_shifts(lines, hole, hole)
    assert 0 < len(shifts) <= 24
    aside = shifts[:, 0] - 0.5 * shifts[:, 1]  # how far a shift leads off the edge
    assert np.abs(aside).max() <= 1.5  # whole pixels, of lines found to about half a pixel
    assert {-1, 1} <= set(np.sign(shifts[:, 1]).tolist())  # from both ends
    places = np.argwhere(hole)
    at = places + shifts[np.abs(aside).argmin()]
    inside = ((at >= 0) & (at < 60)).all(axis=1)
    assert inside.any()
    far = np.abs(slanted[hole]) > 15
    assert not beside[:, far].any()
    assert beside.any(axis=0)[np.abs(slanted[hole]) < 2].mean() > 0.9
    nothing, nowhere = line_shifts([], hole, hole)
    assert nothing.shape == (0, 2)
    assert nowhere.shape == (0, hole.sum())


def test_colours_of_a_far_object_are_foreign():
    picture = np.full((60, 90, 3), (0.2, 0.6, 0.3), np.float32)
    picture += 0.02 * np.random.default_rng(0).random(picture.shape, dtype=np.float32)
    picture[25:40, 70:85] = (0.9, 0.1, 0.1)
    hole = block((60, 90), 22, 10, 16)
    atlas = atlas_of(picture, hole)
    palette = Palette(atlas, np.random.default_rng(0))
    red, green = palette.cluster[30 * atlas.shape[1] + 77], palette.cluster[5]
    assert palette.foreign[red].mean() > 0.5
    assert palette.foreign[green].mean() < 0.1


# ------------------------------------------------------------ energy and cuts


def test_the_right_period_costs_nothing_and_a_hole_cannot_be_copied():
    picture, hole = tiles((80, 80)), block((80, 80), 40)
    energy = Energy(atlas_of(picture, hole), 3)
    everything = np.arange(hole.sum())
    right, wrong, into = (
        energy.alone(everything, np.array(shift)) for shift in ((-20, 0), (-19, 0), (0, 5))
    )
    assert right.max() < 0.1  # slopes and contrasts beside the hole are those of its filling
    assert wrong.mean() > 10 * right.mean()
    assert into.max() >= 50


def test_seams_between_copies_of_one_period_are_cheap():
    atlas = atlas_of(tiles(), block())
    energy = Energy(atlas, 3)
    p, q = atlas.edges
    one, period, other = (
        np.broadcast_to(shift, (p.size, 2)) for shift in ((-20, 0), (-20, 24), (-17, 5))
    )
    np.testing.assert_array_equal(energy.seams(p, q, one, one), 0)
    inner = np.flatnonzero(atlas.targets[p] // atlas.shape[1] < 33)
    cheap, dear = (energy.seams(p, q, one, two)[inner].mean() for two in (period, other))
    assert cheap < 0.1 * dear


@pytest.mark.parametrize("seed", range(5))
def test_a_cut_is_the_best_of_all_choices(seed):
    """Every way to change labels is tried; the cut finds the cheapest."""
    rng = np.random.default_rng(seed)
    count = 7
    up, down = np.array(list(itertools.combinations(range(count), 2))).T
    few = rng.random(up.size) < 0.5
    up, down = up[few], down[few]
    change = rng.normal(size=count)
    keep, second = rng.random(up.size), rng.random(up.size)
    first = keep + 0.1  # a triangle inequality, as seams have

    def energy(taken):
        a, b = taken[up], taken[down]
        pairs = np.select([~a & ~b, ~a & b, a & ~b], [keep, second, first], 0.0)
        return change[taken].sum() + pairs.sum()

    every = [np.array(bits, bool) for bits in itertools.product((0, 1), repeat=count)]
    best = min(energy(bits) for bits in every)
    found = better_where(change, (up, down), (keep, second, first))
    assert energy(found) == pytest.approx(best, abs=1e-3)


def test_the_labels_of_a_repeating_picture_are_one_of_its_periods():
    picture, hole = tiles((90, 120)), block((90, 120), 30, 50)
    energy = Energy(atlas_of(picture, hole), 3)
    shifts = np.array([(-21, 3), (-20, 0), (5, 17), (-25, -1)])
    alone = energy.expected(shifts, None, None)
    labels = exhaust(chosen(energy, shifts, alone, np.random.default_rng(0), Compute()))
    np.testing.assert_array_equal(labels, 1)


def test_shifts_that_come_last_change_nothing_unless_they_are_better():
    picture, hole = tiles((90, 120)), block((90, 120), 30, 50)
    energy = Energy(atlas_of(picture, hole), 3)

    def labels(shifts, last):
        alone = energy.expected(shifts, None, None)
        rng = np.random.default_rng(0)
        return exhaust(chosen(energy, shifts, alone, rng, Compute(), last=last))

    poor = np.array([(-21, 3), (5, 17), (-25, -1), (23, 7)])
    beyond, right = np.array([[500, 0]]), np.array([[-20, 0]])
    before = labels(poor, 0)
    np.testing.assert_array_equal(labels(np.concatenate([poor, right]), 1), 4)
    np.testing.assert_array_equal(labels(np.concatenate([poor, beyond]), 1), before)


def test_finer_scales_move_a_region_to_where_it_fits():
    picture, hole = tiles((96, 128), (16, 16)), block((96, 128), 32, 48)
    fine, coarse = pyramid(np.where(hole[..., None], 0, picture), hole, hole, 1)
    near = np.tile([-15, 0], (coarse.targets.size, 1))  # off by one, here by two
    found = exhaust(refined(coarse, near, Energy(fine, 2), Compute()))
    assert np.abs(found - [-32, 0]).max() <= 2
    right = np.tile([-16, 0], (coarse.targets.size, 1))
    found = exhaust(refined(coarse, right, Energy(fine, 2), Compute()))
    np.testing.assert_array_equal(found, np.tile([-32, 0], (fine.targets.size, 1)))


def test_blending_takes_up_a_difference_in_brightness():
    picture, hole = tiles((60, 80)), block((60, 80))
    brighter = picture.copy()
    brighter[:20] += 0.05  # where it is copied from
    atlas = atlas_of(brighter, hole)
    shifts = np.tile([-20, 0], (atlas.targets.size, 1))
    found = blended(atlas, shifts, Compute())
    copied = np.abs(brighter[0:16, 30:46].reshape(-1, 3) - picture[hole]).mean()
    assert copied == pytest.approx(0.05, abs=1e-3)
    assert np.abs(found - picture[hole]).mean() < 0.4 * copied


def test_large_holes_are_blended_by_iteration_to_the_same_colours(monkeypatch):
    from napari_greyfill.inpaint.shifts import blending

    atlas = atlas_of(tiles((60, 80)), block((60, 80)))
    shifts = np.random.default_rng(0).choice([[-20, 0], [-17, 3]], atlas.targets.size)
    direct = blended(atlas, shifts, Compute())
    monkeypatch.setattr(blending, "DIRECT", 0)
    np.testing.assert_allclose(blended(atlas, shifts, Compute()), direct, atol=1e-3)


# ------------------------------------------------------------ the whole fill


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("thorough", [False, True])
def test_a_repeating_picture_is_restored(channels, thorough):
    picture = tiles((120, 160), (20, 24), channels)
    hole = block((120, 160), 40, 60, 32)
    found = filled(picture, hole, thorough=thorough)
    np.testing.assert_array_equal(found[~hole], picture[~hole])
    assert np.median(np.abs(found - picture)[hole]) < 0.02


def test_what_only_the_mirror_image_shows_is_found():
    """The hole cuts an object in half that is the same on both sides."""
    rng = np.random.default_rng(1)
    half = rng.random((90, 60, 3), dtype=np.float32)
    picture = np.concatenate([half, half[:, ::-1]], axis=1)
    hole = np.zeros((90, 120), bool)
    hole[30:60, 70:100] = True
    found = filled(picture, hole)
    assert np.median(np.abs(found - picture)[hole]) < 0.05


@pytest.mark.parametrize("channels", [1, 3])
def test_a_stripe_goes_on_through_a_hole_by_shifts_along_it(channels, monkeypatch):
    """All other shifts there are to choose from lead to plain ground."""
    from napari_greyfill.inpaint.shifts import fill

    plain = np.array([[0, -40], [0, 40], [3, 45]])
    monkeypatch.setattr(fill, "statistics_shifts", lambda atlas, rng, compute: plain[:2])
    monkeypatch.setattr(fill, "rim_shifts", lambda atlas, compute: plain[2:])
    rng = np.random.default_rng(3)
    y, x = np.indices((120, 160))
    stripe = np.abs((y - 60) - 0.6 * (x - 80)) < 5
    ground = 0.25 + 0.05 * rng.random((120, 160, channels), dtype=np.float32)
    picture = np.where(stripe[..., None], ground + np.float32(0.6), ground)
    hole = np.zeros((120, 160), bool)
    hole[20:100, 72:88] = True
    bright = filled(picture, hole).mean(axis=-1) > 0.5
    assert bright[hole & stripe].mean() > 0.95  # its border may be off by a pixel here and there
    assert bright[hole & ~stripe].mean() < 0.02


def test_too_little_known_gives_none():
    hole = np.indices((60, 80)).sum(axis=0) % 8 < 5
    assert filled(tiles(), hole) is None


def test_what_nobody_wants_filled_stays_and_is_no_source():
    picture = tiles((90, 120))
    hole, lost = block((90, 120), 30, 50), block((90, 120), 30, 50)
    lost[:, :20] = True
    given = np.where(lost[..., None], np.float32(0), picture)
    found = exhaust(ShiftMap(Compute()).run(given, lost, hole))
    np.testing.assert_array_equal(found[lost & ~hole], 0)
    assert np.median(np.abs(found - picture)[hole]) < 0.02


def test_a_photograph_keeps_its_slopes():
    picture = (data.coffee()[100:300, 100:400] / 255).astype(np.float32)
    hole = block((200, 300), 60, 200, 60)
    found = filled(picture, hole)
    slopes = [
        np.abs(np.diff(p.mean(axis=-1), axis=1))[hole[:, 1:]].mean() for p in (found, picture)
    ]
    assert 0.5 < slopes[0] / slopes[1] < 2


def test_it_can_be_cancelled():
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 30

    hole = block((90, 120), 30, 50)
    with pytest.raises(CancelledError):
        exhaust(ShiftMap(Compute(cancelled=cancelled)).run(tiles((90, 120)), hole, hole))
    assert len(asked) == 31
