from dataclasses import replace

import numpy as np
import pytest

from napari_greyfill.colorization import COLORIZERS, Colorizer, Colours, Level
from napari_greyfill.colorization.guard import COLLAPSED, Guarded, implausible
from napari_greyfill.colorization.hybrid import Hybrid
from napari_greyfill.colorization.propagation import Propagation
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError
from napari_greyfill.image.colour import chroma, luma, with_luma
from tests.colorization.cases import coloured

CYAN, GREY, WHITE = (0.0, 0.9, 0.9), (0.5, 0.5, 0.5), (1.0, 1.0, 1.0)


class Collapsing(Colorizer):
    """Paints a blob into the hole, except with the seeds that it is good for."""

    good_seeds = ()
    blob = CYAN

    def run(self, colour, grey, hole, hints=None):
        yield Level("half way", 0.5)
        yield Level("a scale", 0.7, lambda: colour, complete=True)
        seen.append((self.compute.seed, hints))
        result = coloured(Propagation(), colour, grey, hole)
        if self.compute.seed not in self.good_seeds:
            result[hole] = self.blob
        return Colours(result, np.full(hole.shape, 0.25, np.float32))


seen = []  # seed and hints of every run


@pytest.fixture(autouse=True)
def fresh():
    seen.clear()


@pytest.fixture
def case(astronaut, scratch):
    colour = astronaut.astype(np.float32) / 255
    grey = luma(colour)
    colour[scratch] = 0
    return colour, grey, scratch


def made(**attributes):
    return type("Made", (Collapsing,), attributes)


def test_a_good_run_is_left_alone(case):
    guarded = Guarded(made(good_seeds=(4,)), Compute(seed=4), instead=Hybrid)
    found = exhaust(guarded.run(*case))
    np.testing.assert_array_equal(found.plane, coloured(Propagation(), *case))
    assert found.notes == ()
    assert len(seen) == 1
    assert (found.confidence == 0.25).all()


def test_a_collapsed_run_is_repeated_with_another_seed(case):
    guarded = Guarded(made(good_seeds=(5 + 7919,)), Compute(seed=5), instead=Hybrid)
    found = exhaust(guarded.run(*case))
    np.testing.assert_array_equal(found.plane, coloured(Propagation(), *case))
    assert [seed for seed, _ in seen] == [5, 7924]
    assert found.notes == ()


def test_a_run_that_collapses_twice_is_replaced_and_said_so(case):
    guarded = Guarded(
        Collapsing, instead=Hybrid, title="The fake", instead_title="the default method"
    )
    found, hybrid = (exhaust(each.run(*case)) for each in (guarded, Hybrid()))
    np.testing.assert_array_equal(found.plane, hybrid.plane)
    np.testing.assert_array_equal(found.confidence, hybrid.confidence)
    assert len(seen) == 2
    (note,) = found.notes
    assert note.startswith("The fake collapsed twice into colours that the picture does not have")
    assert "so the default method coloured this hole instead" in note


@pytest.mark.parametrize("blob", [CYAN, WHITE])
def test_without_a_replacement_the_pixels_stay_and_a_note_comes(case, blob):
    guarded = Guarded(made(blob=blob), title="The fake")
    found = exhaust(guarded.run(*case))
    assert (found.plane[case[2]] == np.float32(blob)).all()
    assert len(seen) == 1
    (note,) = found.notes
    assert note.startswith("The fake seems to have collapsed")


def test_what_the_colorizer_has_to_say_comes_before_what_the_guard_has(case):
    class Telling(Collapsing):
        def run(self, *given):
            return replace((yield from super().run(*given)), notes=("It was hard.",))

    alone = exhaust(Guarded(Telling).run(*case))
    assert alone.notes[0] == "It was hard."
    assert len(alone.notes) == 2
    kept = exhaust(Guarded(type("Good", (Telling,), {"good_seeds": (0,)})).run(*case))
    assert kept.notes == ("It was hard.",)


def test_the_finished_fraction_never_falls_and_levels_are_kept_once(case):
    levels = list(Guarded(Collapsing, instead=Hybrid).run(*case))
    fractions = [level.fraction for level in levels]
    assert fractions == sorted(fractions)
    assert sum(level.complete for level in levels) == 1


def test_hints_reach_the_colorizer(case):
    guarded = Guarded(Collapsing, instead=Hybrid)
    given = np.zeros_like(case[2])
    exhaust(guarded.run(*case, given))
    assert len(seen) == 2
    assert all(hints is given for _, hints in seen)


@pytest.mark.parametrize("blob", [CYAN, (0.9, 0.0, 0.9), WHITE])
def test_a_blob_in_the_hole_is_implausible(case, blob):
    colour, _, hole = case
    result = colour.copy()
    result[hole] = blob
    assert implausible(result, *case) > 0.5


def test_a_small_blob_counts_as_much_as_it_covers(case):
    hole = case[2]
    result = coloured(Propagation(), *case)
    place = np.flatnonzero(hole)[::4]
    result.reshape(-1, 3)[place] = CYAN
    assert implausible(result, *case) == pytest.approx(0.25, abs=0.05)


