import numpy as np
import pytest

from napari_greyfill.files import PICTURE_SUFFIXES, is_picture_name, lossless_suffix, read_image
from napari_greyfill.files.writing import write_image


@pytest.mark.parametrize("suffix", PICTURE_SUFFIXES)
def test_pictures_are_told_by_their_suffix_in_any_case(suffix):
    assert is_picture_name(f"a{suffix}")
    assert is_picture_name(f"folder/a.b{suffix.upper()}")
    assert not is_picture_name(f".a{suffix}")
    assert not is_picture_name(suffix)


@pytest.mark.parametrize("name", ["", "a", "png", "a.txt", "a.png.txt"])
def test_other_files_are_none(name):
    assert not is_picture_name(name)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "uint16", "int16", "float32"])
def test_what_a_type_is_written_as_gives_it_back(dtype, tmp_path):
    image = np.arange(12).reshape(3, 4).astype(dtype)
    path = tmp_path / f"a{lossless_suffix(image.dtype)}"
    write_image(path, image)
    found = read_image(path).array
    assert found.dtype == image.dtype
    np.testing.assert_array_equal(found, image)
