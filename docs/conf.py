"""Configuration of the documentation: ``make docs``."""

from importlib.metadata import version as installed_version

project = "napari-greyfill"
author = "napari-greyfill contributors"
project_copyright = f"2026, {author}"
release = installed_version("napari-greyfill")
version = release.split("+")[0]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_ivar = True

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "napari-greyfill"
