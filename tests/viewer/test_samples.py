"""The film that is opened to try stacks on shows what they are good for."""

import numpy as np
import pytest

from napari_greyfill import fill
from napari_greyfill.stack.tasks import Source
from napari_greyfill.viewer import samples


@pytest.mark.filterwarnings("ignore:Dust at the same place")
def test_scratch_and_bubble_are_filled_from_neighbours_and_dust_by_its_gain():
    (damaged, *_), (intact, *_), (mask, *_) = samples.damaged_stack()
    mask = mask.astype(bool)
    dust = mask.all(axis=0)
    result = fill(damaged, mask, axes="TYX")
    (gain,) = result.gains.values()
    assert gain.decision == "correct"
    assert abs(np.median(gain.gain[dust]) - 0.5) < 0.05
    words = {plane.index[0]: plane.words for plane in result.planes}
    assert all("from neighbouring planes" in words[frame] for frame in (2, 4, 5, 6))
    assert all("corrected" in words[frame] for frame in (0, 1, 3, 7, 8, 9))
    assert set(result.used) >= {Source.GAIN.words}
    assert np.array_equal(result.image[~mask], damaged[~mask])
    filled = fill(damaged, mask, axes="TYX", dust="inpaint").image

    def error(image):
        return np.sqrt(np.mean((image[:, dust].astype(float) - intact[:, dust]) ** 2))

    assert error(result.image) < 0.8 * error(filled)
