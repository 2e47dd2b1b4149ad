"""Edits are taken back one by one, the last or one below others, bit by bit."""

import numpy as np
import pytest

from napari_greyfill.image.geometry import Window
from napari_greyfill.pipeline import edits as module
from napari_greyfill.pipeline.edits import Edits


@pytest.fixture
def plane():
    return np.arange(100.0).reshape(10, 10)


@pytest.fixture
def edits(plane):
    return Edits(plane.copy(), np.zeros(plane.shape, np.uint8))


def painted(edits, window, value, origin=1):
    edit = edits.record(window, np.ones(window.shape, bool))
    edits.replace(edit, np.full(edit.count, value), np.full(edit.count, origin, np.uint8))
    return edit


def test_what_lies_over_an_edit_remembers_its_new_pixels(edits, plane):
    below = painted(edits, Window(2, 5, 2, 5), -1.0)
    painted(edits, Window(4, 7, 4, 7), -2.0)
    edits.replace(below, np.full(9, -3.0), np.full(9, 2, np.uint8))
    assert edits.result[4, 4] == -2
    assert edits.result[3, 3] == -3
    edits.undo()
    assert edits.result[4, 4] == -3
    assert edits.origins[4, 4] == 2
    edits.undo()
    np.testing.assert_array_equal(edits.result, plane)
    assert edits.changed == 0


def test_one_in_the_middle_goes_and_the_last_one_stays(edits, plane):
    below = painted(edits, Window(2, 5, 2, 5), -1.0)
    above = painted(edits, Window(4, 7, 4, 7), -2.0)
    assert edits.changed == 17
    assert edits.remove(below)
    assert not edits.remove(below)
    assert below not in edits
    assert edits.done == (above,)
    assert edits.changed == 9
    edits.undo()
    np.testing.assert_array_equal(edits.result, plane)


def test_what_was_taken_back_can_be_done_again_until_something_else_is_done(edits):
    assert edits.undo() is None
    assert edits.redo() is None
    edit = painted(edits, Window(0, 2, 0, 2), -1.0)
    edits.undo()
    assert edits.can_redo
    assert edits.redo() is edit
    assert (edits.result[:2, :2] == -1).all()
    edits.undo()
    painted(edits, Window(5, 6, 5, 6), -1.0)
    assert not edits.can_redo


def test_the_oldest_go_when_they_take_too_much_memory(edits, monkeypatch):
    monkeypatch.setattr(module, "MEMORY", 40)
    first, second = (painted(edits, Window(i, i + 2, 0, 2), -1.0) for i in (0, 4))
    assert first not in edits
    assert edits.done == (second,)
