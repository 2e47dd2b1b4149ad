"""Contextual attention: parts of the picture outside the hole are pasted into it. Imports torch.

J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang, "Generative Image Inpainting with Contextual
Attention", CVPR 2018, arXiv 1801.07892, section 4.1. Features of shape (C, h, w) are compared
at half the size: each of the L = h/2 x w/2 positions with the patches of 3 x 3 around all of
them. What is pasted are patches of 4 x 4 at full size, one for each position.

Scores are L x L. They are computed, and used up, for some rows of positions at a time; fusing
needs the scores of the rows above and below, which are computed twice. For a picture of
512 x 680 (L = 5440, C = 96) tensors take up to 114 MiB: 50 of patches, the rest scores and what
is being pasted. All scores at once would take it to 287 MiB.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from napari_greyfill.inpaint.networks.deepfillv2.layouts import AttentionRules

__all__ = ["BLOCK", "ContextualAttention", "PatchSoftmax", "picked", "reduced", "valid_patches"]

BLOCK = 2**22  # scores at a time, of which two copies are held: 32 MiB
_SHARPNESS = 10.0
_SMALLEST_NORM = 1e-4


def picked(length: int, count: int, align_corners: bool) -> Tensor:
    """Return which of `length` rows stay when nearest sampling reduces them to `count`.

    With aligned corners the first and the last stay and the rest are spaced evenly, halves
    rounded up; without, every (length / count)-th stays, from the first.
    """
    steps = torch.arange(count)
    if not align_corners:
        return steps * (length // count)
    gaps = max(count - 1, 1)
    return (2 * steps * (length - 1) + gaps) // (2 * gaps)


def reduced(picture: Tensor, factor: int, align_corners: bool) -> Tensor:
    """Return (..., h, w) as (..., h / factor, w / factor), by nearest sampling."""
    for axis in (-2, -1):
        length = picture.shape[axis]
        index = picked(length, length // factor, align_corners).to(picture.device)
        picture = picture.index_select(axis, index)
    return picture


def valid_patches(mask: Tensor) -> Tensor:
    """Tell for each position whether the patch around it has no hole pixel.

    Parameters
    ----------
    mask : (h, w) tensor
        1 in the hole; beyond its border nothing is hole.

    Returns
    -------
    (h * w,) bool tensor
    """
    return functional.max_pool2d(mask[None], 3, stride=1, padding=1).flatten() == 0


class PatchSoftmax(nn.Module):
    """Turns scores into weights. A module of its own, so that its results can be watched."""

    def __init__(self, exclusive: bool) -> None:
        super().__init__()
        self.exclusive = exclusive

    def forward(self, scores: Tensor, valid: Tensor) -> Tensor:
        """Return the softmax over patches, (positions, patches); `scores` is overwritten."""
        if self.exclusive:
            scores.masked_fill_(~valid, -torch.inf)
            scores.mul_(_SHARPNESS)
        else:
            scores.mul_(valid * _SHARPNESS)
        return scores.softmax(dim=1)


class ContextualAttention(nn.Module):
    """Replaces each part of a feature map by a blend of the hole-free parts most like it.

    Has no weights. If no patch is free of hole pixels the result is 0.

    Parameters
    ----------
    rules : AttentionRules
    block : int
        How many scores are computed at a time, unless a single row of positions needs more.
    """

    def __init__(self, rules: AttentionRules, block: int = BLOCK) -> None:
        super().__init__()
        self.rules = rules
        self.block = block
        self.softmax = PatchSoftmax(rules.exclusive)

    def validity(self, mask: Tensor) -> Tensor:
        """Return which patches are free of hole, (h / 2 * w / 2,), from a mask eight times h / 2.

        Parameters
        ----------
        mask : (H, W) tensor
            1 in the hole.
        """
        factors = (4, 2) if self.rules.mask_in_two_steps else (8,)
        for factor in factors:
            mask = reduced(mask, factor, self.rules.align_corners)
        return valid_patches(mask)

    def forward(self, features: Tensor, valid: Tensor) -> Tensor:
        """Return new features, known positions included.

        Parameters
        ----------
        features : (N, C, h, w) tensor
            h and w even.
        valid : (N, h / 2 * w / 2) bool tensor
            Which patches may be pasted.
        """
        return torch.stack([self._attend(*each) for each in zip(features, valid, strict=True)])

    def _attend(self, features: Tensor, valid: Tensor) -> Tensor:
        if not bool(valid.any()):
            return torch.zeros_like(features)
        channels, height, width = features.shape
        scores = _Scores(reduced(features, 2, self.rules.align_corners), self.rules.fuse)
        # a patch without weight is the same as a patch of zeros
        pieces = functional.unfold(features[None], 4, padding=1, stride=2)[0].mul_(valid)
        pasted = features.new_zeros(channels, height + 2, width + 2)
        for top, bottom in self._blocks(height // 2, width // 2):
            weights = self.softmax(scores.of_rows(top, bottom), valid)
            size = (2 * (bottom - top) + 2, width + 2)
            part = functional.fold(pieces @ weights.T, size, 4, stride=2)
            pasted[:, 2 * top : 2 * bottom + 2] += part
        return pasted[:, 1:-1, 1:-1] / self._overlap(features)

    def _blocks(self, rows: int, columns: int) -> Iterator[tuple[int, int]]:
        count = max(1, self.block // (rows * columns * columns))
        for top in range(0, rows, count):
            yield top, min(top + count, rows)

    def _overlap(self, features: Tensor) -> Tensor:
        """Return by how much the sum of the pasted patches is divided, for each pixel."""
        if not self.rules.exclusive:
            return features.new_tensor(4.0)
        height, width = features.shape[-2:]
        ones = features.new_ones(16, height // 2 * (width // 2))
        return functional.fold(ones, (height, width), 4, padding=1, stride=2)


class _Scores:
    """How well the patch around each position goes with every patch.

    Patches are normalised, positions are not. Fusing (section 4.1, "attention propagation")
    adds to each score those of the neighbouring position with the neighbouring patch on both
    sides: first along rows, read as one long line, then likewise along columns.

    Parameters
    ----------
    features : (C, h, w) tensor
    fuse : bool
    """

    def __init__(self, features: Tensor, fuse: bool) -> None:
        _, self.height, self.width = features.shape
        self.fuse = fuse
        patches = functional.unfold(features[None], 3, padding=1)[0]
        self.scale = 1 / patches.norm(dim=0).clamp(min=_SMALLEST_NORM)
        # two positions before the first and after the last, that score 0
        self.padded = functional.pad(patches, (2, 2))

    def of_rows(self, top: int, bottom: int) -> Tensor:
        """Return the scores of some rows of positions, (positions, patches)."""
        if self.fuse:
            return self._fused_both_ways(top, bottom)
        return self._plain(top * self.width, (bottom - top) * self.width)

    def _plain(self, first: int, count: int) -> Tensor:
        positions = self.padded[:, first + 2 : first + 2 + count]
        return (positions.T @ self.padded[:, 2:-2]).mul_(self.scale)

    def _fused(self, first: int, count: int) -> Tensor:
        """Return scores fused along rows, of positions one after the other."""
        scores = self._plain(first - 1, count + 2)
        fused = scores[1:-1].clone()
        fused[:, 1:] += scores[:-2, :-1]
        fused[:, :-1] += scores[2:, 1:]
        return fused

    def _fused_both_ways(self, top: int, bottom: int) -> Tensor:
        shape = (-1, self.width, self.height, self.width)
        above, below = self._row_above(top).view(shape), self._row_below(bottom).view(shape)
        here = self._fused(top * self.width, (bottom - top) * self.width).view(shape)
        fused = here.clone()
        _add_previous(fused[:1], above)
        _add_previous(fused[1:], here[:-1])
        _add_next(fused[:-1], here[1:])
        _add_next(fused[-1:], below)
        return fused.view(-1, self.height * self.width)

    def _row_above(self, top: int) -> Tensor:
        """Return what comes before each position of a row, column by column."""
        if top > 0:
            return self._fused((top - 1) * self.width, self.width)
        # before the first row comes the last, one column to the left
        row = self._fused((self.height - 1) * self.width - 1, self.width)
        row[0] = 0
        return row

    def _row_below(self, bottom: int) -> Tensor:
        """Return what comes after each position of the row above `bottom`, column by column."""
        if bottom < self.height:
            return self._fused(bottom * self.width, self.width)
        row = self._fused(1, self.width)
        row[-1] = 0
        return row


def _add_previous(scores: Tensor, previous: Tensor) -> None:
    """Add scores (rows, columns, h, w) that belong to the patch before, column by column."""
    scores[:, :, 1:] += previous[:, :, :-1]
    scores[:, :, 0, 1:] += previous[:, :, -1, :-1]


def _add_next(scores: Tensor, following: Tensor) -> None:
    """Add scores (rows, columns, h, w) that belong to the patch after, column by column."""
    scores[:, :, :-1] += following[:, :, 1:]
    scores[:, :, -1, :-1] += following[:, :, 0, 1:]
