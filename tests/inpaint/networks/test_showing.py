"""How pictures are shown to networks and how theirs are read."""

from itertools import product

import numpy as np
import pytest

from napari_greyfill.inpaint.networks.showing import Showing

PLANES = ("picture", "ones", "hole", "known", "signs")
SHOWINGS = [
    Showing(planes=PLANES, hidden=hidden, signed=signed, bgr=bgr)
    for hidden, signed, bgr in product((0.0, 1.0), (False, True), (False, True))
]


@pytest.mark.parametrize("showing", SHOWINGS)
@pytest.mark.parametrize("colours", [1, 3])
def test_what_is_under_the_hole_does_not_matter(noise, showing, colours):
    image, hole = noise(9, 7, colours)
    given = showing.given(image, hole)
    assert (given.shape, given.dtype) == ((9, 7, colours + 4), np.float32)
    np.testing.assert_array_equal(showing.given(image + hole[..., None], hole), given)
    assert (given[hole] == [*[showing.hidden] * colours, 1, 1, 0, -0.5]).all()
    assert (given[~hole][:, colours:] == [1, 0, 1, 0.5]).all()


@pytest.mark.parametrize("showing", SHOWINGS)
def test_a_network_that_gives_what_it_is_shown_changes_nothing(noise, showing):
    image, hole = noise(9, 7, 3)
    back = showing.taken(showing.given(image, hole)[..., :3])
    # twice a number less one, plus one, by two: rounded to a unit of 1 in the last place
    np.testing.assert_allclose(back[~hole], image[~hole], atol=1.2e-7)


def test_several_pictures_are_shown_as_each_by_itself(noise):
    pictures = [noise(9, 7, 3) for _ in range(2)]
    images, holes = (np.stack(each) for each in zip(*pictures, strict=True))
    each = np.stack([Showing().given(*picture) for picture in pictures])
    np.testing.assert_array_equal(Showing().given(images, holes), each)


def test_signed_pictures_are_in_the_range_from_minus_one_to_one():
    image = np.array([[[0.0], [0.5], [1.0]]], np.float32)
    given = Showing().given(image, np.zeros((1, 3), bool))
    assert given[0, :, 0].tolist() == [-1, 0, 1]
