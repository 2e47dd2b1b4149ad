"""Stacks, and choices in the dock Fill that are of stacks."""

import numpy as np
from scipy.ndimage import gaussian_filter


def stack_of(*lengths, seed=0):
    """Return smooth planes that resemble their neighbours."""
    noise = np.random.default_rng(seed).normal(size=(*lengths, 40, 48))
    smooth = gaussian_filter(noise, (1.5,) * len(lengths) + (2, 2))
    smooth = (smooth - smooth.min()) / np.ptp(smooth)
    return (smooth * 4000 + 100).astype(np.uint16)


def choose(dock, planes, **fields):
    form = dock.form.stack
    form.planes.setCurrentIndex(form.planes.findData(planes))
    for name, value in fields.items():
        form.fields[name].value = value


def method(dock, name):
    dock.form.method.setCurrentIndex(dock.form.method.findData(name))
