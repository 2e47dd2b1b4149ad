"""Hypothesis strategies for pictures of every data type, and for holes in them."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays, from_dtype

DTYPES = [
    *("bool", "uint8", ">u2", "uint16", "int8", "int16", "int64", "uint64"),
    *("float16", "float32", "float64"),
]
CHANNELS = [(), (3,), (4,)]

sides = st.integers(1, 9)
shapes = st.tuples(sides, sides).filter(lambda shape: shape != (1, 1))


@st.composite
def holes(draw, shape):
    """At least one pixel missing, and at least one known."""
    hole = draw(arrays(bool, shape))
    missing, known = draw(st.permutations(range(hole.size)))[:2]
    hole.flat[missing], hole.flat[known] = True, False
    return hole


@st.composite
def pictures(draw, dtypes=DTYPES, channels=CHANNELS, invalid=False):
    """Natural looking values, or any that the type can hold (with `invalid`, NaN and infinity)."""
    shape = draw(shapes) + draw(st.sampled_from(channels))
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    top = np.iinfo(dtype).max if dtype.kind in "iu" else 1
    picture = (rng.random(shape) * (top * draw(st.sampled_from([1.0, 0.05])))).astype(dtype)
    if dtype.kind == "b":
        picture = rng.random(shape) < draw(st.sampled_from([0.0, 0.5, 1.0]))
    extremes = draw(arrays(bool, shape, fill=st.just(False)))
    values = from_dtype(dtype, allow_nan=invalid, allow_infinity=invalid)
    picture[extremes] = draw(arrays(dtype, int(extremes.sum()), elements=values))
    return picture
