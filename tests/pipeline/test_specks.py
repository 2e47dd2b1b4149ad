"""Holes of a few pixels: which they are, that they cost little, and what is filled."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage import data
from skimage.restoration import inpaint_biharmonic

from napari_greyfill import colorize, fill, fill_steps
from napari_greyfill.errors import CancelledError, GreyfillWarning
from napari_greyfill.image import specks as specks_module
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.image.specks import CROWD, LONGEST, MOST, Plan, find_specks, sample_of
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.spectral import inpainter as spectral
from napari_greyfill.pipeline.handover import stack_without_spikes, without_spikes
from napari_greyfill.pipeline.hints import ColourHints
from napari_greyfill.pipeline.patches import PatchIndex

QUARTER = 0.25 / 255
SMOOTH = ("biharmonic", "spectral", "frequency-selective", "correction", "blend")


def boxes(shape, *slices):
    hole = np.zeros(shape, dtype=bool)
    for box in slices:
        hole[box] = True
    return hole


def scattered(shape, count, seed=0, largest=5, gap=24):
    """Squares of up to `largest` pixels a side on a jittered grid, so that none touch."""
    rng = np.random.default_rng(seed)
    hole = np.zeros(shape, dtype=bool)
    cells = [(y, x) for y in range(0, shape[0] - gap, gap) for x in range(0, shape[1] - gap, gap)]
    for index in rng.choice(len(cells), count, replace=False):
        (y, x), (height, width) = cells[index], rng.integers(1, largest + 1, 2)
        y, x = y + rng.integers(2, gap - largest - 1), x + rng.integers(2, gap - largest - 1)
        hole[y : y + height, x : x + width] = True
    return hole


def photograph(side=300):
    return data.camera()[100 : 100 + side, 100 : 100 + side]


def without_specks(monkeypatch):
    monkeypatch.setattr(specks_module, "find_specks", lambda hole, unknown=None: [])


class TestWhichHolesAreSpecks:
    def test_small_pieces_have_their_boxes_in_reading_order(self):
        hole = boxes((300, 200), np.s_[100:103, 50:51], np.s_[0:2, 198:200], np.s_[101:105, 60:70])
        assert find_specks(hole) == [
            Window(0, 2, 198, 200),
            Window(100, 103, 50, 51),
            Window(101, 105, 60, 70),
        ]

    @pytest.mark.parametrize("box", [np.s_[20, 20 : 21 + LONGEST], np.s_[20:32, 20:32]])
    def test_longer_and_larger_pieces_are_none(self, box):
        hole = boxes((200, 200), box)
        assert hole.sum() > min(MOST, LONGEST)
        assert find_specks(hole) == []

    def test_pieces_that_touch_at_a_corner_are_one(self):
        hole = boxes((200, 200), np.s_[50:52, 50:52], np.s_[52:54, 52:54])
        assert find_specks(hole) == [Window(50, 54, 50, 54)]

    def test_a_piece_with_another_in_its_box_is_none(self):
        hole = boxes((200, 200), np.s_[50, 50:60], np.s_[50:60, 50], np.s_[57, 57])
        assert find_specks(hole) == [Window(57, 58, 57, 58)]

    def test_what_is_mostly_surrounded_by_nothing_known_is_none(self):
        hole = boxes((300, 300), np.s_[150:153, 150:153])
        assert len(find_specks(hole)) == 1
        assert find_specks(hole, boxes(hole.shape, np.s_[:, :150], np.s_[155:])) == []
        hole[:, 100:149] = hole[:, 155:250] = True
        assert find_specks(hole) == []

    def test_a_crowd_is_filled_as_one(self):
        hole = np.zeros((400, 400), bool)
        hole[5:60:6, 5:60:6] = True
        assert hole.sum() > CROWD
        hole[300, 300] = True
        assert find_specks(hole) == [Window(300, 301, 300, 301)]

    def test_all_of_a_small_picture_is_seen_at_once(self):
        assert find_specks(boxes((63, 300), np.s_[30, 30])) == []

    @settings(max_examples=30, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32 - 1))
    def test_specks_and_the_rest_are_the_hole_and_share_nothing(self, seed):
        rng = np.random.default_rng(seed)
        hole = ndimage.gaussian_filter(rng.normal(size=(260, 260)), rng.uniform(0.6, 4))
        hole = hole > np.quantile(hole, rng.uniform(0.9, 0.999))
        plan = Plan(hole)
        labels, _ = ndimage.label(hole, structure=np.ones((3, 3)))
        rest = hole.copy()
        for box in plan.specks:
            assert np.unique(labels[box.slices][hole[box.slices]]).size == 1
            number = labels[box.slices].max()
            assert np.count_nonzero(labels == number) == np.count_nonzero(hole[box.slices])
            rest[box.slices] = False
        covered = np.zeros_like(hole)
        for region in plan.larger:
            covered[region.core.slices] = True
        assert (covered | ~rest).all()

    def test_a_sample_is_evenly_chosen(self):
        every = [Window(i, i + 1, 0, 1) for i in range(100)]
        assert sample_of(every, 100) == every
        assert [box.y0 for box in sample_of(every, 4)] == [0, 33, 66, 99]


class TestWhatTheyCost:
    def test_nothing_iterates(self, monkeypatch):
        def refused(*args, **kwargs):
            raise AssertionError("a speck was solved for by iterating")

        monkeypatch.setattr(spectral, "conditional_mean", refused)
        monkeypatch.setattr(Blend, "run", refused)
        result = fill(photograph(), scattered((300, 300), 40))
        assert result.provenance["specks"] == 40

    def test_work_grows_with_the_specks_and_not_with_the_picture(self, monkeypatch):
        read = []
        planes = Picture.planes
        monkeypatch.setattr(
            Picture,
            "planes",
            lambda self, window: read.append(window.area) or planes(self, window),
        )

        def work(side, count):
            image = np.tile(photograph(300), (side // 300, side // 300))
            hole = np.zeros(image.shape, bool)
            hole[:300, :300] = scattered((300, 300), count)
            read.clear()
            fill(image, hole, method="biharmonic")
            return sum(read)

        assert work(1500, 40) < 1.4 * work(300, 40)  # mirrored borders need not be read
        assert work(300, 80) < 2.2 * work(300, 40)

    def test_a_step_tells_how_far_it_is(self, monkeypatch):
        monkeypatch.setattr("napari_greyfill.pipeline.stages._Throttle.ready", lambda self: True)
        steps = list(fill_steps(photograph(), scattered((300, 300), 80)))
        told = [step for step in steps if step.text == "filling grey of 80 specks"]
        assert len(told) > 2
        assert [s.fraction for s in steps] == sorted(s.fraction for s in steps)

    def test_it_can_be_cancelled_between_batches(self):
        asked = []

        def cancelled():
            asked.append(True)
            return len(asked) > 3

        with pytest.raises(CancelledError):
            list(fill_steps(photograph(), scattered((300, 300), 80), cancelled=cancelled))
        assert len(asked) == 4


class TestWhatIsFilled:
    @pytest.mark.parametrize("method", SMOOTH)
    def test_known_pixels_stay_and_the_fill_is_near_the_truth(self, method):
        truth, hole = photograph(), scattered((300, 300), 60)
        result = fill(np.where(hole, 0, truth).astype(np.uint8), hole, method=method)
        np.testing.assert_array_equal(result.image[~hole], truth[~hole])
        error = np.sqrt(np.mean((result.image[hole].astype(float) - truth[hole]) ** 2))
        assert error < 0.3 * truth.std()

    def test_biharmonic_is_that_of_scikit_image(self):
        truth = ndimage.gaussian_filter(photograph() / 255, 1.5)
        hole = scattered((300, 300), 60)
        hole[[0, 0, 299, 150], [0, 150, 299, 0]] = True  # corners and borders are mirrored
        found = fill(truth, hole, method="biharmonic")
        assert found.provenance["specks"] == 64
        expected = inpaint_biharmonic(truth, hole, split_into_regions=True)
        np.testing.assert_allclose(found.image[hole], expected[hole], atol=1e-4)

    @pytest.mark.parametrize("method", SMOOTH)
    def test_it_is_as_good_as_filling_all_as_one(self, method, monkeypatch):
        truth, hole = photograph(), scattered((300, 300), 60, seed=2)

        def error():
            found = fill(np.where(hole, 0, truth).astype(np.uint8), hole, method=method).image
            return np.sqrt(np.mean((found[hole].astype(float) - truth[hole]) ** 2))

        many = error()
        without_specks(monkeypatch)
        assert many < 1.02 * error()

    @pytest.mark.parametrize("name", ["camera", "brick", "coins", "moon"])
    def test_the_error_is_about_as_expected(self, name):
        truth = getattr(data, name)()[3:303, 80:380]
        hole = scattered(truth.shape, 80, seed=1)
        result = fill(np.where(hole, 0, truth).astype(np.uint8), hole)
        error = np.sqrt(np.mean((result.image[hole].astype(float) - truth[hole]) ** 2))
        assert 0.6 < result.expected_error / error < 1.7

    def test_single_members_expect_nothing(self):
        assert (
            fill(photograph(), scattered((300, 300), 9), method="spectral").expected_error is None
        )

    @pytest.mark.parametrize("method", SMOOTH)
    @pytest.mark.parametrize("name", ["camera", "brick", "cell"])
    def test_rounding_does_not_show(self, method, name):
        truth = getattr(data, name)()[150:290, 150:290] / 255
        hole = scattered(truth.shape, 12)
        noise = 1e-6 * np.random.default_rng(0).standard_normal(truth.shape)
        first, second = (
            fill(np.clip(each, 0, 1), hole, method=method).image for each in (truth, truth + noise)
        )
        assert np.abs(first - second)[hole].max() <= QUARTER

    @pytest.mark.parametrize("method", SMOOTH)
    def test_it_is_the_same_in_another_unit(self, method):
        truth, hole = photograph(140) / 255, scattered((140, 140), 12)
        first = fill(truth, hole, method=method).image
        second = fill(truth * 3e20 - 1e20, hole, method=method).image
        np.testing.assert_allclose((second / 1e20 + 1) / 3, first, atol=0.5 / 255)

    def test_a_hot_pixel_beside_a_speck_does_not_spoil_it(self):
        truth, hole = photograph(140).astype(np.uint16), boxes((140, 140), np.s_[70:73, 70:73])
        first = fill(truth, hole).image[hole].astype(float)
        truth[70, 74] = 60_000
        # it is shown as bright as its brightest neighbour; as it is it would move it by thousands
        np.testing.assert_allclose(fill(truth, hole).image[hole], first, atol=30)

    def test_a_larger_hole_sees_the_specks_filled_and_none_is_left_out(self):
        truth = photograph()
        hole = boxes(
            truth.shape, np.s_[100:140, 100], np.s_[100, 100:140], np.s_[120:123, 120:123]
        )
        result = fill(np.where(hole, 0, truth).astype(np.uint8), hole)
        assert result.provenance["specks"] == 1
        assert (np.abs(result.image[hole].astype(float) - truth[hole]) < 80).all()
        assert result.image[hole].min() > 0

    def test_no_value_and_what_is_no_source_are_respected(self):
        truth = photograph() / 255
        hole = scattered(truth.shape, 20)
        gaps = truth.copy()
        gaps[hole] = np.nan
        gaps[:, :40] = np.nan
        with pytest.warns(GreyfillWarning, match="left as they are"):
            result = fill(gaps, hole)
        assert np.isnan(result.image[:, :40][~hole[:, :40]]).all()
        assert np.isfinite(result.image[hole]).all()


class TestColour:
    @pytest.fixture
    def photo(self):
        return data.astronaut()[:260, 100:360]

    @pytest.mark.parametrize("pipeline", ["grey-rgb", "rgb-grey-rgb", "rgb-rgb"])
    def test_every_pipeline_fills_them(self, photo, pipeline):
        hole = scattered(photo.shape[:2], 40)
        given_ = np.where(hole[..., None], 0, photo).astype(np.uint8)
        result = fill(given_, hole, pipeline=pipeline)
        np.testing.assert_array_equal(result.image[~hole], photo[~hole])
        error = np.sqrt(np.mean((result.image[hole].astype(float) - photo[hole]) ** 2))
        assert error < 0.4 * photo.std()
        assert result.provenance["specks"] == 40
        if pipeline == "rgb-rgb":
            assert result.confidence is None
        else:
            assert 0 <= result.confidence[hole].min() < result.confidence[hole].max() <= 1
            assert (result.confidence[~hole] == 1).all()

    def test_a_grey_picture_in_three_channels_stays_grey(self):
        photo = np.repeat(photograph(140)[..., None], 3, axis=-1)
        hole = scattered(photo.shape[:2], 12)
        found = fill(photo, hole, pipeline="rgb-rgb").image[hole].astype(int)
        assert np.ptp(found, axis=-1).max() <= 1

    def test_colour_flows_as_in_a_larger_hole(self, photo, monkeypatch):
        hole = scattered(photo.shape[:2], 40)
        hole[0, 0] = hole[120:123, 0] = True
        grey = photo @ np.array([0.299, 0.587, 0.114])
        many = colorize(photo, grey, hole, method="propagation")
        without_specks(monkeypatch)
        alone = colorize(photo, grey, hole, method="propagation")
        np.testing.assert_allclose(many.astype(int), alone, atol=1)

    def test_a_hint_counts(self, photo):
        hole = boxes(photo.shape[:2], np.s_[100:105, 100:105], np.s_[200:203, 50:53])
        where = boxes(hole.shape, np.s_[100:105, 100:105])
        hints = ColourHints(np.argwhere(where), np.tile([250, 10, 10], (int(where.sum()), 1)))
        found = fill(photo, hole, hints=hints).image[where].astype(int)
        assert (found[:, 0] > found[:, 1] + 20).all()

    def test_without_colour_it_is_said(self):
        photo = np.repeat(photograph(140)[..., None], 3, axis=-1)
        with pytest.warns(GreyfillWarning, match="have no colour"):
            fill(photo, scattered((140, 140), 12))


def test_spikes_of_many_windows_are_those_of_each():
    rng = np.random.default_rng(0)
    planes = rng.normal(0.5, 0.1, (4, 64, 64)).astype(np.float32)
    holes = np.zeros(planes.shape, bool)
    holes[:, 30:33, 30:33] = True
    planes[1, 20, 20], planes[3, 40, 33] = 50, -60
    found = stack_without_spikes(planes, holes)
    assert np.abs(found).max() < 2
    for one, before, hole in zip(found, planes, holes, strict=True):
        np.testing.assert_array_equal(one, without_spikes(before, hole))


@given(st.lists(st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(1, 9)] * 2), max_size=20))
def test_patches_that_meet_a_window_are_found(places):
    patches = [
        Patch(Window(y, y + height, x, x + width), np.zeros((height, width), np.float32))
        for y, x, height, width in places
    ]
    window = Window(20, 40, 10, 35)
    expected = [patch for patch in patches if patch.window.intersection(window)]
    assert list(PatchIndex(patches).meeting(window)) == expected
