"""Look through a checkpoint that torch has written, without loading any of it.

This folder runs as a program of its own (`program.py`), in a process that may be ended at any
time: whatever a file does to it, it does not do to napari. So that it starts quickly, it needs
nothing but Python's standard library, not even the rest of this package, and its modules import
each other by relative names. The pickles are followed step by step, with every value reduced to
what matters, so that what torch would do with them is known before it does it.
"""

from .content import inspect
from .refusal import LARGEST

__all__ = ["LARGEST", "inspect"]
