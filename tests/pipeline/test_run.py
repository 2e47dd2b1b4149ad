import json
import warnings
from itertools import pairwise, product

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from napari_greyfill import colorize, compare, fill, fill_steps
from napari_greyfill.colorization import COLORIZERS, Colorizer, Colours, Level
from napari_greyfill.compute import device as device_module
from napari_greyfill.compute.events import Note, Preview, Progress, Result
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import (
    BadMaskError,
    BadParameterError,
    CancelledError,
    EmptyMaskError,
    GreyfillError,
    GreyfillWarning,
    NothingKnownError,
    OutOfMemoryError,
    ShapeMismatchError,
    UnsupportedImageError,
)
from napari_greyfill.image.alpha import is_erased, made_opaque
from napari_greyfill.image.colour import luma, with_luma
from napari_greyfill.image.validity import kept_pixels
from napari_greyfill.inpaint import INPAINTERS, Fill, Inpainter, methods
from napari_greyfill.inpaint.spectral import inpainter as spectral_module
from napari_greyfill.masks import feather, grow
from napari_greyfill.pipeline import job as job_module
from napari_greyfill.pipeline import stages
from napari_greyfill.pipeline.names import PIPELINES
from tests.recording import recorded
from tests.strategies import holes, pictures

pytestmark = pytest.mark.usefixtures("small_networks")

METHODS = [info.name for info in methods() if info.available and not info.uses_torch]
QUICK = [name for name in METHODS if name in ("biharmonic", "telea", "navier-stokes")]
NETWORKS = ["progressive", "published"]


@pytest.fixture
def registered(monkeypatch):
    """Register a method of one's own for the duration of a test."""

    def add(registry, create, kind, uses_torch=False):
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
        registry.add(MethodInfo("mine", "Mine", kind, "Mine.", uses_torch=uses_torch), create)

    return add


@pytest.fixture
def every_step(monkeypatch):
    """Let every step through, however fast they come."""
    monkeypatch.setattr(stages._Throttle, "ready", lambda self: True)


def is_complete(step):
    return isinstance(step, Preview) and step.complete


def is_unfinished(step):
    return isinstance(step, Preview) and not step.complete


def run(*args, **options):
    """Return the result of a fill, and its steps."""
    return recorded(fill_steps(*args, **options))


def quiet_fill(*args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GreyfillWarning)
        return fill(*args, **options)


def same_bits(first, second):
    return first.dtype == second.dtype and first.tobytes() == second.tobytes()


class TestKnownPixels:
    @settings(max_examples=150)
    @given(st.data())
    def test_only_the_hole_changes_whatever_is_asked_for(self, data):
        image = data.draw(pictures(invalid=True))
        mask = data.draw(holes(image.shape[:2]))
        options = data.draw(
            st.fixed_dictionaries(
                {
                    "method": st.sampled_from(QUICK * 5 + METHODS),
                    "pipeline": st.sampled_from(PIPELINES),
                    "colorizer": st.sampled_from(["hybrid", "propagation"] * 4 + NETWORKS),
                    "grow": st.sampled_from([0, 0, 1, 1.5]),
                    "feather": st.sampled_from([0, 0, 1, 2.5]),
                    "keep_invalid": st.sampled_from(["auto", "auto", "keep", "fill"]),
                }
            )
        )
        try:
            result = quiet_fill(image, mask, **options)
        except NothingKnownError:
            assume(False)
        known = ~result.hole
        assert result.image.shape == image.shape
        assert same_bits(result.image[known], image[known])
        if image.ndim == 3 and image.shape[-1] == 4:
            alpha = image[..., 3]
            if is_erased(alpha, result.hole):  # the fill of such a hole is made visible
                alpha = made_opaque(alpha, result.hole)
            assert same_bits(result.image[..., 3], alpha)
        colours = image[..., :3] if image.ndim == 3 else image
        largest = [float(np.finfo(kind).max) for kind in (np.float32, np.float64)]
        numbers = np.isfinite(colours.astype(float)) & ~np.isin(np.abs(colours), largest)
        if image.ndim == 3:
            numbers = numbers.all(axis=-1)
        wanted = grow(mask, options["grow"])
        kept = kept_pixels(~numbers, wanted, options["keep_invalid"])
        np.testing.assert_array_equal(result.hole, (wanted | ~numbers) & ~kept)
        filled = result.image[..., :3] if image.ndim == 3 else result.image
        assert np.isfinite(filled.astype(float)[~kept]).all()

    @pytest.mark.parametrize("name", ["tissue", "cell"])
    @pytest.mark.parametrize("method", METHODS)
    def test_what_was_given_is_not_written_to(self, name, method, request, scratch):
        image, mask = request.getfixturevalue(name), scratch.copy()
        fill(image, mask, method=method, grow=2, feather=2)
        np.testing.assert_array_equal(mask, scratch)
        assert not image.flags.writeable

    def test_the_image_is_never_the_one_that_was_given(self, cell, scratch):
        assert not np.shares_memory(fill(cell, scratch).image, cell)


