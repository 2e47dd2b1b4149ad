"""The measures and masks of the benchmarks, against values worked out by hand."""

import numpy as np
import pytest

from benchmarks import costs, stacks_volume
from benchmarks.judging import CAP, gmsd, gradient_distance, judged
from benchmarks.peers import BASELINE, Contender, contenders
from benchmarks.pictures import GROUPS, grey_of, mask, photograph, pictures
from benchmarks.stack_data import HALVES, MASKS, damage, stacks
from benchmarks.stacks import CONTENDERS, cases

EVERYWHERE = np.ones((8, 8), bool)


def ramp(slope, shape=(8, 8)):
    return (slope * np.indices(shape)[1]).astype(np.uint8)


def test_equal_pictures_are_at_no_distance(cell):
    assert gmsd(cell, cell) == 0
    assert gradient_distance(cell, cell, cell > 0) == 0


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        (ramp(0), ramp(10), 1.0),  # every slope is 0, every slope is 10
        (ramp(9), ramp(12), 0.0),  # both between 8 and 16
        (np.minimum(ramp(10), 30), ramp(10), 5 / 8),  # column 3 has slope 5, 4 to 7 have none
    ],
)
def test_gradient_distance_is_the_share_of_slopes_that_differ(first, second, distance):
    assert gradient_distance(first, second, EVERYWHERE) == pytest.approx(distance)


def test_gradient_distance_looks_at_the_hole_alone():
    changed = ramp(10)
    changed[:, 5:] = 0
    hole = np.zeros((8, 8), bool)
    hole[:, :3] = True
    assert gradient_distance(changed, ramp(10), hole) == 0


def test_gmsd_of_a_step_and_a_plain_picture():
    # Averaged over 2 x 2 and thinned by two, a step of 0 | 100 between columns 7 and 8 of 16
    # stays a step between columns 3 and 4 of 8. Prewitt, divided by 3: 100 in both columns beside
    # it. There the similarity to a plain picture is c / (100^2 + c), elsewhere 1.
    step = np.zeros((16, 16), np.uint8)
    step[:, 8:] = 100
    low = 170 / (100**2 + 170)
    values = np.array([low, low, 1, 1, 1, 1, 1, 1])
    assert gmsd(step, np.zeros_like(step)) == pytest.approx(values.std())
    assert gmsd(np.zeros_like(step), step) == pytest.approx(values.std())


def test_hole_psnr_is_capped(cell, scratch):
    assert judged(cell, cell, scratch)["psnr"] == CAP
    nearly = cell.copy()
    nearly[scratch] += 10  # 20 log10(255 / 10) = 28.13 dB
    assert judged(nearly, cell, scratch)["psnr"] == pytest.approx(28.13, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("strokes", 0.3, 0.4),
        ("scratches", 0.03, 0.06),
        ("dots", 0.05, 0.06),
        ("block", 1 / 16, 1 / 16),
        ("blob", 0.06, 0.1),
    ],
)
def test_masks_have_their_share_and_their_seed(kind, low, high):
    hole = mask(kind, (256, 256), 3)
    assert low <= hole.mean() <= high
    np.testing.assert_array_equal(hole, mask(kind, (256, 256), 3))
    assert (hole != mask(kind, (256, 256), 4)).any()


def test_the_halves_share_no_picture_and_have_every_group(monkeypatch):
    monkeypatch.delenv("GREYFILL_PICTURES", raising=False)
    halves = {half: pictures(half) for half in ("tuning", "report")}
    names = {half: {p.name[:-2] for p in found} for half, found in halves.items()}
    assert not names["tuning"] & names["report"]
    for found in halves.values():
        assert {picture.group for picture in found} == set(GROUPS)
        assert all(picture.grey.dtype == np.uint8 and picture.own for picture in found)
    assert len(pictures("report", count=3)) == 3


