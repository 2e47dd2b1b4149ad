import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_greyfill import FillOptions, compare
from napari_greyfill.comparison import Choices, Combination, Row
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import BadParameterError, UnreadableFileError, UnwritablePathError
from napari_greyfill.files import read_image
from napari_greyfill.inpaint import INPAINTERS, Inpainter
from napari_greyfill.stack.scheduler import local_cluster
from napari_greyfill.study import StudyFolder, StudySettings, study_steps, write_report
from napari_greyfill.study.folder import Skipped
from napari_greyfill.study.pictures import read_subject
from napari_greyfill.study.run import pictures_of
from napari_greyfill.study.summary import compared, means_of
from napari_greyfill.study.tables import all_means, study_table
from tests.inpainters import Broken

USED = ("cell.png", "face.png", "scenes/face.png")


def opened(path, settings, **kwargs):
    folder = StudyFolder(path)
    folder.open(settings, **kwargs)
    return folder


def run(settings, path, jobs=1, **kwargs):
    folder = opened(path, settings, **kwargs)
    steps = list(study_steps(settings, folder, jobs=jobs))
    return folder, steps


def metrics_of(folder):
    return {key: row.metrics for key, row in folder.rows.items()}


class TestRun:
    def test_every_usable_picture_in_every_way(self, settings, tmp_path):
        folder, steps = run(settings, tmp_path / "out")
        expected = [("cell.png", Combination("telea", "grey"))]
        expected += [
            (picture, Combination("telea", pipeline, colorizer))
            for picture in USED[1:]
            for pipeline, colorizer in (("grey-rgb", "propagation"), ("rgb-rgb", ""))
        ]
        assert list(folder.rows) == expected
        assert set(folder.skipped) == {"broken.jpg", "tiny.png"}
        fractions = [step.fraction for step in steps]
        assert fractions == sorted(fractions)
        assert fractions[-1] == 1.0

    def test_rows_are_those_of_compare(self, settings, tmp_path):
        folder, _ = run(settings, tmp_path / "out")
        subject = read_subject("scenes/face.png", settings)
        expected = compare(
            subject.image,
            subject.hole,
            methods="telea",
            pipelines=["grey-rgb", "rgb-rgb"],
            colorizers="propagation",
        )
        for row in expected.rows:
            assert folder.rows["scenes/face.png", row.combination].metrics == row.metrics

    def test_processes_find_the_same(self, settings, tmp_path):
        alone, _ = run(settings, tmp_path / "one")
        together, steps = run(settings, tmp_path / "two", jobs=2)
        assert metrics_of(together) == metrics_of(alone)
        assert together.skipped == alone.skipped
        assert steps[-1].fraction == 1.0

    def test_a_cluster_finds_the_same_from_another_folder(self, settings, tmp_path, monkeypatch):
        pytest.importorskip("distributed")
        alone, _ = run(settings, tmp_path / "one")
        with local_cluster(1) as client:
            monkeypatch.chdir(tmp_path)  # where no worker was started
            near = replace(settings, dataset=settings.dataset_path.name)
            folder = opened(Path("two"), near)
            steps = list(study_steps(near, folder, client=client))
        assert metrics_of(folder) == metrics_of(alone)
        assert folder.skipped.keys() == alone.skipped.keys()
        assert steps[-1].fraction == 1.0
        assert (tmp_path / "two" / "thumbnails" / "cell.png").is_dir()

    def test_a_failing_method_is_a_row(self, settings, tmp_path):
        choices = replace(settings.choices, methods=("telea", "gmcnn-celebahq"))
        folder, _ = run(replace(settings, choices=choices), tmp_path / "out")
        errors = {key[1].method for key, row in folder.rows.items() if row.error}
        assert errors == {"gmcnn-celebahq"}

    def test_the_output_within_the_data_set_is_not_part_of_it(self, settings, dataset):
        folder, _ = run(settings, dataset / "out")
        again = pictures_of(settings, folder)
        assert not [name for name in again if name.startswith("out/")]


