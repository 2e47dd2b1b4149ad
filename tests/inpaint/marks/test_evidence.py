import numpy as np

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint.marks.evidence import agreement, evidence, unevenness
from napari_greyfill.inpaint.marks.fitting import continued
from napari_greyfill.inpaint.marks.mark import Mark


def known(case, passes=0.5):
    fill = exhaust(continued(case.scene, case.cover > 0, Compute()))
    return Mark(case.cover, np.array([passes]), np.zeros(1)), fill


def test_what_shows_through_a_mark_goes_with_what_is_expected(marked):
    case = marked(0.5)
    mark, fill = known(case)
    assert evidence(case.scene, mark, fill) > 3.5
    seen = agreement(case.scene, mark, fill, mark.behind(case.scene.recorded))
    truth = agreement(case.scene, mark, fill, case.truth)
    assert abs(seen - truth) < 0.05


def test_the_picture_itself_from_elsewhere_does_not(marked):
    whole = marked()
    for move in ((50, 60), (-50, -40), (60, -50)):
        case = marked(over=0.5 * np.roll(whole.truth, move, (0, 1)))
        mark, fill = known(case)
        assert evidence(case.scene, mark, fill) < 3.5


def test_an_even_patch_has_no_structure_at_all(marked):
    case = marked(over=np.full((192, 192), 0.4))
    mark, fill = known(case)
    assert agreement(case.scene, mark, fill, mark.behind(case.scene.recorded)) < 0.1


def test_a_share_that_differs_from_end_to_end_is_uneven(marked):
    case = marked(0.5)
    mark, fill = known(case)
    even = unevenness(case.scene, mark, fill)
    slope = np.linspace(0.3, 0.7, 192)[None].repeat(192, 0)
    other = marked(over=case.truth * slope)
    assert unevenness(other.scene, mark, known(other)[1]) > even
