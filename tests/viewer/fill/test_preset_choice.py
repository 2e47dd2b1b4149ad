import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_greyfill import FillOptions
from napari_greyfill.pipeline.presets import CUSTOM, PRESETS
from napari_greyfill.viewer.fill.preset_choice import PresetChoice


@pytest.fixture
def choice(qtbot):
    made = PresetChoice()
    qtbot.addWidget(made)
    return made


def listed(choice):
    return [choice.itemData(index) for index in range(choice.count())]


def test_the_list_is_that_of_the_presets(choice):
    assert listed(choice) == list(PRESETS)
    assert choice.currentData() == "auto"


def test_keys_take_a_preset(choice):
    taken = []
    choice.taken.connect(taken.append)
    QTest.keyClick(choice, Qt.Key.Key_Down)
    QTest.keyClick(choice, Qt.Key.Key_End)
    assert taken == ["quick", "texture"]


def test_custom_is_listed_only_while_nothing_fits(choice):
    taken = []
    choice.taken.connect(taken.append)
    choice.show_choice(CUSTOM)
    assert choice.currentText() == "Custom"
    choice.show_choice("faithful")
    assert listed(choice) == list(PRESETS)
    assert choice.currentData() == "faithful"
    assert taken == []


def test_it_stands_for_method_look_and_colorizer_in_the_dock(viewer, open_dock):
    viewer.add_image(np.zeros((20, 30, 3), np.uint8), name="picture")
    form = open_dock().form
    for name in PRESETS:
        form.preset.setCurrentIndex(form.preset.findData(name))
        assert form.options() == FillOptions(preset=name)
        assert form.preset.currentData() == name
    form.choose(FillOptions(method="telea"))
    assert form.preset.currentData() == CUSTOM
    form.choose(FillOptions(preset="quick"))
    assert form.preset.currentData() == "quick"
    form.fields["look"].value = "texture"
    assert form.preset.currentData() == CUSTOM
    form.restore_defaults("auto")
    assert form.preset.currentData() == "auto"
