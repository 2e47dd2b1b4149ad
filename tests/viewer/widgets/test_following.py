import numpy as np
import pytest
from napari.components import ViewerModel
from qtpy.QtCore import QObject, Qt
from qtpy.QtTest import QTest

from napari_greyfill.viewer.widgets.following import Following
from napari_greyfill.viewer.widgets.layer_combo import LayerCombo


@pytest.fixture
def viewer():
    """Return a viewer with two pictures of different size, and a mask for each."""
    viewer = ViewerModel()
    for name, size in (("one", (20, 30)), ("two", (40, 50))):
        viewer.add_image(np.zeros(size), name=name)
        viewer.add_labels(np.zeros(size, int), name=f"{name} mask")
    viewer.layers.selection.active = None
    return viewer


@pytest.fixture
def pair(viewer, qtbot):
    image = LayerCombo(viewer, "Image", follows=True)
    mask = LayerCombo(viewer, "Labels", follows=True)
    for made in (image, mask):
        qtbot.addWidget(made)
    return image, mask


@pytest.fixture
def following(viewer, pair):
    parent = QObject()
    yield Following(viewer, *pair, parent)
    parent.deleteLater()


def select(viewer, following, name):
    viewer.layers.selection.active = viewer.layers[name]
    following.now()


def names(pair):
    return [combo.layer.name for combo in pair]


@pytest.mark.parametrize("selected", ["two", "two mask"])
def test_the_other_of_the_two_comes_along_where_it_must(viewer, pair, following, selected):
    assert names(pair) == ["one", "one mask"]
    select(viewer, following, selected)
    assert names(pair) == ["two", "two mask"]


def test_a_mask_that_fits_stays(viewer, pair, following):
    other = viewer.add_labels(np.zeros((20, 30), int), name="other")
    select(viewer, following, "other")
    select(viewer, following, "one")
    assert pair[1].layer == other


def test_what_was_chosen_by_hand_stays_even_if_it_does_not_fit(viewer, pair, following):
    QTest.keyClick(pair[1], Qt.Key.Key_Down)
    QTest.keyClick(pair[1], Qt.Key.Key_Up)
    select(viewer, following, "two")
    assert names(pair) == ["two", "one mask"]


def test_a_mask_named_after_the_picture_comes_first(viewer, pair, following):
    viewer.add_labels(np.zeros((40, 50), int), name="a")
    viewer.layers.move(len(viewer.layers) - 1, 0)
    for combo in pair:
        combo.refresh()
    pair[1].choose(viewer.layers["one mask"])
    select(viewer, following, "two")
    assert names(pair) == ["two", "two mask"]


def test_a_layer_that_has_just_come_may_leave_the_image_as_it_is(viewer, pair, following):
    following.leaves = lambda new, chosen: (new.name, chosen.name) == ("late", "one")
    viewer.add_image(np.ones((20, 30)), name="late")  # selects itself
    following.now()
    assert names(pair) == ["one", "one mask"]
    select(viewer, following, "two")
    select(viewer, following, "late")  # by a person, now that it is known
    assert pair[0].layer.name == "late"


def test_a_layer_that_was_there_from_the_start_has_not_just_come(viewer, pair, following):
    following.leaves = lambda new, chosen: True
    select(viewer, following, "two")
    assert names(pair) == ["two", "two mask"]


def test_it_looks_once_all_that_goes_on_is_over(viewer, pair, following, qtbot):
    viewer.layers.selection.active = viewer.layers["two"]
    following.soon()
    viewer.layers.selection.active = viewer.layers["one"]  # put back by whoever added a layer
    qtbot.wait(20)
    assert names(pair) == ["one", "one mask"]
    viewer.layers.selection.active = viewer.layers["two"]
    following.soon()
    qtbot.waitUntil(lambda: names(pair) == ["two", "two mask"])


def test_nothing_is_followed_once_it_is_stopped(viewer, pair, following, qtbot):
    viewer.layers.selection.active = viewer.layers["two"]
    following.soon()
    following.stop()
    qtbot.wait(20)
    assert names(pair) == ["one", "one mask"]
