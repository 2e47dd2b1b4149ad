import json
import os
import re
import signal
import subprocess
import sys
import types
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import napari_greyfill
from napari_greyfill.cli import fill_run as filling
from napari_greyfill.cli import report
from napari_greyfill.compute.events import Progress
from napari_greyfill.files import read_image, write_image
from napari_greyfill.pipeline import run as pipeline
from tests.commandline import run


@pytest.fixture
def folder(tmp_path, monkeypatch, astronaut, scratch):
    """A folder with a photograph, the same with a scratch, and a mask of the scratch."""
    scratched = np.where(scratch[..., None], np.uint8(255), astronaut)
    write_image(tmp_path / "truth.png", astronaut)
    write_image(tmp_path / "photo.png", scratched)
    write_image(tmp_path / "mask.png", scratch)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(*arguments, output="out.png"):
    return run("fill", "photo.png", "mask.png", "-o", output, *arguments)


def files(folder):
    return {path.name for path in folder.rglob("*") if path.is_file()}


# What fill writes


def test_known_pixels_are_bit_identical_and_the_hole_is_filled(folder, scratch):
    assert fill().exit_code == 0
    before, after = read_image("photo.png").array, read_image("out.png").array
    assert after.dtype == before.dtype
    assert np.array_equal(after[~scratch], before[~scratch])
    assert (after[scratch] != before[scratch]).any(axis=-1).mean() > 0.9


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"pipeline": "rgb-grey-rgb", "colorizer": "propagation"},
        {"pipeline": "rgb-rgb", "method": "biharmonic", "seed": 3},
        {"grow": 2.5, "feather": 1.5, "device": "cpu"},
    ],
)
def test_the_result_is_that_of_the_library(folder, arguments, astronaut, scratch):
    options = [text for name, value in arguments.items() for text in (f"--{name}", value)]
    assert fill(*options).exit_code == 0
    photo = read_image("photo.png").array
    expected = napari_greyfill.fill(photo, scratch, **arguments).image
    assert np.array_equal(read_image("out.png").array, expected)


def test_only_the_chosen_labels_are_filled(folder, scratch):
    labels = scratch.astype(np.uint8)
    labels[60:75] *= 2
    labels[5:8, 5:8] = 3
    write_image("mask.png", labels)
    assert fill("--labels", "2,3").exit_code == 0
    before, after = read_image("photo.png").array, read_image("out.png").array
    changed = (before != after).any(axis=-1)
    assert changed[labels == 2].any()
    assert changed[labels == 3].any()
    assert not changed[labels < 2].any()


@pytest.mark.parametrize(("dtype", "suffix"), [("u2", ".png"), ("u2", ".tif"), ("f4", ".tif")])
def test_the_type_of_the_input_is_kept(folder, scratch, dtype, suffix):
    photo = read_image("photo.png").array.astype(dtype)
    photo = photo * 257 if dtype == "u2" else photo / 255
    write_image(f"deep{suffix}", photo)
    assert run("fill", f"deep{suffix}", "mask.png", "-o", f"out{suffix}").exit_code == 0
    after = read_image(f"out{suffix}").array
    assert after.dtype == dtype
    assert np.array_equal(after[~scratch], photo[~scratch])
    assert np.array_equal(after, napari_greyfill.fill(photo, scratch).image)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_alpha_is_kept(folder, scratch, suffix):
    grey = read_image("photo.png").array[..., 1]
    alpha = np.arange(grey.size, dtype=np.uint8).reshape(grey.shape)
    Image.fromarray(np.dstack([grey, alpha]), "LA").save("photo.png")
    assert fill(output=f"out{suffix}").exit_code == 0
    after = read_image(f"out{suffix}")
    assert np.array_equal(after.alpha, alpha)
    assert np.array_equal(after.array, napari_greyfill.fill(grey, scratch).image)


