"""The command line: `napari-greyfill fill`, `methods` and `demo`."""

from napari_greyfill.cli.app import app, main

__all__ = ["app", "main"]
