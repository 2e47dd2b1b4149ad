"""What the tensors of a checkpoint tell by their names and shapes. Does not import torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["COLOURS", "StateDict", "ends_fit", "shape_of", "within"]

StateDict: TypeAlias = "Mapping[str, Tensor]"

# The channels of a picture that first layers take and last layers give: those of the published
# checkpoints, or one where a network was trained anew on grey.
COLOURS = (3, 1)


def shape_of(state: StateDict, key: str) -> tuple[int, ...]:
    """Return the shape of a tensor, or ``()`` if there is none of that name."""
    return tuple(getattr(state.get(key), "shape", ()))


def within(state: StateDict, prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names have a prefix, without it; all of them if none has it.

    Files of training programs hold discriminators and more beside the generator.

    Parameters
    ----------
    state : mapping of str to tensor
        The tensors by name.
    prefix : str
        For example "generator.".
    """
    if not any(key.startswith(prefix) for key in state):
        return dict(state)
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}


def ends_fit(
    first: tuple[int, ...], last: tuple[int, ...], *, kernel: int, beside: int = 1
) -> bool:
    """Tell whether a network gives pictures of as many channels as it takes.

    Parameters
    ----------
    first, last : tuple of int
        Shapes of the weights of its first and its last convolution.
    kernel : int
        Height and width of the first one's.
    beside : int
        Channels that go in beside those of the picture, such as the mask.
    """
    ends = first[1:], last[:1]
    return ends in [((colours + beside, kernel, kernel), (colours,)) for colours in COLOURS]
