"""Intervals and draws of a finished fill, from what its trials have taught."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import CancelCheck, Compute
from napari_greyfill.compute.events import Event, Progress
from napari_greyfill.image.colour import luma
from napari_greyfill.image.depth import depth
from napari_greyfill.image.picture import Picture
from napari_greyfill.image.regions import Region, plan_regions
from napari_greyfill.image.values import as_type
from napari_greyfill.inpaint.uncertainty.field import ErrorField
from napari_greyfill.inpaint.uncertainty.scale import local_scale
from napari_greyfill.pipeline.uncertainty import Reader, Uncertainty

__all__ = ["Draws", "bounds", "drawn"]

RIM = 8.0  # pixels over which, at most, what a draw has in common comes in from the rim


@dataclass(frozen=True, eq=False)
class _Place:
    """A part of the hole, with the fill and the scale of its errors.

    Attributes
    ----------
    region : Region
    own : (h, w) bool array
        The hole of the region's core, in its window.
    missing : (h, w) bool array
        What is not known.
    planes : (h, w) or (h, w, 3) float32 array
        The filled window, in planes.
    scale : (pixels, channels) array
        Of the errors, in image units.
    """

    region: Region
    own: NDArray[np.bool_]
    missing: NDArray[np.bool_]
    planes: NDArray[np.float32]
    scale: NDArray[np.float64]

    def away_from_rim(self) -> NDArray[np.float64]:
        """Return how far from its rim each pixel of the hole is, 0 to 1, (pixels,).

        What a whole draw has in common is nothing at the rim, where the picture is known.
        """
        room = depth(self.missing, RIM)[self.own]
        return np.asarray(np.minimum(room / min(RIM, max(1.0, room.max() / 2)), 1.0))

    def plausible(self, errors: NDArray[np.float32], width: float) -> NDArray[np.float32]:
        """Return errors that take the fill no further than known pixels of the window reach.

        Parameters
        ----------
        errors : (pixels, channels) array
            In image units.
        width : float
            Of the range of values, in image units.
        """
        known = self.planes[~self.missing].reshape(-1, errors.shape[1])
        fill = self.planes[self.own].reshape(errors.shape)
        low = np.minimum(known.min(axis=0), fill) - fill
        high = np.maximum(known.max(axis=0), fill) - fill
        return np.clip(errors, low * width, high * width)


def bounds(
    picture: Picture,
    read: Reader,
    known: Uncertainty,
    level: float,
    cancelled: CancelCheck,
) -> Generator[Event, None, tuple[NDArray[Any], NDArray[Any]]]:
    """Return the lower and the upper end of the interval of each pixel, as two images.

    Parameters
    ----------
    picture : Picture
        With the hole.
    read : callable
        Returns a window of the filled image.
    known : Uncertainty
        From its trials.
    level : float
        The share of true values to be held, from 0 to 1.
    cancelled : callable
        Asked in between.
    """
    low = np.array(read(picture.whole))
    high = low.copy()
    amounts = np.array([model.amount(level) for model in known.models])
    for place in _places(picture, read, cancelled):
        half = place.scale * amounts
        for image, sign in ((low, -1.0), (high, 1.0)):
            _put(image, picture, place, sign * half)
        yield Progress("working out the interval", 1.0)
    return low, high


@dataclass(frozen=True, eq=False)
class Draws:
    """Plausible fills of one picture, put together one at a time.

    Attributes
    ----------
    picture : Picture
    read : callable
        Returns a window of the filled image.
    errors : list of (place, (n, pixels, channels) float32 array)
        By how much each differs from the fill, in image units.
    count : int
        How many.
    as_given : callable
        Gives an image the axes of the user's own.
    """

    picture: Picture
    read: Reader
    errors: list[tuple[_Place, NDArray[np.float32]]]
    count: int
    as_given: Callable[[NDArray[Any]], NDArray[Any]]

    def __len__(self) -> int:
        """Return how many there are."""
        return self.count

    def __getitem__(self, index: int) -> NDArray[Any]:
        """Return one of them, a whole image."""
        if not 0 <= index < self.count:
            raise IndexError(index)
        image = np.array(self.read(self.picture.whole))
        for place, errors in self.errors:
            _put(image, self.picture, place, errors[index].astype(np.float64))
        return self.as_given(image)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        """Yield them in order."""
        return (self[index] for index in range(self.count))


def drawn(
    picture: Picture,
    read: Reader,
    known: Uncertainty,
    count: int,
    seed: int,
    cancelled: CancelCheck,
    as_given: Callable[[NDArray[Any]], NDArray[Any]],
) -> Generator[Event, None, Draws]:
    """Return plausible fills: the fill, and errors that are spread as those of the trials.

    The errors have the spectrum of the known surroundings, given that they are zero wherever
    the picture is known, and the amounts that the interval speaks of. Their size differs from
    draw to draw by as much as it is unknown.

    Parameters
    ----------
    picture, read, known, cancelled
        As in `bounds`.
    count : int
        How many.
    seed : int
        The same seed gives the same fills; the first of many are those of few.
    as_given : callable
        Gives an image the axes of the user's own.

    References
    ----------
    J.-P. Chiles, P. Delfiner, "Geostatistics: Modeling Spatial Uncertainty", 2nd edition, Wiley
    2012, section 7.3 (conditional simulation).
    """
    channels = len(known.models)
    luck = _luck(count, 1 + channels, seed)
    compute, found = Compute(cancelled=cancelled), []
    for number, place in enumerate(_places(picture, read, cancelled), 1):
        grey = luma(place.planes) if place.planes.ndim == 3 else place.planes
        fields = [
            ErrorField(grey, place.missing, place.own, [seed, number, channel])
            for channel in range(channels)
        ]
        shared = known.shared * place.away_from_rim()[:, None]
        own_share = np.sqrt(1 - shared**2)
        errors = np.empty((count, *place.scale.shape), np.float32)
        for index in range(count):
            compute.check()
            independent = np.stack([field.draw() for field in fields], axis=-1)
            together = own_share * independent + shared * luck[index, 1:]
            together = together @ known.mixing.T
            for channel, model in enumerate(known.models):
                own = model.errors(together[:, channel], float(luck[index, 0]))
                errors[index, :, channel] = own * place.scale[:, channel]
            errors[index] = place.plausible(errors[index], picture.values.width)
            yield Progress(f"drawing {index + 1}/{count}", (index + 1) / count)
        found.append((place, errors))
    return Draws(picture, read, found, count, as_given)


def _luck(count: int, kinds: int, seed: int) -> NDArray[np.float64]:
    """Return Gaussian numbers, (count, kinds), each pair opposite.

    What a whole draw has in common would else not be 0 on average over the few draws there are.

    References
    ----------
    J. M. Hammersley, K. W. Morton, "A New Monte Carlo Technique: Antithetic Variates", Proceedings
    of the Cambridge Philosophical Society 52, 1956, doi 10.1017/S0305004100031455.
    """
    ups = np.random.default_rng([seed, 0]).standard_normal((-(-count // 2), kinds))
    return np.stack([ups, -ups], axis=1).reshape(-1, kinds)[:count]


def _places(picture: Picture, read: Reader, cancelled: CancelCheck) -> Iterator[_Place]:
    compute = Compute(cancelled=cancelled)
    for region in plan_regions(picture.hole, unknown=picture.unknown):
        compute.check()
        window = region.window
        own = np.zeros(window.shape, np.bool_)
        core = region.core.within(window)
        own[core] = picture.hole[region.core.slices]
        planes = picture.as_planes(read(window))
        missing = picture.missing(window)
        scale = local_scale(planes, missing)[own] * picture.values.width
        yield _Place(region, own, missing, planes, scale.reshape(len(scale), -1))


def _put(image: NDArray[Any], picture: Picture, place: _Place, errors: NDArray[Any]) -> None:
    """Add errors to the fill in an image, rounded and clipped to what its type holds."""
    colours = image[..., :3] if picture.kind == "rgba" else image
    view = colours[place.region.window.slices]
    values = view[place.own].astype(np.float64)
    view[place.own] = as_type(values + errors.reshape(values.shape), image.dtype)