def test_steps_are_written_in_order(folder, scratch):
    result = fill("--steps", "a/steps")
    assert result.exit_code == 0
    expected = napari_greyfill.fill(read_image("photo.png").array, scratch).steps
    written = sorted(Path("a/steps").iterdir())
    names = [f"{n:02d}-{step.name.replace(' ', '-')}.png" for n, step in enumerate(expected, 1)]
    assert [path.name for path in written] == names
    for path, step in zip(written, expected, strict=True):
        assert np.array_equal(read_image(path).array, step.image)
    assert f"Wrote {len(names)} steps to {Path('a/steps')}." in result.stdout


def test_steps_of_floats_are_tiffs(folder):
    write_image("photo.tif", read_image("photo.png").array.astype(np.float32))
    assert run("fill", "photo.tif", "mask.png", "-o", "o.tif", "--steps", "s").exit_code == 0
    assert {path.suffix for path in Path("s").iterdir()} == {".tif"}


# What fill says


def test_the_summary(folder):
    result = fill()
    assert result.stdout.startswith("Wrote out.png: 600 pixels filled in ")
    first, why, second, end = result.stdout.split("\n")
    assert first.endswith(" by blend, then hybrid (grey-rgb).")
    assert why.endswith(": faithful suits it.")
    assert re.fullmatch(r"Expected error about \d+ grey levels?\.", second)
    assert (end, result.stderr) == ("", "")


def test_quiet_prints_nothing(folder):
    assert fill("--quiet").output == ""
    assert fill("-q", "--force").output == ""
    assert Path("out.png").exists()


def test_quiet_prints_warnings(folder):
    result = fill("--quiet", output="out.jpg")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == (
        "out.jpg: JPEG changes pixels outside the hole as well; "
        "write a PNG or TIFF file to keep them bit-identical.\n"
    )


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_notes_go_to_stderr(folder, option):
    write_image("photo.png", read_image("photo.png").array[..., 0])
    result = fill("--pipeline", "rgb-rgb", option)
    note = "The image is grey, so there is no colour to recover: only stage 1 ran."
    assert result.stderr == note + "\n"
    if option == "--json":
        assert json.loads(result.stdout)["notes"] == [note]


def test_soft_masks_are_pointed_out(folder, scratch):
    soft = scratch * np.uint8(255)
    soft[39, 20:90] = 100
    write_image("mask.png", soft)
    result = fill()
    assert result.exit_code == 0
    assert result.stderr.endswith("those above half count as painted.\n")
    assert "600 pixels" in result.stdout


def test_json(folder, scratch):
    result = fill("--json", "--reference", "truth.png", "--steps", "steps", "--seed", 5)
    found = json.loads(result.stdout)
    assert set(found) == {"output", "interval", "steps", "metrics", "notes", "provenance"}
    assert found["output"] == "out.png"
    assert {Path(path).name for path in found["steps"]} == files(folder / "steps")
    assert found["provenance"]["filled_pixels"] == np.count_nonzero(scratch)
    assert found["provenance"]["parameters"]["seed"] == 5
    assert found["provenance"]["parameters"]["labels"] is None
    assert result.stderr == ""


def test_metrics_are_those_of_the_library(folder, astronaut):
    photo, mask = read_image("photo.png").array, read_image("mask.png").array
    filled = napari_greyfill.fill(photo, mask, grow=1)
    expected = napari_greyfill.metrics(filled.image, astronaut, filled.hole)
    found = json.loads(fill("--json", "--grow", 1, "--reference", "truth.png").stdout)
    assert found["metrics"] == pytest.approx(expected, rel=1e-9)  # sums in another order
    text = fill("--grow", 1, "--reference", "truth.png", "--force").stdout
    assert f"{expected['hole_psnr']:.2f}  Peak signal-to-noise ratio in the hole" in text
    assert f"{expected['delta_e']:.2f}  Mean CIEDE2000" in text


def test_a_perfect_score_is_valid_json(folder):
    flat = np.full((20, 30), 7, np.uint8)
    flat[:, 15:] = 9
    mask = np.zeros((20, 30), bool)
    mask[5:9, 2:6] = True
    for name in ("photo.png", "truth.png"):
        write_image(name, flat)
    write_image("mask.png", mask)

    def refuse(text):
        raise AssertionError(f"{text} is no JSON")

    result = fill("--json", "--reference", "truth.png")
    metrics = json.loads(result.stdout, parse_constant=refuse)["metrics"]
    assert metrics["psnr"] == metrics["hole_psnr"] == "Infinity"
    assert metrics["mae"] == 0


