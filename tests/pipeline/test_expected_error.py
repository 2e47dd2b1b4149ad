"""The expected error of stage 1, from the method to the result."""

import json
from collections.abc import Generator

import numpy as np
import pytest

from napari_greyfill import fill
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.inpaint import INPAINTERS, Fill, Inpainter
from napari_greyfill.pipeline.intermediate import FILLED_COLOUR, FILLED_GREY


class Sure(Inpainter):
    """Fills with grey and expects an error that grows with the hole."""

    def run(self, plane, hole, unknown=None) -> Generator[float, None, Fill]:
        yield 0.5
        return Fill(np.full_like(plane, 0.5), 0.02 if hole.sum() < 150 else 0.1)


@pytest.fixture(autouse=True)
def sure():
    INPAINTERS.add(MethodInfo("sure", "Sure", "inpainter", "For tests."), Sure)
    yield
    del INPAINTERS._entries["sure"]


def step_of(result, name):
    return next(step for step in result.steps if step.name == name)


def test_the_step_and_the_result_have_it_in_the_units_of_the_image(astronaut, scratch):
    result = fill(astronaut, scratch, method="sure")
    step = step_of(result, FILLED_GREY)
    assert step.expected_error == pytest.approx(0.1 * 255)
    assert step.remark == "expected error about 26 grey levels"
    assert result.expected_error == step.expected_error
    assert json.loads(json.dumps(result.provenance))["expected_error"] == step.expected_error
    others = [other for other in result.steps if other is not step]
    assert all(other.expected_error is None and other.remark == "" for other in others)


def test_colour_that_is_filled_at_once_has_it_too(astronaut, scratch):
    result = fill(astronaut, scratch, method="sure", pipeline="rgb-rgb")
    assert step_of(result, FILLED_COLOUR).expected_error == pytest.approx(25.5)


def test_counts_and_floats_are_told_in_their_own_units(cell, astronaut, scratch):
    counts = 1000 + 10 * cell.astype(np.uint16)
    result = fill(counts, scratch, method="sure")
    width = int(counts[~scratch].max()) - int(counts[~scratch].min())
    assert result.expected_error == pytest.approx(0.1 * width)
    floats = fill(astronaut[..., 0] / 255, scratch, method="sure")
    assert step_of(floats, FILLED_GREY).remark == "expected error about 0.1"


def test_regions_count_by_their_pixels():
    image = np.full((400, 400), 128, np.uint8)
    image[0, :2] = 0, 255
    mask = np.zeros(image.shape, bool)
    mask[20:30, 20:30] = mask[350:370, 350:370] = True
    expected = 255 * np.sqrt((100 * 0.02**2 + 400 * 0.1**2) / 500)
    assert fill(image, mask, method="sure").expected_error == pytest.approx(expected)


@pytest.mark.parametrize(
    ("error", "said"), [(0.2 / 255, "0.2 grey levels"), (1 / 255, "1 grey level")]
)
def test_small_errors_read_well(monkeypatch, astronaut, scratch, error, said):
    monkeypatch.setattr(Sure, "run", lambda self, plane, hole, unknown: _certain(plane, error))
    result = fill(astronaut, scratch, method="sure")
    assert step_of(result, FILLED_GREY).remark == f"expected error about {said}"


def _certain(plane, error):
    yield 0.5
    return Fill(plane, error)


def test_methods_that_do_not_know_say_nothing(cell, scratch):
    result = fill(cell, scratch, method="biharmonic")
    assert result.expected_error is None
    assert result.provenance["expected_error"] is None


def test_the_default_expects_about_what_comes(cell, scratch):
    result = fill(cell, scratch)
    error = np.sqrt(np.mean((result.image[scratch].astype(float) - cell[scratch]) ** 2))
    assert 0.2 < result.expected_error / max(error, 0.5) < 5
