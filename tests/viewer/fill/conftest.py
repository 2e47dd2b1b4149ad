"""A dock with a stack, and a method whose pace a test controls."""

import threading

import numpy as np
import pytest

from napari_greyfill.inpaint import Fill, Inpainter


@pytest.fixture
def ready(viewer, open_dock):
    """Return a dock with a stack and a painted mask, flat unless told otherwise."""

    def make(stack, *, each=False, **kwargs):
        viewer.add_image(stack, name="pic", **kwargs)
        dock = open_dock()
        dock.form.stack.each.setChecked(each)
        dock.form.new_mask.click()
        mask = dock.form.mask_layer
        data = mask.data.copy()
        data[..., 15:20, 20:28] = 1
        mask.data = data
        dock.refresh()
        return dock

    return make


@pytest.fixture
def stepping(add_method):
    """Add a method that fills one plane, and waits in the second one until it is let go."""
    go = threading.Event()
    count = []

    class Stepping(Inpainter):
        def run(self, plane, hole, unknown=None):
            count.append(1)
            while len(count) > 1 and not go.wait(0.01):
                yield 0.5
            yield 0.9
            return Fill(np.where(hole, 0.5, plane))

    add_method("stepping", Stepping)
    yield go
    go.set()