def test_numbers_that_json_lacks():
    values = {"a": [float("nan"), float("inf"), -float("inf"), 1.5], "b": {"c": (None, 2)}}
    found = json.loads(report.as_json(values))
    assert found == {"a": [None, "Infinity", "-Infinity", 1.5], "b": {"c": [None, 2]}}


def test_alpha_makes_no_difference_to_the_metrics(folder):
    photo = read_image("photo.png").array
    opaque = np.maximum(photo[..., 0], 1)  # what is fully transparent is no source
    write_image("photo.png", np.dstack([photo, opaque]))
    found = json.loads(fill("--json", "--reference", "truth.png").stdout)["metrics"]
    write_image("photo.png", photo)
    expected = json.loads(fill("--json", "--reference", "truth.png", "--force").stdout)["metrics"]
    assert found == expected


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_hints_are_taken_from_a_transparent_picture(folder, dtype):
    hints = np.zeros((96, 120, 4), dtype)
    hints[42:44, 30:33] = np.array([1, 0, 0, 1]) * np.iinfo(dtype).max
    write_image("hints.png", hints)
    plain = fill()
    assert plain.exit_code == 0
    hinted = json.loads(fill("--hints", "hints.png", "--json", output="hinted.png").stdout)
    assert hinted["provenance"]["hint_pixels"] == 6
    before, after = (read_image(name).array.astype(int) for name in ("out.png", "hinted.png"))
    redder = (after - before)[42:44, 30:33] @ [2, -1, -1]
    assert (redder > 40).all()


