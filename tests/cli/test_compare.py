import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import napari_greyfill
from napari_greyfill.files import read_image, write_image
from tests.commandline import run

ROWS = "rows.jsonl"


@pytest.fixture
def folder(tmp_path, monkeypatch, astronaut, tissue, scratch):
    """A photograph with a mask, and a data set of two pictures."""
    write_image(tmp_path / "photo.png", astronaut)
    write_image(tmp_path / "mask.png", scratch)
    (tmp_path / "data").mkdir()
    write_image(tmp_path / "data" / "face.png", astronaut)
    write_image(tmp_path / "data" / "tissue.png", tissue)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compare(*arguments):
    return run("compare", "photo.png", "mask.png", "--methods", "telea", *arguments)


def evaluate(*arguments):
    return run("evaluate", "data", "-o", "out", "--methods", "telea", *arguments)


class TestCompare:
    def test_the_table_and_the_images(self, folder, astronaut, scratch):
        result = compare("-o", "out", "--pipelines", "grey-rgb,rgb-rgb")
        assert result.exit_code == 0
        expected = napari_greyfill.compare(
            astronaut, scratch, methods=["telea"], pipelines=["grey-rgb", "rgb-rgb"]
        )
        assert [line.split(" | ")[1] for line in result.stdout.splitlines()[2:]] == [
            "Grey-RGB",
            "RGB-RGB",
        ]
        image = read_image("out/telea_grey-rgb_hybrid.png").array
        np.testing.assert_array_equal(image, expected.rows[0].image)
        assert f"{expected.rows[1].metrics['ssim']:.4f}" in result.stdout
        names = {path.name for path in (folder / "out").iterdir()}
        assert {"comparison.csv", "comparison.md", "comparison.tex", "telea_rgb-rgb.png"} <= names

    @pytest.mark.parametrize(
        ("form", "start"), [("csv", "picture,method"), ("latex", r"\begin{tabular}")]
    )
    def test_other_formats(self, folder, form, start):
        assert compare("--format", form).stdout.startswith(start)

    def test_no_reference_says_so(self, folder):
        result = compare("--no-reference", "--pipelines", "rgb-rgb")
        assert "There is no reference" in result.stdout

    def test_another_reference(self, folder, astronaut, scratch):
        write_image(folder / "damaged.png", np.where(scratch[..., None], np.uint8(0), astronaut))
        arguments = ("mask.png", "--methods", "telea", "--format", "csv")
        damaged = run("compare", "damaged.png", *arguments, "--reference", "photo.png")
        intact = run("compare", "photo.png", *arguments)
        # the metrics, without seconds and memory
        assert [line.split(",")[:10] for line in damaged.stdout.splitlines()] == [
            line.split(",")[:10] for line in intact.stdout.splitlines()
        ]

    def test_damage_under_the_mask_is_warned_of(self, folder, astronaut, scratch):
        write_image(folder / "damaged.png", np.where(scratch[..., None], np.uint8(0), astronaut))
        arguments = ("compare", "damaged.png", "mask.png", "--methods", "telea")
        assert "choose the intact image" in run(*arguments).stderr
        assert "covers damage" not in run(*arguments, "--reference", "photo.png").stderr
        assert "covers damage" not in run(*arguments, "--no-reference").stderr

    def test_random_masks_give_means_with_intervals(self, folder, astronaut, scratch):
        choices = ("--pipelines", "rgb-rgb", "--random", "3", "--share", "0.03", "-o", "out")
        result = compare(*choices)
        assert result.exit_code == 0, result.stderr
        expected = napari_greyfill.compare_masks(
            astronaut, scratch, count=3, share=0.03, methods="telea", pipelines="rgb-rgb"
        )
        low, high = expected.rows[0].intervals["hole_psnr"]
        assert f"({low:.2f} … {high:.2f})" in result.stdout
        assert {path.name for path in (folder / "out").iterdir()} == {
            *("comparison.csv", "comparison.md", "comparison.tex"),
            *("masks.csv", "comparison_bars.png"),
        }

    def test_random_masks_need_no_mask(self, folder):
        arguments = ("--methods", "telea", "--pipelines", "rgb-rgb", "--mask-kind", "box")
        result = run("compare", "photo.png", *arguments, "--random", "2", "--format", "csv")
        assert result.exit_code == 0, result.stderr
        assert "hole_psnr_low" in result.stdout

    def test_figures_are_in_the_folder(self, folder):
        compare("-o", "out", "--pipelines", "rgb-rgb")
        for name in ("comparison_bars.png", "contact_sheet.png"):
            assert (folder / "out" / name).read_bytes().startswith(b"\x89PNG")

    def test_the_mask_the_other_way_round(self, folder, scratch):
        write_image(folder / "mask.png", ~scratch)
        plain = compare("--pipelines", "rgb-rgb")
        assert "invert" in plain.stderr
        inverted = compare("--pipelines", "rgb-rgb", "--invert")
        assert inverted.stderr == ""
        assert inverted.exit_code == 0

    @pytest.mark.parametrize(
        ("arguments", "code", "why"),
        [
            (("--format", "word"), 2, "choose one of: markdown"),
            (("--reference", "photo.png", "--no-reference"), 2, "exclude each other"),
            (("--random", "3", "--no-reference"), 2, "against the image itself"),
            (("--random", "3", "--mask-kind", "round"), 2, "kind of mask"),
            (("--pipelines", "x"), 2, "There is no pipeline"),
            (("--reference", "none.png"), 1, "There is no file"),
            (("-o", "data"), 1, "not empty"),
            (("-o", "photo.png"), 1, "is a file"),
        ],
    )
    def test_what_cannot_be_done(self, folder, arguments, code, why):
        result = compare(*arguments)
        assert (result.exit_code, result.stdout) == (code, "")
        assert why in result.stderr

    def test_no_mask_at_all(self, folder):
        result = run("compare", "photo.png")
        assert result.exit_code == 2
        assert "--random 10" in result.stderr

    def test_folders_in_use_need_force(self, folder):
        compare("-o", "out", "--pipelines", "rgb-rgb")
        assert compare("-o", "out", "--pipelines", "rgb-rgb").exit_code == 1
        assert compare("-o", "out", "--pipelines", "rgb-rgb", "--force").exit_code == 0

    @pytest.mark.torch
    def test_no_method_with_weights(self, folder):
        result = run("compare", "photo.png", "mask.png", "--methods", "gmcnn-celebahq")
        assert result.exit_code == 1
        assert "weights" in result.stderr


