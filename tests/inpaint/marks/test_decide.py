from dataclasses import replace

import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError
from napari_greyfill.inpaint.marks import judge
from napari_greyfill.inpaint.marks.fitting import continued


def rms(plane, case):
    inside = case.scene.own
    return float(np.sqrt(np.mean((plane - case.truth)[inside] ** 2)))


@pytest.mark.parametrize("colour", [False, True])
def test_a_mark_is_taken_back_and_is_nearer_to_the_truth_than_a_fill(marked, colour):
    case = marked(0.5, colour=colour)
    found = exhaust(judge(case.scene, Compute()))
    assert found.corrected
    fill = exhaust(continued(case.scene, case.scene.own, Compute()))
    assert rms(found.plane, case) < 0.6 * rms(fill, case)
    assert found.error < found.filling_error


@pytest.mark.parametrize("what", ["black", "even", "noise", "elsewhere"])
@pytest.mark.parametrize("colour", [False, True])
def test_nothing_opaque_is_taken_for_a_mark(marked, what, colour):
    truth = marked(colour=colour).truth
    over = {
        "black": np.full(truth.shape, 0.05),
        "even": np.full(truth.shape, truth.mean()),
        "noise": truth.mean() + np.random.default_rng(0).normal(0, 0.15, truth.shape),
        "elsewhere": 0.6 * np.roll(truth, (60, 60), (0, 1)),
    }[what]
    found = exhaust(judge(marked(over=over, colour=colour).scene, Compute()))
    assert not found.corrected
    assert found.plane is None
    assert found.why


def test_what_nothing_covers_is_filled(marked):
    found = exhaust(judge(marked(1.0).scene, Compute()))
    assert not found.corrected


def test_what_is_saturated_is_filled(marked):
    case = marked(0.5)
    recorded = np.where(case.cover > 0, np.minimum(case.scene.recorded, 0.3), case.scene.recorded)
    scene = replace(case.scene, recorded=recorded, limits=(0.0, 0.3))
    assert not exhaust(judge(scene, Compute())).corrected


def test_without_room_for_a_trial_only_who_asks_for_it_gets_it(marked):
    case = marked(0.5)
    lost = np.ones_like(case.scene.own)
    lost[60:132, 50:140] = False
    scene = replace(case.scene, lost=lost & ~case.scene.own)
    assert not exhaust(judge(scene, Compute())).corrected


def test_it_can_be_cancelled(marked):
    with pytest.raises(CancelledError):
        exhaust(judge(marked(0.5).scene, Compute(cancelled=lambda: True)))
