"""Finding, for every patch that overlaps the hole, one that looks like it.

Patches are compared by their principal components: the first couple of dozen hold nearly all
that tells patches of one picture apart, and comparing them takes a tenth of the time.
Features, sources and fields are numpy arrays; in between, all is what `Arrays` makes.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.inpaint.texture.arrays import Array, Arrays
from napari_greyfill.inpaint.texture.level import RADIUS, SIDE, Level, chunks

__all__ = ["Field", "Matcher", "refined"]

Indices = NDArray[np.int64]
Vectors = NDArray[np.float32]

COMPONENTS = (8, 24)  # fewest and most principal components
MEMORY = 30_000_000  # numbers that may describe all patches of a level
SAMPLE = 4000  # patches the principal components are found from
EXACT = 4_000_000  # pairs up to which every target is compared with every source


@dataclass(frozen=True)
class Field:
    """The nearest-neighbour field: a source for each target, and its squared distance."""

    source: Indices
    distance: Vectors


def refined(field: Field, coarse: Level, fine: Level, rng: np.random.Generator) -> Field:
    """Return the field of a level at half the size, enlarged.

    Targets whose coarse source has no counterpart get a random one.
    """
    y, x = (steps - RADIUS for steps in np.divmod(fine.targets, fine.width))
    parent = coarse.number[(y // 2 + RADIUS) * coarse.width + x // 2 + RADIUS]
    from_y, from_x = (steps - RADIUS for steps in np.divmod(field.source[parent], coarse.width))
    down, right = 2 * from_y + y % 2 + RADIUS, 2 * from_x + x % 2 + RADIUS
    source = np.minimum(down * fine.width + right, fine.is_source.size - 1)
    found = (parent >= 0) & fine.is_source[source]
    source = np.where(found, source, rng.choice(fine.sources, source.size))
    distance = np.where(found, field.distance[parent], field.distance.max())
    return Field(source, distance.astype(np.float32))


class Matcher:
    """Compares patches of one level.

    Parameters
    ----------
    level : Level
        With at least one source.
    features : (padded size, F) float32 array
        Of the picture with its first fill; the principal components are those of its patches.
    rng : numpy.random.Generator
    compute : Compute
    """

    def __init__(
        self, level: Level, features: Vectors, rng: np.random.Generator, compute: Compute
    ) -> None:
        self.level, self.rng, self.compute = level, rng, compute
        self.arrays = Arrays.of(compute)
        self.targets, self._sources, self._offsets = map(
            self.arrays.of_numpy, (level.targets, level.sources, level.offsets)
        )
        self._basis = self.arrays.of_numpy(self._components(features))
        self._described = self.arrays.zeros(len(features), self._basis.shape[1])

    def describe_sources(self, features: Vectors) -> Generator[float, None, None]:
        """Describe all sources, once; `match` needs this."""
        pixels, count = self.arrays.of_numpy(features), len(self._sources)
        for part in chunks(count, 16 * self.arrays.chunk):
            sources = self._sources[part]
            self._described[sources] = self._describe(pixels, sources)
            yield part.stop / count

    def anywhere(self) -> Indices:
        """Return a random source for each target."""
        return np.asarray(self.rng.choice(self.level.sources, self.level.targets.size))

    def match(
        self, features: Vectors, source: Indices, rounds: int
    ) -> Generator[float, None, Field]:
        """Return a field for new features of the targets, no worse than that of `source`."""
        wanted = self._describe(self.arrays.of_numpy(features), self.targets)
        pairs = self.level.targets.size * self.level.sources.size
        if pairs <= EXACT and not self.level.partly:
            return self._exact(wanted)
        search = _Search(self, wanted, source)
        for index in range(rounds):
            search.propagate()
            yield (index + 0.3) / rounds
            yield from scaled(search.look_around(), (index + 0.3) / rounds, (index + 1) / rounds)
        return self._field(search.source, search.distance)

    def distance(self, wanted: Array, source: Array) -> Array:
        """Return the squared distances of described targets to sources."""
        return self.arrays.squares(self._described[source] - wanted)

    def _field(self, source: Array, distance: Array) -> Field:
        return Field(self.arrays.to_numpy(source), self.arrays.to_numpy(distance))

    def _exact(self, wanted: Array) -> Field:
        sources = self._described[self._sources]
        norms = self.arrays.squares(sources)
        source = self.arrays.copied(self.level.targets)
        for part in chunks(len(wanted), self.arrays.chunk // 16):
            self.compute.check()
            best = self.arrays.least(norms - 2 * (wanted[part] @ sources.T))
            source[part] = self._sources[best]
        return self._field(source, self.distance(wanted, source))

    def _components(self, features: Vectors) -> Vectors:
        """Return the (patch length, components) principal axes of the source patches."""
        sources = self.level.sources
        some = self.rng.choice(sources, SAMPLE) if sources.size > SAMPLE else sources
        patches = _patches(features, some, self.level.offsets)
        patches = patches - patches.mean(axis=0)
        axes = np.linalg.eigh(patches.T @ patches)[1]
        count = int(np.clip(MEMORY // len(features), *COMPONENTS))
        return np.ascontiguousarray(axes[:, : -count - 1 : -1])

    def _describe(self, features: Array, centres: Array) -> Array:
        found = self.arrays.zeros(len(centres), self._basis.shape[1])
        for part in chunks(len(centres), self.arrays.chunk):
            self.compute.check()
            found[part] = _patches(features, centres[part], self._offsets) @ self._basis
        return found


def _patches(features: Array, centres: Array, offsets: Array) -> Array:
    """Return the features of whole patches, one patch a row."""
    return features[centres[:, None] + offsets].reshape(len(centres), -1)


class _Search:
    """Improves a field as PatchMatch does (Barnes et al. 2009), all targets at once."""

    def __init__(self, matcher: Matcher, wanted: Array, source: Indices) -> None:
        self._matcher, self._level, self._wanted = matcher, matcher.level, wanted
        self._arrays, self._targets = matcher.arrays, matcher.targets
        self._number = self._arrays.of_numpy(self._level.number)
        self._is_source = self._arrays.of_numpy(self._level.is_source)
        self.source = self._arrays.copied(source)
        self.distance = matcher.distance(wanted, self.source)

    def propagate(self) -> None:
        """Try what the neighbours found, moved along."""
        for step in (1, -1, self._level.width, -self._level.width):
            neighbour = self._number[self._targets + step]
            found = self._arrays.where(neighbour >= 0)
            self._try(found, self.source[neighbour[found]] - step)

    def look_around(self) -> Generator[float, None, None]:
        """Try random sources, ever nearer to the present one."""
        count = len(self.source)
        everyone = self._arrays.of_numpy(np.arange(count))
        reaches = max(self._level.hole.shape) // 2 ** np.arange(16)
        for index, reach in enumerate(reaches[reaches > 0]):
            yield index / len(reaches)
            down, right = self._matcher.rng.integers(-reach, reach + 1, (2, count))
            moves = self._arrays.of_numpy(down * self._level.width + right)
            self._try(everyone, self.source + moves)

    def _try(self, targets: Array, candidates: Array) -> None:
        self._matcher.compute.check()
        allowed = self._allowed(targets, candidates)
        targets, candidates = targets[allowed], candidates[allowed]
        distance = self._matcher.distance(self._wanted[targets], candidates)
        better = distance < self.distance[targets]
        targets = targets[better]
        self.source[targets], self.distance[targets] = candidates[better], distance[better]

    def _allowed(self, targets: Array, candidates: Array) -> Array:
        """Tell which candidates are sources; partly known ones must not lie over the target.

        They would match themselves, whatever stands in their hole.
        """
        last = len(self._is_source) - 1
        allowed = (candidates >= 0) & (candidates <= last)
        allowed &= self._is_source[candidates.clip(0, last)]
        if self._level.partly:
            corner = RADIUS * (self._level.width + 1)
            apart = candidates - self._targets[targets] + corner
            down, right = apart // self._level.width, apart % self._level.width
            allowed &= (down < 0) | (down >= SIDE) | (right >= SIDE)
        return allowed