def test_a_colourful_hole_that_comes_back_without_colour_is_implausible():
    colour = np.full((40, 40, 3), (0.8, 0.3, 0.1), dtype=np.float32)
    hole = np.zeros((40, 40), dtype=bool)
    hole[10:30, 10:30] = True
    grey = luma(colour)
    blob = with_luma(grey, np.zeros((40, 40, 2), np.float32))
    assert implausible(blob, colour, grey, hole) >= COLLAPSED
    assert implausible(colour, colour, grey, hole) == 0


@pytest.mark.parametrize("method", ["propagation", "examples", "hybrid"])
@pytest.mark.parametrize("picture", ["astronaut", "tissue"])
def test_closed_forms_and_the_truth_are_plausible(method, picture, scratch, request):
    truth = request.getfixturevalue(picture).astype(np.float32) / 255
    grey = luma(truth)
    colour = np.where(scratch[..., None], 0, truth).astype(np.float32)
    result = coloured(COLORIZERS.create(method, Compute()), colour, grey, scratch)
    assert implausible(result, colour, grey, scratch) < COLLAPSED / 2
    assert implausible(truth, colour, grey, scratch) < COLLAPSED


def noise(shape=(48, 60)):
    return np.random.default_rng(0).random((*shape, 3), dtype=np.float32)


def hidden(picture, hole):
    """Return what a colorizer is given of a picture with a hole and its true grey."""
    return np.where(hole[..., None], 0, picture).astype(np.float32), luma(picture), hole


@pytest.mark.parametrize("side", [1, 2, 3, 8, 24])
@pytest.mark.parametrize("place", [(0, 0), (5, 9), (11, 30), (20, 33)])
def test_whatever_is_true_of_noise_is_plausible(side, place):
    picture = noise()
    hole = np.zeros(picture.shape[:2], dtype=bool)
    hole[place[0] : place[0] + side, place[1] : place[1] + side] = True
    assert implausible(picture, *hidden(picture, hole)) < COLLAPSED
    for method in (Hybrid, Propagation):
        given = hidden(picture, hole)
        assert implausible(coloured(method(), *given), *given) < COLLAPSED


@pytest.mark.parametrize("share", [0.003, 0.05])
def test_so_are_scattered_pixels(share):
    picture = noise()
    hole = np.random.default_rng(1).random(picture.shape[:2]) < share
    assert implausible(picture, *hidden(picture, hole)) < COLLAPSED


def test_a_few_odd_pixels_are_no_collapse_but_a_small_blob_is(astronaut):
    picture = astronaut.astype(np.float32) / 255
    for side, collapsed in ((1, False), (2, False), (3, True), (6, True)):
        hole = np.zeros(picture.shape[:2], dtype=bool)
        hole[50 : 50 + side, 60 : 60 + side] = True
        result = np.where(hole[..., None], np.float32(CYAN), picture)
        assert (implausible(result, *hidden(picture, hole)) >= COLLAPSED) == collapsed


@pytest.mark.parametrize("blob", [CYAN, (0.9, 0.0, 0.9), WHITE])
def test_a_blob_in_a_noisy_photograph_is_implausible(blob, astronaut, scratch):
    random = np.random.default_rng(0)
    noisy = astronaut / 255 + random.normal(0, 0.1, astronaut.shape)
    picture = np.clip(noisy, 0, 1).astype(np.float32)
    given = hidden(picture, scratch)
    assert implausible(picture, *given) < COLLAPSED
    assert implausible(np.where(scratch[..., None], np.float32(blob), picture), *given) > 0.5


def test_with_one_known_pixel_there_is_no_noise():
    colour = np.full((6, 6, 3), 0.5, dtype=np.float32)
    hole = np.ones((6, 6), dtype=bool)
    hole[2, 3] = False
    assert implausible(colour, colour, luma(colour), hole) == 0
    assert implausible(np.ones_like(colour), colour, luma(colour), hole) == 1


def test_hinted_colours_are_plausible_however_rare():
    colour = np.full((60, 60, 3), 0.5, dtype=np.float32)
    hole = np.zeros((60, 60), dtype=bool)
    hole[10:50, 10:50] = True
    hints = np.zeros_like(hole)
    hints[30, 30] = True
    colour[hints], hole[hints] = (0.9, 0.4, 0.1), False
    grey = luma(colour)
    result = with_luma(grey, np.broadcast_to(chroma(colour[hints])[0], (60, 60, 2)))
    assert implausible(result, colour, grey, hole) > 0.5
    assert implausible(result, colour, grey, hole, hints) < 0.5


def test_judging_can_be_cancelled(case):
    compute = Compute(cancelled=lambda: True)
    with pytest.raises(CancelledError):
        implausible(case[0], *case, compute=compute)


def test_a_hole_of_no_pixels_is_plausible(case):
    assert implausible(case[0], case[0], case[1], np.zeros_like(case[2])) == 0
