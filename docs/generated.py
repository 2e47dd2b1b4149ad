"""Sphinx extension: writes the pages that are made from the source before the others are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dock_pages
import error_pages
import method_table
from sphinx.application import Sphinx

__all__ = ["setup"]

HERE = Path(__file__).parent


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True}


def _write(app: Sphinx) -> None:
    dock_pages.write()
    folder = HERE / "generated"
    folder.mkdir(exist_ok=True)
    (folder / "errors.md").write_text(error_pages.page(), "utf-8")
    (folder / "methods.md").write_text(method_table.page(), "utf-8")
