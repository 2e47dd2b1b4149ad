"""What the gallery of tutorials needs besides sphinx-gallery itself."""

from __future__ import annotations

import os
import warnings
from typing import Any

from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst

from napari_greyfill.errors import GreyfillWarning

__all__ = ["reset", "scraped_figures"]


def reset(gallery_conf: dict[str, Any], name: str) -> None:
    """Begin each tutorial as a fresh process would: no weights folder, notes only where printed.

    Parameters
    ----------
    gallery_conf : dict
        sphinx-gallery's.
    name : str
        File of the tutorial.
    """
    os.environ.pop("NAPARI_GREYFILL_WEIGHTS", None)
    warnings.filterwarnings("ignore", category=GreyfillWarning)


def scraped_figures(block: object, variables: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Show a figure that pyplot does not know, once, under the name `figure`.

    Parameters
    ----------
    block : tuple
        The block of code that has run.
    variables : dict
        What it left behind.
    gallery_conf : dict
        sphinx-gallery's.
    """
    figure = variables["example_globals"].get("figure")
    if not isinstance(figure, Figure) or getattr(figure, "was_shown", False):
        return ""
    path = next(variables["image_path_iterator"])
    figure.savefig(path, dpi=100)
    figure.was_shown = True
    return figure_rst([path], gallery_conf["src_dir"])