# What fill refuses


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("gone.png", "mask.png", "-o", "o.png"), "There is no file gone.png; check the path."),
        (("photo.png", "gone.png", "-o", "o.png"), "There is no file gone.png; check the path."),
        (("photo.png", "mask.png", "-o", "no/o.png"), "There is no folder no; create it first."),
        (("photo.png", "mask.png", "-o", "."), ". is a folder; add a file name."),
        (
            ("photo.png", "small.png", "-o", "o.png"),
            (
                "The mask small.png is 9 x 9 pixels and the image is 96 x 120; "
                "choose a mask of the image's own size."
            ),
        ),
        (
            ("photo.png", "mask.png", "-o", "o.png", "--hints", "photo.png"),
            (
                "photo.png holds no colour hints; give an 8-bit or 16-bit colour picture, for "
                "example PNG, that is transparent where there is no hint."
            ),
        ),
        (
            ("photo.png", "mask.png", "-o", "o.png", "--hints", "hints.png"),
            (
                "The colour hints are 9 x 9 pixels and the image 96 x 120; "
                "paint them on a picture of its size."
            ),
        ),
        (
            ("photo.png", "mask.png", "-o", "o.png", "--labels", "4"),
            "No pixel of the mask is painted with label 4; paint a mask first.",
        ),
        (
            ("photo.png", "mask.png", "-o", "o.png", "--reference", "small.png"),
            (
                "The image is 96 x 120 pixels of colour and the reference 9 x 9 pixels of grey; "
                "choose a reference of the same size and kind."
            ),
        ),
        (
            ("photo.png", "mask.png", "-o", "o.png", "--reference", "deep.png"),
            (
                "The image holds values of type uint8 and the reference of type uint16, "
                "so they cannot be compared; convert the reference first."
            ),
        ),
        (
            ("deep.png", "mask.png", "-o", "o.jpg"),
            (
                "o.jpg: JPEG files cannot hold values of type uint16; "
                "write a PNG or TIFF file instead."
            ),
        ),
        (
            ("photo.png", "mask.png", "-o", "o.png", "--steps", "small.png"),
            "small.png is a file; give a folder for the steps.",
        ),
        (
            ("photo.png", "mask.png", "-o", "o.png", "--steps", "small.png/steps"),
            "small.png is a file; give a folder for the steps.",
        ),
    ],
)
def test_errors_are_one_sentence_and_exit_code_1(folder, arguments, sentence):
    write_image("small.png", np.eye(9, dtype=bool))
    write_image("hints.png", np.full((9, 9, 4), 255, np.uint8))
    write_image("deep.png", read_image("photo.png").array.astype(np.uint16) * 257)
    before = files(folder)
    result = run("fill", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", sentence + "\n")
    assert files(folder) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--method", "magic"), "There is no inpainter 'magic'; choose one of: auto, blend"),
        (("--colorizer", "magic"), "There is no colorizer 'magic'; choose one of: auto,"),
        (("--pipeline", "magic"), "There is no pipeline 'magic'; choose one of: grey-rgb,"),
        (("--device", "magic"), "There is no device 'magic'; choose one of: auto, cpu,"),
        (("--labels", "1,x"), "give them as in --labels 1,2."),
        (("--grow", "inf"), "grow is inf"),
        (("--seed", "-1"), "--seed"),
        (("--grow", "-1"), "--grow"),
        (("--no-such-option",), "--no-such-option"),
    ],
)
def test_wrong_usage_is_exit_code_2(folder, arguments, words):
    result = fill(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert not Path("out.png").exists()


def test_an_output_is_required(folder):
    result = run("fill", "photo.png", "mask.png")
    assert result.exit_code == 2
    assert "--output" in result.stderr


@pytest.mark.skipif(find_spec("cv2") is None, reason="needs a module to hide")
def test_a_missing_package_is_a_sentence(folder, monkeypatch):
    monkeypatch.setattr("napari_greyfill.compute.registry.find_spec", lambda name: None)
    result = fill("--method", "telea")
    assert result.exit_code == 1
    assert result.stderr.endswith("install it with: pip install opencv-python-headless\n")


def test_files_are_not_overwritten_without_force(folder):
    Path("out.png").write_bytes(b"precious")
    result = fill()
    assert result.exit_code == 1
    assert result.stderr == "out.png exists; add --force to overwrite it.\n"
    assert Path("out.png").read_bytes() == b"precious"
    assert fill("--force").exit_code == 0
    assert read_image("out.png").array.shape == (96, 120, 3)


def test_the_input_is_not_overwritten_without_force(folder, scratch):
    before = read_image("photo.png").array
    result = fill(output="./photo.png")
    assert result.exit_code == 1
    assert result.stderr == "photo.png is the image itself; add --force to overwrite it.\n"
    assert np.array_equal(read_image("photo.png").array, before)
    assert fill("--force", output="photo.png").exit_code == 0
    after = read_image("photo.png").array
    assert np.array_equal(after, napari_greyfill.fill(before, scratch).image)


def test_a_folder_of_steps_is_not_overwritten_without_force(folder):
    Path("steps").mkdir()
    Path("steps/02-filled-grey.png").write_bytes(b"precious")
    result = fill("--steps", "steps")
    assert result.exit_code == 1
    assert result.stderr == (
        "The folder steps is not empty; add --force to overwrite files in it.\n"
    )
    assert Path("steps/02-filled-grey.png").read_bytes() == b"precious"
    assert not Path("out.png").exists()
    assert fill("--steps", "steps", "--force").exit_code == 0
    assert read_image("steps/02-filled-grey.png").array.shape == (96, 120)


def test_the_output_is_checked_before_the_work(folder, monkeypatch):
    def work(*args, **kwargs):
        raise AssertionError("work began")

    monkeypatch.setattr(filling, "fill_steps", work)
    for output in ("no/out.png", "out.gif", "mask.png"):
        assert fill(output=output).exit_code == 1
    with pytest.raises(AssertionError, match="work began"):
        fill()


def test_other_errors_are_not_hidden(folder, monkeypatch):
    monkeypatch.setattr(pipeline, "make_job", lambda *args, **kwargs: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        fill()


def test_other_warnings_are_not_hidden(folder, monkeypatch):
    monkeypatch.setattr(
        pipeline, "make_job", lambda *args, **kwargs: np.float32(1) / np.float32(0)
    )
    with pytest.raises(RuntimeWarning):  # warnings are errors here
        fill()


# Cancelling


def interrupted(*args, **kwargs):
    yield Progress("filling grey", 0.5)
    raise KeyboardInterrupt


def test_ctrl_c(folder, monkeypatch):
    before = files(folder)
    monkeypatch.setattr(filling, "fill_steps", interrupted)
    result = fill("--steps", "steps")
    assert result.exit_code == 130
    assert result.stderr == "Cancelled; nothing was written.\n"
    assert files(folder) == before


def test_ctrl_c_while_writing(folder, monkeypatch):
    def write(path, array, like):
        if "steps" in str(path):
            raise KeyboardInterrupt
        write_image(path, array, like)

    monkeypatch.setattr(filling, "write_image", write)
    result = fill("--steps", "steps")
    assert result.exit_code == 130
    assert result.stderr == "Cancelled; written before that: out.png.\n"


# Other commands


def test_methods():
    text = run("methods").stdout
    for info in (*napari_greyfill.methods(), *napari_greyfill.colorizers()):
        assert f"\n  {info.name}" in text
        shown = info.summary if info.available else info.why_not
        assert " ".join(shown.split()) in " ".join(text.split())


def test_methods_that_cannot_run_say_why(monkeypatch):
    monkeypatch.setattr("napari_greyfill.compute.registry.find_spec", lambda name: None)
    text = " ".join(run("methods").stdout.split())
    assert "Cannot run: cv2 is not installed; install it with: pip install" in text
    found = json.loads(run("methods", "--json").stdout)
    telea = next(info for info in found["inpainters"]["methods"] if info["name"] == "telea")
    assert telea["available"] is False
    assert telea["why_not"].startswith("cv2 is not installed")


def test_methods_in_json():
    found = json.loads(run("methods", "--json").stdout)
    assert set(found) == {"inpainters", "colorizers"}
    for stage, infos in (
        (found["inpainters"], napari_greyfill.methods()),
        (found["colorizers"], napari_greyfill.colorizers()),
    ):
        assert stage["methods"] == [info.to_dict() for info in infos]
        assert stage["auto"] in [info["name"] for info in stage["methods"]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), (Path("demo_output"), None)),
        (("--output", "x", "--no-interactive"), (Path("x"), False)),
        (("--interactive",), (Path("demo_output"), True)),
    ],
)
def test_demo_hands_its_options_on(monkeypatch, arguments, expected):
    calls = []

    def run_demo(output, interactive):
        calls.append((output, interactive))
        return [output / "window.png"]

    fake = types.ModuleType("napari_greyfill.viewer.demo")
    fake.run_demo = run_demo
    monkeypatch.setitem(sys.modules, fake.__name__, fake)
    result = run("demo", *arguments)
    assert calls == [expected]
    assert result.stdout == f"Wrote {expected[0] / 'window.png'}\n"