class TestValues:
    @pytest.mark.parametrize(
        ("method", "pipeline"),
        [*product(QUICK, PIPELINES), *product(sorted({*METHODS} - {*QUICK}), ["grey-rgb"])],
    )
    def test_all_types_of_one_photograph_are_filled_alike(
        self, method, pipeline, astronaut, scratch
    ):
        options = {"method": method, "pipeline": pipeline}
        reference = fill(astronaut, scratch, **options).image.astype(float)
        assert np.abs(reference - astronaut)[scratch].max() > 2
        for change, scale in (
            (lambda a: a.astype(np.uint16) * 257, 257),
            (lambda a: (a.astype(np.uint16) * 257).astype(">u2"), 257),
            (lambda a: a.astype(np.float32) / 255, 1 / 255),
            (lambda a: a.astype(np.float64) / 255, 1 / 255),
        ):
            image = fill(change(astronaut), scratch, **options).image / scale
            assert np.abs(image - reference).max() < 0.51  # 8 bits are rounded

    def test_counts_of_a_camera_are_filled_like_the_photograph_they_are(self, cell, scratch):
        counts = cell.astype(np.uint16) * 16 + 300
        image = fill(counts, scratch).image.astype(float)
        expected = fill(cell.astype(float), scratch).image * 16 + 300
        assert np.abs(image - expected).max() < 1

    @pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "int64", "float16", "float64"])
    @pytest.mark.parametrize("channels", [(), (3,), (4,)])
    @pytest.mark.parametrize("method", METHODS)
    def test_a_constant_image_stays_constant(self, dtype, channels, method):
        image = np.full((20, 30, *channels), 1, dtype=dtype)
        mask = np.zeros((20, 30), bool)
        mask[5:12, 8:20] = True
        result = quiet_fill(image, mask, method=method)  # a colour image is told to have none
        np.testing.assert_array_equal(result.image, image)

    def test_pixels_that_are_no_numbers_are_filled_and_said(self, cell, scratch):
        image = cell.astype(np.float32)
        image[5, 5], image[80, 100] = np.nan, np.inf
        with pytest.warns(GreyfillWarning, match="2 pixels outside the mask were NaN") as caught:
            result = fill(image, scratch)
        assert caught[0].filename == __file__
        assert result.hole[5, 5]
        assert result.hole[80, 100]
        assert np.isfinite(result.image).all()
        assert abs(result.image[5, 5] - float(cell[5, 5])) < 30
        assert result.provenance["notes"] == list(result.notes)

    def test_an_object_in_the_hole_leaves_no_trace(self, cell, scratch):
        spoiled = cell.copy()
        spoiled[scratch] = 255
        np.testing.assert_array_equal(fill(spoiled, scratch).image, fill(cell, scratch).image)

    @pytest.mark.parametrize("name", ["tissue", "cell"])
    @pytest.mark.parametrize("pixels", [1, 4])
    def test_feather_mixes_the_rim_of_the_hole_with_what_was_there(
        self, name, pixels, request, scratch
    ):
        image = request.getfixturevalue(name)
        plain = fill(image, scratch).image
        soft = fill(image, scratch, feather=pixels).image
        share = feather(scratch, pixels).astype(float)
        if image.ndim == 3:
            share = share[..., None]
        expected = np.rint(image * (1 - share) + plain * share)
        assert np.abs(soft - expected).max() <= 1
        assert (soft != plain).any()
        np.testing.assert_array_equal(soft[~scratch], image[~scratch])

    def test_grow_fills_more(self, cell, scratch):
        result = fill(cell, scratch, grow=3)
        np.testing.assert_array_equal(result.hole, grow(scratch, 3))
        changed = result.image != cell
        # in so smooth a picture most of what is filled is what was there
        assert changed[result.hole & ~scratch].mean() > 0.1


