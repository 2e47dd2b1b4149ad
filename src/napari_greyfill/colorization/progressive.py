"""Progressive internal colorization made right: learn from this image where a guess is wrong.

The idea is that of T. Wang, H. Ouyang, Q. Chen, "Image Inpainting with External-Internal
Learning and Monochromic Bottleneck", CVPR 2021, section 3.3, arXiv 2104.09068: a small residual
network is trained on the known pixels of one image, coarse to fine. What differs:

* The network sees the colours as they really are inside holes, while it learns: pieces of the
  hole are laid over known pixels (`practice_holes`), coloured by the hybrid method as the hole
  itself is, and compared with the truth there. Each is shown a second time with the colours of
  another place, so that the network learns from the grey which colour belongs where.
* It predicts a change of that guess, in chroma; the grey stays as given.
* One network climbs through the scales. At each it keeps what it was when some practice
  holes, which it never learns from, had their smallest error; if it did not make them clearly
  better, that scale changes nothing.
* Corrections are smooth, so scales longer than `FINEST` pixels have none of their own: the
  cost of learning does not grow with the window.

Importing this module does not import torch.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.colorization.base import Colorizer, Colours, Hole, Level, Plane
from napari_greyfill.colorization.hybrid import Hybrid
from napari_greyfill.compute.device import clear_memory_errors
from napari_greyfill.compute.progress import exhaust, translated
from napari_greyfill.image.colour import chroma, with_luma
from napari_greyfill.image.geometry import tight_box
from napari_greyfill.image.holdout import hole_pieces
from napari_greyfill.image.resample import doubled, halved

if TYPE_CHECKING:
    from torch import Tensor

    from napari_greyfill.colorization.correction import CorrectionNet, Lessons

__all__ = ["Progressive"]

_FIRST_SHARE, _PRACTICE_SHARE = 0.1, 0.25  # of the work, when guess and practice are done
_BLURS = (1.0, 2.0, 4.0, 8.0)
_CONTRASTS = (2.0, 6.0)
_CHROMA_SCALE = 5.0  # brings chroma to about the size of the other inputs


@dataclass(frozen=True, eq=False)
class _Guess:
    """A hole (h, w), the chroma (h, w, 2) guessed in it, and how sure the guess is (h, w)."""

    hole: Hole
    chroma: Plane
    confidence: Plane

    def halved(self) -> _Guess:
        everywhere = np.ones_like(self.hole)
        planes = (halved(plane, everywhere)[0] for plane in (self.chroma, self.confidence))
        return _Guess(_mostly(self.hole), *planes)


@dataclass(frozen=True, eq=False)
class _Scale:
    """The window at one scale: grey, known chroma, the hole's guess and the practice holes'."""

    grey: Plane
    truth: Plane
    real: _Guess
    practice: list[_Guess]

    def halved(self) -> _Scale:
        return _Scale(
            halved(self.grey, np.ones_like(self.real.hole))[0],
            halved(self.truth, ~self.real.hole)[0],
            self.real.halved(),
            [guess.halved() for guess in self.practice],
        )


class Progressive(Colorizer):
    """Corrects the hybrid method where practice shows it to be wrong."""

    STEPS: ClassVar[tuple[int, ...]] = (80, 32)  # coarse to fine
    RATE: ClassVar[float] = 3e-3
    PRACTICE: ClassVar[int] = 10
    HELD_OUT: ClassVar[int] = 4  # of these, only to see when to stop
    FINEST: ClassVar[int] = 96
    COARSEST: ClassVar[int] = 24

    def run(
        self, colour: Plane, grey: Plane, hole: Hole, hints: Hole | None = None
    ) -> Generator[Level, None, Colours]:
        """Colour the hole; see `Colorizer.run`."""
        first = yield from self._first_guess(colour, grey, hole, hints)
        if not hole.any():
            return first
        random = np.random.default_rng(self.compute.seed)
        scales = yield from self._scales(colour, grey, hole, random)
        if not scales:
            return first  # too little is known to learn from
        finish = partial(self._finished, first=first.plane, colour=colour, grey=grey, hole=hole)
        with clear_memory_errors(self.compute.device):
            correction = yield from self._climb(scales, finish, random)
        return replace(first, plane=finish(correction))

    def _first_guess(
        self, colour: Plane, grey: Plane, hole: Hole, hints: Hole | None
    ) -> Generator[Level, None, Colours]:
        return translated(
            Hybrid(self.compute).run(colour, grey, hole, hints),
            lambda level: (Level(level.name, _FIRST_SHARE * level.fraction),),
        )

    def _scales(
        self, colour: Plane, grey: Plane, hole: Hole, random: np.random.Generator
    ) -> Generator[Level, None, list[_Scale]]:
        """Return the scales from coarse to fine; none if there is no room for practice."""
        truth = chroma(colour)
        while max(hole.shape) > self.FINEST:
            yield Level("practising", _FIRST_SHARE)
            grey, truth = halved(grey, np.ones_like(hole))[0], halved(truth, ~hole)[0]
            hole = _mostly(hole)
        if not hole.any() or hole.all():
            return []
        pieces = hole_pieces(hole, self.PRACTICE, random)
        if len(pieces) <= self.HELD_OUT:
            return []
        guesses = []
        for index, piece in enumerate([np.zeros_like(hole), *pieces]):
            done = _FIRST_SHARE + (_PRACTICE_SHARE - _FIRST_SHARE) * index / (len(pieces) + 1)
            yield Level("practising", done)
            guesses.append(self._guessed(truth, grey, hole | piece, piece))
        real = _Guess(hole, guesses[0].chroma, guesses[0].confidence)
        misled = [_misled(guess, real, random) for guess in guesses[1 + self.HELD_OUT :]]
        scales = [_Scale(grey, truth, real, [*guesses[1:], *misled])]
        while len(scales) < len(self.STEPS) and min(scales[0].grey.shape) >= 2 * self.COARSEST:
            scales.insert(0, scales[0].halved())
        return scales

    def _guessed(self, truth: Plane, grey: Plane, hole: Hole, piece: Hole) -> _Guess:
        found = exhaust(Hybrid(self.compute).run(with_luma(grey, truth), grey, hole))
        assert found.confidence is not None  # the hybrid method always tells
        return _Guess(piece, chroma(found.plane), found.confidence)

    def _climb(
        self,
        scales: list[_Scale],
        finish: Callable[[Plane], Plane],
        random: np.random.Generator,
    ) -> Generator[Level, None, Plane]:
        """Learn at scale after scale; return the correction at the finest, (h, w, 2)."""
        from napari_greyfill.colorization.correction import learn, new_network

        network: CorrectionNet | None = None
        count, steps = len(scales), self.STEPS[-len(scales) :]
        shares = _shares(scales, steps)
        corrections = [np.zeros_like(scales[0].truth)] * (1 + len(scales[0].practice))
        for index, scale in enumerate(scales):
            shape = (scale.grey.shape[0], scale.grey.shape[1])
            corrections = [_fitted(correction, shape) for correction in corrections]
            inputs, bases = self._inputs(scale, corrections)
            network = network or new_network(inputs.shape[1], random).to(inputs.device)
            lessons = self._lessons(scale, inputs, bases)
            name, start = f"colour scale {index + 1}/{count}", sum(shares[:index])
            work = learn(network, lessons, steps[index], self.RATE, random)
            best: CorrectionNet | None = None
            while True:
                self.compute.check()
                try:
                    step, average = next(work)
                except StopIteration as stop:
                    best = stop.value
                    break
                done = _PRACTICE_SHARE + (1 - _PRACTICE_SHARE) * (
                    start + shares[index] * (step + 1) / steps[index]
                )
                shown = partial(_previewed, average, inputs[:1], bases[:1], scale.real, finish)
                yield Level(f"{name}, step {step + 1}/{steps[index]}", done, shown)
            if best is not None:
                network.load_state_dict(best.state_dict())
                guesses = [scale.real, *scale.practice]
                corrections = [
                    _corrected(best, inputs[i : i + 1], bases[i : i + 1], guess)
                    for i, guess in enumerate(guesses)
                ]
            if index + 1 < count:
                done = _PRACTICE_SHARE + (1 - _PRACTICE_SHARE) * (start + shares[index])
                yield Level(name, done, partial(finish, corrections[0]), complete=True)
        return corrections[0]

    def _finished(
        self, correction: Plane, first: Plane, colour: Plane, grey: Plane, hole: Hole
    ) -> Plane:
        """Return the first guess with a correction, no more colourful than any known pixel."""
        frame = tight_box(hole)
        assert frame is not None  # or there would be nothing to correct
        known = chroma(colour[~hole])
        self.compute.check()
        here = frame.slices
        change = _fitted(correction, (hole.shape[0], hole.shape[1]))[here]
        changed = chroma(first[here]) + change
        limited = np.clip(changed, known.min(axis=0), known.max(axis=0))
        result = self.with_chroma(first, grey, frame, limited)
        return np.where(hole[..., None], result, first)

    def _inputs(self, scale: _Scale, corrections: list[Plane]) -> tuple[Tensor, Tensor]:
        """Return what the network sees, the hole first and then practice, and what it changes."""
        import torch

        features = _features(scale.grey)
        seen, bases = [], []
        for guess, correction in zip([scale.real, *scale.practice], corrections, strict=True):
            base = guess.chroma + correction
            missing = (guess.hole | scale.real.hole)[..., None]
            own = [_CHROMA_SCALE * guess.chroma, _CHROMA_SCALE * base, missing]
            seen.append(np.concatenate([features, *own, guess.confidence[..., None]], axis=-1))
            bases.append(base)
        stacked = [np.stack(planes).transpose(0, 3, 1, 2) for planes in (seen, bases)]
        contiguous = [np.ascontiguousarray(planes, dtype=np.float32) for planes in stacked]
        inputs, tensors = (torch.from_numpy(p).to(self.compute.device) for p in contiguous)
        return inputs, tensors

    def _lessons(self, scale: _Scale, inputs: Tensor, bases: Tensor) -> Lessons:
        import torch

        from napari_greyfill.colorization.correction import Lessons

        known = ~scale.real.hole
        holes = np.stack([guess.hole & known for guess in scale.practice])
        secret = holes[: self.HELD_OUT].any(axis=0)
        held_out, weight = holes.copy(), holes & ~secret
        held_out[self.HELD_OUT :] = False
        truth, hidden, learned = (
            torch.from_numpy(np.ascontiguousarray(plane, dtype=np.float32)).to(inputs.device)
            for plane in (scale.truth.transpose(2, 0, 1)[None], held_out[:, None], weight[:, None])
        )
        return Lessons(inputs[1:], bases[1:], truth, learned, hidden)


def _misled(guess: _Guess, real: _Guess, random: np.random.Generator) -> _Guess:
    """Return a larger practice hole with the colours of another place mixed in."""
    height, width = guess.hole.shape
    y, x = random.integers(height), random.integers(width)
    reach = random.uniform(1 / 6, 1 / 2) * max(height, width)
    rows, columns = np.indices(guess.hole.shape)
    near = (np.abs(rows - y) < reach) & (np.abs(columns - x) < reach)
    hole = (guess.hole | near) & ~real.hole
    other = np.roll(real.chroma, (random.integers(height), random.integers(width)), (0, 1))
    share = random.uniform(0.3, 1.0)
    mixed = share * other + (1 - share) * guess.chroma
    return _Guess(
        hole,
        np.where(hole[..., None], mixed, guess.chroma).astype(np.float32),
        np.where(hole, random.uniform(0.0, 0.5), guess.confidence).astype(np.float32),
    )


def _features(grey: Plane) -> Plane:
    """Return (h, w, C): the grey in bands, local contrasts, and where each pixel lies."""
    planes, rest = [grey], grey
    for sigma in _BLURS:
        smooth = ndimage.gaussian_filter(grey, sigma, mode="nearest")
        planes.append(rest - smooth)
        rest = smooth
    planes.append(rest)
    for sigma in _CONTRASTS:
        mean = ndimage.gaussian_filter(grey, sigma, mode="nearest")
        square = ndimage.gaussian_filter(grey * grey, sigma, mode="nearest")
        planes.append(np.sqrt(np.maximum(square - mean * mean, 0.0)))
    stacked = np.stack(planes, axis=-1)
    spread = stacked.std(axis=(0, 1)) + 1e-3
    standard = (stacked - stacked.mean(axis=(0, 1))) / spread
    middle = np.array(grey.shape, dtype=np.float32)[:, None, None] / 2
    places = (np.indices(grey.shape, dtype=np.float32) - middle) / middle.max()
    return np.concatenate([standard, places.transpose(1, 2, 0)], axis=-1)


def _shares(scales: list[_Scale], steps: tuple[int, ...]) -> list[float]:
    """Return the share of learning that each scale takes at most."""
    costs = [scale.grey.size * count for scale, count in zip(scales, steps, strict=True)]
    return [cost / sum(costs) for cost in costs]


def _corrected(network: CorrectionNet, inputs: Tensor, base: Tensor, guess: _Guess) -> Plane:
    """Return how the network changes a guess, all scales so far together."""
    import torch

    with torch.no_grad():
        output = network(inputs, base)[0].permute(1, 2, 0).cpu().numpy()
    return np.asarray(output - guess.chroma)


def _previewed(
    network: CorrectionNet,
    inputs: Tensor,
    base: Tensor,
    guess: _Guess,
    finish: Callable[[Plane], Plane],
) -> Plane:
    return finish(_corrected(network, inputs, base, guess))


def _fitted(plane: Plane, shape: tuple[int, int]) -> Plane:
    """Return a plane enlarged by doubling to a shape that halving led down from."""
    shapes = [shape]
    while shapes[-1] != plane.shape[:2]:
        shapes.append(((shapes[-1][0] + 1) // 2, (shapes[-1][1] + 1) // 2))
    for larger in shapes[-2::-1]:
        plane = doubled(plane, larger)
    return plane


def _mostly(hole: NDArray[np.bool_]) -> Hole:
    """Return the hole at half the size: pixels of which at least half is missing."""
    share, _ = halved(hole.astype(np.float32), np.ones_like(hole))
    return np.asarray(share >= 0.5)