class TestGoingOn:
    def test_a_stopped_study_goes_on_where_it_was(self, settings, tmp_path, monkeypatch):
        whole, _ = run(settings, tmp_path / "whole")
        path = tmp_path / "out"
        folder = opened(path, settings)
        steps = study_steps(settings, folder)
        while len(folder.rows) < 2:
            next(steps)
        steps.close()
        # as a kill in the middle of writing would leave it
        with (path / "rows.jsonl").open("a", encoding="utf-8") as file:
            file.write('{"picture": "face.png", "meth')
        filled = []
        method = INPAINTERS._entries["telea"]
        monkeypatch.setattr(INPAINTERS, "_entries", dict(INPAINTERS._entries))

        class Watched(Inpainter):
            def run(self, plane, hole, unknown=None):
                filled.append(plane.ndim)
                return (yield from method.create(self.compute).run(plane, hole, unknown))

        INPAINTERS.add(method.info, Watched)
        folder, _ = run(settings, path, resume=True)
        assert metrics_of(folder) == metrics_of(whole)
        assert filled == [3, 2, 3]  # of face.png only the colour was missing
        lines = (path / "rows.jsonl").read_text(encoding="utf-8").splitlines()
        assert all(json.loads(line) for line in lines)

    def test_nothing_is_left_to_do(self, settings, tmp_path):
        run(settings, tmp_path / "out")
        folder, steps = run(settings, tmp_path / "out", resume=True)
        assert len(folder.rows) == 5
        assert not [step for step in steps if isinstance(getattr(step, "value", None), Row)]

    def test_failed_rows_are_tried_again(self, settings, tmp_path, monkeypatch):
        monkeypatch.setattr(INPAINTERS, "_entries", dict(INPAINTERS._entries))

        working = INPAINTERS._entries["telea"]
        INPAINTERS.add(MethodInfo("telea", "Telea", "inpainter", summary="x"), Broken)
        folder, _ = run(settings, tmp_path / "out")
        assert all(row.error for row in folder.rows.values())
        INPAINTERS._entries["telea"] = working
        folder, _ = run(settings, tmp_path / "out", resume=True)
        assert len(folder.rows) == 5
        assert not any(row.error for row in folder.rows.values())

    def test_a_larger_count_adds_pictures(self, settings, tmp_path):
        few = replace(settings, count=1)
        first, _ = run(few, tmp_path / "out")
        more, _ = run(replace(settings, count=0), tmp_path / "out", resume=True)
        assert metrics_of(first).items() <= metrics_of(more).items()
        assert set(more.skipped) | {name for name, _ in more.rows} == {
            *USED, "broken.jpg", "tiny.png",
        }  # fmt: skip

    def test_other_settings_do_not_go_together(self, settings, tmp_path):
        opened(tmp_path / "out", settings)
        other = replace(settings, options=FillOptions(seed=5), share=0.2)
        with pytest.raises(UnreadableFileError, match=r"other settings \(share, seed\)"):
            opened(tmp_path / "out", other, resume=True)

    def test_damaged_lines_are_told(self, settings, tmp_path):
        run(settings, tmp_path / "out")
        rows = tmp_path / "out" / "rows.jsonl"
        rows.write_text("nonsense\n" + rows.read_text(encoding="utf-8"), encoding="utf-8")
        with pytest.raises(UnreadableFileError, match=r"Line 1 of .* is damaged"):
            opened(tmp_path / "out", settings, resume=True)

    def test_damaged_settings_are_told(self, settings, tmp_path):
        opened(tmp_path / "out", settings)
        (tmp_path / "out" / "settings.json").write_text("{}")
        with pytest.raises(UnreadableFileError, match="add --force"):
            opened(tmp_path / "out", settings, resume=True)


