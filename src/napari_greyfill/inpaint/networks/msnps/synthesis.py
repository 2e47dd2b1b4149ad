"""The optimisation: pixels of the hole, so that content stays and texture comes. Imports torch.

C. Yang et al., CVPR 2017, arXiv 1611.09969, section 3, with what is different here: only the
pixels of the hole are variables, patches come from all that is known in the window and are
neither rotated nor scaled, they are looked for every few steps, and the energy is divided by its
numbers of values, so that its weights hold at any size.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import (
    adaptive_max_pool2d,
    avg_pool2d,
    interpolate,
    max_pool2d,
    mse_loss,
    normalize,
    unfold,
)

from napari_greyfill.inpaint.base import Hole, Plane

if TYPE_CHECKING:
    from napari_greyfill.inpaint.networks.msnps.network import FilterBank, VGG19Features

__all__ = ["Energy", "best_patches", "synthesised"]

_PATCH = 3  # places of a feature map
_SCALES = 3
_SMALLEST = 32  # pixels of a picture's shorter side
_AT_A_TIME = 1024  # patches that are compared with all others together
_MOST = 8192  # patches to choose from
_LEAST_SPREAD = 0.02  # so that channels of nothing but rounding count for little
_STEPS = 10  # of the optimisation between two looks whether to stop


@dataclass(frozen=True)
class Energy:
    """What is made small, and for how long.

    Attributes
    ----------
    content, texture, variation : float
        The weights of staying near the content, of looking like known patches, and of the total
        variation.
    steps : int
        Of the optimisation, at each scale.
    search : int
        After how many steps the most similar patches are looked for again.
    """

    content: float = 0.5
    texture: float = 1.0
    variation: float = 1e-3
    steps: int = 60
    search: int = 10


def synthesised(
    image: Plane,
    hole: Hole,
    content: Plane,
    features: FilterBank | VGG19Features,
    energy: Energy,
    check: Callable[[], None],
) -> Generator[float, None, Plane]:
    """Give a fill the texture of what is known; yield the finished fraction.

    Parameters
    ----------
    image : (H, W, 3) float32 array in [0, 1]
        What is in the hole does not count.
    hole : (H, W) bool array
        True where pixels are to be filled.
    content : (H, W, 3) float32 array
        The picture with another method's fill.
    features : torch module
        Says what texture and content are.
    energy : Energy
        What is made small, and for how long.
    check : callable
        Raises if the work is to stop.

    Returns
    -------
    (H, W, 3) float32 array in [0, 1]
    """
    device = next(features.buffers()).device
    start = np.where(hole[..., None], content, image)
    full = torch.from_numpy(np.ascontiguousarray(start.transpose(2, 0, 1)[None])).to(device)
    missing = torch.from_numpy(hole.astype(np.float32)[None, None]).to(device)
    factors = [2**k for k in reversed(range(_SCALES)) if min(hole.shape) >= _SMALLEST << k] or [1]
    result: Tensor | None = None
    for number, factor in enumerate(factors):
        picture, where = _reduced(full, missing, factor)
        begin = picture
        if result is not None:
            enlarged = interpolate(result, picture.shape[2:], mode="bilinear")
            begin = torch.where(where, enlarged, picture)
        for fraction, found in _at_one_scale(begin, picture, where, features, energy, check):
            result = found
            yield (number + fraction) / len(factors)
    assert result is not None  # there is at least one scale
    return np.asarray(result[0].permute(1, 2, 0).clamp(0, 1).cpu().numpy(), dtype=np.float32)


def _reduced(full: Tensor, missing: Tensor, factor: int) -> tuple[Tensor, Tensor]:
    """Return a smaller picture, and where its hole is; cut off where it does not fit."""
    if factor == 1:
        return full, missing > 0
    return avg_pool2d(full, factor), max_pool2d(missing, factor) > 0


def _at_one_scale(
    begin: Tensor,
    picture: Tensor,
    where: Tensor,
    features: FilterBank | VGG19Features,
    energy: Energy,
    check: Callable[[], None],
) -> Generator[tuple[float, Tensor], None, None]:
    """Yield the finished fraction and the picture so far."""
    with torch.no_grad():
        texture, wanted = features.maps(picture)
    patches: Patches | None = None
    mask = where.expand_as(begin)
    opponent = _opponent(begin)
    variable = opponent[mask].clone().requires_grad_()
    optimiser = torch.optim.LBFGS(
        [variable], max_iter=_STEPS, history_size=25, line_search_fn="strong_wolfe"
    )

    def painted() -> Tensor:
        return _colours(opponent.masked_scatter(mask, variable))

    def closure() -> Tensor:
        check()
        optimiser.zero_grad()
        x = painted()
        now, content = features.maps(x)
        total = energy.content * mse_loss(content, wanted) + energy.variation * _variation(
            x, where
        )
        if patches is not None:
            total = total + energy.texture * patches.difference(now)
        total.backward()
        return total

    for done in range(0, energy.steps, _STEPS):
        if done % energy.search == 0:
            with torch.no_grad():
                now = features.maps(painted())[0]
                patches = best_patches(now, texture, where, standardised=features.standardised)
        before = variable.detach().clone()
        with torch.enable_grad():
            optimiser.step(closure)
        if not bool(variable.isfinite().all()):  # a step along a direction that is none
            with torch.no_grad():
                variable.copy_(before)
            optimiser.state.clear()
        yield (done + _STEPS) / energy.steps, painted().detach()


def _opponent(x: Tensor) -> Tensor:
    """Return luma, R - Y and B - Y, so that what changes the luma leaves the hue alone."""
    red, green, blue = x.split(1, dim=1)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return torch.cat([luma, red - luma, blue - luma], 1)


def _colours(x: Tensor) -> Tensor:
    """Return R, G, B of what `_opponent` returns."""
    luma, red, blue = x.split(1, dim=1)
    green = luma - (0.299 * red + 0.114 * blue) / 0.587
    return torch.cat([luma + red, green, luma + blue], 1)


def _variation(x: Tensor, where: Tensor) -> Tensor:
    """Return the mean squared difference of neighbours in the hole."""
    down, right = (x[:, :, 1:] - x[:, :, :-1]) ** 2, (x[..., 1:] - x[..., :-1]) ** 2
    return (down.sum() + right.sum()) / where.sum().clamp_min(1)


@dataclass(frozen=True)
class Patches:
    """Which known patches the patches of the hole are to look like.

    Attributes
    ----------
    places : (K,) tensor
        The patches of the hole, among all of the map.
    wanted : (D, K) tensor
        What each of them is to look like.
    mean, std : (1, C, 1, 1) tensors
        Taken off the features, and what they are divided by.
    """

    places: Tensor
    wanted: Tensor
    mean: Tensor
    std: Tensor

    def difference(self, features: Tensor) -> Tensor:
        """Return the mean squared difference of (1, C, H, W) features."""
        here = unfold((features - self.mean) / self.std, _PATCH)[0][:, self.places]
        return mse_loss(here, self.wanted)


def best_patches(
    features: Tensor, known: Tensor, where: Tensor, *, standardised: bool
) -> Patches | None:
    """Return the known patches most like those of the hole, by normalised cross-correlation.

    Parameters
    ----------
    features, known : (1, C, H, W) tensors
        Of the picture so far, and of the one whose known patches are to be chosen from.
    where : (1, 1, h, w) bool tensor
        True in the hole, at the size of the pictures.
    standardised : bool
        Whether each channel gets the same mean and spread first.

    Returns
    -------
    Patches or None
        None if no patch is known as a whole, or none is of the hole.
    """
    cells = adaptive_max_pool2d(where.float(), list(features.shape[2:]))
    touched = unfold(cells, _PATCH)[0].sum(0) > 0
    places, sources = touched.nonzero()[:, 0], (~touched).nonzero()[:, 0]
    if not len(places) or not len(sources):
        return None
    if len(sources) > _MOST:  # evenly spread
        sources = sources[torch.linspace(0, len(sources) - 1, _MOST).long()]
    mean = known.new_zeros(1, known.shape[1], 1, 1)
    std = torch.ones_like(mean)
    if standardised:
        plain = known[:, :, cells[0, 0] == 0][0]
        mean, std = (
            plain.mean(1)[None, :, None, None],
            plain.std(1)[None, :, None, None] + _LEAST_SPREAD,
        )
    theirs = unfold((known - mean) / std, _PATCH)[0][:, sources]
    mine = normalize(unfold((features - mean) / std, _PATCH)[0][:, places], dim=0)
    unit = normalize(theirs, dim=0)
    best = [(some.T @ unit).argmax(1) for some in mine.split(_AT_A_TIME, dim=1)]
    return Patches(places, theirs[:, torch.cat(best)], mean, std)