def test_version():
    assert run("--version").stdout == f"napari-greyfill {napari_greyfill.__version__}\n"


def test_help_names_every_parameter_of_fill():
    text = " ".join(run("fill", "--help").stdout.split())
    for name in ("method", "pipeline", "colorizer", "labels", "device", "seed", "grow", "feather"):
        assert f"--{name} " in text
    assert "--hints " in text
    assert "pixels" in text
    assert "--look " in text


# As a program


def program(*arguments, **options):
    command = [sys.executable, "-W", "error", "-c", "from napari_greyfill.cli import main; main()"]
    return subprocess.run(
        [*command, *arguments], capture_output=True, text=True, encoding="utf-8", **options
    )


def test_as_a_program(folder, scratch):
    environment = os.environ | {"PYTHONUTF8": "1"}
    arguments = ("photo.png", "mask.png", "-o", "out.png", "--reference", "truth.png")
    done = program("fill", *arguments, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith("Wrote out.png: 600 pixels filled")
    assert "ΔE" in done.stdout
    photo = read_image("photo.png").array
    expected = napari_greyfill.fill(photo, scratch).image
    assert np.array_equal(read_image("out.png").array, expected)
    again = program("fill", *arguments, env=environment)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "out.png exists; add --force to overwrite it.\n"


def test_terminals_that_lack_a_character(folder):
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    arguments = ("photo.png", "mask.png", "-o", "out.png", "--reference", "truth.png")
    done = program("fill", *arguments, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "?E" in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["fill", "--help"]])
