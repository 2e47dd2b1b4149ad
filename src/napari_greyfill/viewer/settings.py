"""The plugin's page in napari's Preferences."""

from __future__ import annotations

from napari_greyfill.device import DEVICES

__all__ = ["preferred_device"]


def preferred_device() -> str:
    """Return the device chosen in Preferences, "auto" where the plugin is not registered."""
    from napari.settings import get_plugin_settings

    try:
        device = str(get_plugin_settings("napari-greyfill").compute.device)
    except KeyError:
        return "auto"
    return device if device in DEVICES else "auto"
