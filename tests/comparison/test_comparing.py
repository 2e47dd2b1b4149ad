import csv
import io

import numpy as np
import pytest

import napari_greyfill
from napari_greyfill import Result, compare, compare_steps, metrics
from napari_greyfill.colorization import COLORIZERS, Colorizer, Colours
from napari_greyfill.comparison import Choices, Combination, combinations
from napari_greyfill.comparison.comparing import NO_REFERENCE
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import (
    BadParameterError,
    CancelledError,
    EmptyMaskError,
    GreyfillWarning,
    MissingWeightsError,
    ShapeMismatchError,
)
from napari_greyfill.inpaint import INPAINTERS, Fill, Inpainter

PIPELINES = ("grey-rgb", "rgb-grey-rgb", "rgb-rgb")


@pytest.fixture
def add_inpainter(monkeypatch):
    monkeypatch.setattr(INPAINTERS, "_entries", dict(INPAINTERS._entries))

    def add(name, cls, **kwargs):
        INPAINTERS.add(MethodInfo(name, name, "inpainter", summary="For tests."), cls, **kwargs)

    return add


@pytest.fixture
def counting(add_inpainter):
    """Add a method that notes how many channels each plane has that it fills."""
    filled = []

    class Counting(Inpainter):
        def run(self, plane, hole, unknown=None):
            filled.append(plane.ndim)
            yield 0.5
            return Fill(np.where(hole if plane.ndim == 2 else hole[..., None], 0.5, plane))

    add_inpainter("counting", Counting)
    return filled


@pytest.fixture
def another_colorizer(monkeypatch):
    monkeypatch.setattr(COLORIZERS, "_entries", dict(COLORIZERS._entries))

    class Reddish(Colorizer):
        def run(self, colour, grey, hole, hints=None):
            yield from ()
            return Colours(np.dstack([np.ones_like(grey), grey, grey]))

    COLORIZERS.add(MethodInfo("reddish", "Reddish", "colorizer", summary="For tests."), Reddish)


@pytest.fixture(scope="module")
def comparison(astronaut, scratch):
    return compare(astronaut, scratch, methods=["telea", "biharmonic"])


def named(comparison):
    return {row.combination: row for row in comparison.rows}


class TestWhatIsCompared:
    def test_every_combination_in_the_order_of_the_choices(self, astronaut, scratch):
        found = compare(astronaut, scratch, methods=["telea", "biharmonic"]).rows
        expected = [
            Combination(method, pipeline, "" if pipeline == "rgb-rgb" else COLORIZERS.auto)
            for method in ("telea", "biharmonic")
            for pipeline in PIPELINES
        ]
        assert [row.combination for row in found] == expected

    def test_every_result_is_that_of_fill(self, astronaut, scratch):
        for row in compare(astronaut, scratch, methods=["telea", "biharmonic"], grow=1).rows:
            method, pipeline = row.combination.method, row.combination.pipeline
            alone = napari_greyfill.fill(
                astronaut, scratch, method=method, pipeline=pipeline, grow=1
            )
            np.testing.assert_array_equal(row.image, alone.image)
            for key in ("method", "pipeline", "colorizer", "mask_sha256", "value_range"):
                assert row.provenance[key] == alone.provenance[key]
            again = napari_greyfill.fill(astronaut, scratch, **row.provenance["parameters"])
            np.testing.assert_array_equal(again.image, row.image)

    def test_the_numbers_are_those_of_metrics(self, astronaut, scratch):
        comparison = compare(astronaut, scratch, methods=["telea"])
        for row in comparison.rows:
            assert row.metrics == pytest.approx(metrics(row.image, astronaut, comparison.hole))

    def test_a_grey_picture_is_filled_once_by_each_method(self, cell, scratch):
        rows = compare(cell, scratch, methods=["telea", "biharmonic"]).rows
        methods = ("telea", "biharmonic")
        assert [r.combination for r in rows] == [Combination(m, "grey") for m in methods]
        expected = napari_greyfill.fill(cell, scratch, method="telea").image
        np.testing.assert_array_equal(rows[0].image, expected)
        assert "delta_e" not in rows[0].metrics

    def test_names_are_resolved_and_listed_once(self):
        choices = Choices.of(["auto", INPAINTERS.auto], ["RGB2RGB", "rgb-rgb"], ["auto"])
        assert choices == Choices((INPAINTERS.auto,), ("rgb-rgb",), (COLORIZERS.auto,))
        assert combinations(choices, colour=True) == [Combination(INPAINTERS.auto, "rgb-rgb")]

    def test_by_default_all_methods_that_can_run_and_are_not_slow(self):
        infos = INPAINTERS.infos()
        available = tuple(info.name for info in infos if info.available and not info.slow)
        assert Choices.of().methods == available
        assert Choices.of().pipelines == PIPELINES

    @pytest.mark.parametrize(
        "names", [{"methods": ["nonsense"]}, {"pipelines": ["x"]}, {"colorizers": ["x"]}]
    )
    def test_unknown_names_are_refused_before_anything_runs(self, astronaut, scratch, names):
        with pytest.raises(BadParameterError, match="choose one of"):
            compare_steps(astronaut, scratch, **names)

    @pytest.mark.parametrize("names", [{"methods": []}, {"methods": ()}])
    def test_nothing_chosen_is_refused(self, names):
        with pytest.raises(BadParameterError, match="choose at least one"):
            Choices.of(**names)