class TestFolder:
    def test_a_study_is_never_overwritten_without_being_told_to(self, settings, tmp_path):
        run(settings, tmp_path / "out")
        before = (tmp_path / "out" / "rows.jsonl").read_bytes()
        with pytest.raises(UnwritablePathError, match=r"--resume .* --force"):
            opened(tmp_path / "out", settings)
        assert (tmp_path / "out" / "rows.jsonl").read_bytes() == before
        assert opened(tmp_path / "out", settings, force=True).rows == {}
        assert not (tmp_path / "out" / "rows.jsonl").exists()

    def test_other_files_are_left_alone(self, settings, tmp_path):
        (tmp_path / "notes.txt").write_text("mine")
        with pytest.raises(UnwritablePathError, match="not empty"):
            opened(tmp_path, settings)
        opened(tmp_path, settings, force=True)
        opened(tmp_path, settings, force=True)
        assert (tmp_path / "notes.txt").read_text() == "mine"

    def test_a_file_is_no_folder(self, settings, tmp_path):
        (tmp_path / "out").write_text("")
        with pytest.raises(UnwritablePathError, match="is a file"):
            opened(tmp_path / "out", settings)

    def test_rows_survive_as_they_were(self, settings, tmp_path):
        folder = opened(tmp_path / "out", settings)
        row = Row(
            Combination("telea", "rgb-rgb"),
            "a.png",
            {"psnr": float("inf"), "ssim": float("nan"), "mae": 0.1 + 0.2},
            1.5,
            12345,
        )
        folder.add(row)
        folder.add(Skipped("b.png", "It is broken."))
        again = opened(tmp_path / "out", settings, resume=True)
        found = again.rows["a.png", row.combination]
        assert (found.seconds, found.peak_memory) == (1.5, 12345)
        np.testing.assert_equal(found.metrics, row.metrics)
        assert again.skipped == {"b.png": "It is broken."}
        for line in (folder.path / "rows.jsonl").read_text().splitlines():
            json.loads(line, parse_constant=pytest.fail)  # no NaN or Infinity, as JSON has none

    def test_settings_survive_as_they_were(self, settings):
        stored = json.loads(json.dumps(settings.to_dict()))
        assert StudySettings.from_dict(stored) == settings


@pytest.mark.parametrize(
    "values", [{"share": 0.0}, {"share": 1.0}, {"count": -1}, {"invert": True}]
)
def test_settings_out_of_range(settings, values):
    with pytest.raises(BadParameterError):
        replace(settings, **values)


def made_up(numbers):
    """Rows from {picture: {pipeline: psnr}}."""
    return [
        Row(
            Combination("telea", pipeline, "" if pipeline == "rgb-rgb" else "propagation"),
            picture,
            {"psnr": value, "ssim": value / 100},
            seconds=value,
        )
        for picture, by_pipeline in numbers.items()
        for pipeline, value in by_pipeline.items()
    ]


