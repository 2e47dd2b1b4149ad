"""The command `fill` on folders of pictures."""

import pytest
import tifffile

from napari_greyfill.files import read_image, write_image
from tests.commandline import run
from tests.stacks import blob, moving


@pytest.fixture
def place(tmp_path, monkeypatch):
    write_image(tmp_path / "flat.png", blob())
    for name in ("pictures", "masks"):
        (tmp_path / name).mkdir()
    for index in range(3):
        write_image(tmp_path / "pictures" / f"p{index}.png", moving()[index])
    write_image(tmp_path / "masks" / "p1.png", blob())
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
        (("pictures", "nothing", "-o", "out"), "choose another"),
        (("pictures", "-o", "out"), "mask"),
        (("masks", "masks", "-o", "masks"), "itself"),
        (("pictures", "masks", "-o", "out", "--context", "z"), "--context is for a stack"),
        (("pictures", "masks", "-o", "out", "--reference", "flat.png"), "leave them out"),
        (("pictures", "masks", "-o", "out", "--json"), "leave them out"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_an_exit_code(place, arguments, sentence):
    result = run("fill", *arguments)
    assert result.exit_code in (1, 2) and sentence in " ".join(result.stderr.split())


def test_masks_may_lie_beside_the_pictures_they_are_named_after(place):
    folder = place / "both"
    folder.mkdir()
    for index in range(2):
        write_image(folder / f"image{index}.png", moving()[index])
        write_image(folder / f"image{index}_mask001.png", blob())
    arguments = ("--method", "biharmonic")
    for number, masks in enumerate([("both",), ()]):
        result = run("fill", "both", *masks, "-o", f"out{number}", *arguments)
        assert result.exit_code == 0 and result.stdout.count("81 pixels filled") == 2


@pytest.mark.parametrize("image", ["pictures", "stack.tif"])
def test_several_methods_are_for_one_picture(place, image):
    tifffile.imwrite(place / "stack.tif", moving(4), photometric="minisblack")
    result = run("fill", image, "flat.png", "-o", "out.tif", "--method", "telea,biharmonic")
    assert result.exit_code == 2 and "name one for a stack or a folder" in result.stderr
