from dataclasses import replace

import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint.marks.mark import Mark
from napari_greyfill.inpaint.marks.trial import errors_of, noise_of, trials, zones


def half(cover):
    return Mark(cover, np.array([0.5]), np.zeros(1))


def test_a_mark_laid_elsewhere_is_taken_back_better_than_filled(marked):
    case = marked(0.5)
    done = exhaust(trials(case.scene, case.cover > 0, half(case.cover), Compute()))
    assert len(done) == 2
    for trial in done:
        assert trial.error.rest < 0.7 * trial.filling.rest
        assert trial.agrees > 0.1


def test_without_room_there_is_none(marked):
    case = marked(0.5)
    lost = ~case.scene.own.copy()
    lost[70:122, 60:130] = False
    scene = replace(case.scene, lost=lost & ~case.scene.own)
    assert exhaust(trials(scene, case.cover > 0, half(case.cover), Compute())) == []


def test_errors_of_the_rim_and_of_the_rest():
    cover = np.zeros((10, 10))
    cover[2:8, 2:8], cover[3:7, 3:7] = 0.5, 1.0
    rim, rest = zones(half(cover))
    assert np.count_nonzero(rim) == 20
    assert np.count_nonzero(rest) == 16
    off = np.where(rim, 0.2, 0.1).astype(np.float32)
    found = errors_of(half(cover), off, np.zeros_like(off))
    assert found.rim == pytest.approx(0.2)
    assert found.rest == pytest.approx(0.1)


def test_noise_is_amplified_by_taking_back(marked):
    case = marked(0.25)
    rng = np.random.default_rng(0)
    recorded = case.scene.recorded + rng.normal(0, 0.02, case.truth.shape).astype(np.float32)
    scene = replace(case.scene, recorded=recorded)
    mark = Mark(case.cover, np.array([0.25]), np.zeros(1))
    assert noise_of(scene, mark) > 0.03