class TestSummary:
    ROWS = made_up(
        {
            "a": {"grey-rgb": 30.0, "rgb-rgb": 20.0},
            "b": {"grey-rgb": 20.0, "rgb-rgb": 22.0},
            "c": {"grey-rgb": 90.0},
        }
    )
    GREY_FIRST = Combination("telea", "grey-rgb", "propagation")

    def test_means_are_over_the_same_pictures(self):
        means = means_of(self.ROWS, colour=True)
        assert means.pictures == ["a", "b"]
        assert means.left_out == 1
        assert means.frame["pipeline"].tolist() == ["grey-rgb", "rgb-rgb"]
        assert means.frame["psnr"].tolist() == [25.0, 21.0]

    def test_a_method_that_never_works_costs_no_means(self):
        failed = Row(Combination("broken", "rgb-rgb"), "a", error="It failed.")
        means = means_of([*self.ROWS, failed], colour=True)
        assert means.frame["method"].tolist() == ["telea", "telea"]
        assert means.pictures == ["a", "b"]

    def test_infinite_numbers_are_left_out_of_means(self):
        equal = Row(self.GREY_FIRST, "d", metrics={"psnr": float("inf"), "ssim": 1.0})
        only_first = [row for row in self.ROWS if row.combination == self.GREY_FIRST]
        means = means_of([*only_first, equal], colour=True)
        assert len(means.pictures) == 4
        assert means.frame["psnr"].tolist() == [pytest.approx((30 + 20 + 90) / 3)]

    def test_where_no_picture_is_whole_there_are_dashes(self):
        means = means_of([self.ROWS[0], self.ROWS[3]], colour=True)
        assert (means.pictures, means.left_out) == ([], 2)
        assert all_means(means).lines == (
            ("telea", "Grey-RGB", "propagation"), ("telea", "RGB-RGB", "–"),
        )  # fmt: skip

    def test_table_of_the_study(self):
        table = study_table(means_of(self.ROWS, colour=True))
        assert table.header == ("Pipeline", "telea PSNR", "telea SSIM")
        assert table.lines == (("Grey-RGB", "25.00", "0.2500"), ("RGB-RGB", "21.00", "0.2100"))
        assert table.bold == {(0, 1), (0, 2)}

    def test_all_means_name_their_columns(self):
        table = all_means(means_of(self.ROWS, colour=True))
        assert table.header == ("Method", "Pipeline", "Colorizer", "PSNR", "SSIM", "Seconds")
        assert table.lines[1] == ("telea", "RGB-RGB", "–", "21.00", "0.2100", "21.00")

    def test_pairs_differ_in_one_thing(self):
        found = [one for one in compared(self.ROWS) if one.metric.key == "psnr"]
        assert len(found) == 1
        assert found[0].first == self.GREY_FIRST
        assert found[0].result.mean == (10 - 2) / 2
        assert (found[0].result.wins, found[0].result.losses) == (1, 1)


class TestReport:
    @pytest.fixture
    def written(self, settings, tmp_path):
        choices = Choices(("telea", "gmcnn-celebahq"), ("grey-rgb", "rgb-rgb"), ("propagation",))
        settings = replace(settings, choices=choices)
        folder, _ = run(settings, tmp_path / "out")
        paths = write_report(settings, folder, pictures_of(settings, folder), ["svg"])
        return folder, paths

    def test_every_file_is_there(self, written):
        folder, paths = written
        names = {path.name for path in paths}
        assert {"report.md", "report.html", "table.csv", "contact_sheet.png"} <= names
        assert "bars_psnr.svg" in names
        assert all(path.stat().st_size for path in paths)
        assert paths[0] == folder.path / "report.md"

    @pytest.mark.torch  # without it a network lacks more than its weights
    def test_it_says_what_was_used_skipped_and_failed(self, written):
        folder, _ = written
        for name in ("report.md", "report.html"):
            text = (folder.path / name).read_text(encoding="utf-8")
            assert "3 pictures" in text
            assert "2 pictures skipped" in text
            assert "tiny.png" in text
            assert "its weights are not here" in text
            assert "bars_psnr.png" in text
            assert "numpy" in text

    def test_the_table_holds_the_rows(self, written):
        folder, _ = written
        with (folder.path / "table.csv").open(encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        assert len(lines) == len(folder.rows)
        for line in lines:
            key = (
                line["picture"],
                Combination(line["method"], line["pipeline"], line["colorizer"]),
            )
            expected = folder.rows[key]
            assert (line["psnr"] == "") == bool(expected.error)
            if not expected.error:
                assert float(line["psnr"]) == expected.metrics["psnr"]

    def test_small_pictures_of_everything(self, written, astronaut):
        folder, _ = written
        small = read_image(folder.thumbnail("face.png", "original")).array
        np.testing.assert_array_equal(small, astronaut)
        assert folder.thumbnail("scenes/face.png", "telea_grey-rgb_propagation").is_file()
        assert folder.thumbnail("cell.png", "telea_grey").is_file()

    def test_no_rows_at_all(self, settings, tmp_path, dataset):
        for name in USED:
            (dataset / name).unlink()
        folder, _ = run(settings, tmp_path / "out")
        write_report(settings, folder, pictures_of(settings, folder))
        text = (folder.path / "report.md").read_text(encoding="utf-8")
        assert "0 pictures" in text
        assert "2 pictures skipped" in text
