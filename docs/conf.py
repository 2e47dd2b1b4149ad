"""Configuration of the documentation: ``make docs``."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "scripts"), str(HERE)]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

project = "napari-greyfill"
author = "napari-greyfill contributors"
project_copyright = f"2026, {author}"
release = installed_version("napari-greyfill")
version = release.split("+")[0]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "generated",
]
exclude_patterns = ["_build", "generated", "auto_examples/*.ipynb"]
nitpicky = True
# Types of arguments are said in words, such as "(H, W) bool array".
nitpick_ignore_regex = [("py:class", r"(?!napari_greyfill\.).*"), ("py:obj", r".*\.T")]
templates_path = ["templates"]

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autosummary_generate = True
napoleon_google_docstring = False
napoleon_use_ivar = True

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "pydata_sphinx_theme"
html_title = "napari-greyfill"
html_favicon = "images/icon.png"
html_static_path = ["static"]
html_css_files = ["greyfill.css"]
html_show_sourcelink = False
html_sidebars = {
    "index": [],
    "quickstart": [],
    "install": [],
    "which_method": [],
    "faq": [],
    "citation": [],
    "api": [],
}
html_theme_options = {
    "logo": {
        "text": "napari-greyfill",
        "image_light": "images/icon.png",
        "image_dark": "images/icon.png",
    },
    "github_url": "https://github.com/napari-greyfill/napari-greyfill",
    "navbar_align": "left",
    "header_links_before_dropdown": 9,
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
    "pygments_light_style": "default",
    "pygments_dark_style": "github-dark",
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": "/plot_",
    "image_scrapers": ("matplotlib", "gallery.scraped_figures"),
    "capture_repr": ("_repr_html_",),
    "remove_config_comments": True,
    "show_memory": False,
    "thumbnail_size": (320, 224),
    "min_reported_time": 1e9,
    "plot_gallery": True,
    "abort_on_example_error": True,
    "within_subsection_order": "FileNameSortKey",
    "reset_modules": ("matplotlib", "gallery.reset"),
    "download_all_examples": False,
    "nested_sections": False,
    "write_computation_times": False,
}
