"""The command `fill` on stacks."""

import errno
import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
import tifffile

from napari_greyfill.cli import stack_run
from napari_greyfill.files import write_image
from napari_greyfill.stack.store import PatchStore
from tests.commandline import run
from tests.stacks import blob, moving, one_plane


@pytest.fixture
def place(tmp_path, monkeypatch):
    tifffile.imwrite(tmp_path / "stack.tif", moving(), imagej=True, metadata={"axes": "ZYX"})
    tifffile.imwrite(tmp_path / "mask.tif", one_plane().astype(np.uint8))
    write_image(tmp_path / "flat.png", blob())
    (tmp_path / "masks").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_stack_is_filled_plane_by_plane(place):
    result = run("fill", "stack.tif", "mask.tif", "-o", "out.tif")
    assert result.exit_code == 0, result.output
    assert "81 pixels in 1 planes" in result.output and "neighbouring planes" in result.output
    image = tifffile.imread(place / "out.tif")
    assert (image[~one_plane()] == moving()[~one_plane()]).all()
    assert sorted(path.name for path in place.glob("*unfinished*")) == []


def test_a_flat_mask_and_some_planes(place):
    arguments = ("--planes", "1:3", "--context", "none", "--method", "biharmonic", "--json")
    result = run("fill", "stack.tif", "flat.png", "-o", "out.tif", *arguments)
    provenance = json.loads(result.stdout)["provenance"]
    assert [plane["index"] for plane in provenance["planes"]] == [[1], [2]]


def test_an_ome_zarr_is_written_and_read(place):
    pytest.importorskip("ome_zarr")
    result = run("fill", "stack.tif", "mask.tif", "-o", "out.ome.zarr", "--context", "none")
    assert result.exit_code == 0, result.output
    again = run("fill", "out.ome.zarr", "flat.png", "-o", "again.tif", "--method", "biharmonic")
    assert again.exit_code == 0, again.output
    assert tifffile.imread(place / "again.tif").shape == moving().shape


def test_a_stack_is_never_overwritten_while_it_is_read(place):
    pytest.importorskip("ome_zarr")
    command = ("--context", "none", "--method", "biharmonic")
    assert run("fill", "stack.tif", "mask.tif", "-o", "a.ome.zarr", *command).exit_code == 0
    again = ("fill", "a.ome.zarr", "flat.png", *command, "--force")
    refused = run(*again, "-o", "a.ome.zarr")
    assert refused.exit_code == 1 and "choose another name" in " ".join(refused.stderr.split())
    assert run(*again, "-o", "b.ome.zarr").exit_code == 0
    overwritten = run("fill", "stack.tif", "flat.png", "-o", "b.ome.zarr", *command, "--force")
    assert overwritten.exit_code == 0, overwritten.output
    assert not list(place.glob("*.new*"))
    (place / "folder.ome.zarr").mkdir()
    (place / "folder.ome.zarr" / "mine.txt").touch()
    refused = run("fill", "stack.tif", "flat.png", "-o", "folder.ome.zarr", *command, "--force")
    assert refused.exit_code == 1 and (place / "folder.ome.zarr" / "mine.txt").exists()


def test_a_reference_measures_each_plane(place):
    damaged = np.where(one_plane(), 0, moving())
    tifffile.imwrite(place / "damaged.tif", damaged, imagej=True, metadata={"axes": "ZYX"})
    arguments = ("fill", "damaged.tif", "mask.tif", "--reference", "stack.tif")
    told = run(*arguments, "-o", "out.tif")
    assert told.exit_code == 0 and "Means over the 1 planes:" in told.stdout
    assert "Hole PSNR" in told.stdout
    found = json.loads(run(*arguments, "-o", "again.tif", "--json").stdout)
    assert found["metrics"]["hole_psnr"] > 20
    assert found["planes"] == [{"index": [3], "metrics": found["metrics"]}]
    assert found["provenance"]["planes"][0]["index"] == [3]


def test_an_interrupted_run_goes_on(place, monkeypatch):
    pytest.importorskip("ome_zarr")
    done = []

    def interrupted(*arguments):
        work = arguments[0]
        for event in work:
            done.append(event)
            if type(event).__name__ == "Preview":
                raise KeyboardInterrupt

    tifffile.imwrite(place / "mask.tif", (one_plane() | one_plane(plane=6)).astype(np.uint8))
    with monkeypatch.context() as patch:
        patch.setattr(stack_run, "exhaust", interrupted)
        result = run("fill", "stack.tif", "mask.tif", "-o", "out.tif")
    assert result.exit_code == 130 and "1 of 2 tasks are kept" in result.output
    assert not (place / "out.tif").exists()
    result = run("fill", "stack.tif", "mask.tif", "-o", "out.tif")
    assert result.exit_code == 0
    run("fill", "stack.tif", "mask.tif", "-o", "whole.tif")
    assert (place / "out.tif").read_bytes() == (place / "whole.tif").read_bytes()