class TestSharing:
    def test_grey_and_colour_are_filled_once(
        self, counting, another_colorizer, astronaut, scratch
    ):
        comparison = compare(
            astronaut, scratch, methods=["counting"], colorizers=["propagation", "reddish"]
        )
        assert len(comparison.rows) == 5
        assert counting == [2, 3]

    def test_what_is_not_asked_for_is_not_filled(self, counting, astronaut, scratch):
        compare(astronaut, scratch, methods=["counting"], pipelines=["rgb-rgb"])
        assert counting == [3]

    def test_shared_seconds_count_in_every_row(self, add_inpainter, astronaut, scratch):
        import time

        class Slow(Inpainter):
            def run(self, plane, hole, unknown=None):
                time.sleep(0.05)
                yield 0.5
                return Fill(plane)

        add_inpainter("slow", Slow)
        rows = compare(astronaut, scratch, methods=["slow"]).rows
        assert all(row.seconds >= 0.05 for row in rows)
        assert all(row.peak_memory >= 0 for row in rows)


class TestFailing:
    @pytest.mark.parametrize("error", [RuntimeError("a bug"), MemoryError("no room")])
    def test_a_failing_method_has_rows_and_the_others_go_on(
        self, add_inpainter, astronaut, scratch, error
    ):
        class Broken(Inpainter):
            def run(self, plane, hole, unknown=None):
                yield 0.5
                raise error

        add_inpainter("broken", Broken)
        comparison = compare(astronaut, scratch, methods=["broken", "telea"])
        broken, whole = comparison.rows[:3], comparison.rows[3:]
        for row in broken:
            assert row.error == f"{type(error).__name__}: {error}"
            assert row.image is None
            assert row.seconds is None
            assert row.metrics == {}
        assert all(row.image is not None and not row.error for row in whole)
        assert str(error) in comparison.to_markdown()

    def test_a_failing_colorizer_does_not_cost_the_rows_without_it(
        self, monkeypatch, another_colorizer, astronaut, scratch
    ):
        class Broken(Colorizer):
            def run(self, colour, grey, hole, hints=None):
                yield from ()
                raise RuntimeError("a bug")

        COLORIZERS.add(MethodInfo("broken", "B", "colorizer", summary="For tests."), Broken)
        rows = compare(
            astronaut, scratch, methods=["telea"], colorizers=["broken", "propagation"]
        ).rows
        failed = {row.combination for row in rows if row.error}
        assert failed == {
            Combination("telea", "grey-rgb", "broken"),
            Combination("telea", "rgb-grey-rgb", "broken"),
        }

    def test_missing_weights_are_a_row_beside_others(self, astronaut, scratch):
        rows = compare(astronaut, scratch, methods=["gmcnn-celebahq", "telea"]).rows
        assert all("weights" in row.error for row in rows[:3])
        assert not any(row.error for row in rows[3:])

    def test_no_method_at_all_is_an_error(self, astronaut, scratch):
        with pytest.raises(MissingWeightsError, match="Choose a method that can run here"):
            compare(astronaut, scratch, methods=["gmcnn-celebahq"])

    def test_bad_input_is_an_error_and_no_row(self, astronaut, scratch):
        with pytest.raises(EmptyMaskError):
            compare(astronaut, np.zeros_like(scratch), methods=["telea"])
        with pytest.raises(ShapeMismatchError, match="paint the mask"):
            compare(astronaut, scratch[:-1], methods=["telea"])
        with pytest.raises(ShapeMismatchError, match="choose a reference"):
            compare(astronaut, scratch, methods=["telea"], reference=astronaut[:-1])

    def test_mostly_masked_pictures_warn_of_the_polarity(self, astronaut, scratch):
        with pytest.warns(GreyfillWarning, match=r"9\d% of the picture is masked.*invert"):
            comparison = compare(astronaut, ~scratch, methods=["telea"], pipelines=["rgb-rgb"])
        assert len(comparison.notes) == 1


class TestReference:
    def test_none_leaves_the_metrics_empty_and_says_why(self, astronaut, scratch):
        comparison = compare(astronaut, scratch, methods=["telea"], reference=None)
        assert all(row.metrics == {} for row in comparison.rows)
        assert comparison.why_no_metrics == NO_REFERENCE
        assert NO_REFERENCE in comparison.to_markdown()
        assert compare(astronaut, scratch, methods=["telea"]).why_no_metrics == ""

    def test_another_picture(self, astronaut, scratch):
        damaged = np.where(scratch[..., None], np.uint8(255), astronaut)
        comparison = compare(damaged, scratch, methods=["telea"], reference=astronaut)
        for row in comparison.rows:
            assert row.metrics == pytest.approx(metrics(row.image, astronaut, scratch))

    def test_alpha_does_not_matter(self, astronaut, scratch):
        opaque = np.dstack([astronaut, np.full(scratch.shape, 7, np.uint8)])
        row = compare(opaque, scratch, methods=["telea"], pipelines=["rgb-rgb"]).rows[0]
        plain = compare(astronaut, scratch, methods=["telea"], pipelines=["rgb-rgb"]).rows[0]
        assert row.metrics == plain.metrics
        assert (row.image[..., 3] == 7).all()


