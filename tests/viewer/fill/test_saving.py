import numpy as np
import pytest
from PIL import Image

from napari_greyfill.errors import UnwritablePathError
from napari_greyfill.files import read_image
from napari_greyfill.viewer.fill.saving import Saving, ask_where, source_path


@pytest.fixture
def photo(tmp_path):
    """A picture with a date and a size of its pixels."""
    path = tmp_path / "photo.tif"
    exif = Image.Exif()
    exif[306] = "2026:01:02 03:04:05"
    pixels = np.arange(20 * 30 * 3, dtype=np.uint32).reshape(20, 30, 3) % 251
    Image.fromarray(pixels.astype(np.uint8)).save(path, exif=exif, dpi=(254, 254))
    return path


@pytest.fixture
def hole():
    mask = np.zeros((20, 30), bool)
    mask[5:9, 5:9] = True
    return mask


def test_result_and_mask_lie_beside_the_source(photo, hole, tmp_path):
    image = read_image(photo).array.copy()
    image[hole] = 7
    said = Saving(image, hole, tmp_path / "photo filled.tif", photo).write()
    assert said.startswith("Saved photo filled.tif and photo filled mask.png")
    again = read_image(tmp_path / "photo filled.tif")
    np.testing.assert_array_equal(again.array, image)
    assert again.metadata.tiff.resolution == read_image(photo).metadata.tiff.resolution
    mask = read_image(tmp_path / "photo filled mask.png").array
    np.testing.assert_array_equal(mask > 0, hole)


def test_the_picture_itself_is_never_written_over(photo, hole):
    before = photo.read_bytes()
    with pytest.raises(UnwritablePathError, match="another name"):
        Saving(read_image(photo).array, hole, photo, photo).write()
    assert photo.read_bytes() == before


def test_a_format_that_changes_pixels_says_so(photo, hole, tmp_path):
    said = Saving(read_image(photo).array, hole, tmp_path / "it.jpg", photo).write()
    assert "JPEG changes pixels" in said


def test_the_dialog_starts_beside_the_source(photo, qtbot, monkeypatch):
    asked = []

    def answer(parent, title, path, kinds):
        asked.append(path)
        return "", ""

    from napari_greyfill.viewer.fill import saving

    monkeypatch.setattr(saving.QFileDialog, "getSaveFileName", answer)
    assert ask_where(None, photo, "photo filled") is None
    assert asked == [str(photo.with_name("photo filled.tif"))]


def test_a_layer_without_a_file_has_no_source():
    assert source_path(None) is None
