import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint import Inpainter, fit_to_size

sides = st.integers(1, 20)


class Mean(Inpainter):
    """Fills with the mean of the known pixels."""

    def run(self, plane, hole):
        yield 0.5
        return np.where(hole, plane[~hole].mean(), plane)


def test_fill_runs_the_generator_to_its_end():
    plane = np.array([[0.2, 0.0, 0.4]], dtype=np.float32)
    filled = Mean().fill(plane, np.array([[False, True, False]]))
    np.testing.assert_allclose(filled, [[0.2, 0.3, 0.4]])


def test_an_inpainter_knows_the_run_it_is_part_of():
    compute = Compute(seed=7)
    assert Mean(compute).compute is compute
    assert Mean().compute == Compute()


def mirrored(side, length):
    """Return the indices 0 1 2 1 0 1 ... of a row of `side` pixels, mirrored without its ends."""
    there_and_back = [*range(side), *range(side - 2, 0, -1)]
    return [there_and_back[index % len(there_and_back)] for index in range(length)]


@given(sides, sides, st.integers(1, 24), st.integers(1, 9), st.booleans())
def test_padding_adds_just_enough_mirror_image_at_the_lower_right(
    height, width, least, step, colour
):
    shape = (height, width, 3) if colour else (height, width)
    plane = np.random.default_rng(0).random(shape, dtype=np.float32)
    hole = plane.reshape(height, width, -1)[..., 0] > 0.5
    large, large_hole = fit_to_size(plane, hole, minimum=least, multiple_of=step)
    for old, new in zip(hole.shape, large_hole.shape, strict=True):
        assert new == min(n for n in range(1, 99) if n >= max(old, least) and n % step == 0)
    assert large.shape == large_hole.shape + shape[2:]
    np.testing.assert_array_equal(large[:height, :width], plane)
    np.testing.assert_array_equal(large_hole[:height, :width], hole)
    rows, columns = (mirrored(*pair) for pair in zip(hole.shape, large_hole.shape, strict=True))
    np.testing.assert_array_equal(large, plane[rows][:, columns])
    np.testing.assert_array_equal(large_hole, hole[rows][:, columns])


def test_what_fits_is_passed_on_as_it_is():
    plane, hole = np.zeros((8, 12), np.float32), np.zeros((8, 12), bool)
    assert fit_to_size(plane, hole, minimum=8, multiple_of=4) == (plane, hole)


def test_a_method_has_to_say_how_it_fills():
    with pytest.raises(TypeError, match="abstract"):
        Inpainter()
