"""Triples on disk, folders of pictures, and the command that writes them."""

import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_greyfill.datasets import mask_pictures, pictures_in, write_triple
from napari_greyfill.datasets.triples import warn_if_mostly_masked
from napari_greyfill.errors import (
    BadParameterError,
    EmptyMaskError,
    GreyfillWarning,
    UnreadableFileError,
    UnwritablePathError,
)
from napari_greyfill.files import ImageFile, read_image, read_mask, write_image
from napari_greyfill.masks import DETECTORS, RANDOM_KINDS, detect_mask, masked_images, random_mask
from tests import commandline
from tests.strategies import holes, pictures


@pytest.fixture
def folder(tmp_path, astronaut, cell):
    """A folder with good and bad pictures."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    write_image(folder / "a.png", astronaut)
    write_image(folder / "a.tif", astronaut)
    write_image(folder / "Cell.png", cell)
    write_image(folder / "deep.tif", cell.astype(np.float32) / 255)
    write_image(folder / "tiny.png", cell[:9, :9])
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "cut.png").write_bytes((folder / "a.png").read_bytes()[:900])
    (folder / "notes.txt").write_text("not a picture")
    (folder / ".hidden.png").write_bytes(b"")
    (folder / "more.png").mkdir()
    return folder


def run(*arguments):
    return commandline.run("mask", *arguments)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@given(data=st.data())
def test_a_triple_reads_back(tmp_path_factory, data):
    picture = data.draw(pictures())
    hole = data.draw(holes(picture.shape[:2]))
    folder = tmp_path_factory.mktemp("triple") / "new"
    written = write_triple(folder, "x", picture, hole, made_by={"seed": 3})
    np.testing.assert_array_equal(read_mask(written.mask) != 0, hole)
    for path, image in zip(written.all()[1:3], masked_images(picture, hole), strict=True):
        if image.dtype == bool and image.ndim == 3:
            image = image * np.uint8(255)
        np.testing.assert_array_equal(read_image(path).array, image)
    told = json.loads(written.description.read_text())
    assert told["masked_pixels"] == hole.sum()
    assert (told["height"], told["width"]) == hole.shape
    assert told["made_by"] == {"seed": 3}
    assert names(folder) == sorted(path.name for path in written.all())


def test_a_triple_keeps_the_alpha_of_a_grey_picture(tmp_path, cell, scratch):
    alpha = (np.arange(cell.size).reshape(cell.shape) % 256).astype(np.uint8)
    written = write_triple(tmp_path, "x", ImageFile(tmp_path / "x.png", cell, alpha), scratch)
    np.testing.assert_array_equal(read_image(written.grey_masked).alpha, alpha)


def test_nothing_is_overwritten_unless_told(tmp_path, cell, scratch):
    first = write_triple(tmp_path, "x", cell, scratch)
    before = [path.read_bytes() for path in first.all()]
    first.colour_masked.unlink()
    with pytest.raises(UnwritablePathError, match=r"x_mask.png exists"):
        write_triple(tmp_path, "x", cell, ~scratch)
    assert first.mask.read_bytes() == before[0]
    assert not first.colour_masked.exists()
    write_triple(tmp_path, "x", cell, ~scratch, force=True)
    assert first.mask.read_bytes() != before[0]


def test_a_wrong_mask_leaves_no_folder(tmp_path, cell):
    with pytest.raises(EmptyMaskError):
        write_triple(tmp_path / "new", "x", cell, np.zeros(cell.shape))
    assert names(tmp_path) == []
    (tmp_path / "file").touch()
    with pytest.raises(UnwritablePathError, match="choose another"):
        write_triple(tmp_path / "file", "x", cell, np.ones(cell.shape) * np.eye(*cell.shape))


def test_warns_if_most_is_masked():
    with pytest.warns(GreyfillWarning, match=r"x.png: 75% of the picture is masked; .*invert"):
        warn_if_mostly_masked("x.png", np.arange(4).reshape(2, 2) > 0)
    warn_if_mostly_masked("x.png", np.eye(2) > 0)


def test_pictures_of_a_folder(folder, tmp_path):
    found = [path.name for path in pictures_in(folder)]
    assert found == ["Cell.png", "a.png", "a.tif", "broken.png", "cut.png", "deep.tif", "tiny.png"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableFileError, match="holds no picture"):
        pictures_in(tmp_path / "empty")
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        pictures_in(tmp_path / "nowhere")


def test_names_that_differ_by_their_suffix_only(tmp_path, cell):
    paths = []
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        for suffix in (".png", ".tif"):
            paths.append(tmp_path / place / f"cell{suffix}")
            write_image(paths[-1], cell)
    make = lambda picture, seed: (random_mask(cell.shape, seed=seed), {})  # noqa: E731
    outcomes = list(mask_pictures(paths, tmp_path / "out", make))
    masks = [outcome.written.mask.name for outcome in outcomes]
    expected = ["cell_png", "cell_tif", "cell_png-2", "cell_tif-2"]
    assert masks == [f"{name}_mask.png" for name in expected]


def test_each_picture_keeps_its_mask_when_others_go(folder, tmp_path):
    assert run(folder, "-o", tmp_path / "all").exit_code == 0
    (folder / "Cell.png").unlink()
    (folder / "a.tif").unlink()
    assert run(folder, "-o", tmp_path / "some").exit_code == 0
    before, after = (
        read_mask(tmp_path / place) for place in ("all/a_png_mask.png", "some/a_mask.png")
    )
    np.testing.assert_array_equal(before, after)
    other = read_mask(tmp_path / "all" / "a_tif_mask.png")
    assert not np.array_equal(before, other)


def test_a_folder_by_one_command(folder, tmp_path, astronaut):
    out = tmp_path / "out"
    result = run(folder, "-o", out, "--kind", "irregular", "--share", "0.1-0.2", "--seed", 4)
    assert result.exit_code == 0
    assert result.stdout.endswith(f"images of 4 pictures to {out}; skipped 3.\n")
    for name in ("broken.png", "cut.png", "tiny.png"):
        assert f"Skipped: {name}" in result.stderr
    assert len(names(out)) == 16
    hole = read_mask(out / "a_png_mask.png") != 0
    assert 0.09 < hole.mean() < 0.21
    np.testing.assert_array_equal(
        read_image(out / "a_png_colour_masked.png").array, masked_images(astronaut, hole).colour
    )
    told = json.loads((out / "a_png_mask.json").read_text())
    made = told["made_by"]
    repeated = random_mask(hole.shape, made["kind"], share=tuple(made["share"]), seed=made["seed"])
    np.testing.assert_array_equal(repeated, hole)


def test_json_for_programs(folder, tmp_path):
    result = run(folder, "-o", tmp_path / "out", "--json")
    told = json.loads(result.stdout)
    assert [os.path.basename(row["picture"]) for row in told["skipped"]] == [  # noqa: PTH119
        "broken.png",
        "cut.png",
        "tiny.png",
    ]
    assert all(0.2 < row["share"] < 0.3 for row in told["done"])
    assert all((tmp_path / "out" / os.path.basename(r["mask"])).exists() for r in told["done"])  # noqa: PTH119


def test_a_second_run_needs_force(folder, tmp_path):
    out = tmp_path / "out"
    assert run(folder, "-o", out, "-q").stdout == ""
    before = (out / "Cell_mask.png").read_bytes()
    again = run(folder, "-o", out, "--seed", 1)
    assert again.exit_code == 1
    assert "Cell_mask.png exists" in again.stderr
    assert (out / "Cell_mask.png").read_bytes() == before
    assert run(folder, "-o", out, "--seed", 1, "--force").exit_code == 0
    assert (out / "Cell_mask.png").read_bytes() != before


@pytest.mark.parametrize("kind", list(DETECTORS))
def test_detectors_by_command(folder, tmp_path, kind, cell):
    pixel = ("--set", "at=20,30", "--set", "tolerance=0.005") if kind == "similar" else ()
    result = run(folder / "Cell.png", "-o", tmp_path / "out", "--kind", kind, *pixel)
    expected = detect_mask(cell, kind, **({"at": (20, 30), "tolerance": 0.005} if pixel else {}))
    if not expected.any():
        assert result.exit_code == 1
        assert "No pixel of the mask is painted" in result.stderr
        return
    found = read_mask(tmp_path / "out" / "Cell_mask.png") != 0
    np.testing.assert_array_equal(found, expected)


def test_edits_warnings_and_own_masks(folder, tmp_path, cell, scratch):
    write_image(tmp_path / "scratch.png", scratch)
    out = tmp_path / "out"
    options = ("--mask", tmp_path / "scratch.png", "--invert", "--grow", 2, "--hole", "white")
    result = run(folder / "Cell.png", "-o", out, *options)
    assert "masked; if what should stay is masked, invert the mask" in result.stderr
    hole = read_mask(out / "Cell_mask.png") != 0
    assert not hole[scratch].any()
    assert 0 < (~hole).sum() - scratch.sum() < 1000
    np.testing.assert_array_equal(
        read_image(out / "Cell_grey_masked.png").array, np.where(hole, 255, cell)
    )
    clear = run(folder / "Cell.png", "-o", tmp_path / "c", "--clear-of", tmp_path / "scratch.png")
    assert clear.exit_code == 0
    assert not (read_mask(tmp_path / "c" / "Cell_mask.png") != 0)[scratch].any()


@pytest.mark.parametrize("kind", list(RANDOM_KINDS))
def test_masks_alone(tmp_path, kind):
    out = tmp_path / "out"
    result = run("--size", "40x60", "--count", 3, "--kind", kind, "--seed", 7, "-o", out)
    assert result.stdout == f"Wrote 3 masks to {out}.\n"
    assert names(out) == [f"{kind}_40x60_0000{seed}_mask.png" for seed in (7, 8, 9)]
    found = read_mask(out / f"{kind}_40x60_00008_mask.png") != 0
    np.testing.assert_array_equal(found, random_mask((40, 60), kind, seed=8))
    assert run("--size", "40x60", "--kind", kind, "--seed", 7, "-o", out).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        ((), "Name pictures or a folder", 2),
        (("--size", "40x60", "{}/a.png"), "but not both", 2),
        (("--size", "40"), "not height x width", 2),
        (("--size", "40x60", "--kind", "lines"), "are random", 2),
        (("--size", "0x60"), "has no pixels", 2),
        (("{}/a.png", "--kind", "hair"), "choose one of: free-form", 2),
        (("{}/a.png", "--share", "much"), "is no number", 2),
        (("{}/a.png", "--share", "2"), "not between 0 and 1", 2),
        (("{}/a.png", "--share", "0.2-0.1"), "not between 0 and 1", 2),
        (("{}/a.png", "--kind", "lines", "--share", "0.2"), "has no --share", 2),
        (("{}/a.png", "--kind", "lines", "--set", "level=1"), "has no option 'level'", 2),
        (("{}/a.png", "--kind", "lines", "--set", "level"), "is not NAME=VALUE", 2),
        (("{}/a.png", "--kind", "similar", "--set", "at=left"), "is not row,column", 2),
        (("{}/a.png", "--set", "width=2"), "--set is for detectors", 2),
        (("{}/a.png", "--hole", "pink"), "cannot be 'pink'", 2),
        (("{}/nowhere.png",), "check the name", 1),
        (("{}/a.png", "-o", "{}"), "choose another folder", 2),
        (("{}/broken.png",), "Skipped: broken.png", 1),
        (("{}/a.png", "--free-border", "200"), "only 0.0% may be", 1),
    ],
)
def test_mistakes_are_explained(folder, monkeypatch, arguments, sentence, code):
    monkeypatch.chdir(folder.parent)
    before = names(folder)
    result = run(*(argument.format(folder) for argument in arguments))
    assert sentence in " ".join(result.stderr.split())
    assert result.exit_code == code
    assert names(folder) == before


def test_triples_do_not_go_among_the_pictures(folder):
    with pytest.raises(BadParameterError, match="where the pictures are"):
        list(mask_pictures(pictures_in(folder), folder, None))


def test_list_tells_about_kinds_and_options():
    text = run("--list").stdout
    for kind in (*RANDOM_KINDS, *DETECTORS):
        assert f"  {kind} " in text
    told = json.loads(run("--list", "--json").stdout)
    assert told["detectors"]["lines"]["options"]["width"] == 3
    assert set(told["random"]) == set(RANDOM_KINDS)
