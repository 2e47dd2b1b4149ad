"""What a journal keeps of a patch is enough to have it again, and tells whether it is there."""

import json

import numpy as np
import pytest

from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.records import DAMAGED, patch_of, place_in, record_of
from napari_greyfill.stack.tasks import StackPatch

WINDOW = Window(3, 9, 10, 17)


def patch():
    random = np.random.default_rng(0)
    hole = random.random(WINDOW.shape) < 0.5
    values = random.integers(0, 999, WINDOW.shape)
    return StackPatch((1, 2), WINDOW, values, hole, 2, 3.5, 0.8, "80 % from neighbours")


def codes_of(one):
    return np.where(one.hole, one.source, 0).astype(np.uint8)


def test_a_patch_comes_back():
    one = patch()
    record = json.loads(json.dumps(record_of(one, codes_of(one))))
    again = patch_of(record, one.values, codes_of(one))
    assert place_in(record) == ((1, 2), WINDOW)
    np.testing.assert_array_equal(again.hole, one.hole)
    pixels = {"hole": None, "values": None}
    assert vars(again) | pixels == vars(one) | pixels


def test_what_others_filled_in_its_box_does_not_matter():
    one = patch()
    record = record_of(one, codes_of(one))
    values = np.where(one.hole, one.values, 7)
    codes = np.where(one.hole, 2, 1).astype(np.uint8)
    np.testing.assert_array_equal(patch_of(record, values, codes).hole, one.hole)


@pytest.mark.parametrize("what", ["values", "codes"])
def test_what_is_not_there_any_more_is_told(what):
    one = patch()
    record = record_of(one, codes_of(one))
    held = {"values": one.values, "codes": codes_of(one)}
    assert patch_of(record, **{**held, what: held[what] + 1}) is None


def test_a_damaged_record_raises_what_is_named():
    one = patch()
    for key in ("hole", "index", "window"):
        record = {**record_of(one, codes_of(one)), key: "AAAA"}
        with pytest.raises(DAMAGED):
            patch_of(record, one.values, codes_of(one))