class TestPipelines:
    def test_grey_first_keeps_the_grey_that_was_filled(self, astronaut, scratch):
        result = fill(astronaut / 255, scratch, pipeline="grey-rgb")
        own = luma(result.image.astype(np.float32))
        assert np.abs(own - result.grey)[scratch].max() < 1e-5
        expected = fill(luma((astronaut / 255).astype(np.float32)), scratch).image
        assert np.abs(result.grey - expected)[scratch].max() < 1e-4

    def test_colour_first_keeps_the_luma_of_the_filled_colours(self, astronaut, scratch):
        colours = fill(astronaut / 255, scratch, pipeline="rgb-rgb")
        again = fill(astronaut / 255, scratch, pipeline="rgb-grey-rgb")
        assert (colours.colorizer, again.colorizer) == ("", "hybrid")
        first, second = (luma(r.image.astype(np.float32)) for r in (colours, again))
        assert np.abs(first - second).max() < 1e-5
        assert np.abs(colours.image - again.image)[scratch].max() > 0.02

    def test_without_the_bottleneck_channels_are_filled_one_by_one(self, astronaut, scratch):
        result = fill(astronaut / 255, scratch, method="biharmonic", pipeline="rgb-rgb")
        for channel in range(3):
            alone = fill(astronaut[..., channel] / 255, scratch, method="biharmonic").image
            assert np.abs(result.image[..., channel] - alone).max() < 1e-5

    @pytest.mark.parametrize(
        ("alias", "name"),
        [("G2G2RGB", "grey-rgb"), ("rgb2g2rgb", "rgb-grey-rgb"), ("RGB2RGB", "rgb-rgb")],
    )
    def test_their_other_names(self, alias, name, tissue, scratch):
        result = fill(tissue, scratch, pipeline=alias)
        assert result.pipeline == name
        np.testing.assert_array_equal(result.image, fill(tissue, scratch, pipeline=name).image)

    @pytest.mark.parametrize("pipeline", PIPELINES)
    @pytest.mark.parametrize("network", NETWORKS)
    def test_the_grey_of_the_result_is_the_one_that_was_filled(
        self, pipeline, network, tissue, scratch
    ):
        # after so few steps the published schedule may be told to have collapsed
        result = quiet_fill(tissue, scratch, pipeline=pipeline, colorizer=network)
        assert result.grey.shape == scratch.shape
        assert result.grey.dtype == np.uint8
        first = "grey-rgb" if pipeline == "grey-rgb" else "rgb-rgb"
        expected = fill(tissue, scratch, pipeline=first).grey
        np.testing.assert_array_equal(result.grey, expected)

    @pytest.mark.parametrize("options", [{"colorizer": "published"}, {"pipeline": "rgb-rgb"}])
    def test_a_grey_image_has_no_second_stage_and_says_so(self, options, cell, scratch):
        with pytest.warns(GreyfillWarning, match="no colour to recover") as caught:
            result = fill(cell, scratch, **options)
        assert caught[0].filename == __file__
        assert result.colorizer == ""
        assert result.provenance["colorizer"] is None
        np.testing.assert_array_equal(result.image, fill(cell, scratch).image)
        np.testing.assert_array_equal(result.grey, result.image)

    @pytest.mark.parametrize("network", NETWORKS)
    def test_the_seed_decides_every_pixel(self, network, tissue, scratch, monkeypatch):
        from napari_greyfill.colorization import correction

        # take every correction, however little it is worth after so few steps
        monkeypatch.setattr(correction, "_CLEARLY", 1e9)
        first, again, other = (
            quiet_fill(tissue, scratch, colorizer=network, seed=seed) for seed in (1, 1, 2)
        )
        np.testing.assert_array_equal(first.image, again.image)
        assert (first.image != other.image).any()

    def test_progressive_keeps_the_grey_of_the_first_stage(self, tissue, scratch):
        result = fill(tissue / 255, scratch, colorizer="progressive")
        own = luma(result.image.astype(np.float32))
        assert np.abs(own - result.grey)[scratch].max() < 1e-5