def test_starting_imports_nothing_heavy(arguments):
    script = (
        "import atexit, sys\n"
        "from napari_greyfill.cli import main\n"
        "heavy = {'torch', 'napari', 'qtpy', 'skimage', 'scipy', 'numpy', 'PIL'}\n"
        "atexit.register(lambda: print('loaded:', sorted(heavy & set(sys.modules))))\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("loaded: []\n")


def test_filling_without_networks_imports_neither_torch_nor_napari(folder):
    script = (
        "import atexit, sys\n"
        "from napari_greyfill.cli import main\n"
        "heavy = {'torch', 'napari', 'qtpy'}\n"
        "atexit.register(lambda: print('loaded:', sorted(heavy & set(sys.modules))))\n"
        "main()\n"
    )
    arguments = ["fill", "photo.png", "mask.png", "-o", "out.png"]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("loaded: []\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
class TestTerminal:
    """The progress bar, seen through a pseudo-terminal."""

    SCRIPT = (
        "import os, signal, sys\n"
        "from napari_greyfill.cli import fill_run, main\n"
        "from napari_greyfill import Note, Progress, fill_steps\n"
        "def steps(*args, **kwargs):\n"
        "    yield Note('A note [with] brackets.')\n"
        "    yield Progress('filling grey, region 1/1', 0.5)\n"
        "    if os.environ.get('INTERRUPT'):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return (yield from fill_steps(*args, **kwargs))\n"
        "fill_run.fill_steps = steps\n"
        "main()\n"
    )

    def seen(self, *arguments, **environment):
        import pty

        main, second = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", self.SCRIPT, "fill", "photo.png", "mask.png", *arguments],
            stdout=subprocess.PIPE,
            stderr=second,
            env=os.environ | {"TERM": "xterm", "COLUMNS": "100"} | environment,
        )
        os.close(second)
        shown = b""
        while True:
            try:
                chunk = os.read(main, 65536)
            except OSError:  # how Linux says that the other end was closed
                break
            if not chunk:
                break
            shown += chunk
        os.close(main)
        out, _ = process.communicate()
        return process.returncode, out.decode(), shown.decode()

    def test_a_bar_names_the_stage(self, folder):
        code, out, shown = self.seen("-o", "out.png")
        assert code == 0
        assert out.startswith("Wrote out.png")
        assert "filling grey, region 1/1" in shown
        assert "\x1b[2KA note [with] brackets.\r\n" in shown

    @pytest.mark.parametrize("option", ["--quiet", "--json"])
    def test_no_bar_if_not_wanted(self, folder, option):
        code, _, shown = self.seen("-o", "out.png", option)
        assert (code, shown) == (0, "A note [with] brackets.\r\n")

    def test_ctrl_c(self, folder):
        code, out, shown = self.seen("-o", "out.png", INTERRUPT="1")
        assert (code, out) == (128 + signal.SIGINT, "")
        assert shown.endswith("Cancelled; nothing was written.\r\n")
        assert not Path("out.png").exists()


class TestSeveralMethods:
    def test_each_writes_a_file_of_its_own(self, folder):
        result = fill("--method", "telea,biharmonic", "--steps", "steps")
        assert result.exit_code == 0
        assert [line.split(":")[0] for line in result.stdout.splitlines() if ":" in line] == [
            "Wrote out-telea.png",
            "Wrote out-biharmonic.png",
        ]
        assert not Path("out.png").exists()
        alone = fill("--method", "telea")
        assert alone.exit_code == 0
        assert Path("out-telea.png").read_bytes() == Path("out.png").read_bytes()
        assert sorted(path.name for path in Path("steps").iterdir()) == ["biharmonic", "telea"]

    def test_one_that_fails_is_told_of_and_the_exit_code_is_1(self, folder, monkeypatch):
        monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(folder / "none"))
        result = fill("--method", "gmcnn-celebahq,telea", "--json")
        assert result.exit_code == 1
        assert "GMCNN, CelebA-HQ cannot run" in result.stderr
        found = json.loads(result.stdout)
        assert [entry["output"] for entry in found["results"]] == ["out-telea.png"]
        assert list(found["failures"]) == ["gmcnn-celebahq"]

    def test_nothing_is_overwritten(self, folder):
        Path("out-telea.png").write_text("mine")
        result = fill("--method", "biharmonic,telea")
        assert result.exit_code == 1
        assert "out-telea.png exists; add --force" in result.stderr
        assert Path("out-telea.png").read_text() == "mine"
        assert not Path("out-biharmonic.png").exists()

    def test_a_comma_without_names_is_refused(self, folder):
        result = fill("--method", ",")
        assert result.exit_code == 2
        assert "choose at least one" in result.stderr


