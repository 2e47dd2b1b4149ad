"""Windows for tests of colorizers, and running one on them."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_greyfill.compute.progress import exhaust
from napari_greyfill.image.colour import chroma, luma


@st.composite
def cases(draw):
    """Random colours, any grey in the hole, any hole that leaves a pixel known."""
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda s: s != (1, 1)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    hole = draw(arrays(bool, shape))
    hole.flat[draw(st.integers(0, hole.size - 1))] = False
    colour = rng.random((*shape, 3), dtype=np.float32) ** draw(st.sampled_from([0.2, 1, 5]))
    grey = luma(colour)
    grey[hole] = draw(arrays(np.float32, shape, elements=st.floats(0, 1, width=32)))[hole]
    return colour, grey, hole


def colours_of(colorizer, colour, grey, hole, hints=None):
    return exhaust(colorizer.run(colour, grey, hole, hints))


def coloured(colorizer, *given):
    return colours_of(colorizer, *given).plane


def emptied(picture, hole):
    """Return colour with a hole, the true grey, and the hole."""
    colour = picture.astype(np.float32) / 255
    grey = luma(colour)
    colour[hole] = 0
    return colour, grey, hole


def truth(height, width):
    """Colours that go with their grey."""
    y, x = np.indices((height, width), dtype=np.float32)
    shade = 0.5 + 0.4 * np.sin(x / 5) * np.cos(y / 7)
    return np.stack([shade, 0.6 * shade, 1 - shade], axis=-1)


def case(height, width):
    """Those colours with a hole in the middle, the grey, and the hole."""
    colour = truth(height, width)
    hole = np.zeros((height, width), dtype=bool)
    hole[height // 3 : max(height // 3 + 1, height // 2), width // 4 : width // 2 + 1] = True
    grey = luma(colour)
    colour[hole] = 0
    return colour, grey, hole


def run(colorizer, colour, grey, hole):
    """Return the plane, and the levels with their previews made."""
    levels = []

    def keep(level):
        levels.append((level, level.preview() if level.preview else None))

    return exhaust(colorizer.run(colour, grey, hole), keep).plane, levels


def assert_chroma_as_known(colorizer, colour, hole):
    """Check that the chroma a hole gets lies between those of the known pixels."""
    grey = np.full(hole.shape, 0.5, np.float32)
    found = chroma(coloured(colorizer, colour * 0.2, grey, hole))[hole]
    known = chroma(colour * 0.2)[~hole]
    assert (found >= known.min(axis=0) - 1e-5).all()
    assert (found <= known.max(axis=0) + 1e-5).all()


def square(shape, side):
    """Return a hole of that side in the middle."""
    hole = np.zeros(shape[:2], dtype=bool)
    top, left = (shape[0] - side) // 2, (shape[1] - side) // 2
    hole[top : top + side, left : left + side] = True
    return hole