class TestSteps:
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({}, ["start: grey with hole", "grey: filled grey", "done: filled"]),
            (
                {"pipeline": "rgb-grey-rgb"},
                ["start: grey with hole", "grey: filled colour", "done: filled"],
            ),
            (
                {"pipeline": "rgb-rgb"},
                ["start: grey with hole", "grey: filled colour", "done: filled"],
            ),
            (
                {"colorizer": "progressive"},
                [
                    "start: grey with hole",
                    "grey: filled grey",
                    "colour: colour scale 1/2",
                    "done: filled",
                ],
            ),
        ],
    )
    def test_images_worth_keeping_come_in_order(self, options, expected, tissue, scratch):
        result, steps = run(tissue, scratch, **options)
        kept = [step.source for step in steps if is_complete(step)]
        assert [f"{each.stage}: {each.name}" for each in kept] == expected
        assert all(a is b for a, b in zip(result.steps, kept, strict=True))
        np.testing.assert_array_equal(kept[-1].image, result.image)

    def test_a_grey_image_is_shown_with_its_hole_and_filled(self, cell, scratch):
        result, steps = run(cell, scratch)
        kept = [(step.source.stage, step.text) for step in steps if is_complete(step)]
        assert kept == [("start", "grey with hole"), ("grey", "filled grey"), ("done", "filled")]
        np.testing.assert_array_equal(result.steps[1].image, result.image)

    def test_notes_come_first(self, cell, scratch):
        result, steps = run(cell, scratch, colorizer="progressive")
        assert steps[0] == Note(result.notes[0], 0.0)
        assert [type(step) for step in steps].count(Note) == 1

    def test_the_result_comes_last(self, cell, scratch):
        result, steps = run(cell, scratch)
        assert isinstance(steps[-1], Result)
        assert steps[-1].value is result

    def test_every_image_is_of_the_type_and_size_of_the_input(self, tissue, scratch, every_step):
        _, steps = run(tissue, scratch, colorizer="progressive")
        images = [step for step in steps if isinstance(step, Preview)]
        assert {step.complete for step in images} == {False, True}
        for step in images:
            grey = step.source.stage not in ("done", "colour")
            assert step.image.shape == (scratch.shape if grey else tissue.shape)
            assert step.image.dtype == np.uint8
            if not grey:
                np.testing.assert_array_equal(step.image[~scratch], tissue[~scratch])

    def test_the_first_image_has_an_empty_hole(self, astronaut, scratch):
        result, _ = run(astronaut, scratch)
        first = result.steps[0].image
        assert not first[scratch].any()
        expected = luma(astronaut.astype(np.float32))
        assert np.abs(first - expected)[~scratch].max() <= 1

    def test_previews_keep_the_filled_grey(self, tissue, scratch, every_step):
        result, steps = run(tissue / 255, scratch, colorizer="progressive")
        previews = [step.image for step in steps if is_unfinished(step)]
        assert len(previews) >= 5
        for image in previews:
            own = luma(image.astype(np.float32))
            assert np.abs(own - result.grey)[scratch].max() < 1e-5

    @pytest.mark.parametrize("pipeline", PIPELINES)
    @pytest.mark.parametrize("colorizer", ["propagation", "progressive"])
    @pytest.mark.parametrize("count", [1, 3])
    def test_the_finished_fraction_grows_from_0_to_1(self, pipeline, colorizer, count, every_step):
        image = np.random.default_rng(0).random((60, 60 + 400 * count, 3))
        mask = np.zeros(image.shape[:2], bool)
        mask[25:30, np.arange(count) * 400 + 40] = True
        _, steps = run(image, mask, pipeline=pipeline, colorizer=colorizer)
        fractions = [step.fraction for step in steps]
        assert (fractions[0], fractions[-1]) == (0.0, 1.0)
        assert all(first <= second for first, second in pairwise(fractions))
        assert len(set(fractions)) > count
        regions = {step.text[-3:] for step in steps if ", region " in step.text}
        assert regions == ({"1/3", "2/3", "3/3"} if count == 3 else set())

    def test_the_stages_follow_each_other(self, tissue, scratch, every_step):
        _, steps = run(tissue, scratch, colorizer="progressive")
        order = ["start", "grey", "colour", "done"]
        places = [order.index(step.source.stage) for step in steps if isinstance(step, Preview)]
        assert places == sorted(places)
        assert set(places) == {0, 1, 2, 3}

    def test_few_steps_come_while_the_work_is_fast(self, tissue, scratch, monkeypatch):
        monkeypatch.setattr(stages.time, "perf_counter", lambda: 0.0)
        _, steps = run(tissue, scratch)
        assert [type(step) for step in steps] == [Preview] * 3 + [Result]

    def test_levels_of_several_regions_are_previews(self, every_step):
        image = np.random.default_rng(0).random((110, 700, 3))
        mask = np.zeros(image.shape[:2], bool)
        mask[50:54, [100, 600]] = True
        result, steps = run(image, mask, colorizer="progressive")
        assert len(result.steps) == 3
        names = [step.text for step in steps if is_unfinished(step)]
        assert "colour scale 1/2, region 2/2" in names


class TestCancelling:
    def test_mistakes_are_found_before_the_first_step(self, cell):
        with pytest.raises(EmptyMaskError):
            fill_steps(cell, np.zeros(cell.shape, bool))

    @pytest.mark.parametrize("colorizer", ["propagation", "progressive"])
    def test_closing_ends_the_work(self, colorizer, tissue, scratch, every_step):
        work = fill_steps(tissue, scratch, colorizer=colorizer)
        for step in work:
            if isinstance(step, Preview) and step.source.stage in ("grey", "colour"):
                break
        work.close()
        assert list(work) == []

    def test_closing_reaches_the_method(self, registered, cell, scratch):
        ended = []

        class Endless(Inpainter):
            def run(self, plane, hole, unknown=None):
                try:
                    while True:
                        yield 0.5
                finally:
                    ended.append(True)

        registered(INPAINTERS, Endless, "inpainter")
        work = fill_steps(cell, scratch, method="mine")
        while not isinstance(next(work), Progress):
            pass
        work.close()
        assert ended == [True]

    @pytest.mark.parametrize("pipeline", PIPELINES)
    @pytest.mark.parametrize("colorizer", ["propagation", "progressive", "published"])
    def test_the_caller_is_asked(self, pipeline, colorizer, tissue, scratch):
        work = fill_steps(
            tissue, scratch, pipeline=pipeline, colorizer=colorizer, cancelled=lambda: True
        )
        with pytest.raises(CancelledError, match="nothing was changed"):
            list(work)

    @pytest.mark.parametrize("colorizer", ["propagation", "progressive"])
    def test_the_second_stage_can_be_cancelled(self, colorizer, tissue, scratch):
        seen = []
        work = fill_steps(
            tissue,
            scratch,
            colorizer=colorizer,
            cancelled=lambda: any(step.text == "filled grey" for step in seen),
        )
        with pytest.raises(CancelledError):
            seen.extend(work)
        assert seen[-1].text == "filled grey"


