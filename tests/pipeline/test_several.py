"""Several methods in one run."""

import numpy as np
import pytest

from napari_greyfill import FillResults, fill, fill_steps
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import (
    BadParameterError,
    CancelledError,
    EmptyMaskError,
    EveryMethodFailedError,
    GreyfillWarning,
    MissingWeightsError,
)
from napari_greyfill.inpaint import INPAINTERS
from tests.inpainters import Broken
from tests.recording import recorded

MISSING = "gmcnn-celebahq"


@pytest.fixture(autouse=True)
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path))


@pytest.fixture
def broken(monkeypatch):
    monkeypatch.setattr(INPAINTERS, "_entries", dict(INPAINTERS._entries))
    INPAINTERS.add(MethodInfo("broken", "Broken", "inpainter", "Never works."), Broken)


@pytest.fixture
def scene():
    image = np.random.default_rng(0).integers(0, 255, (40, 50, 3), dtype=np.uint8)
    mask = np.zeros((40, 50), dtype=bool)
    mask[10:14, 12:30] = True
    return image, mask


def test_each_gives_what_it_gives_alone(scene):
    results = fill(*scene, method=["telea", "biharmonic"], colorizer="propagation")
    assert isinstance(results, FillResults)
    assert list(results) == ["telea", "biharmonic"]
    assert results.failures == {}
    assert results.notes == ()
    for name, result in results.items():
        alone = fill(*scene, method=name, colorizer="propagation")
        np.testing.assert_array_equal(result.image, alone.image)
        assert result.method == result.provenance["parameters"]["method"] == name


def test_a_list_of_one_is_a_list(scene):
    assert list(fill(*scene, method=["telea"])) == ["telea"]


def test_a_name_that_comes_twice_runs_once(scene):
    assert list(fill(*scene, method=["biharmonic", INPAINTERS.auto, "auto", "telea"])) == list(
        dict.fromkeys(["biharmonic", INPAINTERS.auto, "telea"])
    )


def test_one_failure_does_not_stop_the_others(scene, broken):
    with pytest.warns(GreyfillWarning) as caught:
        results = fill(*scene, method=["broken", MISSING, "telea"])
    assert list(results) == ["telea"]
    assert isinstance(results.failures["broken"], RuntimeError)
    assert isinstance(results.failures[MISSING], MissingWeightsError)
    told = [str(warning.message) for warning in caught]
    assert told[0] == "Broken failed: a bug"
    assert told[1].startswith("GMCNN, CelebA-HQ cannot run: its weights are not here")
    assert repr(results) == f"<FillResults of telea; failed: broken, {MISSING}>"


def test_if_every_method_fails_that_is_an_error(scene, broken):
    with pytest.raises(EveryMethodFailedError, match=r"^Broken failed: a bug GMCNN.*weights get"):
        fill(*scene, method=["broken", MISSING])


def test_results_come_as_they_are_finished(scene, broken):
    results, steps = recorded(fill_steps(*scene, method=["telea", "broken", "biharmonic"]))
    finished = [step for step in steps if step.kind == "finished"]
    assert [(step.method, round(step.fraction, 3)) for step in finished] == [
        ("telea", 0.333),
        ("biharmonic", 1.0),
    ]
    assert [step.result for step in finished] == list(results.values())
    # the first result is there before the last method has begun
    order = [step.method for step in steps]
    assert order == sorted(order, key=["telea", "broken", "biharmonic"].index)
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    (note,) = [step for step in steps if step.kind == "note"]
    assert (note.method, note.name) == ("broken", "Broken failed: a bug")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": []}, "name at least one"),
        ({"method": ["telea", "magic"]}, "no inpainter 'magic'"),
        ({"method": ["telea"], "pipeline": "x"}, "no pipeline 'x'"),
        ({"method": ["telea"], "colorizer": "x"}, "no colorizer 'x'"),
        ({"method": ["telea"], "scale": "x"}, "no scale 'x'"),
    ],
)
def test_what_is_wrong_for_all_of_them_is_said_before_the_first(scene, options, message):
    with pytest.raises(BadParameterError, match=message):
        fill_steps(*scene, **options)


def test_so_is_a_bad_mask(scene):
    with pytest.raises(EmptyMaskError):
        fill_steps(scene[0], np.zeros_like(scene[1]), method=["telea", "biharmonic"])


def test_cancelling_ends_all_of_them(scene):
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 1

    with pytest.raises(CancelledError):
        recorded(fill_steps(*scene, method=["biharmonic", "telea"], cancelled=cancelled))
