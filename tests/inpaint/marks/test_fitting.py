from dataclasses import replace

import numpy as np
import pytest

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint.marks.fitting import continued, explained, supports


def fill_of(scene, support):
    return exhaust(continued(scene, support, Compute()))


def test_the_mark_is_found_within_what_is_painted(marked):
    case = marked(0.5, wider=4)
    first = fill_of(case.scene, case.scene.own)
    everything, part = supports(case.scene, first)
    assert everything is case.scene.own
    wrong = np.count_nonzero(part != (case.cover > 0))
    assert wrong < 0.1 * case.cover.sum()


@pytest.mark.parametrize("passes", [0.3, 0.5, 0.8])
def test_the_share_of_light_is_measured(marked, passes):
    case = marked(passes)
    fill = fill_of(case.scene, case.cover > 0)
    mark = explained(case.scene, case.cover > 0, fill, fades=False)
    assert mark.passes[0] == pytest.approx(passes, rel=0.05)
    assert mark.adds[0] == 0.0
    inside = case.cover > 0
    assert mark.cover[inside].min() > 0.85
    assert mark.cover[~case.scene.own].max() == 0.0


def test_colours_each_have_their_share(marked):
    case = marked((0.4, 0.6, 0.9), colour=True)
    mark = explained(case.scene, case.cover > 0, fill_of(case.scene, case.cover > 0), fades=False)
    np.testing.assert_allclose(mark.passes, (0.4, 0.6, 0.9), rtol=0.08)


def test_a_shadow_that_fades_has_a_share_for_every_depth(marked):
    case = marked()
    y, x = np.indices(case.truth.shape)
    shade = 1 - 0.5 * np.exp(-((y - 96) ** 2 + (x - 95) ** 2) / 200)
    own = shade < 0.98
    scene = replace(case.scene, recorded=(case.truth * shade).astype(np.float32), own=own)
    mark = explained(scene, own, fill_of(scene, own), fades=True)
    assert mark.replaces
    off = np.abs(mark.evens - shade)[own]
    assert off.mean() < 0.1
    assert (mark.evens[~own] == 1).all()


def test_what_adds_nothing_and_lets_nothing_pass_is_no_mark(marked):
    over = np.random.default_rng(0).uniform(0.2, 0.8, (192, 192))
    case = marked(over=over)
    fill = fill_of(case.scene, case.cover > 0)
    mark = explained(case.scene, case.cover > 0, fill, fades=False)
    assert mark is None or abs(mark.passes[0] - 1) > 0.02


def test_a_piece_of_a_few_pixels_has_no_mark(marked):
    case = marked()
    tiny = np.zeros_like(case.scene.own)
    tiny[90:93, 90:93] = True
    assert explained(case.scene, tiny, case.scene.recorded, fades=False) is None