class TestEvaluate:
    def test_a_data_set(self, folder):
        (folder / "data" / "broken.png").write_bytes(b"x")
        result = evaluate()
        assert result.exit_code == 0
        assert result.stdout.startswith("2 of 3 pictures, 6 rows, 1 pictures skipped.")
        assert "broken.png skipped" in result.stderr
        assert (folder / "out" / "report.html").is_file()

    def test_a_study_is_continued_or_thrown_away_only_on_demand(self, folder):
        assert evaluate("--n", 1).exit_code == 0
        first = (folder / "out" / ROWS).read_bytes()
        refused = evaluate()
        assert refused.exit_code == 1
        assert "--resume" in refused.stderr
        assert evaluate("--resume").exit_code == 0
        assert (folder / "out" / ROWS).read_bytes().startswith(first)
        assert evaluate("--force", "--n", 1).exit_code == 0
        assert len((folder / "out" / ROWS).read_text().splitlines()) == 3

    def test_masks_by_name(self, folder, scratch):
        (folder / "masks").mkdir()
        write_image(folder / "masks" / "face.png", ~scratch)
        result = evaluate("--masks", "masks", "--invert")
        assert "1 of 2 pictures" in result.stdout
        assert "tissue.png skipped: There is no mask tissue" in result.stderr
        plain = evaluate("--masks", "masks", "--force")
        assert "invert the mask" in plain.stderr

    @pytest.mark.parametrize(
        ("arguments", "code", "why"),
        [
            (("--share", 1.5), 2, "between 0 and 1"),
            (("--mask-kind", "nonsense"), 2, "choose one of: free-form"),
            (("--figures", "doc"), 2, "choose of"),
            (("--resume", "--force"), 2, "exclude each other"),
            (("--invert",), 2, "give a folder of masks"),
        ],
    )
    def test_wrong_usage(self, folder, arguments, code, why):
        result = evaluate(*arguments)
        assert result.exit_code == code
        assert why in result.stderr

    def test_no_scheduler_is_a_sentence_and_leaves_nothing_behind(self, folder):
        pytest.importorskip("distributed")
        result = evaluate("--scheduler", "nonsense://127.0.0.1:9")
        assert result.exit_code == 1
        assert "No scheduler answers at nonsense" in result.stderr
        assert not (folder / "out").exists()

    def test_a_folder_without_pictures_leaves_nothing_behind(self, folder):
        (folder / "empty").mkdir()
        result = run("evaluate", "empty", "-o", "out")
        assert result.exit_code == 1
        assert not (folder / "out").exists()


SLOW = """
import time
from napari_greyfill.cli import main
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.inpaint.diffusion import Telea
class Slow(Telea):
    def run(self, plane, hole, unknown=None):
        time.sleep(0.25)
        return (yield from super().run(plane, hole, unknown))
entry = INPAINTERS._entries["telea"]
INPAINTERS.add(entry.info, Slow)
if __name__ == "__main__":
    main()
"""


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_study_goes_on_with_resume(folder, how, jobs):
    (folder / "slow.py").write_text(SLOW)
    for number in range(6):  # so that some are still to come whenever it ends
        shutil.copy(folder / "data" / "face.png", folder / "data" / f"again{number}.png")
    arguments = ["evaluate", "data", "-o", "out", "--methods", "telea", "--jobs", jobs]
    process = subprocess.Popen(
        [sys.executable, "slow.py", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    rows = folder / "out" / ROWS
    while process.poll() is None and not (rows.exists() and rows.read_text().count("\n") >= 2):
        time.sleep(0.02)
    if how == signal.SIGINT:
        os.killpg(process.pid, how)  # Ctrl-C goes to all processes of a terminal
    else:
        process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    before = rows.read_text()
    assert 2 <= before.count("\n") < 24
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "Go on with --resume" in errors
        assert "Traceback" not in errors
    assert evaluate("--resume").exit_code == 0
    lines = [json.loads(line) for line in rows.read_text().splitlines()]
    keys = [(line["picture"], line["pipeline"]) for line in lines]
    assert len(keys) == len(set(keys)) == 24
    assert rows.read_text().startswith(before[: before.rindex("\n") + 1])