class TestWhatIsFilled:
    def test_one_pixel_of_1_by_7(self):
        image = np.array([[0, 30, 60, 0, 120, 150, 180]], np.uint8)
        mask = np.array([[0, 0, 0, 1, 0, 0, 0]])
        for method in METHODS:
            filled = fill(image, mask, method=method).image
            assert abs(int(filled[0, 3]) - 90) <= 2, method

    @pytest.mark.parametrize("colorizer", ["propagation", *NETWORKS])
    @pytest.mark.parametrize("shape", [(1, 7, 3), (7, 1, 4)])
    def test_one_pixel_of_a_colour_line(self, colorizer, shape):
        image = np.random.default_rng(0).random(shape)
        mask = np.zeros(shape[:2], bool)
        mask.flat[3] = True
        result = quiet_fill(image, mask, colorizer=colorizer)
        assert np.isfinite(result.image).all()
        np.testing.assert_array_equal(result.image[~mask], image[~mask])

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize(
        "where",
        [
            np.s_[:12],
            np.s_[-12:],
            np.s_[:, :12],
            np.s_[:, -12:],
            np.s_[np.ix_([0, 1, 2, -3, -2, -1], [0, 1, 2, -3, -2, -1])],
            np.s_[1:-1, 1:-1],
        ],
        ids=["top", "bottom", "left", "right", "corners", "all but the border"],
    )
    def test_holes_at_the_border_continue_the_picture(self, method, where):
        y, x = np.indices((60, 80))
        image = np.stack([90 + y, 60 + x, 200 - y - x], axis=-1).astype(np.uint8)
        mask = np.zeros(image.shape[:2], bool)
        mask[where] = True
        result = quiet_fill(image, mask, method=method)  # that most is masked is said
        error = np.abs(result.image.astype(float) - image)[mask]
        assert error.mean() < 25
        assert error.max() < 90

    def test_only_chosen_labels(self, cell, scratch):
        labels = scratch.astype(np.int64) * 2
        labels[60:] *= 3
        chosen = fill(cell, labels, labels=np.unique(labels[:60])[1:])
        np.testing.assert_array_equal(chosen.hole, labels == 2)
        assert chosen.provenance["parameters"]["labels"] == (2,)

    def test_a_hole_far_larger_than_its_context(self, astronaut):
        mask = np.ones(astronaut.shape[:2], bool)
        mask[:4] = mask[:, :4] = False
        result = quiet_fill(astronaut, mask)  # that most is masked is said
        assert result.image[mask].std() > 1

    def test_pieces_of_a_scratch_see_what_earlier_ones_filled(self, monkeypatch, registered):
        seen = []

        class Marking(Inpainter):
            def run(self, plane, hole, unknown=None):
                yield 0.0
                seen.append((plane.copy(), hole.copy()))
                return Fill(np.full_like(plane, 0.5 + len(seen) / 10))

        registered(INPAINTERS, Marking, "inpainter")
        monkeypatch.setattr("napari_greyfill.image.regions.LIMIT", 100)
        mask = np.eye(250, dtype=bool)
        image = np.where(np.indices(mask.shape)[0] < 125, 0.0, 0.4)
        result = fill(image, mask, method="mine", pipeline="grey-rgb")
        assert len(seen) == 4
        for index, (plane, hole) in enumerate(seen):
            earlier = {0.5 + done / 10 for done in range(1, index + 1)}
            marks = plane[plane > 0.5]
            assert {round(float(mark), 3) for mark in marks} <= earlier
            assert (len(marks) > 0) == (index > 0)
            assert not hole[plane > 0.5].any()
        marks, counts = np.unique(result.image[mask].round(3), return_counts=True)
        assert marks.tolist() == [0.6, 0.7, 0.8, 0.9]
        assert counts.min() > 50

    def test_a_scratch_that_is_cut_into_pieces_shows_no_step(self, monkeypatch):
        monkeypatch.setattr("napari_greyfill.image.regions.LIMIT", 100)
        y, x = np.indices((300, 300))
        image = (0.5 + 0.3 * np.sin(x / 40) * np.cos(y / 30))[..., None] * [1, 0.8, 0.5]
        mask = np.abs(x - y) < 3
        result, steps = run(image, mask)
        pieces = len(steps[0].source.patches)
        assert pieces > 2
        # where the scratch leaves the picture it ends in a corner: it is continued from one side
        assert np.abs(result.image - image)[8:-8, 8:-8].max() < 0.01

    def test_the_work_follows_the_hole_and_not_the_image(self, registered):
        sizes = []

        class Spy(Inpainter):
            def run(self, plane, hole, unknown=None):
                sizes.append(plane.shape)
                yield 0.0
                return Fill(plane)

        registered(INPAINTERS, Spy, "inpainter")
        for side in (500, 10_000):
            mask = np.zeros((side, side), bool)
            mask[240, 200:250] = True
            fill(np.zeros((side, side), np.uint8), mask, method="mine")
        assert sizes[0] == sizes[1]
        assert len(sizes) == 2

    def test_a_method_gets_the_size_it_asked_for(self, registered, tissue, scratch):
        sizes = []

        class Picky(Inpainter):
            minimum = 130
            multiple_of = 50

            def run(self, plane, hole, unknown=None):
                sizes.append(plane.shape)
                yield 0.0
                return Fill(np.where(hole, np.float32(0.5), plane))

        registered(INPAINTERS, Picky, "inpainter")
        result = fill(tissue[..., 1] / 255, scratch, method="mine")
        assert sizes == [(150, 150)]
        np.testing.assert_allclose(result.image[scratch], 0.5)


