"""Files of several pages, whole and cut short."""

import numpy as np
import pytest
import tifffile

from napari_greyfill.errors import UnreadableFileError
from napari_greyfill.files.pages import full_series, require_all_pages
from tests.files.cases import noise


def pages(path, count=4):
    with tifffile.TiffWriter(path) as file:
        for _ in range(count):
            file.write(noise(), metadata=None, contiguous=False)


def test_a_whole_file_is_let_pass(tmp_path):
    path = tmp_path / "a.tif"
    pages(path)
    with tifffile.TiffFile(path) as tiff:
        require_all_pages(tiff, path)
        assert len(full_series(tiff)) == 1


@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("share", [0.4, 0.6, 0.8])
def test_a_chain_that_leads_out_of_the_file_is_refused(tmp_path, share, bigtiff):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.stack([noise()] * 8), bigtiff=bigtiff, photometric="minisblack")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with (
        tifffile.TiffFile(path) as tiff,
        pytest.raises(UnreadableFileError, match=r"a\.tif is damaged or cut short; get the file"),
    ):
        require_all_pages(tiff, path)


def test_reduced_copies_are_no_pictures(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(noise("u1", 1, (64, 64)))
        file.write(noise("u1", 1, (16, 16)), subfiletype=1)
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        assert [series.shape for series in full_series(tiff)] == [(64, 64)]
