import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint import Fill, Inpainter


class Mean(Inpainter):
    """Fills with the mean of the known pixels."""

    def run(self, plane, hole, unknown=None):
        yield 0.5
        return Fill(np.where(hole, plane[~hole].mean(), plane))


def test_fill_runs_the_generator_to_its_end():
    plane = np.array([[0.2, 0.0, 0.4]], dtype=np.float32)
    filled = Mean().fill(plane, np.array([[False, True, False]]))
    np.testing.assert_allclose(filled, [[0.2, 0.3, 0.4]])


def test_an_inpainter_knows_the_run_it_is_part_of():
    compute = Compute(seed=7)
    assert Mean(compute).compute is compute
    assert Mean().compute == Compute()


def test_a_method_has_to_say_how_it_fills():
    with pytest.raises(TypeError, match="abstract"):
        Inpainter()