def test_a_full_disk_is_a_sentence_and_the_same_command_goes_on(place, monkeypatch):
    pytest.importorskip("ome_zarr")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    command = ("fill", "stack.tif", "mask.tif", "-o", "out.tif", "--method", "biharmonic")
    with monkeypatch.context() as patch:
        patch.setattr(PatchStore, "_write", full)
        result = run(*command)
    assert result.exit_code == 1 and "make room" in " ".join(result.stderr.split())
    assert not (place / "out.tif").exists()
    assert run(*command).exit_code == 0 and (place / "out.tif").exists()


def started(*arguments):
    """Run the command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [sys.executable, "-c", "from napari_greyfill.cli.app import main; main()"]
    return subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )


def wait_for_lines(journal, count, process):
    end = time.monotonic() + 120
    while not (journal.exists() and journal.read_bytes().count(b"\n") > count):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.01)


def test_no_scheduler_is_a_sentence_and_leaves_nothing(place):
    pytest.importorskip("distributed")
    before = sorted(place.iterdir())
    command = ("fill", "stack.tif", "mask.tif", "-o", "out.tif")
    result = run(*command, "--scheduler", "nonsense://127.0.0.1:9")
    assert result.exit_code == 1 and "No scheduler answers at nonsense" in result.stderr
    assert sorted(place.iterdir()) == before


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
class TestKilled:
    def test_the_command_itself_goes_on_with_the_same_bits(self, place):
        pytest.importorskip("ome_zarr")
        mask = np.stack([blob(at=4 + 4 * plane) for plane in range(7)])
        tifffile.imwrite(place / "mask.tif", mask.astype(np.uint8))
        command = ("fill", "stack.tif", "mask.tif", "--context", "none")
        process = started(*command, "-o", "out.tif")
        journal = place / "out.tif.unfinished.ome.zarr.journal"
        wait_for_lines(journal, 2, process)
        process.kill()
        process.communicate()
        if not (place / "out.tif").exists():  # it may have been quicker
            result = run(*command, "-o", "out.tif")
            assert result.exit_code == 0, result.output
        assert not journal.exists()
        assert run(*command, "-o", "whole.tif").exit_code == 0
        assert (place / "out.tif").read_bytes() == (place / "whole.tif").read_bytes()

    def test_one_of_two_workers_costs_no_bits(self, place):
        psutil = pytest.importorskip("psutil")
        pytest.importorskip("distributed"), pytest.importorskip("ome_zarr")
        mask = np.stack([blob(at=4 + 4 * plane) for plane in range(7)])
        tifffile.imwrite(place / "mask.tif", mask.astype(np.uint8))
        command = ("fill", "stack.tif", "mask.tif", "--context", "none")
        process = started(*command, "-o", "out.tif", "--jobs", "2")
        wait_for_lines(place / "out.tif.unfinished.ome.zarr.journal", 1, process)
        workers = [
            child
            for child in psutil.Process(process.pid).children()
            if "spawn_main" in " ".join(child.cmdline())
        ]
        workers[-1].kill()
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
        assert run(*command, "-o", "whole.tif").exit_code == 0
        assert (place / "out.tif").read_bytes() == (place / "whole.tif").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("stack.tif", "mask.tif", "-o", "stack.tif"), "--force"),
        (("stack.tif", "mask.tif", "-o", "out.png"), ".ome.zarr"),
        (("stack.tif", "mask.tif", "-o", "no/out.tif"), "no folder"),
        (("stack.tif", "-o", "out.tif"), "mask"),
        (("stack.tif", "mask.tif", "-o", "out.tif", "--axes", "TZYX"), "name each"),
        (("stack.tif", "mask.tif", "-o", "out.tif", "--planes", "9"), "planes"),
        (("stack.tif", "mask.tif", "-o", "out.tif", "--context", "t"), "no axis T"),
        (("stack.tif", "mask.tif", "-o", "out.tif", "--hints", "flat.png"), "single picture"),
        (("stack.tif", "masks", "-o", "out.tif"), "masks"),
        (("stack.tif", "mask.tif", "-o", "out.tif", "--reference", "other.tif"), "of the stack's"),
        (("stack.tif", "mask.tif", "-o", "out.tif", "--reference", "float.tif"), "convert the"),
        (("stack.tif", "mask.tif", "-o", "out.tif", "--reference", "no.tif"), "no.tif"),
        (
            ("flat.png", "flat.png", "-o", "out.png", "--planes", "2", "--quick"),
            "--planes, --quick",
        ),
        (("flat.png", "flat.png", "-o", "out.png", "--axes", "YX"), "--axes is for a stack"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_an_exit_code(place, arguments, sentence):
    tifffile.imwrite(place / "other.tif", moving(5), metadata={"axes": "ZYX"})
    tifffile.imwrite(place / "float.tif", moving().astype(np.float32), metadata={"axes": "ZYX"})
    result = run("fill", *arguments)
    assert result.exit_code in (1, 2) and sentence in " ".join(result.stderr.split())
