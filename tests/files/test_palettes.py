import numpy as np
import pytest

from napari_greyfill.files.palettes import as_bytes, is_display_table, padded

GREYS = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


@pytest.mark.parametrize("scale", [1, 257])
def test_colours_are_bytes_whether_stored_in_8_bits_or_16(scale):
    stored = GREYS.T.astype(np.uint16) * scale
    np.testing.assert_array_equal(as_bytes(stored), GREYS)


def test_tables_that_go_on_in_small_steps_display_greys():
    indices = np.arange(256, dtype=np.uint8).reshape(16, 16)
    fire = np.stack([GREYS[:, 0], GREYS[:, 0] // 2, 255 - GREYS[:, 0]], axis=1)
    marked = fire.copy()
    marked[[0, 255]] = [[0, 0, 255], [255, 0, 0]]
    assert is_display_table(GREYS, indices)
    assert is_display_table(fire, indices)
    assert is_display_table(marked, indices)


def test_chosen_colours_do_not():
    indices = np.arange(256, dtype=np.uint8).reshape(16, 16)
    chosen = np.random.default_rng(0).integers(0, 256, (256, 3), dtype=np.uint8)
    assert not is_display_table(chosen, indices)
    assert not is_display_table(GREYS[:16], indices % 16)
    assert not is_display_table(GREYS // 8, indices)
    assert not is_display_table(GREYS, indices[:0])


@pytest.mark.parametrize("count", [1, 3, 255, 256])
def test_the_last_colour_is_repeated_up_to_256(count):
    full = padded(GREYS[:count])
    assert full.shape == (256, 3)
    np.testing.assert_array_equal(full[:count], GREYS[:count])
    assert (full[count:] == GREYS[count - 1]).all()
