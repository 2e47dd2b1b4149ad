import pytest

from napari_greyfill import FillOptions
from napari_greyfill.viewer.widgets.option_fields import OptionField

FIELDS = ("look", "grow", "seed", "nodata", "keep_invalid", "device")
VALUES = {
    "look": "texture",
    "grow": 2.5,
    "seed": 7,
    "nodata": -9999.0,
    "keep_invalid": "fill",
    "device": "cpu",
}


@pytest.mark.parametrize("option", FillOptions.options(FIELDS), ids=lambda option: option.name)
def test_a_field_holds_what_the_option_takes(option, qtbot):
    field = OptionField(option)
    qtbot.addWidget(field)
    assert field.value == option.default
    assert field.widget.toolTip() == option.tip
    with qtbot.waitSignal(field.changed):
        field.value = VALUES[option.name]
    assert field.value == VALUES[option.name]
    FillOptions(**{option.name: field.value})
    field.reset()
    assert field.value == option.default


def test_half_a_number_is_none(qtbot):
    (option,) = FillOptions.options(["nodata"])
    field = OptionField(option)
    qtbot.addWidget(field)
    field.widget.setText("-")
    assert field.value is None
