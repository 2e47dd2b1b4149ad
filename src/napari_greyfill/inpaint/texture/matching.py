"""Finding, for every patch that overlaps the hole, one that looks like it.

Patches are compared by their principal components: the first couple of dozen hold nearly all
that tells patches of one picture apart, and comparing them takes a tenth of the time.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.device import Compute
from napari_greyfill.inpaint.texture.level import CHUNK, RADIUS, SIDE, Level, chunks
from napari_greyfill.progress import scaled

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
        self._basis = self._components(features)
        self._described = np.zeros((len(features), self._basis.shape[1]), np.float32)

    def describe_sources(self, features: Vectors) -> Generator[float, None, None]:
        """Describe all sources, once; `match` needs this."""
        sources = self.level.sources
        for part in chunks(sources.size, 16 * CHUNK):
            self._described[sources[part]] = self._describe(features, sources[part])
            yield part.stop / sources.size

    def anywhere(self) -> Indices:
        """Return a random source for each target."""
        return np.asarray(self.rng.choice(self.level.sources, self.level.targets.size))

    def match(
        self, features: Vectors, source: Indices, rounds: int
    ) -> Generator[float, None, Field]:
        """Return a field for new features of the targets, no worse than that of `source`."""
        wanted = self._describe(features, self.level.targets)
        pairs = self.level.targets.size * self.level.sources.size
        if pairs <= EXACT and not self.level.partly:
            return self._exact(wanted)
        search = _Search(self, wanted, source)
        for index in range(rounds):
            search.propagate()
            yield (index + 0.3) / rounds
            yield from scaled(search.look_around(), (index + 0.3) / rounds, (index + 1) / rounds)
        return Field(search.source, search.distance)

    def distance(self, wanted: Vectors, source: Indices) -> Vectors:
        """Return the squared distances of described targets to sources."""
        difference = self._described[source] - wanted
        return np.asarray(np.einsum("ij,ij->i", difference, difference))

    def _exact(self, wanted: Vectors) -> Field:
        sources = self._described[self.level.sources]
        norms = np.einsum("ij,ij->i", sources, sources)
        best = np.empty(len(wanted), np.int64)
        for part in chunks(len(wanted), 512):
            self.compute.check()
            best[part] = np.argmin(norms - 2 * (wanted[part] @ sources.T), axis=1)
        source = self.level.sources[best]
        return Field(source, self.distance(wanted, source))

    def _components(self, features: Vectors) -> Vectors:
        """Return the (patch length, components) principal axes of the source patches."""
        sources = self.level.sources
        some = self.rng.choice(sources, SAMPLE) if sources.size > SAMPLE else sources
        patches = self._patches(features, some)
        patches = patches - patches.mean(axis=0)
        axes = np.linalg.eigh(patches.T @ patches)[1]
        count = int(np.clip(MEMORY // len(features), *COMPONENTS))
        return np.ascontiguousarray(axes[:, : -count - 1 : -1])

    def _patches(self, features: Vectors, centres: Indices) -> Vectors:
        return np.asarray(
            features[centres[:, None] + self.level.offsets].reshape(len(centres), -1)
        )

    def _describe(self, features: Vectors, centres: Indices) -> Vectors:
        found = np.empty((centres.size, self._basis.shape[1]), np.float32)
        for part in chunks(centres.size):
            self.compute.check()
            found[part] = self._patches(features, centres[part]) @ self._basis
        return found


class _Search:
    """Improves a field as PatchMatch does (Barnes et al. 2009), all targets at once."""

    def __init__(self, matcher: Matcher, wanted: Vectors, source: Indices) -> None:
        self._matcher, self._level, self._wanted = matcher, matcher.level, wanted
        self.source = source.copy()
        self.distance = matcher.distance(wanted, source)

    def propagate(self) -> None:
        """Try what the neighbours found, moved along."""
        level = self._level
        for step in (1, -1, level.width, -level.width):
            neighbour = level.number[level.targets + step]
            found = np.flatnonzero(neighbour >= 0)
            self._try(found, self.source[neighbour[found]] - step)

    def look_around(self) -> Generator[float, None, None]:
        """Try random sources, ever nearer to the present one."""
        everyone = np.arange(self.source.size)
        reaches = max(self._level.hole.shape) // 2 ** np.arange(16)
        for index, reach in enumerate(reaches[reaches > 0]):
            yield index / len(reaches)
            down, right = self._matcher.rng.integers(-reach, reach + 1, (2, self.source.size))
            self._try(everyone, self.source + down * self._level.width + right)

    def _try(self, targets: Indices, candidates: Indices) -> None:
        self._matcher.compute.check()
        allowed = self._allowed(targets, candidates)
        targets, candidates = targets[allowed], candidates[allowed]
        distance = self._matcher.distance(self._wanted[targets], candidates)
        better = distance < self.distance[targets]
        targets = targets[better]
        self.source[targets], self.distance[targets] = candidates[better], distance[better]

    def _allowed(self, targets: Indices, candidates: Indices) -> NDArray[np.bool_]:
        """Tell which candidates are sources; partly known ones must not lie over the target.

        They would match themselves, whatever stands in their hole.
        """
        allowed = (candidates >= 0) & (candidates < self._level.is_source.size)
        allowed[allowed] = self._level.is_source[candidates[allowed]]
        if self._level.partly:
            corner = RADIUS * (self._level.width + 1)
            apart = candidates - self._level.targets[targets] + corner
            down, right = np.divmod(apart, self._level.width)
            allowed &= (down < 0) | (down >= SIDE) | (right >= SIDE)
        return allowed