# Which pixels a mask means


@pytest.mark.parametrize("command", ["fill", "compare", "mask"])
def test_masks_can_be_inverted(folder, scratch, command):
    write_image("mask.png", ~scratch)
    arguments = {
        "fill": ("photo.png", "mask.png", "-o", "out.png", "--invert"),
        "compare": ("photo.png", "mask.png", "--methods", "telea", "-o", "out", "--invert"),
        "mask": ("photo.png", "--mask", "mask.png", "-o", "out", "--invert"),
    }[command]
    result = run(command, *arguments)
    assert result.exit_code == 0, result.stderr
    assert "is masked" not in result.stderr
    if command == "fill":
        before, after = read_image("photo.png").array, read_image("out.png").array
        assert np.array_equal(after[~scratch], before[~scratch])


def test_a_mask_the_wrong_way_round_is_pointed_out(folder, scratch):
    write_image("mask.png", ~scratch)
    result = fill("--method", "telea")
    assert result.exit_code == 0
    assert "invert the mask" in result.stderr


def test_an_erased_picture_is_its_own_mask(folder, scratch):
    photo = read_image("photo.png").array
    erased = np.dstack([photo, np.where(scratch, 0, 255).astype(np.uint8)])
    write_image("photo.png", erased)
    for mask in ((), ("photo.png",)):
        result = run("fill", "photo.png", *mask, "-o", "out.png", "--force")
        assert result.exit_code == 0
        assert "What is transparent in photo.png is the hole" in result.stderr
        assert "made opaque" in result.stderr
        filled = read_image("out.png").array
        assert (filled[..., 3] == 255).all()
        assert np.array_equal(filled[~scratch], erased[~scratch])


def test_an_erased_grey_picture_is_made_opaque(folder, scratch):
    grey = read_image("photo.png").array[..., 1]
    alpha = np.where(scratch, 0, 255).astype(np.uint8)
    Image.fromarray(np.dstack([grey, alpha]), "LA").save("photo.png")
    result = run("fill", "photo.png", "-o", "out.png")
    assert "made opaque" in result.stderr
    assert (read_image("out.png").alpha == 255).all()


def test_without_a_mask_and_without_transparency_there_is_nothing_to_fill(folder):
    result = run("fill", "photo.png", "-o", "out.png")
    assert result.exit_code == 1
    assert "transparent nowhere" in result.stderr
    assert not Path("out.png").exists()


def test_image_and_mask_in_the_wrong_order(folder):
    result = run("fill", "mask.png", "photo.png", "-o", "out.png")
    assert result.exit_code == 1
    assert "name the picture first" in result.stderr
    assert not Path("out.png").exists()


def test_a_turned_picture_asks_in_which_frame_the_mask_lies(folder, scratch):
    exif = Image.Exif()
    exif[0x0112] = 3
    with Image.open("photo.png") as photo:
        photo.load()
        photo.save("photo.png", exif=exif)
    result = fill()
    assert result.exit_code == 1
    assert "--mask-frame shown" in result.stderr
    for frame, hole in (("shown", scratch), ("stored", scratch[::-1, ::-1])):
        assert fill("--mask-frame", frame, "--force").exit_code == 0
        before, after = read_image("photo.png").array, read_image("out.png").array
        assert np.array_equal(after[~hole], before[~hole])
        assert (after[hole] != before[hole]).any()
