"""The shift layer: each place in the hole takes the features of the known place most like it.

Z. Yan et al., "Shift-Net: Image Inpainting via Deep Feature Rearrangement", ECCV 2018, arXiv
1801.09392, section 3.2. Imports torch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Shift", "partners"]

_AT_A_TIME = 1024  # places whose likeness to all others is worked out together
_SHORTEST = 1e-12  # of a vector that is divided by its length


class Shift(nn.Module):
    """Decoder and encoder features to these and, in the hole, what the decoder's are most like."""

    def forward(self, features: Tensor, hole: Tensor) -> Tensor:
        """Return the features, and those that were shifted into the hole.

        Parameters
        ----------
        features : (N, 2 C, H, W) tensor
            Of the decoder, and of the encoder.
        hole : (N, H, W) bool tensor
            True where there is nothing known.

        Returns
        -------
        (N, 3 C, H, W) tensor
            The third part is 0 outside the hole, and everywhere if all or nothing is known.
        """
        decoded, encoded = features.chunk(2, dim=1)
        shifted = torch.zeros_like(encoded)
        for each, mine, theirs, where in zip(shifted, decoded, encoded, hole, strict=True):
            places, sources, _ = partners(mine, theirs, where)
            each.flatten(1)[:, places] = theirs.flatten(1)[:, sources]
        return torch.cat([features, shifted], dim=1)


def partners(decoded: Tensor, encoded: Tensor, hole: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return for each place in the hole the known place with the most similar features.

    Parameters
    ----------
    decoded, encoded : (C, H, W) tensors
        The features of the places in the hole, and of the known ones.
    hole : (H, W) bool tensor
        True where there is nothing known.

    Returns
    -------
    places, sources : (K,) int64 tensors
        Row-major places in the hole and their partners; the first of several that are alike.
    cosines : (K,) tensor
        How similar they are. All three are empty if all or nothing is known.
    """
    places, known = hole.flatten().nonzero()[:, 0], (~hole).flatten().nonzero()[:, 0]
    if not len(places) or not len(known):
        return places[:0], known[:0], decoded.new_zeros(0)
    theirs = _unit(encoded.flatten(1)[:, known])
    best = [
        (_unit(decoded.flatten(1)[:, some]).T @ theirs).max(dim=1)
        for some in places.split(_AT_A_TIME)
    ]
    sources = known[torch.cat([found.indices for found in best])]
    return places, sources, torch.cat([found.values for found in best])


def _unit(vectors: Tensor) -> Tensor:
    """Return (C, K) vectors with a length of 1."""
    return torch.nn.functional.normalize(vectors, dim=0, eps=_SHORTEST)
