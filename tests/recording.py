"""Running a generator and keeping what it yields."""

from napari_greyfill.compute.progress import exhaust


def recorded(work):
    """Return what a generator returns, and a list of what it yields."""
    steps = []
    return exhaust(work, steps.append), steps
