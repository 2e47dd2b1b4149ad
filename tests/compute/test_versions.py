from importlib import metadata

import pytest

import napari_greyfill
from napari_greyfill.compute import versions


@pytest.fixture(autouse=True)
def nothing_looked_up():
    versions.version_of.cache_clear()
    yield
    versions.version_of.cache_clear()


def test_a_version_is_looked_up_once(monkeypatch):
    asked = []
    monkeypatch.setattr(versions, "version", lambda name: asked.append(name) or "1.2")
    assert [versions.version_of("numpy") for _ in range(3)] == ["1.2"] * 3
    assert asked == ["numpy"]


def test_what_is_not_installed_is_said_in_the_callers_words():
    assert versions.version_of("no-such-package-of-ours") == "unknown"
    assert versions.version_of("no-such-package-of-ours", "") == ""


def test_the_package_knows_its_own_version():
    assert napari_greyfill.__version__ == metadata.version("napari-greyfill")
