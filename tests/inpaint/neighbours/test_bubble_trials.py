import numpy as np

from napari_greyfill.inpaint.neighbours.bubble_trials import Part, moved, other_planes
from napari_greyfill.inpaint.neighbours.planes import Neighbours, neighbours_of
from tests.inpaint.neighbours.volumes import disc, reader, stack

SIDE = 64
HOLES = {0: disc(SIDE, (20, 24), 7), 1: disc(SIDE, (20, 24), 5)}


def part(count=12, at=5, holes=HOLES):
    read = reader(stack(count), at, holes)
    around = {}
    for each, hole in holes.items():
        around[each] = neighbours_of(lambda d, each=each: read(each + d), read(each), hole)
    return Part(read, holes, around, {each: np.full(4, 0.25) for each in holes})


def test_a_moved_bubble_keeps_its_shape_and_covers_known_pixels():
    real = part()
    place = moved(real)
    unknown = HOLES[0] | HOLES[1]
    for at, hole in HOLES.items():
        assert np.count_nonzero(place.holes[at]) == np.count_nonzero(hole)
        assert not (place.holes[at] & unknown).any()
        assert place.slice(at).unknown[place.holes[at]].all()
        assert place.slice(at).unknown[hole].all()  # the real one stays hidden


def test_there_may_be_no_room_to_move():
    everywhere = np.ones((SIDE, SIDE), bool)
    everywhere[:3] = False
    assert moved(part(holes={0: everywhere})) is None


def test_other_planes_are_as_far_from_their_neighbours_and_far_from_the_bubble():
    real = part()
    places = other_planes(real, 2)
    assert [place.shift for place in places] == [-4, 4]
    for place in places:
        for at in HOLES:
            assert place.around[at].before == real.around[at].before
            assert place.around[at].after == real.around[at].after
            assert not place.truth(at).unknown.any()


def test_a_short_stack_has_no_other_planes():
    real = part(count=5, at=2)
    assert other_planes(real, 2) == []
    assert all(isinstance(one, Neighbours) for one in real.around.values())
