"""The command `fill` on stacks and folders."""

import errno
import json
import os

import numpy as np
import pytest
import tifffile

from napari_greyfill.cli import stack_run
from napari_greyfill.files import read_image, write_image
from napari_greyfill.stack.store import PatchStore
from tests.commandline import run
from tests.stacks import blob, moving, one_plane


@pytest.fixture
def place(tmp_path, monkeypatch):
    tifffile.imwrite(tmp_path / "stack.tif", moving(), imagej=True, metadata={"axes": "ZYX"})
    tifffile.imwrite(tmp_path / "mask.tif", one_plane().astype(np.uint8))
    write_image(tmp_path / "flat.png", blob())
    for name in ("pictures", "masks"):
        (tmp_path / name).mkdir()
    for index in range(3):
        write_image(tmp_path / "pictures" / f"p{index}.png", moving()[index])
    write_image(tmp_path / "masks" / "p1.png", blob())
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


def test_one_mask_for_a_folder_and_a_line_a_file(place):
    result = run("fill", "pictures", "flat.png", "-o", "out", "--method", "biharmonic")
    assert result.exit_code == 0 and len(result.stdout.splitlines()) == 3
    again = run("fill", "pictures", "flat.png", "-o", "out", "--method", "biharmonic")
    assert again.stdout.count("is there already") == 3


def test_a_folder_of_masks_and_pictures_without_one(place):
    result = run("fill", "pictures", "masks", "-o", "out", "--method", "biharmonic")
    assert result.exit_code == 1 and result.stdout.startswith("p1.png: 81 pixels")
    assert "p0.png: no mask" in result.stderr and "2 of 3 pictures failed" in result.stderr
    assert [path.name for path in (place / "out").iterdir()] == ["p1.png"]


def test_two_processes_fill_a_folder_alike(place):
    pytest.importorskip("distributed")
    run("fill", "pictures", "flat.png", "-o", "one", "--method", "biharmonic")
    arguments = ("--method", "biharmonic", "--jobs", "2")
    result = run("fill", "pictures", "flat.png", "-o", "two", *arguments)
    assert result.exit_code == 0 and result.stdout.count("81 pixels filled") == 3, result.output
    for index in range(3):
        paths = [place / name / f"p{index}.png" for name in ("one", "two")]
        assert (read_image(paths[0]).array == read_image(paths[1]).array).all()


def test_pictures_of_other_sizes_fail_by_themselves(place):
    write_image(place / "pictures" / "p3.png", moving(1)[0][:20])
    result = run("fill", "pictures", "flat.png", "-o", "out", "--method", "biharmonic")
    assert result.exit_code == 1 and "p3.png" in result.stderr
    assert len(list((place / "out").iterdir())) == 3


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
        (("pictures", "nothing", "-o", "out"), "choose another"),
        (("pictures", "-o", "out"), "mask"),
        (("masks", "masks", "-o", "masks"), "itself"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_an_exit_code(place, arguments, sentence):
    result = run("fill", *arguments)
    assert result.exit_code in (1, 2) and sentence in " ".join(result.stderr.split())
