import numpy as np
import pytest
import tifffile

from napari_greyfill.errors import ShapeMismatchError, UnreadableFileError, UnwritablePathError
from napari_greyfill.inpaint.neighbours.gain import Gain, apply_gain, load_gain, save_gain


def made():
    gain = np.ones((6, 8), np.float32)
    gain[2:4, 3:6] = 0.5
    return Gain(gain, 0.5, "correct", 0.07)


def test_a_gain_is_the_same_once_it_is_read_again(tmp_path):
    path = tmp_path / "gain.tif"
    for gain in (made(), Gain(made().gain, 0.97, "inpaint", None)):
        save_gain(path, gain)
        back = load_gain(path)
        assert np.array_equal(back.gain, gain.gain)
        assert (back.depth, back.decision, back.known_to) == (
            gain.depth,
            gain.decision,
            gain.known_to,
        )


def test_light_comes_back_above_black_and_only_in_the_dust():
    plane = np.full((6, 8), 30, np.uint8)
    result = apply_gain(plane, made(), black=10)
    assert np.all(result[2:4, 3:6] == 50)
    assert np.count_nonzero(result != 30) == 6
    hole = np.zeros(plane.shape, bool)
    hole[2, 3] = True
    assert np.count_nonzero(apply_gain(plane, made(), hole) != 30) == 1


def test_a_gain_of_another_size_is_refused():
    with pytest.raises(ShapeMismatchError, match="same size"):
        apply_gain(np.zeros((5, 8), np.float32), made())


def test_other_files_are_no_gains(tmp_path):
    path = tmp_path / "picture.tif"
    tifffile.imwrite(path, np.ones((6, 8), np.float32))
    with pytest.raises(UnreadableFileError, match=r"picture\.tif"):
        load_gain(path)
    path.write_bytes(b"no picture")
    with pytest.raises(UnreadableFileError):
        load_gain(path)
    with pytest.raises(UnreadableFileError):
        load_gain(tmp_path / "none.tif")
    bad = Gain(np.zeros((6, 8), np.float32), 0.5, "correct")
    save_gain(path, bad)
    with pytest.raises(UnreadableFileError, match="no gains"):
        load_gain(path)


def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(UnwritablePathError):
        save_gain(tmp_path / "nowhere" / "gain.tif", made())
