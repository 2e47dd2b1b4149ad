"""Windows for tests of colorizers, and running one on them."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_greyfill.colour import luma
from napari_greyfill.progress import exhaust


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


def coloured(colorizer, colour, grey, hole):
    return exhaust(colorizer.run(colour, grey, hole))


def emptied(picture, hole):
    """Return colour with a hole, the true grey, and the hole."""
    colour = picture.astype(np.float32) / 255
    grey = luma(colour)
    colour[hole] = 0
    return colour, grey, hole


def square(shape, side):
    """Return a hole of that side in the middle."""
    hole = np.zeros(shape[:2], dtype=bool)
    top, left = (shape[0] - side) // 2, (shape[1] - side) // 2
    hole[top : top + side, left : left + side] = True
    return hole