class TestLayers:
    class Layer:
        multiscale = False

        def __init__(self, data, **more):
            self.data = data
            self.__dict__.update(more)

    def test_layers_fill_like_arrays(self, tissue, scratch):
        image = self.Layer(tissue, rgb=True)
        labels = self.Layer(scratch.astype(int), selected_label=1)
        expected = fill(tissue, scratch).image
        np.testing.assert_array_equal(fill(image, labels).image, expected)

    def test_the_finest_level_of_a_multiscale_layer_is_filled(self, tissue, scratch):
        image = self.Layer([tissue, tissue[::2, ::2]], rgb=True, multiscale=True)
        np.testing.assert_array_equal(fill(image, scratch).image, fill(tissue, scratch).image)


class TestMistakes:
    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"mask": np.ones((96, 120))}, NothingKnownError),
            ({"mask": np.zeros((96, 120))}, EmptyMaskError),
            ({"mask": np.eye(120, 96)}, ShapeMismatchError),
            ({"mask": np.ones((2, 96, 120))}, BadMaskError),
            ({"image": np.zeros((96, 120), complex)}, UnsupportedImageError),
            ({"image": np.zeros((0, 0))}, UnsupportedImageError),
            ({"rgb": False}, ShapeMismatchError),
            ({"pipeline": "rgb"}, BadParameterError),
            ({"method": "magic"}, BadParameterError),
            ({"colorizer": "crayons"}, BadParameterError),
            ({"device": "tpu"}, BadParameterError),
            ({"seed": -5}, BadParameterError),
            ({"grow": -1}, BadParameterError),
            ({"feather": float("nan")}, BadParameterError),
            ({"labels": [9]}, EmptyMaskError),
        ],
        ids=lambda value: "-".join(value) if isinstance(value, dict) else value.__name__,
    )
    def test_each_has_its_error_that_ends_with_a_next_step(self, change, error, tissue, scratch):
        arguments = {"image": tissue, "mask": scratch, **change}
        with pytest.raises(error) as caught:
            fill(**arguments)
        assert isinstance(caught.value, GreyfillError)
        advice = str(caught.value).split("; ")[-1]
        assert advice.split()[0] in ("choose", "pass", "paint", "leave", "set", "convert")


class TestProvenance:
    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"labels": np.array([2, 1]), "grow": np.float32(1.5), "feather": 2},
            {"colorizer": "progressive", "seed": np.int64(5), "device": "cpu"},
            {"pipeline": "RGB2G2RGB", "method": METHODS[-1]},
        ],
    )
    def test_it_is_enough_to_do_it_again(self, options, tissue, scratch):
        labels = scratch.astype(int)
        labels[60:] *= 2
        result = fill(tissue, labels, **options)
        written = json.loads(json.dumps(result.provenance))
        again = fill(tissue, labels, **written["parameters"])
        np.testing.assert_array_equal(again.image, result.image)
        assert again.provenance["mask_sha256"] == written["mask_sha256"]

    def test_it_says_what_ran(self, tissue, scratch):
        result = fill(tissue, scratch, colorizer="progressive", seed=4)
        known = result.provenance
        assert (known["method"], known["pipeline"]) == ("blend", "grey-rgb")
        assert known["colorizer"] == result.colorizer == "progressive"
        assert known["seed"] == 4
        assert known["device"] in device_module.DEVICES
        assert known["filled_pixels"] == scratch.sum()
        assert known["value_range"] == [0, 255]
        assert known["seconds"] == pytest.approx(result.seconds, abs=1e-3)
        assert set(known["versions"]) >= {"napari-greyfill", "numpy", "torch"}
        assert "torch" not in fill(tissue, scratch).provenance["versions"]

    def test_another_mask_has_another_hash(self, cell, scratch):
        first, second = (
            fill(cell, mask).provenance["mask_sha256"] for mask in (scratch, grow(scratch, 1))
        )
        assert first != second


class Hungry(Colorizer):
    """Runs out of memory on everything but the CPU, where it fills with grey."""

    def run(self, colour, grey, hole, hints=None):
        yield Level("starting", 0.5)
        if self.compute.device != "cpu":
            raise OutOfMemoryError("The device cuda is full; choose the CPU.")
        return Colours(with_luma(grey, np.zeros((*grey.shape, 2), np.float32)))


