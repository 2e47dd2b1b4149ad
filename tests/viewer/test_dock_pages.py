"""The pages of the docks have every control, with what its tooltip says."""

import pytest
from qtpy.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QWidget

from napari_greyfill.masks.detection import DETECTORS
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.viewer.widgets import texts
from tests.scripts import script_of


@pytest.fixture(scope="module")
def script():
    return script_of("dock_pages")


def plain(text):
    return " ".join(text.replace("\\|", "|").split())


@pytest.mark.parametrize("name", ["fill", "heal", "masks", "compare", "weights"])
def test_every_tooltip_is_on_the_page(script, qtbot, name):
    made = script.dock(name)
    qtbot.addWidget(made)
    tips = {plain(each.toolTip()) for each in made.findChildren(QWidget) if each.toolTip()}
    page = plain(script.page(name))
    assert len(tips) > 10
    assert [tip for tip in tips if tip not in page] == []


@pytest.mark.parametrize("name", ["fill", "heal", "masks", "compare", "weights"])
def test_every_control_says_what_it_does(script, qtbot, name):
    made = script.dock(name)
    qtbot.addWidget(made)
    silent = [
        each
        for each in made.findChildren((QAbstractButton, QComboBox, QAbstractSpinBox))
        if not each.objectName().startswith("qt_") and script._control(each, made) is None
    ]
    texts_of = [each.text() for each in silent if isinstance(each, QAbstractButton)]
    assert [text for text in texts_of if text and text not in ("Advanced",)] == []


def test_options_of_a_fill_and_of_detectors_are_there(script, qtbot):
    fill, masks = plain(script.page("fill")), plain(script.page("masks"))
    for option in FillOptions.options():
        assert f"**{option.title}**" in fill
        assert plain(option.tip) in fill
    for detector in DETECTORS.values():
        for option in detector.options:
            assert plain(option.tip) in masks


def test_texts_of_the_docks_are_there(script, qtbot):
    pages = plain("".join(script.page(name) for name in script.DOCKS))
    for group in (texts.HEAL, texts.COMPARE, texts.METRICS_TABLE):
        missing = [key for key, text in group.items() if plain(text) not in pages]
        assert missing == []
