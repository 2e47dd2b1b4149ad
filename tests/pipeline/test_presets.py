import dataclasses

import numpy as np
import pytest
from skimage import data

import napari_greyfill
from napari_greyfill import BadParameterError, FillOptions
from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.pipeline.options import LOOKS
from napari_greyfill.pipeline.presets import CUSTOM, PRESETS, preset_of

NAMED = [name for name in PRESETS if name != "auto"]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_stands_for_options_that_exist(name):
    preset = PRESETS[name]
    assert preset.tip.endswith(".")
    assert INPAINTERS.info(preset.method).available
    assert COLORIZERS.info(preset.colorizer).available
    assert preset.look in LOOKS
    assert FillOptions(preset=name) == FillOptions(**preset.choices)


def test_no_two_presets_are_the_same():
    for name, preset in PRESETS.items():
        assert preset_of(**preset.choices) == name


@pytest.mark.parametrize("name", NAMED)
def test_what_is_chosen_besides_counts(name):
    options = FillOptions(preset=name, method="telea", seed=3)
    assert (options.method, options.seed) == ("telea", 3)
    assert options.look == PRESETS[name].look
    assert options.colorizer == PRESETS[name].colorizer
    assert options.preset_name == CUSTOM


def test_an_option_taken_back_does_not_bring_the_preset_back():
    faithful = FillOptions(preset="faithful")
    assert dataclasses.replace(faithful, look="auto") == FillOptions()
    assert dataclasses.replace(faithful, seed=3).look == "faithful"


@pytest.mark.parametrize("name", NAMED)
def test_what_is_changed_says_the_preset_alone(name):
    assert FillOptions(preset=name, grow=2).changed() == {"preset": name, "grow": 2.0}
    assert FillOptions(preset=name, method="telea").changed()["method"] == "telea"


def test_dictionaries_hold_what_it_stands_for():
    quick = FillOptions(preset="quick")
    assert "preset" not in quick.to_dict()
    assert FillOptions.from_dict(quick.to_dict()) == quick
    assert FillOptions.from_dict({"preset": "quick"}) == quick


@pytest.mark.parametrize("wrong", ["fast", CUSTOM, None, 3])
def test_no_preset_is_a_sentence(wrong):
    with pytest.raises(BadParameterError, match="preset"):
        FillOptions(preset=wrong)


@pytest.mark.parametrize("name", NAMED)
def test_a_fill_by_a_preset_is_the_fill_by_what_it_stands_for(name):
    photo = data.astronaut()[:96, 128:224]
    mask = np.zeros(photo.shape[:2], dtype=bool)
    mask[40:60, 30:50] = True
    preset = PRESETS[name]
    by_name = napari_greyfill.fill(photo, mask, preset=name)
    by_hand = napari_greyfill.fill(photo, mask, **preset.choices)
    assert np.array_equal(by_name.image, by_hand.image)
    assert by_name.provenance["parameters"] == by_hand.provenance["parameters"]
