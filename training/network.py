"""The correcting network in torch, for training; the fill runs the same layers in numpy."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional as F

from napari_greyfill.inpaint.correction.features import CHANNELS
from napari_greyfill.inpaint.correction.network import BLOCKS, WIDTHS

__all__ = ["CorrectionNetwork"]


class CorrectionNetwork(nn.Module):
    """A U-Net of residual blocks on pixels unshuffled by two; starts as "no correction".

    The names of its tensors are those `napari_greyfill.inpaint.correction.network` reads.
    """

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Conv2d(4 * CHANNELS, WIDTHS[0], 3, padding=1)
        self.tail = nn.Conv2d(WIDTHS[0], 4, 3, padding=1)
        for name, width in BLOCKS.items():
            for part in "ab":
                self.add_module(f"{name}{part}", nn.Conv2d(width, width, 3, padding=1))
        for level in (1, 2):
            above, below = WIDTHS[level - 1], WIDTHS[level]
            self.add_module(f"down{level}", nn.Conv2d(4 * above, below, 1))
            self.add_module(f"up{level}", nn.Conv2d(below, 4 * above, 1))
        nn.init.zeros_(self.tail.weight)
        nn.init.zeros_(self.tail.bias)

    def begin_with(self, weights: Mapping[str, Tensor]) -> None:
        """Take over the weights of a network as wide as this one, or narrower.

        A wider network computes the same at first: what it has in addition sees something, as
        drawn at random, and has no say yet.
        """
        own = self.state_dict()
        self.load_state_dict({name: _widened(own[name], given) for name, given in weights.items()})

    def forward(self, x: Tensor) -> Tensor:
        """Return the correction, (N, 1, H, W), of features (N, CHANNELS, H, W)."""
        first = self._blocks(self.head(F.pixel_unshuffle(x, 2)), "in0")
        second = self._blocks(self._down(first, 1), "in1")
        third = self._blocks(self._down(second, 2), "bottom")
        second = self._blocks(second + self._up(third, 2), "out1")
        first = self._blocks(first + self._up(second, 1), "out0")
        return F.pixel_shuffle(self.tail(first), 2)

    def _down(self, x: Tensor, level: int) -> Tensor:
        return F.relu(self.get_submodule(f"down{level}")(F.pixel_unshuffle(x, 2)))

    def _up(self, x: Tensor, level: int) -> Tensor:
        return F.pixel_shuffle(self.get_submodule(f"up{level}")(x), 2)

    def _blocks(self, x: Tensor, prefix: str) -> Tensor:
        for name in BLOCKS:
            if name.startswith(prefix):
                inner = F.relu(self.get_submodule(f"{name}a")(x))
                x = F.relu(x + self.get_submodule(f"{name}b")(inner))
        return x


def _widened(drawn: Tensor, given: Tensor) -> Tensor:
    """Return a tensor that holds another one; its further inputs have no say in the old outputs.

    Parameters
    ----------
    drawn : Tensor
        At random, as large as the result.
    given : Tensor
        At most as large.
    """
    wider = drawn.clone()
    wider[: len(given)] = 0
    wider[tuple(slice(length) for length in given.shape)] = given
    return wider
