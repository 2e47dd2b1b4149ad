"""The command line against all that a path or an option can be: sentences, no tracebacks."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_greyfill.files import write_image
from tests.commandline import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and links as on Unix")
FAST = ("--method", "biharmonic", "--colorizer", "propagation")
LONG = "x" * 260 + ".png"
UNDECODABLE = os.fsdecode(b"\xff\xfe.png")
NO_FILES = [
    *("pipe.png", "loop.png", "null.png", "dangling.png", "empty.png", "text.png", "folder.png"),
    *(LONG, "", ".", "/dev/null", "gone.png", "gone/x.png", "photo.png/x.png", "complex.tif"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch, astronaut, scratch):
    """A folder with a picture, a mask, and much that is neither."""
    monkeypatch.chdir(tmp_path)
    write_image("photo.png", astronaut)
    write_image("mask.png", scratch)
    write_image(UNDECODABLE, astronaut)
    os.mkfifo("pipe.png")
    Path("loop.png").symlink_to("loop.png")
    Path("null.png").symlink_to("/dev/null")
    Path("dangling.png").symlink_to("gone.png")
    Path("empty.png").touch()
    Path("text.png").write_text("no picture")
    Path("folder.png").mkdir()
    tifffile.imwrite("complex.tif", (scratch + 1j).astype(np.complex64))
    return tmp_path


def says(code, *arguments):
    """Run a command that cannot be done, and return its one sentence."""
    result = run(*arguments)
    assert result.exit_code == code, result.output
    sentence = result.stderr.strip()
    assert "Traceback" not in sentence
    assert sentence.endswith(".") and "\n" not in sentence, sentence
    return sentence


class TestInputs:
    @pytest.mark.parametrize("name", NO_FILES)
    @pytest.mark.parametrize("place", ["image", "mask", "--reference", "--hints"])
    def test_of_fill(self, folder, name, place):
        names = {"image": "photo.png", "mask": "mask.png", place: name}
        options = [place, name] if place.startswith("--") else []
        says(1, "fill", names["image"], names["mask"], "-o", "out.png", *FAST, *options)
        assert not Path("out.png").exists()

    @pytest.mark.parametrize("name", NO_FILES)
    def test_of_the_others(self, folder, name):
        says(1, "compare", name, "mask.png", "--methods", "biharmonic")
        says(1, "compare", "photo.png", "mask.png", "--reference", name)
        if name not in (".", ""):  # the folder that all this is in
            assert run("mask", name, "-o", "masks").exit_code == 1
            assert run("evaluate", name, "-o", "study").exit_code == 1

    @pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".gif", ".tif"])
    @pytest.mark.parametrize("kept", [0.01, 0.3, 0.9])
    def test_cut_short(self, folder, astronaut, suffix, kept):
        Image.fromarray(astronaut).save(f"whole{suffix}")
        whole = Path(f"whole{suffix}").read_bytes()
        Path(f"cut{suffix}").write_bytes(whole[: int(len(whole) * kept)])
        says(1, "fill", f"cut{suffix}", "mask.png", "-o", "out.png", *FAST)

    def test_names_that_are_no_text(self, folder):
        result = run("fill", UNDECODABLE, "mask.png", "-o", f"out{UNDECODABLE}", "--json", *FAST)
        assert result.exit_code == 0
        assert Path(f"out{UNDECODABLE}").exists()
        result = run("mask", UNDECODABLE, "-o", "masks")
        assert result.exit_code == 0


def states(folder):
    """Return what a write changes of what lies in a folder; a look at a link changes its time."""
    stats = {path: path.lstat() for path in folder.iterdir()}
    return {
        path: (stat.st_mode, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        for path, stat in stats.items()
    }


class TestOutputs:
    @pytest.mark.parametrize(
        "name",
        ["pipe.png", "loop.png", "null.png", "folder.png", LONG, "", ".", "gone/x.png", "x",
         "x.gif", "photo.png/x.png", "/proc/x.png"],
    )  # fmt: skip
    def test_of_fill(self, folder, name, monkeypatch):
        before = states(folder)
        says(1, "fill", "photo.png", "mask.png", "-o", name, "--force", *FAST)
        assert states(folder) == before

    @pytest.mark.parametrize("name", ["photo.png", "photo.png/x", "loop.png", "x" * 260])
    def test_folders(self, folder, name):
        says(1, "fill", "photo.png", "mask.png", "-o", "out.png", "--steps", name, *FAST)
        says(1, "compare", "photo.png", "mask.png", "--methods", "biharmonic", "-o", name)
        says(1, "evaluate", "folder.png", "-o", name)
        Path("data").mkdir()
        write_image("data/a.png", np.arange(1600, dtype=np.uint8).reshape(40, 40))
        says(1, "evaluate", "data", "-o", name)
        assert run("mask", "data", "-o", name).exit_code == 1

    def test_a_file_size_limit_leaves_nothing_half_written(self, folder):
        """As on a full disk: the system refuses after some bytes."""
        script = (
            "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
            "from napari_greyfill.cli import main; main()"
        )
        for name in ("out.png", "out.tif", "out.webp", "out.bmp"):
            before = sorted(path.name for path in folder.iterdir())
            arguments = ["fill", "photo.png", "mask.png", "-o", name, *FAST]
            done = subprocess.run(
                [sys.executable, "-c", script, *arguments], capture_output=True, text=True
            )
            assert done.returncode == 1
            assert done.stderr.count("\n") == 1
            assert "File too large" in done.stderr or "no room for the whole" in done.stderr
            assert sorted(path.name for path in folder.iterdir()) == before


class TestOptions:
    @pytest.mark.parametrize(
        "options",
        [
            ("--grow", "inf"), ("--feather", "inf"), ("--seed", 2**70), ("--labels", "x"),
            ("--labels", ","), ("--labels", "1.5"), ("--method", ","), ("--method", "nope"),
            ("--pipeline", "nope"), ("--device", "nope"), ("--scale", "nope"),
            ("--colorizer", "nope"), ("--keep-invalid", "nope"), ("--nodata", "x"),
            ("--nodata", "inf"),
        ],
    )  # fmt: skip
    def test_of_fill(self, folder, options):
        says(2, "fill", "photo.png", "mask.png", "-o", "out.png", *options)

    def test_a_mask_grown_beyond_everything(self, folder):
        sentence = says(1, "fill", "photo.png", "mask.png", "-o", "out.png", "--grow", "1e300")
        assert "nothing to fill from" in sentence

    @pytest.mark.parametrize(
        "options",
        [
            ("--size", "0x5"), ("--size", "99999999x99999999"), ("--size", "5"),
            ("--size", "32x32", "--share", "nan"), ("--size", "32x32", "--share", "1-2-3"),
            ("--size", "32x32", "--grow", "inf"), ("--size", "32x32", "--seed", 2**70),
            ("--size", "32x32", "--free-border", "99"), ("photo.png", "--hole", "x"),
            ("photo.png", "--kind", "brighter", "--set", "level=abc"),
            ("photo.png", "--kind", "brighter", "--set", "level=nan"),
            ("photo.png", "--kind", "lines", "--set", "width=1.5"),
            ("photo.png", "--kind", "lines", "--set", "length=inf"),
            ("photo.png", "--kind", "lines", "--set", "width=-1"),
            ("photo.png", "--kind", "lines", "--set", "side=3"),
            ("photo.png", "--kind", "corners", "--set", "boxes=3"),
            ("photo.png", "--kind", "corners", "--set", "reach=nan"),
            ("photo.png", "--kind", "similar", "--set", "at=1e9,2"),
        ],
    )  # fmt: skip
    def test_of_mask(self, folder, options):
        says(2, "mask", *options, "-o", "masks")

    @pytest.mark.parametrize("option", ["width=1000000000", "length=1000000000"])
    def test_lengths_beyond_the_picture_find_what_its_size_finds(self, folder, option):
        assert run("mask", "photo.png", "--kind", "lines", "--set", option).exit_code in (0, 1)

    @pytest.mark.parametrize(
        "options",
        [("--share", "nan"), ("--share", "inf"), ("--grow", "inf"), ("--device", "nope"),
         ("--mask-kind", "nope"), ("--seed", 2**70)],
    )  # fmt: skip
    def test_of_evaluate(self, folder, options):
        says(2, "evaluate", ".", "-o", "study", *options)
        assert not Path("study").exists()


class TestNoData:
    @pytest.fixture
    def mosaic(self, folder, scratch):
        y, x = np.indices(scratch.shape)
        image = np.where(x + y < 40, -9999, 100 + x + y).astype(np.float32)
        tags = [(42113, "s", 0, "-9999", True)]
        tifffile.imwrite("mosaic.tif", image, extratags=tags, metadata=None)
        tifffile.imwrite("plain.tif", image, metadata=None)
        return image

    @pytest.mark.parametrize(
        ("name", "options"),
        [("mosaic.tif", ()), ("plain.tif", ("--nodata=-9999",)),
         ("plain.tif", ("--nodata=-9999", "--keep-invalid", "keep"))],
    )  # fmt: skip
    def test_the_file_or_an_option_says_it(self, mosaic, scratch, name, options):
        result = run("fill", name, "mask.png", "-o", "out.tif", *options)
        assert result.exit_code == 0
        assert "left as they are" in result.stderr
        filled = tifffile.imread("out.tif")
        assert np.array_equal(filled[~scratch], mosaic[~scratch])
        assert filled[scratch].min() > 0

    def test_it_can_be_filled_or_ignored(self, mosaic):
        run("fill", "mosaic.tif", "mask.png", "-o", "out.tif", *FAST, "--keep-invalid", "fill")
        assert tifffile.imread("out.tif").min() > 0
        result = run("fill", "mosaic.tif", "mask.png", "-o", "b.tif", *FAST, "--nodata", "none")
        assert "outside the mask" not in result.stderr


def test_what_is_lost_is_said_before_the_work(folder, astronaut):
    tifffile.imwrite(
        "turned.tif", astronaut, photometric="rgb", resolution=(1e8, 1e8), resolutionunit=3
    )
    result = run("fill", "turned.tif", "mask.png", "-o", "out.png", *FAST)
    assert result.exit_code == 0
    assert "out.png: not carried over from turned.tif: the pixel size (0.1 nm)." in result.stderr


def test_no_qt_is_a_sentence(folder, monkeypatch):
    from napari_greyfill.viewer import demo

    monkeypatch.setattr(demo, "_no_screen", lambda: False)
    monkeypatch.setitem(sys.modules, "qtpy.QtWidgets", None)
    monkeypatch.setitem(sys.modules, "qtpy", None)
    sentence = says(1, "demo", "--output", "demo")
    assert "no Qt" in sentence
    assert not Path("demo").exists()
