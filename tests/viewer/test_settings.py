from types import SimpleNamespace

import pytest

from napari_greyfill.viewer import settings


def chosen(monkeypatch, device="auto", folder=""):
    page = SimpleNamespace(
        compute=SimpleNamespace(device=device), weights=SimpleNamespace(folder=folder)
    )
    monkeypatch.setattr(settings, "_settings", lambda: page)


@pytest.mark.parametrize(
    ("device", "taken"), [("cpu", "cpu"), ("cuda", "cuda"), ("tpu", "auto"), (None, "auto")]
)
def test_the_device_of_preferences_is_taken_if_there_is_such_a_one(monkeypatch, device, taken):
    chosen(monkeypatch, device=device)
    assert settings.preferred_device() == taken


def test_the_weights_folder_of_preferences_is_used(monkeypatch, tmp_path):
    told = []
    monkeypatch.setattr(settings, "prefer_folder", told.append)
    chosen(monkeypatch, folder=tmp_path)
    settings.apply_weights_folder()
    assert told == [str(tmp_path)]


def test_without_a_registered_plugin_all_is_as_by_default(monkeypatch):
    told = []
    monkeypatch.setattr(settings, "prefer_folder", told.append)
    monkeypatch.setattr(settings, "_settings", lambda: None)
    settings.apply_weights_folder()
    assert settings.preferred_device() == "auto"
    assert told == [""]