class TestDevices:
    @pytest.mark.parametrize("call", ["fill", "colorize"])
    def test_a_device_that_does_not_work_is_replaced_and_said(
        self, call, tissue, scratch, monkeypatch
    ):
        monkeypatch.setattr(device_module, "_accelerators", list)
        with pytest.warns(GreyfillWarning, match="cuda does not work here.*CPU") as caught:
            if call == "fill":
                result = fill(tissue, scratch, device="cuda", colorizer="progressive")
                assert result.provenance["device"] == "cpu"
                assert "cuda does not work" in result.notes[0]
            else:
                colorize(tissue, tissue[..., 1], scratch, device="cuda", method="progressive")
        assert [entry.filename for entry in caught] == [__file__]

    @pytest.mark.parametrize("method", ["blend", "spectral"])
    def test_what_runs_in_numpy_says_that_cuda_does_not_work(
        self, method, cell, scratch, monkeypatch
    ):
        monkeypatch.setattr(device_module, "_accelerators", list)
        with pytest.warns(GreyfillWarning, match="cuda does not work here.*CPU"):
            result = fill(cell, scratch, device="cuda", method=method)
        assert result.provenance["device"] == "cpu"
        assert "torch" not in result.provenance["versions"]

    def test_the_cpu_goes_on_where_cuda_is_full(self, cell, scratch, every_step, monkeypatch):
        monkeypatch.setattr(device_module, "_accelerators", lambda: ["cuda"])

        def full(*_, **__):
            raise OutOfMemoryError("The device cuda is full; choose the CPU.")
            yield

        monkeypatch.setattr(spectral_module, "conditional_means", full)
        result, steps = run(cell, scratch, method="spectral", device="cuda")
        notes = [step.text for step in steps if isinstance(step, Note)]
        assert notes[-1].endswith("the CPU goes on instead.")
        assert result.provenance["device"] == "cuda, cpu"
        assert "torch" in result.provenance["versions"]
        expected = fill(cell, scratch, method="spectral", device="cpu")
        np.testing.assert_array_equal(result.image, expected.image)

    @pytest.mark.parametrize(
        "options", [{"device": "mps"}, {"pipeline": "rgb-rgb", "method": "biharmonic"}]
    )
    def test_without_a_network_the_device_does_not_matter(
        self, options, tissue, scratch, monkeypatch
    ):
        monkeypatch.setattr(device_module, "_accelerators", list)
        result = fill(tissue, scratch, **{"device": "cuda", **options})
        assert result.notes == ()
        assert result.provenance["device"] == "cpu"
        assert "torch" not in result.provenance["versions"]

    @pytest.mark.parametrize("colorizer", ["hybrid", "examples", "propagation"])
    def test_closed_forms_on_a_full_cuda_device_go_on_on_the_cpu(
        self, colorizer, tissue, scratch, monkeypatch
    ):
        def full(*_):
            raise torch.OutOfMemoryError

        options = {"method": "biharmonic", "colorizer": colorizer}
        expected = fill(tissue, scratch, **options)
        monkeypatch.setattr(job_module, "choose_device", lambda _: ("cuda", ""))
        monkeypatch.setattr(torch, "from_numpy", full)
        result = quiet_fill(tissue, scratch, **options, device="cuda")
        assert result.notes == ("The device cuda has too little memory: the CPU goes on instead.",)
        assert result.provenance["device"] == "cuda, cpu"
        assert "torch" in result.provenance["versions"]
        np.testing.assert_array_equal(result.image, expected.image)

    def test_a_full_accelerator_hands_over_to_the_cpu(
        self, registered, every_step, tissue, scratch, monkeypatch
    ):
        monkeypatch.setattr(job_module, "choose_device", lambda _: ("cuda", ""))
        registered(COLORIZERS, Hungry, "colorizer", uses_torch=True)
        result, steps = run(tissue, scratch, method="biharmonic", colorizer="mine", device="cuda")
        (note,) = [step for step in steps if isinstance(step, Note)]
        order = [getattr(getattr(step, "source", step), "stage", type(step)) for step in steps]
        assert order.index("grey") < order.index(Note) < order.index("done")
        assert note.text == result.notes[0]
        assert note.text.endswith("the CPU goes on instead.")
        assert result.provenance["notes"] == [note.text]
        assert result.provenance["device"] == "cuda, cpu"
        filled = result.image[scratch].astype(int)
        assert np.ptp(filled, axis=-1).max() == 0

    def test_so_does_one_that_is_full_in_the_first_stage(
        self, registered, every_step, monkeypatch
    ):
        class Large(Inpainter):
            def run(self, plane, hole, unknown=None):
                yield 0.5
                if self.compute.device != "cpu":
                    raise OutOfMemoryError("The device cuda is full; choose the CPU.")
                return Fill(np.full_like(plane, 0.5))

        monkeypatch.setattr(job_module, "choose_device", lambda _: ("cuda", ""))
        registered(INPAINTERS, Large, "inpainter", uses_torch=True)
        image = np.random.default_rng(0).random((60, 900))
        mask = np.zeros(image.shape, bool)
        mask[30, [30, 450, 870]] = True
        result, steps = run(image, mask, method="mine", device="cuda")
        (note,) = [step for step in steps if isinstance(step, Note)]
        assert result.notes == (note.text,)
        np.testing.assert_allclose(result.image[mask], 0.5)

    def test_a_full_cpu_is_an_error(self, registered, tissue, scratch, monkeypatch):
        class Hungrier(Hungry):
            def run(self, colour, grey, hole, hints=None):
                yield Level("starting", 0.5)
                raise OutOfMemoryError("There is no memory left; paint a smaller mask.")

        registered(COLORIZERS, Hungrier, "colorizer")
        with pytest.raises(OutOfMemoryError, match="paint a smaller mask"):
            fill(tissue, scratch, colorizer="mine")


