"""Fill painted holes through a monochromic bottleneck: grey first, then the colour.

The public names are those of the stub beside this file, `__init__.pyi`. They are loaded on first
use, so that importing the package costs next to nothing and never imports numpy, torch, napari
or Qt.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
