"""An array that notes what is read of it."""

import numpy as np


class Recorded:
    """Stands for a file: sliced as arrays are, and never read as a whole.

    Attributes
    ----------
    reads : list of int
        How many pixels were read each time.
    """

    def __init__(self, values):
        self._values = values
        self.shape, self.dtype, self.ndim = values.shape, values.dtype, values.ndim
        self.size = values.size
        self.reads = []

    def __getitem__(self, index):
        found = self._values[index]
        self.reads.append(int(np.prod(found.shape[-2:] if found.ndim < 3 else found.shape[-3:-1])))
        return found.copy()

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("the whole file was read")
