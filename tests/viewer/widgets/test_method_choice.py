"""The list of methods in a dock, while methods come and go."""

import pytest

from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.viewer.widgets.method_choice import MethodCombo


def info(name, **changes):
    return MethodInfo(name, name.capitalize(), "inpainter", summary="Fills.", **changes)


@pytest.fixture
def infos():
    return [info("plain"), info("net", available=False, why_not="it has no weights")]


@pytest.fixture
def combo(qtbot, infos):
    made = MethodCombo(lambda: infos, "plain")
    qtbot.addWidget(made)
    return made


def listed(combo):
    return [combo.itemData(index) for index in range(combo.count())]


def test_what_comes_is_listed_and_what_goes_is_not(combo, infos):
    assert listed(combo) == ["auto", "plain", "net"]
    infos.append(info("net@mine"))
    combo.showPopup()
    combo.hidePopup()
    assert listed(combo) == ["auto", "plain", "net", "net@mine"]
    del infos[1]
    combo.update_availability()
    assert listed(combo) == ["auto", "plain", "net@mine"]


def test_what_cannot_run_is_grey_until_it_can(combo, infos):
    item = combo.model().item(combo.findData("net"))
    assert not item.isEnabled()
    assert "it has no weights" in item.toolTip()
    infos[1] = info("net")
    combo.update_availability()
    assert item.isEnabled()


def test_a_choice_stays_as_long_as_it_is_there(combo, infos):
    infos.append(info("net@mine"))
    combo.update_availability()
    combo.setCurrentIndex(combo.findData("net@mine"))
    infos.insert(0, info("other"))
    combo.update_availability()
    assert combo.currentData() == "net@mine"
    infos.pop()
    combo.update_availability()
    assert combo.currentData() == "auto"
