"""What a detector found, piece by piece: each can be kept or dropped before anything is filled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from napari_greyfill.errors import BadParameterError
from napari_greyfill.image.geometry import Window
from napari_greyfill.masks.detection import detect_mask
from napari_greyfill.masks.detectors import Side, spots
from napari_greyfill.masks.morphology import grow
from napari_greyfill.masks.tones import Tones

__all__ = ["BLEMISHES", "Blemish", "Candidates", "find_candidates"]

Blemish = Literal["dust", "scratches", "both"]
BLEMISHES: tuple[Blemish, ...] = ("dust", "scratches", "both")
Pixel = tuple[int, int]
_FACTORS = (1.0, 1.5, 2.0, 3.0)  # of the contrast
_TOUCHING = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pieces of a plane that may be blemishes.

    Attributes
    ----------
    labels : (H, W) int32 array
        0 for the picture, and n for the n-th piece.
    boxes : tuple of Window
        One for each piece, in the order of their numbers.
    """

    labels: NDArray[np.int32]
    boxes: tuple[Window, ...]

    @classmethod
    def of(cls, found: NDArray[np.bool_], margin: float = 0) -> Candidates:
        """Return the pieces of a mask; pixels that touch, corners included, are one piece.

        Parameters
        ----------
        found : (H, W) bool array
            Where something was found.
        margin : float
            How far pieces are grown, in pixels.
        """
        grown = grow(found, margin) if margin else found
        labels, _ = ndimage.label(grown, structure=_TOUCHING, output=np.int32)
        boxes = tuple(
            Window(rows.start, rows.stop, columns.start, columns.stop)
            for rows, columns in ndimage.find_objects(labels)
        )
        return cls(labels, boxes)

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self.boxes)

    def at(self, pixel: Pixel, reach: int = 0) -> int:
        """Return the number of the piece at a pixel, or of the nearest one; 0 if there is none.

        Parameters
        ----------
        pixel : tuple of int
            Row and column.
        reach : int
            How far from the pixel to look, in pixels.
        """
        y, x = pixel
        height, width = self.labels.shape
        if not (0 <= y < height and 0 <= x < width):
            return 0
        seen = Window(y, y + 1, x, x + 1).expanded(reach, (height, width))
        rows, columns = np.nonzero(self.labels[seen.slices])
        if not rows.size:
            return 0
        away = (rows + seen.y0 - y) ** 2 + (columns + seen.x0 - x) ** 2
        nearest = int(np.argmin(away))
        if away[nearest] > reach**2:
            return 0
        return int(self.labels[seen.slices][rows[nearest], columns[nearest]])

    def numbers(self, pixels: Iterable[Pixel]) -> set[int]:
        """Return the numbers of the pieces that pixels lie in."""
        return {number for number in (self.at(pixel) for pixel in pixels) if number}

    def mask(self, dropped: Iterable[int] = ()) -> NDArray[np.bool_]:
        """Return where the pieces are that were not dropped.

        Parameters
        ----------
        dropped : iterable of int
            Their numbers.
        """
        kept = np.ones(self.count + 1, dtype=bool)
        kept[[0, *dropped]] = False
        found: NDArray[np.bool_] = kept[self.labels]
        return found

    def outline(self, window: Window, width: int = 1) -> NDArray[np.int32]:
        """Return the numbers of the pieces just outside of them, and 0 elsewhere.

        Parameters
        ----------
        window : Window
            Where to look.
        width : int
            Of the outline, in pixels.
        """
        height, breadth = self.labels.shape
        seen = window.expanded(width, (height, breadth))
        labels = self.labels[seen.slices]
        near = ndimage.maximum_filter(labels, 2 * width + 1, mode="constant")
        rim: NDArray[np.int32] = np.where(labels > 0, 0, near)[window.within(seen)]
        return rim


def find_candidates(
    image: ArrayLike | Tones,
    blemish: Blemish = "dust",
    *,
    side: Side = "both",
    size: int = 9,
    contrast: float = 0.15,
    margin: float = 2.0,
) -> Candidates:
    """Find dust, scratches or both, piece by piece.

    Dust is what `detectors.spots` finds, scratches what `detectors.lines` finds.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array, or Tones
        The picture to look at. `Tones` are worth it where several contrasts are tried.
    blemish : {"dust", "scratches", "both"}
        What to look for.
    side : {"bright", "dark", "both"}
        Whether it is brighter or darker than its surroundings.
    size : int
        Largest spot in pixels; the thickest scratch is a third of that.
    contrast : float
        How much it differs from its surroundings, as a share of the range of values.
    margin : float
        How far pieces are grown, in pixels: blemishes have soft rims.

    Returns
    -------
    Candidates

    Raises
    ------
    BadParameterError
        If a value makes no sense.
    UnsupportedImageError, NothingKnownError
        As in `Tones.of`.

    Examples
    --------
    >>> picture = np.full((40, 60), 100, dtype=np.uint8)
    >>> picture[0, 0], picture[10:13, 20:23], picture[30, 50] = 0, 200, 220
    >>> found = find_candidates(picture, side="bright", margin=0)
    >>> found.count, int(found.mask().sum()), int(found.mask(dropped=[1]).sum())
    (2, 10, 1)
    """
    if blemish not in BLEMISHES:
        raise BadParameterError(
            f"There is no blemish {blemish!r}; choose one of: {', '.join(BLEMISHES)}."
        )
    tones = image if isinstance(image, Tones) else Tones.of(image)
    found = np.zeros(tones.luma.shape, dtype=bool)
    if blemish != "scratches":
        found |= _dust(tones, side, size, contrast)
    if blemish != "dust":
        width = max(1, size // 3)
        found |= detect_mask(tones, "lines", side=side, contrast=contrast, width=width)
    return Candidates.of(found, margin)


def _dust(tones: Tones, side: Side, size: int, contrast: float) -> NDArray[np.bool_]:
    """Return spots at a contrast, and those that only stand alone at a larger one.

    What is small on a lively ground is joined with its neighbours by a threshold that it passes
    with ease; so bright and dark are looked for apart, and with several thresholds.
    """
    sides: tuple[Side, ...] = ("bright", "dark") if side == "both" else (side,)
    found = np.zeros(tones.luma.shape, dtype=bool)
    for each in sides:
        for factor in _FACTORS:
            if contrast * factor < 1:
                found |= spots(tones, each, size, contrast * factor)
    return found
