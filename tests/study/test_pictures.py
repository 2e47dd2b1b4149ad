from dataclasses import replace

import numpy as np
import pytest

from napari_greyfill.errors import (
    BadMaskError,
    EmptyMaskError,
    ShapeMismatchError,
    UnreadableFileError,
    UnsupportedImageError,
)
from napari_greyfill.files import write_image
from napari_greyfill.study.pictures import chosen_pictures, find_pictures, read_subject
from tests.commandline import run

NAMES = ["broken.jpg", "cell.png", "face.png", "scenes/face.png", "tiny.png"]


def test_pictures_are_found_in_subfolders_and_nothing_else_is(dataset):
    assert find_pictures(dataset) == NAMES


def test_folders_can_be_left_out(dataset):
    assert "scenes/face.png" not in find_pictures(dataset, [dataset / "scenes"])


def test_folders_without_pictures_are_refused(dataset, tmp_path):
    (tmp_path / "empty").mkdir()
    for path, why in (
        (tmp_path / "empty", "no picture"),
        (tmp_path / "none", "does not exist"),
        (dataset / "labels.txt", "is a file"),
    ):
        with pytest.raises(UnreadableFileError, match=why):
            find_pictures(path)


def test_the_seed_chooses_and_a_larger_count_adds():
    names = [f"{number}.png" for number in range(100)]
    few, more = chosen_pictures(names, 5, seed=1), chosen_pictures(names, 20, seed=1)
    assert len(few) == 5
    assert set(few) < set(more)
    assert few == chosen_pictures(names[::-1], 5, seed=1)
    assert few != chosen_pictures(names, 5, seed=2)
    assert set(chosen_pictures([*names, "new.png"], 5, seed=1)) - {"new.png"} <= set(few)
    assert chosen_pictures(names, 0, seed=1) == names


def test_masks_differ_between_pictures_but_not_between_runs(settings):
    box = replace(settings, mask_kind="box")
    first = read_subject("face.png", box).hole
    np.testing.assert_array_equal(first, read_subject("face.png", box).hole)
    other = read_subject("scenes/face.png", box).hole
    assert first.shape == other.shape
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, read_subject("face.png", replace(box, seed=1)).hole)


@pytest.mark.parametrize(
    ("name", "error", "why"),
    [
        ("broken.jpg", UnreadableFileError, "not an image"),
        ("tiny.png", UnsupportedImageError, "20 x 50 pixels are too few"),
        ("gone.png", UnreadableFileError, "no file"),
    ],
)
def test_pictures_that_cannot_be_used_say_why(settings, name, error, why):
    with pytest.raises(error, match=why):
        read_subject(name, settings)


class TestMaskFolder:
    @pytest.fixture
    def settings(self, settings, masks):
        return replace(settings, masks=str(masks))

    def test_by_name_wherever_the_picture_lies(self, settings, scratch):
        for name in ("face.png", "scenes/face.png"):
            np.testing.assert_array_equal(read_subject(name, settings).hole, scratch)

    def test_the_same_subfolder_comes_first(self, settings, masks, scratch):
        (masks / "scenes").mkdir()
        write_image(masks / "scenes" / "face.tif", ~scratch)
        hole = read_subject("scenes/face.png", settings).hole
        np.testing.assert_array_equal(hole, ~scratch)

    def test_inverted(self, settings, scratch):
        hole = read_subject("face.png", replace(settings, invert=True)).hole
        np.testing.assert_array_equal(hole, ~scratch)

    def test_missing_double_empty_and_wrong_masks(self, settings, masks, scratch):
        with pytest.raises(UnreadableFileError, match="no mask cell"):
            read_subject("cell.png", settings)
        write_image(masks / "cell.png", scratch[:-1])
        with pytest.raises(ShapeMismatchError):
            read_subject("cell.png", settings)
        write_image(masks / "cell.png", np.zeros_like(scratch))
        with pytest.raises(EmptyMaskError):
            read_subject("cell.png", settings)
        write_image(masks / "cell.tif", scratch)
        with pytest.raises(BadMaskError, match=r"cell\.png and cell\.tif .* remove one"):
            read_subject("cell.png", settings)

    def test_what_reading_warned_of_is_handed_out(self, settings, masks, scratch):
        soft = np.where(scratch, 255, 0).astype(np.uint8)
        soft[0, 0] = 100
        write_image(masks / "face.png", soft)
        notes = read_subject("face.png", settings).notes
        assert len(notes) == 1
        assert notes[0].startswith("face.png: ")


class TestMasksBesidePictures:
    @pytest.fixture
    def pairs(self, settings, tmp_path, scratch):
        folder = tmp_path / "pairs"
        folder.mkdir()
        for number in range(2):
            image = np.add.outer(np.arange(96), np.arange(120)).astype(np.uint8)
            write_image(folder / f"image{number}.png", image)
            write_image(folder / f"image{number}_mask001.png", scratch)
        return replace(settings, dataset=str(folder), masks=str(folder))

    def test_masks_are_no_pictures(self, pairs):
        assert find_pictures(pairs.dataset_path) == ["image0.png", "image1.png"]

    def test_each_picture_has_its_own(self, pairs, scratch):
        for name in ("image0.png", "image1.png"):
            np.testing.assert_array_equal(read_subject(name, pairs).hole, scratch)

    def test_a_picture_is_never_its_own_mask(self, pairs):
        (pairs.dataset_path / "image0_mask001.png").unlink()
        with pytest.raises(UnreadableFileError, match="no mask image0 or image0_mask"):
            read_subject("image0.png", pairs)

    def test_a_folder_for_masks_below(self, pairs, scratch):
        (pairs.dataset_path / "masks").mkdir()
        write_image(pairs.dataset_path / "masks" / "image0.png", ~scratch)
        assert find_pictures(pairs.dataset_path) == ["image0.png", "image1.png"]
        below = replace(pairs, masks=str(pairs.dataset_path / "masks"))
        np.testing.assert_array_equal(read_subject("image0.png", below).hole, ~scratch)

    def test_a_pool_of_other_names_fills_nothing_and_fails(self, pairs, tmp_path, scratch):
        (tmp_path / "pool").mkdir()
        write_image(tmp_path / "pool" / "00001.png", scratch)
        options = ("--methods", "telea", "--pipelines", "rgb-rgb", "-o", tmp_path / "study")
        result = run("evaluate", pairs.dataset, "--masks", tmp_path / "pool", *options)
        assert result.exit_code == 1
        assert "Nothing was filled" in result.stderr
        assert "There is no mask image0" in result.stderr
