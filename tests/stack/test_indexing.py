"""Parts of an array are what numpy makes of the same brackets."""

import numpy as np
import pytest

from napari_greyfill.stack.indexing import placed

VALUES = np.arange(4 * 5 * 6).reshape(4, 5, 6)


@pytest.mark.parametrize(
    "index",
    [
        2,
        -1,
        np.int64(1),
        ...,
        slice(1, 3),
        (slice(None), 2),
        (..., 3),
        (1, ..., slice(2, 5)),
        (slice(0, 4, 2), ..., slice(1, None, 3)),
        (1, 2, 3),
        (),
        slice(3, 1),
        (slice(-3, -1), slice(99)),
        (0, 1, 2, ...),
    ],
)
def test_as_numpy_does(index):
    place = placed(index, VALUES.shape)
    assert all(part.step is None and part.start <= part.stop for part in place.slices)
    found = place.of(VALUES[place.slices])
    np.testing.assert_array_equal(found, VALUES[index])
    assert found.shape == VALUES[index].shape


@pytest.mark.parametrize(
    "index", [4, (0, 0, 9), (0, 0, 0, 0), (..., 0, ...), slice(None, None, -1), [1, 2], "a"]
)
def test_what_it_cannot_cut_is_an_index_error(index):
    with pytest.raises((IndexError, ValueError)):
        placed(index, VALUES.shape)
