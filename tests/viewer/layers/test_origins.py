import numpy as np
import pytest

from napari_greyfill.pipeline.origin import Origin
from napari_greyfill.viewer.layers.origins import COLOURS, is_outline, outline_colours


@pytest.mark.parametrize("origin", [Origin.INFERRED, Origin.CORRECTED, Origin.COPIED])
def test_each_origin_has_its_colour_and_all_else_is_clear(origin):
    colours = outline_colours(origin)
    np.testing.assert_allclose(colours.map(1)[:3], COLOURS[origin], atol=1e-6)
    np.testing.assert_allclose(colours.map(4)[:3], COLOURS[Origin.RECORDED], atol=1e-6)
    assert colours.map(0)[3] == colours.map(2)[3] == 0
    assert is_outline(colours.name)
    assert not is_outline("custom")
