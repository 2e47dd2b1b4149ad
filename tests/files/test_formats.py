"""What kinds of image files hold, against what Pillow and tifffile read back."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from napari_greyfill.files.base import Metadata
from napari_greyfill.files.formats import FORMATS, Holds

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("suffix", [s for s in FORMATS if s not in (".tif", ".tiff")])
def test_each_type_it_lists_comes_back(suffix):
    form = FORMATS[suffix]
    for name in form.types:
        array = RANDOM.integers(0, 2 if name == "bool" else 255, (9, 7)).astype(name)
        file = BytesIO()
        form.encode(file, array, Metadata())
        read = np.asarray(Image.open(BytesIO(file.getvalue())))
        read = read[..., 0] if read.ndim == 3 else read
        if form.warning:
            assert np.abs(read.astype(int) - array).max() > 0
        else:
            np.testing.assert_array_equal(read, array)


def test_pixels_an_inch_in_whole_steps():
    inches = Holds(density_most=65_535)
    assert inches.density(300) and inches.density(72.5)
    assert not inches.density(0.4) and not inches.density(1.4) and not inches.density(1e6)
    assert not Holds().density(300)
