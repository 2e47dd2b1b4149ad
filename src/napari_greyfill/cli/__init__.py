"""The command line: `napari-greyfill fill`, `compare`, `evaluate`, `methods` and `demo`."""

from napari_greyfill.cli.app import app, main

__all__ = ["app", "main"]
