import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint import Fill, Inpainter
from tests.recording import recorded


class Mean(Inpainter):
    """Fills with the mean of the known pixels."""

    def run(self, plane, hole, unknown=None):
        yield 0.5
        return Fill(np.where(hole, plane[~hole].mean(), plane))


def test_fill_runs_the_generator_to_its_end():
    plane = np.array([[0.2, 0.0, 0.4]], dtype=np.float32)
    filled = Mean().fill(plane, np.array([[False, True, False]]))
    np.testing.assert_allclose(filled, [[0.2, 0.3, 0.4]])


class Telling(Inpainter):
    """Fills with nothing, and expects an error of as much as there are pixels to fill."""

    def run(self, plane, hole, unknown=None):
        yield 0.5
        wanted = hole if unknown is None else hole & ~unknown
        return Fill(plane, float(wanted.sum()))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(None, [3.0, 3.0]), ([True, False], [2.0, 3.0]), ([False, True], [3.0, 2.0])],
)
def test_of_several_planes_each_has_its_own_unknown_pixels_and_error(asked, expected):
    planes = list(np.arange(6, dtype=np.float32).reshape(2, 1, 3))
    holes = [np.ones((1, 3), dtype=bool)] * 2
    first = np.array([[True, False, False]])
    unknown = asked and [first if each else None for each in asked]
    fills, fractions = recorded(Telling().run_together(planes, holes, unknown))
    assert [fill.expected_error for fill in fills] == expected
    assert all(fill.plane is plane for fill, plane in zip(fills, planes, strict=True))
    assert fractions == [0.25, 0.75]


def test_an_inpainter_knows_the_run_it_is_part_of():
    compute = Compute(seed=7)
    assert Mean(compute).compute is compute
    assert Mean().compute == Compute()


def test_a_method_has_to_say_how_it_fills():
    with pytest.raises(TypeError, match="abstract"):
        Inpainter()
