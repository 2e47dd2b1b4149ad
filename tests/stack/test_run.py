"""A whole stack: its events, what stays when it is cancelled, and what goes on."""

import json

import numpy as np
import pytest

from napari_greyfill.compute.events import Note, Preview, Progress, Result
from napari_greyfill.errors import BadParameterError, NothingKnownError
from napari_greyfill.stack.fill import fill, fill_steps
from tests.stacks import blob, moving, one_plane


def test_events_say_which_plane_and_each_is_shown_once():
    mask = one_plane() | one_plane(plane=5)
    events = list(fill_steps(moving(), mask, context="none"))
    texts = [event.text for event in events if isinstance(event, Progress)]
    assert texts[0] == "plane 1 of 2 (Z 3)" and texts[-1] == "plane 2 of 2 (Z 5)"
    shown = [event.source.index for event in events if isinstance(event, Preview)]
    assert shown == [(3,), (5,)]
    fractions = [event.fraction for event in events]
    assert fractions == sorted(fractions) and fractions[-1] == 1
    assert isinstance(events[-1], Result) and events[-1].value.complete


def test_a_cancelled_run_keeps_its_planes_and_goes_on_to_the_same_pixels():
    mask = one_plane() | one_plane(plane=5)
    work = fill_steps(moving(), mask)
    kept = next(event.source.so_far for event in work if isinstance(event, Preview))
    work.close()
    assert not kept.complete and kept.hole.sum() == blob().sum()
    np.testing.assert_array_equal(kept.image[5], moving()[5])
    events = list(fill_steps(moving(), mask, resume=kept))
    assert [e.source.index for e in events if isinstance(e, Preview)] == [(5,)]
    np.testing.assert_array_equal(events[-1].value.image, fill(moving(), mask).image)


@pytest.mark.parametrize("change", [{"seed": 1}, {"context": "none"}, {"mask": blob()}])
def test_only_the_same_run_goes_on(change):
    work = fill_steps(moving(), one_plane())
    kept = next(event.source.so_far for event in work if isinstance(event, Preview))
    work.close()
    with pytest.raises(BadParameterError, match="resume"):
        fill_steps(moving(), **{"mask": one_plane(), **change}, resume=kept)


def test_provenance_is_json_and_names_each_plane():
    result = fill(moving(), one_plane())
    read = json.loads(json.dumps(result.provenance))
    (plane,) = read["planes"]
    assert plane["name"] == "Z 3" and plane["share"] > 0 and "%" in plane["used"]
    assert read["axes"] == "ZYX" and read["worst_plane"] == "Z 3"
    assert read["parameters"]["context"] == "auto" and read["method"] == "blend"


def test_that_planes_are_by_themselves_is_a_note():
    events = list(fill_steps(moving(), one_plane(), method="biharmonic"))
    assert any("by itself" in event.text for event in events if isinstance(event, Note))


def test_nothing_filled_is_an_error():
    stack, mask = moving(3), np.zeros((3, 48, 48), bool)
    mask[:] = True
    with pytest.raises(NothingKnownError):
        fill(stack, mask)
