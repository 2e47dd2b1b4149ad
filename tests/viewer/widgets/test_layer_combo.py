import numpy as np
import pytest
from napari.components import ViewerModel
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_greyfill.viewer.layers.planes import PREVIEW
from napari_greyfill.viewer.widgets.layer_combo import FOLLOW, LayerCombo


@pytest.fixture
def viewer():
    viewer = ViewerModel()
    for name in ("first", "second", "third"):
        viewer.add_image(np.zeros((8, 8)), name=name)
    return viewer


@pytest.fixture
def combo(viewer, qtbot):
    made = LayerCombo(viewer, "Image", follows=True)
    qtbot.addWidget(made)
    return made


def by_key(combo, *keys):
    """Choose as a person does who presses keys."""
    for key in keys:
        QTest.keyClick(combo, key)


def titles(combo):
    return [combo.itemText(index) for index in range(combo.count())]


def test_it_follows_what_is_selected(viewer, combo):
    combo.follow(viewer.layers["third"])
    assert combo.layer == viewer.layers["third"]
    assert not combo.by_hand


def test_a_choice_by_hand_stays(viewer, combo):
    by_key(combo, Qt.Key.Key_Down)
    assert combo.layer == viewer.layers["second"]
    assert combo.by_hand
    combo.follow(viewer.layers["third"])
    assert combo.layer == viewer.layers["second"]


def test_the_last_entry_follows_again(viewer, combo):
    assert FOLLOW not in [combo.itemData(index) for index in range(combo.count())]
    by_key(combo, Qt.Key.Key_Down)
    assert titles(combo)[-1] == "Follow the selected layer"
    seen = []
    combo.chosen.connect(lambda: seen.append(combo.layer))
    viewer.layers.selection.active = viewer.layers["third"]
    by_key(combo, Qt.Key.Key_End)
    assert not combo.by_hand
    assert combo.layer == viewer.layers["third"]
    assert None not in seen
    assert titles(combo) == ["first", "second", "third"]


def test_with_nothing_selected_the_choice_stays(viewer, combo):
    by_key(combo, Qt.Key.Key_Down)
    viewer.layers.selection.clear()
    by_key(combo, Qt.Key.Key_End)
    assert combo.layer == viewer.layers["second"]


def test_a_layer_that_goes_ends_the_choice_by_hand(viewer, combo):
    by_key(combo, Qt.Key.Key_Down)
    viewer.layers.remove("second")
    combo.refresh()
    assert not combo.by_hand
    combo.follow(viewer.layers["third"])
    assert combo.layer == viewer.layers["third"]


def test_a_name_that_changes_keeps_the_choice(viewer, combo):
    by_key(combo, Qt.Key.Key_Down)
    viewer.layers["second"].name = "another"
    combo.refresh()
    assert combo.currentText() == "another"
    assert combo.by_hand


def test_a_new_layer_is_listed_when_it_is_followed(viewer, combo):
    new = viewer.add_image(np.zeros((8, 8)), name="new")
    combo.follow(new)
    assert combo.layer == new


def test_results_are_listed_and_not_followed(viewer, combo):
    made = viewer.add_image(np.zeros((8, 8)), name="filled", metadata={"greyfill": {}})
    combo.refresh()
    combo.follow(made)
    assert combo.layer == viewer.layers["first"]
    assert made in combo.layers


def test_previews_and_layers_of_other_kinds_are_no_choice(viewer, combo):
    preview = viewer.add_image(np.zeros((8, 8)), name="preview", metadata={PREVIEW: True})
    labels = viewer.add_labels(np.zeros((8, 8), int))
    combo.refresh()
    for layer in (preview, labels, None):
        combo.follow(layer)
    assert combo.layers == [viewer.layers[name] for name in ("first", "second", "third")]
    assert combo.layer == viewer.layers["first"]


def test_one_that_need_not_follow_does_not(viewer, qtbot):
    combo = LayerCombo(viewer, "Image", none="None")
    qtbot.addWidget(combo)
    combo.follow(viewer.layers["third"])
    assert combo.layer is None
    by_key(combo, Qt.Key.Key_Down)
    assert combo.layer == viewer.layers["first"]
    assert titles(combo) == ["None", "first", "second", "third"]