class TestSteps:
    def test_fractions_rise_to_one_and_rows_come_one_by_one(self, astronaut, scratch):
        steps = list(compare_steps(astronaut, scratch, methods=["telea", "biharmonic"]))
        fractions = [step.fraction for step in steps]
        assert fractions == sorted(fractions)
        assert fractions[-1] == 1.0
        assert sum(isinstance(step, Result) for step in steps) == 6

    def test_cancelled_and_continued_is_as_if_it_had_run_through(
        self, counting, astronaut, scratch
    ):
        arguments = {"methods": ["telea", "counting"]}
        done = []
        stop = False
        work = compare_steps(astronaut, scratch, cancelled=lambda: stop, **arguments)
        with pytest.raises(CancelledError):
            for step in work:
                if isinstance(step, Result):
                    done.append(step.value)
                stop = len(done) == 4
        assert counting == [2, 3] or counting == [2]
        counting.clear()
        rest = compare_steps(astronaut, scratch, done=done, **arguments)
        comparison = exhaust(rest)
        assert counting == [3]
        whole = named(compare(astronaut, scratch, **arguments))
        for combination, row in named(comparison).items():
            np.testing.assert_array_equal(row.image, whole[combination].image)
            assert row.metrics == whole[combination].metrics
        assert list(named(comparison)) == list(whole)

    def test_nothing_is_left_to_do_if_all_is_done(self, counting, astronaut, scratch):
        first = compare(astronaut, scratch, methods=["counting"])
        counting.clear()
        again = exhaust(compare_steps(astronaut, scratch, methods=["counting"], done=first.rows))
        assert counting == []
        assert again.rows == first.rows


class TestTables:
    def test_best_of_each_column(self, comparison):
        best = comparison.best()
        for key, better in (("psnr", max), ("mae", min), ("delta_e", min)):
            values = [row.metrics[key] for row in comparison.rows]
            assert values.index(better(values)) in best[key]
        seconds = [row.seconds for row in comparison.rows]
        assert seconds.index(min(seconds)) in best["seconds"]
        assert "method" not in best

    def test_csv_holds_every_number_in_full(self, comparison, tmp_path):
        text = comparison.to_csv(tmp_path / "table.csv")
        assert (tmp_path / "table.csv").read_text(encoding="utf-8") == text
        lines = list(csv.DictReader(io.StringIO(text)))
        for line, row in zip(lines, comparison.rows, strict=True):
            assert line["pipeline"] == row.combination.pipeline
            assert {key: float(line[key]) for key in row.metrics} == row.metrics

    def test_what_people_read_marks_the_best(self, comparison):
        row = comparison.rows[max(comparison.best()["psnr"])]
        shown = f"{row.metrics['psnr']:.2f}"
        assert f"**{shown}**" in comparison.to_markdown()
        assert rf"\textbf{{{shown}}}" in comparison.to_latex()
        assert f"<strong>{shown}</strong>" in comparison.to_html()

    def test_the_data_frame_has_every_row(self, comparison):
        frame = comparison.to_dataframe()
        assert frame["method"].tolist() == [row.combination.method for row in comparison.rows]
        assert (frame["pixels"] == comparison.hole.sum()).all()

    def test_an_unwritable_path_is_a_sentence(self, comparison, tmp_path):
        with pytest.raises(napari_greyfill.GreyfillError, match="choose another folder"):
            comparison.to_csv(tmp_path / "none" / "table.csv")


@pytest.mark.parametrize("colours", [(), (3,)])
def test_axes_of_length_one_do_not_matter(colours):
    image = np.random.default_rng(0).integers(0, 255, (9, 8, *colours), dtype=np.uint8)
    hole = np.zeros((9, 8), bool)
    hole[3:5, 3:5] = True
    choices = {"methods": ["biharmonic"], "pipelines": ["rgb-rgb"]}
    expected = compare(image, hole, **choices).rows[0]
    row = compare(image[None], hole[None], **choices).rows[0]
    assert row.metrics == expected.metrics
    np.testing.assert_array_equal(row.image[0], expected.image)


def test_an_image_that_is_damaged_under_the_mask_is_no_truth(scratch, astronaut):
    damaged = np.where(scratch[..., None], np.uint8(255), astronaut)
    with pytest.warns(GreyfillWarning, match=r"covers damage.*choose the intact image"):
        comparison = compare(damaged, scratch, methods="telea", pipelines="rgb-rgb")
    assert any("covers damage" in note for note in comparison.notes)
    quiet = compare(damaged, scratch, methods="telea", pipelines="rgb-rgb", reference=astronaut)
    assert quiet.notes == ()
