import numpy as np
import pytest

from napari_greyfill import propagate
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import BadParameterError, CancelledError
from napari_greyfill.pipeline.propagation import propagate_steps
from tests.pipeline.test_uncertainty import bars, filled, texture


@pytest.fixture(scope="module")
def result():
    image, hole = texture(), bars()
    return filled(np.where(hole, 0, image).astype(np.uint8), hole)


def test_a_mean_gets_a_plus_minus_that_holds_the_truth(result):
    found = propagate(result, lambda image: image[8:30].mean(), n=20)
    assert found.low <= found.mean <= found.high
    assert found.std > 0
    assert found.value == pytest.approx(result.image[8:30].mean())
    assert found.values.shape == (20,)
    truth = texture()[8:30].mean()
    assert abs(truth - found.mean) < 5 * found.std
    assert "±" in str(found)
    assert "90 %" in str(found)


def test_what_does_not_look_at_the_hole_is_certain(result):
    found = propagate(result, lambda image: float(image[0, 0]), n=4)
    assert found.std == 0
    assert found.low == found.high == found.value


def test_several_numbers_at_once(result):
    found = propagate(result, lambda image: [image.mean(), image.max()], n=4)
    assert found.mean.shape == (2,)
    assert "values" not in repr(found)
    assert str(found) == repr(found)


def test_what_is_measured_is_a_number(result):
    with pytest.raises(BadParameterError, match="no number"):
        propagate(result, lambda image: "many", n=2)
    with pytest.raises(BadParameterError):
        propagate(result, "mean", n=2)
    with pytest.raises(BadParameterError, match="level"):
        propagate(result, np.mean, n=2, level=90)


def test_as_many_numbers_of_each(result):
    counts = iter(range(1, 9))
    with pytest.raises(BadParameterError, match="as many"):
        propagate(result, lambda image: np.zeros(next(counts)), n=2)


def test_it_can_be_cancelled(result):
    with pytest.raises(CancelledError):
        exhaust(propagate_steps(result, np.mean, cancelled=lambda: True))