class TestColorize:
    @pytest.mark.parametrize("method", ["propagation", "progressive"])
    def test_it_is_the_second_stage(self, method, tissue, scratch):
        image = tissue / 255
        whole = fill(image, scratch, colorizer=method, seed=3)
        again = colorize(image, whole.grey, scratch, method=method, seed=3)
        assert np.abs(again - whole.image).max() < 1e-5
        np.testing.assert_array_equal(again[~scratch], image[~scratch])

    def test_it_keeps_type_shape_and_alpha(self, tissue, scratch):
        image = np.dstack([tissue, np.arange(120, dtype=np.uint8) * np.ones((96, 1), np.uint8)])
        result = colorize(image, tissue[..., 1], scratch)
        assert result.dtype == np.uint8
        np.testing.assert_array_equal(result[~scratch], image[~scratch])
        np.testing.assert_array_equal(result[..., 3], image[..., 3])
        assert np.abs(luma(result[..., :3].astype(np.float32)) - tissue[..., 1])[scratch].max() < 1

    def test_only_the_grey_in_the_hole_counts(self, tissue, scratch):
        grey = tissue[..., 1].astype(float)
        outside = np.where(scratch, grey, np.nan)
        np.testing.assert_array_equal(
            colorize(tissue, outside, scratch), colorize(tissue, grey, scratch)
        )

    def test_it_needs_colour_and_grey_of_one_size(self, tissue, cell, scratch):
        with pytest.raises(UnsupportedImageError, match="pass a colour image"):
            colorize(cell, cell, scratch)
        with pytest.raises(ShapeMismatchError, match="one grey value for each pixel"):
            colorize(tissue, tissue, scratch)
        with pytest.raises(UnsupportedImageError, match="fill it first"):
            colorize(tissue, np.where(scratch, np.nan, 0.5), scratch)


@pytest.mark.gpu
@pytest.mark.parametrize("colorizer", ["progressive", "hybrid", "propagation"])
def test_a_fill_on_cuda(colorizer, tissue, scratch):
    result = fill(tissue / 255, scratch, colorizer=colorizer, device="cuda")
    assert result.provenance["device"] == "cuda"
    assert result.notes == ()
    own = luma(result.image.astype(np.float32))
    assert np.abs(own - result.grey)[scratch].max() < 1e-5


@pytest.mark.gpu
@pytest.mark.parametrize("method", ["spectral", "correction", "blend", "texture"])
def test_what_runs_in_numpy_runs_on_cuda_too(method, cell, scratch):
    result = fill(cell, scratch, method=method, device="cuda")
    assert result.provenance["device"] == "cuda"
    assert "torch" in result.provenance["versions"]
    assert result.notes == ()
    expected = fill(cell, scratch, method=method, device="cpu")
    assert expected.provenance["device"] == "cpu"
    known = ~scratch
    np.testing.assert_array_equal(result.image[known], expected.image[known])
    apart = (result.image.astype(float) - expected.image)[scratch]
    assert np.sqrt(np.mean(apart**2)) < 0.5 * cell.std()


@pytest.mark.parametrize("choice", [{"method": "texture"}, {"look": "texture"}])
def test_a_method_that_copies_colours_fills_in_colour_and_says_so(astronaut, choice):
    hole = np.zeros(astronaut.shape[:2], bool)
    hole[20:60, 30:70] = True
    result = fill(astronaut, hole, **choice)
    assert result.pipeline == result.provenance["pipeline"] == "rgb-rgb"
    assert "copies colours" in result.reason
    assert result.colorizer == ""
    explicit = fill(astronaut, hole, pipeline="rgb-rgb", **choice)
    np.testing.assert_array_equal(result.image, explicit.image)
    assert "copies colours" not in explicit.reason


def test_a_comparison_keeps_each_pipeline_of_a_method_that_copies_colours(astronaut):
    hole = np.zeros(astronaut.shape[:2], bool)
    hole[20:60, 30:70] = True
    rows = compare(astronaut, hole, methods=["texture"]).rows
    assert [row.result.pipeline for row in rows] == list(PIPELINES)