def test_a_folder_adds_its_pictures_in_turn(tmp_path):
    from skimage import io

    for folder in ("bsds", "celeba", "places2_512x680", "microscopy"):
        (tmp_path / folder).mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (20, 30), dtype=np.uint8)
    for name in ("a", "b", "c"):
        io.imsave(tmp_path / "bsds" / f"{name}.png", noise)
    for half, expected in (("tuning", ["bsds/a 1", "bsds/c 1"]), ("report", ["bsds/b 1"])):
        found = [p for p in pictures(half, tmp_path) if not p.own]
        assert [picture.name for picture in found] == expected
        np.testing.assert_array_equal(found[0].grey, noise)


def test_deep_pictures_become_eight_bits_over_their_own_range():
    deep = np.linspace(1000, 3000, 10_000).reshape(100, 100).astype(np.uint16)
    grey = grey_of(deep)
    assert (grey.min(), grey.max()) == (0, 255)
    np.testing.assert_array_equal(grey_of(np.full((2, 2, 3), 100, np.uint8)), 100)
    assert photograph(500).shape == (500, 500)
    assert photograph(100).shape == (100, 100)


def test_everyone_keeps_the_known_pixels(cell, scratch):
    everyone = contenders()
    assert everyone[0].name == BASELINE
    assert {"biharmonic"} < {c.name for c in everyone}
    for contender in everyone:
        if contender.fill is not None:
            filled = contender.fill(np.where(scratch, 0, cell).astype(np.uint8), scratch.copy())
            assert filled.dtype == np.uint8
            np.testing.assert_array_equal(filled[~scratch], cell[~scratch])
        assert contender.modules


def test_made_stacks_need_no_files_and_their_halves_share_no_plane(monkeypatch):
    monkeypatch.delenv("GREYFILL_STACKS", raising=False)
    made = [stack for stack in stacks() if stack.own]
    assert len(made) >= 4
    for stack in made:
        assert stack.values.dtype == np.float32
        assert 0 <= stack.values.min() < stack.values.max() <= 1
        chosen = [at for half in HALVES for at in stack.planes(half)]
        assert len(set(chosen)) == len(chosen)
        assert min(chosen) > 0 and max(chosen) < len(stack.values) - 1


@pytest.mark.parametrize("kind", MASKS)
def test_damage_is_the_same_every_time(kind):
    hole = damage(kind, (96, 128), 3)
    assert np.array_equal(hole, damage(kind, (96, 128), 3))
    assert 0.005 < hole.mean() < 0.4


def test_contenders_fill_a_plane_of_a_stack():
    given = cases(stacks()[0], "report")["1 blob"]
    for contender in CONTENDERS[3:]:
        assert np.isfinite(contender.fill(given)[0][given.hole]).all()
    assert given.read(-2) is None
    assert not given.read(0).plane[given.hole].any()


def test_damage_over_planes_tapers_and_dust_takes_what_it_should():
    holes = stacks_volume.tapering((96, 128), 5, 3)
    sizes = [np.count_nonzero(holes[at]) for at in range(5)]
    assert sizes[0] < sizes[1] < sizes[2] > sizes[3] > sizes[4] > 0
    assert 0.04 < holes[2].mean() < 0.08
    gain, dust = stacks_volume.shade((96, 128), 0.5, 3)
    assert gain.max() <= 1
    assert gain.min() == pytest.approx(0.5, abs=0.05)
    assert gain[~dust].min() > 0.98


def test_the_memory_of_a_fill_is_watched(monkeypatch):
    def greedy(image, hole):
        if hole.size > 64 * 64:  # not the first, small one
            np.ones(30_000_000)
        return image

    monkeypatch.setattr(costs, "contenders", lambda: [Contender("greedy", greedy, ())])
    assert 200 < costs._watched("greedy", 128) < 400  # 240 MB are asked for


def test_a_fill_that_fails_ends_its_watching(monkeypatch):
    def failing(image, hole):
        if hole.size > 64 * 64:
            raise ValueError("not like this")
        return image

    monkeypatch.setattr(costs, "contenders", lambda: [Contender("failing", failing, ())])
    with pytest.raises(ValueError, match="not like this"):
        costs._watched("failing", 128)
