import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from napari_greyfill import FillOptions
from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.pipeline.loading import LOADING, announce_loading, will_load


@pytest.fixture
def unloaded(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)


def said(**options):
    return [event.text for event in announce_loading(FillOptions(**options))]


def test_what_needs_no_torch_says_nothing(unloaded):
    assert said() == said(preset="quick") == said(preset="texture") == []


def test_what_needs_it_says_so_once(unloaded):
    assert said(colorizer="published") == [LOADING]
    assert said(method="edgeconnect-places2") == [LOADING]


def test_a_colorizer_that_is_not_used_loads_nothing(unloaded):
    assert said(colorizer="published", pipeline="rgb-rgb") == []


def test_once_it_is_loaded_nothing_is_said(monkeypatch):
    loaded = ModuleType("torch")
    loaded.__spec__ = ModuleSpec("torch", None)
    monkeypatch.setitem(sys.modules, "torch", loaded)
    assert said(colorizer="published") == []
    assert not will_load(COLORIZERS.info("published"))


def test_any_of_several_methods_may_load_it(unloaded):
    assert will_load(INPAINTERS.info("biharmonic"), COLORIZERS.info("published"))
    assert not will_load(INPAINTERS.info("biharmonic"))
