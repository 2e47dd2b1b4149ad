"""What a fill hands out at its end: the image, how sure it is, and how it came about."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.checks import share_of, whole_of
from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.events import Event
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import UnsupportedImageError
from napari_greyfill.image.arrays import channels_at, described
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Patch
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.pipeline.intermediate import FILLED_COLOUR, FILLED_GREY, Intermediate
from napari_greyfill.pipeline.intervals import Draws, bounds, drawn
from napari_greyfill.pipeline.pieces import CORRECTED, FILLED, Piece
from napari_greyfill.pipeline.presentation import LayerData, as_layers
from napari_greyfill.pipeline.uncertainty import Refill, Uncertainty, learned, why_no_interval
from napari_greyfill.pipeline.unchanged import Memory

__all__ = ["FillResult"]


@dataclass(frozen=True, eq=False)
class FillResult:
    """A finished fill.

    Attributes
    ----------
    whole : array or None
        The filled plane; None if it is to be put together when it is asked for, because the
        image is read window by window.
    hole : (H, W) bool array
        The pixels that were invented, grown mask and NaN pixels included.
    steps : tuple of Intermediate
        The intermediate and final images in order.
    notes : tuple of str
        Sentences the user should know: what was skipped, replaced or filled in addition.
    method, pipeline, colorizer : str
        What really ran; `colorizer` is empty where no colour was recovered.
    provenance : dict
        JSON-able: parameters, seed, device, versions, mask hash, expected error, seconds.
    seconds : float
        Wall time.
    confidences : tuple of Patch, or None
        How sure the recovered colours are, region by region; see `confidence`.
    metrics : dict
        As `metrics` returns them, if there was a reference; empty otherwise.
    reason : str
        Why the method was chosen, if it was left open; a sentence.
    channel_axis : int or None
        Along which axis of the image its colours lie; the last one, if any, for None.
    pieces : tuple of Piece
        What became of each painted piece, if the option `correct` asked; empty otherwise.
    memory : Memory or None
        What each region came to, for a fill after this one; see `fill`.
    refill : callable or None
        Fills a hole elsewhere in the same way, for `interval` and `draws`.

    Examples
    --------
    >>> from skimage import data
    >>> import napari_greyfill as greyfill
    >>> mask = np.zeros((96, 96), dtype=bool)
    >>> mask[40:44, 20:80] = True
    >>> result = greyfill.fill(data.camera()[:96, :96], mask, grow=1)
    >>> result.image.shape, int(result.hole.sum()), result.provenance["method"]
    ((96, 96), 368, 'blend')
    """

    whole: NDArray[Any] | None
    hole: NDArray[np.bool_]
    steps: tuple[Intermediate, ...]
    notes: tuple[str, ...]
    method: str
    pipeline: str
    colorizer: str
    provenance: dict[str, Any]
    seconds: float
    confidences: tuple[Patch, ...] | None = field(default=None, repr=False)
    metrics: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    channel_axis: int | None = None
    pieces: tuple[Piece, ...] = field(default=(), repr=False)
    memory: Memory | None = field(default=None, repr=False)
    refill: Refill | None = field(default=None, repr=False)
    _learned: list[Uncertainty] = field(default_factory=list, repr=False)  # once it was asked for

    @cached_property
    def image(self) -> NDArray[Any]:
        """Return the filled image: shape, type and range of the input, known pixels identical."""
        final = self.steps[-1]
        return self._as_given(final.image if self.whole is None else self.whole)

    def _as_given(self, image: NDArray[Any]) -> NDArray[Any]:
        """Return an image with the axes of the array that the user gave."""
        given = self.steps[-1].picture.given or image.shape
        return channels_at(image.reshape(given), self.channel_axis)

    @cached_property
    def confidence(self) -> NDArray[np.float32] | None:
        """Return how sure the recovered colours are, (H, W) float32 in [0, 1].

        1 outside the hole and at colour hints; near 0 where nothing in the picture says what
        the colour is. It is about the colour of the grey that was filled, not about that
        grey. None if no colour was recovered or the colorizer cannot tell.
        """
        height, width = self.hole.shape
        return self.confidence_in(Window(0, height, 0, width))

    def confidence_in(self, frame: Window) -> NDArray[np.float32] | None:
        """Return a part of `confidence`."""
        if self.confidences is None:
            return None
        part = np.ones(frame.shape, dtype=np.float32)
        for patch in self.confidences:  # those of other regions are 1 in this one's pixels
            common = patch.window.intersection(frame)
            if common is not None:
                view = part[common.within(frame)]
                np.minimum(view, patch.planes[common.within(patch.window)], out=view)
        return part

    def labels_in(self, frame: Window) -> NDArray[np.uint8]:
        """Return a part of the labels: 0 known, 1 filled, 4 corrected.

        Parameters
        ----------
        frame : Window
            The part.
        """
        labels = self.hole[frame.slices].astype(np.uint8)
        for piece in self.pieces:
            common = piece.box.intersection(frame)
            if common is not None and piece.label != FILLED:
                inside = piece.pixels[common.within(piece.box)]
                labels[common.within(frame)][inside] = piece.label
        return labels

    @property
    def about_pieces(self) -> str:
        """Return how many regions were corrected and filled, a sentence; empty if nobody asked."""
        if not self.pieces:
            return ""
        corrected = sum(piece.label == CORRECTED for piece in self.pieces)
        some = f"{corrected} region{'' if corrected == 1 else 's'} corrected"
        return f"{some}, {len(self.pieces) - corrected} filled."

    def interval(self, level: float = 0.9) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return between which values each pixel lies, with a probability.

        The hole is filled in known places of the same picture, and the errors found there, over
        a local scale, hold for the hole. That takes about as long as two fills, the first time it
        is asked for; other levels and `draws` use the same trials. The probability is that over
        all pixels of many holes, not that of one pixel or of one picture.

        Parameters
        ----------
        level : float
            The share of true values that are to lie within, above 0 and below 1.

        Returns
        -------
        low, high : arrays like `image`
            In the image's units and its type; both equal the image outside the hole.

        Raises
        ------
        UnsupportedImageError
            If the method has no errors to expect: networks and texture, a feathered seam, pictures
            of two values.
        NothingKnownError
            If no known place has room for the hole.
        BadParameterError
            If the level is no share.

        Examples
        --------
        >>> import numpy as np
        >>> from skimage import data
        >>> from napari_greyfill import fill
        >>> photo = data.camera()[200:328, 200:328]
        >>> mask = np.zeros(photo.shape, dtype=bool)
        >>> mask[60:64, 20:100] = True
        >>> result = fill(photo, mask)
        >>> low, high = result.interval(0.9)
        >>> bool(((low <= result.image) & (result.image <= high)).all())
        True
        """
        return exhaust(self.interval_steps(level))

    def interval_steps(
        self, level: float = 0.9, cancelled: CancelCheck = never
    ) -> Generator[Event, None, tuple[NDArray[Any], NDArray[Any]]]:
        """Do what `interval` does step by step; closing the generator cancels.

        Parameters
        ----------
        level : float
            As in `interval`.
        cancelled : callable
            Asked inside long computations, which then raise `CancelledError`.
        """
        share = share_of("level", level)
        known = yield from self._trials(cancelled)
        final = self.steps[-1]
        found = yield from bounds(final.picture, final.image_in, known, share, cancelled)
        return self._as_given(found[0]), self._as_given(found[1])

    def draws(self, n: int = 50, seed: int = 0) -> NDArray[Any]:
        """Return plausible fills: what the picture may be like in the hole.

        Each is the fill and an error: a random field with the spectrum of what is around, zero
        wherever the picture is known, of the amounts that `interval` speaks of. Whatever is
        measured on all of them is spread as the truth may be; see `propagate`.

        Parameters
        ----------
        n : int
            How many. All are in memory at once: n times the image, and four bytes for each draw
            and value in the hole. `draw_steps` returns them to be taken one at a time.
        seed : int
            The same seed gives the same fills; the first of many are those of few.

        Returns
        -------
        (n, ...) array
            Like `image`, known pixels identical in each.

        Raises
        ------
        GreyfillError
            As in `interval`.
        """
        return np.stack(list(exhaust(self.draw_steps(n, seed))))

    def draw_steps(
        self, n: int = 50, seed: int = 0, cancelled: CancelCheck = never
    ) -> Generator[Event, None, Draws]:
        """Do what `draws` does step by step; the draws are put together as they are taken.

        Parameters
        ----------
        n, seed
            As in `draws`.
        cancelled : callable
            Asked inside long computations, which then raise `CancelledError`.

        Returns
        -------
        Draws
            A sequence of images; in memory are only the values in the hole.
        """
        count, seed = whole_of("n", n, low=1, example=50), whole_of("The seed", seed)
        known = yield from self._trials(cancelled)
        final = self.steps[-1]
        return (
            yield from drawn(
                final.picture, final.image_in, known, count, seed, cancelled, self._as_given
            )
        )

    def _trials(self, cancelled: CancelCheck) -> Generator[Event, None, Uncertainty]:
        """Return what trials teach; they are made once."""
        picture, read = self.steps[-1].picture, self.steps[-1].image_in
        chosen = self.provenance["parameters"]
        if chosen.get("noise", "none") != "none":
            raise UnsupportedImageError(
                "Noise was added to this fill, so its pixels are no estimates any more; fill with "
                "the noise none."
            )
        if any(piece.label == CORRECTED for piece in self.pieces):
            raise UnsupportedImageError(
                "What lies under a mark was corrected, which no trial knows; fill with marks left "
                'out (correct="off") to have an interval.'
            )
        feather = float(chosen["feather"])
        if reason := why_no_interval(self.method, feather, picture):
            raise UnsupportedImageError(reason)
        if self.refill is None:
            raise UnsupportedImageError(
                "This result does not know how it was filled; fill again to have an interval."
            )
        if not self._learned:
            self._learned.append((yield from learned(picture, read, self.refill, cancelled)))
        return self._learned[0]

    def to_layers(self) -> list[LayerData]:
        """Return the result as layers for napari: the image, where it was filled, the confidence.

        Returns
        -------
        list of (array, dict, str)
            What `napari.layers.Layer.create` takes; only the image is visible at first.
        """
        height, width = self.hole.shape
        labels = self.labels_in(Window(0, height, 0, width))
        return as_layers(self.image, labels, self.confidence, self.provenance)

    def __repr__(self) -> str:
        """Say in one line what was filled, how, and how well."""
        how = ", ".join(filter(None, (self.method, self.pipeline, self.colorizer)))
        filled = f"{np.count_nonzero(self.hole):,} pixels filled by {how} in {self.seconds:.2g} s"
        error = self.expected_error
        expected = "" if error is None else f", expected error {error:.3g}"
        return f"<FillResult {described(self.image)}: {filled}{expected}>"

    @property
    def expected_error(self) -> float | None:
        """Return the error of stage 1 to expect in the hole, in the image's units, if known."""
        known = [step.expected_error for step in self.steps if step.expected_error is not None]
        return known[0] if known else None

    @property
    def by_chance(self) -> bool:
        """Tell whether another seed gives a fill that looks different."""
        noisy = self.provenance["parameters"].get("noise", "none") != "none"
        coloured = bool(self.colorizer) and COLORIZERS.info(self.colorizer).by_chance
        return noisy or coloured or INPAINTERS.info(self.method).by_chance

    @cached_property
    def grey(self) -> NDArray[Any]:
        """Return the filled luma, (H, W), in the type of the input."""
        filled = [step for step in self.steps if step.name in (FILLED_GREY, FILLED_COLOUR)]
        return filled[0].picture.composite_grey(filled[0].patches)
