"""Several methods on one hole: each gives what it gives alone."""

import numpy as np
import pytest

from napari_greyfill import ColourHints, Result, compare, compare_steps, fill
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import (
    BadParameterError,
    CancelledError,
    EmptyMaskError,
    EveryMethodFailedError,
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


def filled(scene, methods, **options):
    choices = {"pipelines": "grey-rgb", "colorizers": "propagation", "reference": None}
    return compare(*scene, methods=methods, **{**choices, **options})


def steps_of(scene, methods, **options):
    choices = {"pipelines": "grey-rgb", "colorizers": "propagation", "reference": None}
    return compare_steps(*scene, methods=methods, **{**choices, **options})


def names(comparison):
    return [row.combination.method for row in comparison.rows]


def test_each_gives_what_it_gives_alone(scene):
    comparison = filled(scene, ["telea", "biharmonic"])
    assert names(comparison) == ["telea", "biharmonic"]
    assert comparison.notes == ()
    for row in comparison.rows:
        alone = fill(*scene, method=row.combination.method, colorizer="propagation")
        np.testing.assert_array_equal(row.image, alone.image)
        assert row.result.provenance["parameters"] == alone.provenance["parameters"]
        shown = zip(row.result.steps, alone.steps, strict=True)
        assert all((a.name, a.stage) == (b.name, b.stage) for a, b in shown)
        np.testing.assert_array_equal(row.result.confidence, alone.confidence)


def test_feather_scale_and_hints_count_as_in_a_fill(scene):
    hints = ColourHints.from_points([[12, 20]], [[1.0, 0.0, 0.0]], size=3)
    options = {"feather": 2, "scale": "native", "hints": hints}
    (row,) = filled(scene, "telea", **options).rows
    alone = fill(*scene, method="telea", colorizer="propagation", **options)
    np.testing.assert_array_equal(row.image, alone.image)


def test_auto_is_the_method_that_suits_the_hole(scene):
    suited = fill(*scene, colorizer="propagation")
    comparison = filled(scene, ["biharmonic", suited.method, "auto", "telea"])
    assert names(comparison) == ["biharmonic", suited.method, "telea"]
    assert comparison.rows[1].result.reason == suited.reason != ""


def test_one_failure_does_not_stop_the_others(scene, broken):
    comparison = filled(scene, ["broken", MISSING, "telea"])
    assert names(comparison) == ["broken", MISSING, "telea"]
    assert comparison.rows[0].failure == "Broken failed: RuntimeError: a bug"
    why = "GMCNN, CelebA-HQ cannot run: its weights are not here"
    assert comparison.rows[1].failure.startswith(why)
    assert comparison.rows[2].failure == ""
    assert comparison.rows[2].image is not None
    comparison.require_some()


def test_if_every_method_fails_that_can_be_an_error(scene, broken):
    comparison = filled(scene, ["broken", MISSING])
    with pytest.raises(EveryMethodFailedError, match=r"^Broken failed: .*a bug.*weights get"):
        comparison.require_some()


def test_results_come_as_they_are_finished(scene, broken):
    comparison, events = recorded(steps_of(scene, ["telea", "broken", "biharmonic"]))
    finished = [event for event in events if isinstance(event, Result)]
    assert [event.value for event in finished] == list(comparison.rows)
    assert [round(event.fraction, 3) for event in finished] == [0.333, 0.667, 1.0]
    fractions = [event.fraction for event in events]
    assert fractions == sorted(fractions)
    # the first result is there before the last method has begun
    first = events.index(finished[0])
    assert not any(event.text.startswith("biharmonic") for event in events[:first])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"methods": []}, "No method is chosen"),
        ({"methods": ["telea", "magic"]}, "no inpainter 'magic'"),
        ({"methods": ["telea"], "pipelines": "x"}, "no pipeline 'x'"),
        ({"methods": ["telea"], "colorizers": "x"}, "no colorizer 'x'"),
        ({"methods": ["telea"], "scale": "x"}, "no scale 'x'"),
    ],
)
def test_what_is_wrong_for_all_of_them_is_said_before_the_first(scene, options, message):
    with pytest.raises(BadParameterError, match=message):
        compare_steps(*scene, **options)


def test_a_list_of_methods_is_no_fill_but_a_comparison(scene):
    with pytest.raises(BadParameterError, match="must be a name"):
        fill(*scene, method=["telea", "biharmonic"])


def test_so_is_a_bad_mask(scene):
    with pytest.raises(EmptyMaskError):
        filled((scene[0], np.zeros_like(scene[1])), ["telea", "biharmonic"])


def test_cancelling_ends_all_of_them(scene):
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 1

    with pytest.raises(CancelledError):
        recorded(steps_of(scene, ["biharmonic", "telea"], cancelled=cancelled))
