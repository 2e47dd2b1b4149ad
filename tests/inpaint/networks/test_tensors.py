"""What shapes and names of tensors tell."""

import pytest
import torch

from napari_greyfill.inpaint.networks.tensors import ends_fit, shape_of, within


def test_shapes_of_what_is_there_and_what_is_not():
    state = {"conv.weight": torch.zeros(2, 4, 3, 3)}
    assert shape_of(state, "conv.weight") == (2, 4, 3, 3)
    assert shape_of(state, "conv.bias") == ()


def test_only_what_has_the_prefix_is_within_if_anything_has():
    state = {"generator.a": torch.zeros(1), "disc.b": torch.zeros(2)}
    assert list(within(state, "generator.")) == ["a"]
    assert list(within(state, "other.")) == list(state)


@pytest.mark.parametrize(
    ("first", "last", "beside", "fits"),
    [
        ((64, 4, 5, 5), (3, 32, 3, 3), 1, True),
        ((64, 2, 5, 5), (1, 32, 3, 3), 1, True),
        ((64, 3, 5, 5), (3, 32, 3, 3), 0, True),
        ((64, 4, 5, 5), (1, 32, 3, 3), 1, False),  # colours in, grey out
        ((64, 4, 7, 7), (3, 32, 3, 3), 1, False),
        ((64, 3, 5, 5), (2, 32, 3, 3), 1, False),  # pictures of two channels
        ((), (3, 32, 3, 3), 1, False),
        ((), (), 1, False),
    ],
)
def test_as_many_colours_must_come_out_as_go_in(first, last, beside, fits):
    assert ends_fit(first, last, kernel=5, beside=beside) is fits
