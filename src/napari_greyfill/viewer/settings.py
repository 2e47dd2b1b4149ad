"""The plugin's page in napari's Preferences."""

from __future__ import annotations

from typing import Any, cast

from napari_greyfill.compute.device import DEVICES
from napari_greyfill.pipeline.options import DeviceName
from napari_greyfill.weights.folder import prefer_folder

__all__ = ["apply_weights_folder", "preferred_device"]


def preferred_device() -> DeviceName:
    """Return the device chosen in Preferences, "auto" where the plugin is not registered."""
    settings = _settings()
    device = "auto" if settings is None else str(settings.compute.device)
    return cast("DeviceName", device if device in DEVICES else "auto")


def apply_weights_folder() -> None:
    """Make the weights folder chosen in Preferences the one that is used."""
    settings = _settings()
    prefer_folder("" if settings is None else str(settings.weights.folder))


def _settings() -> Any:  # noqa: ANN401 - made by napari from the manifest
    from napari.settings import get_plugin_settings

    try:
        return get_plugin_settings("napari-greyfill")
    except KeyError:
        return None
