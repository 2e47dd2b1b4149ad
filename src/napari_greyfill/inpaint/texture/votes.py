"""The vote of patches: guided by a faithful fill near the rim, coarse to fine."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import scaled
from napari_greyfill.image.resample import halved
from napari_greyfill.inpaint.base import Fill, Hole, Plane
from napari_greyfill.inpaint.spectral import Spectral
from napari_greyfill.inpaint.surroundings import clamped
from napari_greyfill.inpaint.texture.arrays import Arrays
from napari_greyfill.inpaint.texture.level import Level
from napari_greyfill.inpaint.texture.matching import Field, Matcher, refined

__all__ = ["PatchVote"]

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class _Scale:
    """The plane, (H, W, C), its faithful fill and its hole, at 1 / 2**`halvings` of the size.

    `trust` says from 0 to 1 how much the faithful fill is worth, (H, W, 1).
    """

    plane: Plane
    faithful: Plane
    trust: Plane
    hole: Hole
    halvings: int

    def halved(self) -> _Scale:
        """Return the next coarser scale."""
        everything = np.ones_like(self.hole)
        plane, hole = halved(self.plane, ~self.hole)
        faithful, trust = (halved(each, everything)[0] for each in (self.faithful, self.trust))
        return _Scale(plane, faithful, trust, hole, self.halvings + 1)


class PatchVote:
    """Every pixel of the hole becomes a mean of what patches of the surroundings say.

    Every patch that overlaps the hole is matched with one that is known, and every pixel
    becomes a weighted mean of what the patches over it say; this is repeated from a small
    pyramid level to the full size. Patches are compared by their values, their signed slopes
    and a guide: the low-pass of the spectral fill, which says how bright the hole is likely to
    be. Deep in a wide hole that is a smear, so the guide fades into the low-pass of the fill
    itself. Where the low-pass of the result differs little from that of the spectral fill, it is
    replaced by it, less and less with the depth. All channels are copied together, so colours
    stay aligned.

    Where fewer than a tenth of all patches are known, patches that are at least half known
    may be copied, known pixels only. A plane without even these keeps the spectral fill.

    References
    ----------
    Y. Wexler, E. Shechtman, M. Irani, "Space-Time Completion of Video", IEEE PAMI 29(3), 2007,
    doi 10.1109/TPAMI.2007.60 (voting, confidence); C. Barnes, E. Shechtman, A. Finkelstein,
    D. B. Goldman, "PatchMatch", ACM Trans. Graphics 28(3), 2009, doi 10.1145/1531326.1531330.

    Parameters
    ----------
    compute : Compute
        Its device may be CUDA; its seed decides where patches are looked for.
    """

    COARSEST: ClassVar[int] = 8  # shortest side of a plane of the pyramid, in pixels
    REPEATS: ClassVar[int] = 4  # times each level is matched and voted on
    PATCHES: ClassVar[int] = 120_000  # in all repeats of a level, which bounds the time
    ROUNDS: ClassVar[int] = 3  # of propagation and random search, each time
    GUIDE: ClassVar[float] = 0.5  # weight of the guide; values and slopes have 1
    GUIDE_BLUR: ClassVar[float] = 8.0  # sigma at full size, in pixels
    DECAY: ClassVar[float] = 1.2  # confidence lost with every pixel of depth
    STEEP: ClassVar[float] = 12.0  # how fast a vote falls with the distance of its patch
    STEEPEST: ClassVar[float] = 20.0  # likewise, for the last vote, which need not converge
    SWAP_BLUR: ClassVar[float] = 6.0  # sigma of the low-pass that is replaced, in pixels
    SWAP_LIMIT: ClassVar[float] = 0.05  # of [0, 1]; larger corrections would be a haze
    UNLIKE: ClassVar[float] = 0.5  # of [0, 1], root mean square a pixel: too far off to be copied
    FADE: ClassVar[float] = 24.0  # depth in pixels over which the faithful fill stops guiding

    def __init__(self, compute: Compute) -> None:
        self.compute = compute

    def run(self, plane: Plane, hole: Hole) -> Generator[float, None, Fill]:
        """Fill the hole; see `Inpainter.run`.

        Parameters
        ----------
        plane : (H, W) or (H, W, C) float32 array
            In [0, 1], nearly all of it.
        hole : (H, W) bool array
            True where pixels are to be filled.
        """
        guiding = Spectral(self.compute).run(plane, hole)
        guide = yield from scaled(guiding, 0.0, 0.3)
        if not hole.any():
            return guide
        colours = np.where(hole[..., None], np.float32(0), np.atleast_3d(plane))
        depth = ndimage.distance_transform_edt(hole).astype(np.float32)
        trust = np.exp(-np.square(depth / np.float32(self.FADE)))[..., None]
        finest = _Scale(colours, np.atleast_3d(guide.plane), trust, hole, 0)
        with Arrays.of(self.compute).memory():
            copied = yield from scaled(self._copied(finest), 0.3, 1.0)
        swapped = self._swapped(copied, finest).reshape(plane.shape)
        return Fill(clamped(swapped, plane, hole))

    def _copied(self, finest: _Scale) -> Generator[float, None, Plane]:
        """Return the plane filled with patches, from the coarsest scale to the finest."""
        rng = np.random.default_rng(self.compute.seed)
        scales = list(reversed(self._pyramid(finest)))
        shares = np.cumsum([scale.hole.size for scale in scales]) / sum(
            s.hole.size for s in scales
        )
        before: tuple[Level, Field] | None = None
        filled = finest.faithful
        for start, end, scale in zip([0.0, *shares], shares, scales, strict=False):
            level = Level.of(scale.hole, self.DECAY)
            too_small = level.partly and before is None and scale is not finest
            if level.sources.size and not too_small:
                work = self._fill_level(scale, level, before, rng)
                filled, field = yield from scaled(work, start, end)
                before = level, field
        return filled if filled.shape == finest.plane.shape else finest.faithful

    def _pyramid(self, finest: _Scale) -> list[_Scale]:
        """Return all scales, as far as there is a hole."""
        scales = [finest]
        while min(scales[-1].hole.shape) >= 2 * self.COARSEST:
            coarser = scales[-1].halved()
            if not coarser.hole.any():
                break
            scales.append(coarser)
        return scales

    def _fill_level(
        self,
        scale: _Scale,
        level: Level,
        before: tuple[Level, Field] | None,
        rng: np.random.Generator,
    ) -> Generator[float, None, tuple[Plane, Field]]:
        """Match and vote in turn; return the filled plane and the last field."""
        guide = _low_pass(scale.faithful, self._blur(scale))
        image = level.padded(np.where(scale.hole[..., None], scale.faithful, scale.plane))
        filled = level.cropped(image)
        features = self._features(scale, level, filled, guide)
        matcher = Matcher(level, features, rng, self.compute)
        yield from scaled(matcher.describe_sources(features), 0.0, 0.2)
        if before is None:
            source = matcher.anywhere()
        else:
            field = refined(before[1], before[0], level, rng)
            filled, source = self._vote(level, image, field, filled, self.STEEP), field.source
        repeats = int(np.clip(self.PATCHES // level.targets.size, 1, self.REPEATS))
        for repeat in range(repeats):
            work = matcher.match(self._features(scale, level, filled, guide), source, self.ROUNDS)
            start, end = (0.2 + 0.8 * (repeat + done) / repeats for done in (0, 1))
            field = yield from scaled(work, start, end)
            last = repeat == repeats - 1 and scale.halvings == 0
            filled = self._vote(level, image, field, filled, self.STEEPEST if last else self.STEEP)
            source = field.source
            yield end
        return filled, field

    def _blur(self, scale: _Scale) -> float:
        return max(0.7, self.GUIDE_BLUR * 0.5**scale.halvings)

    def _features(self, scale: _Scale, level: Level, filled: Plane, guide: Plane) -> Vectors:
        """Return what patches are compared by: values, slopes of their mean, and the guide."""
        if scale.trust.min() < 0.9:
            guide = guide + (1 - scale.trust) * (_low_pass(filled, self._blur(scale)) - guide)
        slopes = np.stack(np.gradient(filled.mean(axis=-1)), axis=-1)
        return level.padded(np.concatenate([filled, slopes, self.GUIDE * guide], axis=-1))

    def _vote(
        self, level: Level, image: Vectors, field: Field, filled: Plane, steep: float
    ) -> Plane:
        """Return the plane with every hole pixel the mean of what the patches over it say.

        A patch counts the less the farther it is off, compared with the upper quartile of all,
        and the deeper it lies. Pixels that no known pixel speaks for keep what they are; so do
        those under a patch that is like nothing known, such as of a bead brighter than the rest.
        """
        usual = max(float(np.percentile(field.distance, 75)), 1e-12)
        weight = level.confidence * np.exp(-steep * field.distance / usual) + 1e-12
        weight = weight.astype(np.float32)
        total, norm = self._votes(level, image, field, weight)
        far = field.distance > self.UNLIKE**2 * level.offsets.size * filled.shape[-1]
        norm[level.targets[far][:, None] + level.offsets] = 0.0
        mean = np.divide(total, norm, out=level.padded(filled), where=norm > 0)
        return np.where(level.hole[..., None], level.cropped(mean), filled)

    def _votes(
        self, level: Level, image: Vectors, field: Field, weight: Vectors
    ) -> tuple[Vectors, Vectors]:
        """Return the weighted sum of what the patches over each pixel say, and the weights'."""
        arrays = Arrays.of(self.compute)
        total, norm = arrays.zeros(*image.shape), arrays.zeros(len(image), 1)
        values, known, weights = map(arrays.of_numpy, (image, level.known, weight))
        sources, targets = map(arrays.of_numpy, (field.source, level.targets))
        for offset in level.offsets.tolist():
            self.compute.check()
            source, target = sources + offset, targets + offset
            own = (weights * known[source])[:, None]
            total[target] += own * values[source]
            norm[target] += own
        return arrays.to_numpy(total), arrays.to_numpy(norm)

    def _swapped(self, copied: Plane, finest: _Scale) -> Plane:
        """Return the copied plane with the low-pass of the faithful one, where they are close.

        Where they are far apart, the faithful one is a smear across an edge that the copied one
        decided on.
        """
        apart = _low_pass(finest.faithful - copied, self.SWAP_BLUR)
        near = finest.trust * np.exp(-np.square(apart / self.SWAP_LIMIT))
        return np.asarray(copied + near * apart, dtype=np.float32)


def _low_pass(plane: Plane, sigma: float) -> Plane:
    return np.asarray(ndimage.gaussian_filter(plane, (sigma, sigma, 0), mode="nearest"))
