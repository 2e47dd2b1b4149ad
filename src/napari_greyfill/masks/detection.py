"""The detectors by name, with what there is to choose: for windows, commands and scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.errors import BadParameterError
from napari_greyfill.masks import bars, detectors
from napari_greyfill.masks.tones import Tones
from napari_greyfill.options import Option

__all__ = ["DETECTORS", "Detector", "detect_mask"]


@dataclass(frozen=True)
class Detector:
    """One way to find a mask in a picture."""

    name: str
    title: str
    summary: str
    options: tuple[Option, ...]
    find: Callable[..., NDArray[np.bool_]]
    at_a_pixel: bool = False

    def checked(self, chosen: dict[str, Any]) -> dict[str, Any]:
        """Return the options with defaults for what was not chosen.

        Raises
        ------
        BadParameterError
            If one is unknown or no possible value.
        """
        known: dict[str, Any] = {option.name: option.default for option in self.options}
        known |= {"at": (0, 0)} if self.at_a_pixel else {}
        for name in chosen:
            if name not in known:
                raise BadParameterError(
                    f"The detector {self.name} has no option {name!r}; it has: {', '.join(known)}."
                )
        for option in self.options:
            if option.name in chosen:
                option.check(chosen[option.name])
        return {**known, **chosen}

    def within(self, options: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
        """Return checked options with no length beyond twice the picture: more finds the same.

        Parameters
        ----------
        options : dict
            As `checked` returns them.
        shape : tuple of int
            Of the picture, in pixels.
        """
        most = 2 * max(shape) + 1
        lengths = {option.name for option in self.options if option.unit == "px"}
        return {
            name: min(value, most) if name in lengths else value for name, value in options.items()
        }


def _share(name: str, title: str, tip: str, default: float, high: float = 1.0) -> Option:
    return Option(name, title, tip, default, 0.0, high, unit="%")


def _pixels(name: str, title: str, tip: str, default: int, high: int) -> Option:
    return Option(name, title, tip, default, 1, high, unit="px")


def _side(default: str, tip: str) -> Option:
    return Option("side", "Side", tip, default, choices=("bright", "dark", "both"))


_LEVEL = "Share of the picture's range of values: 0 % is black, 100 % is white."
_CONTRAST = "How much it must differ from its surroundings, as a share of the range of values."

DETECTORS = {
    detector.name: detector
    for detector in (
        Detector(
            "brighter",
            "Brighter than",
            "Pixels above a level.",
            (_share("level", "Level", _LEVEL, 0.9),),
            detectors.brighter,
        ),
        Detector(
            "darker",
            "Darker than",
            "Pixels below a level.",
            (_share("level", "Level", _LEVEL, 0.1),),
            detectors.darker,
        ),
        Detector(
            "saturated",
            "Saturated",
            "Pixels at the end of the range of values.",
            (
                _side("bright", "The largest value there is, the smallest, or both."),
                _pixels("smallest", "At least", "Smaller groups of pixels are left out.", 4, 100),
            ),
            detectors.saturated,
        ),
        Detector(
            "blank",
            "Blank patches",
            "NaN, infinity, and patches of one and the same value.",
            (_pixels("width", "Width", "A patch has at least so many pixels a side.", 5, 50),),
            detectors.blank,
        ),
        Detector(
            "similar",
            "Similar colour",
            "What is connected with a pixel and of its colour: the magic wand.",
            (
                _share(
                    "tolerance",
                    "Tolerance",
                    "Largest difference from the pixel's colour, as a share of the range.",
                    0.1,
                ),
            ),
            detectors.similar,
            at_a_pixel=True,
        ),
        Detector(
            "lines",
            "Thin lines",
            "Scratches, hairs and other thin lines.",
            (
                _side("both", "Lines brighter than their surroundings, darker, or both."),
                _share("contrast", "Contrast", _CONTRAST, 0.1, 0.5),
                _pixels("width", "Width", "Thickest line.", 3, 15),
                _pixels("length", "Length", "Shortest straight part of a line.", 24, 200),
            ),
            detectors.lines,
        ),
        Detector(
            "spots",
            "Spots",
            "Dust, hot and dead pixels.",
            (
                _side("both", "Spots brighter than their surroundings, darker, or both."),
                _share("contrast", "Contrast", _CONTRAST, 0.15, 0.5),
                _pixels("diameter", "Diameter", "Largest spot; 1 for single pixels.", 5, 50),
            ),
            detectors.spots,
        ),
        Detector(
            "corners",
            "Text and scale bars",
            "What was drawn into the corners of the picture in white or black.",
            (
                _side("bright", "Drawn in white, in black, or both."),
                _share("level", "Level", "How white (black) it is.", 0.95),
                _share("reach", "Reach", "How far the corners extend.", 0.25, 0.5),
                Option("boxes", "Rectangles", "Mask rectangles, not letter by letter.", True),
            ),
            detectors.corners,
        ),
        Detector(
            "bar",
            "Data bar",
            "The strip of plain ground with text along an edge, as electron microscopes add it.",
            (
                Option("edge", "Edge", "Where to look.", "any", choices=bars.EDGES),
                _share("reach", "Reach", "How far a strip extends at most.", 0.3, 0.5),
            ),
            bars.bar,
        ),
    )
}


def detect_mask(
    image: ArrayLike | Tones,
    kind: str,
    *,
    rgb: bool | None = None,
    **options: Any,  # noqa: ANN401
) -> NDArray[np.bool_]:
    """Return what a detector finds in a picture.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array, or Tones
        The picture to look at, of any real type.
    kind : str
        One of `DETECTORS`.
    rgb : bool, optional
        Whether the last axis is colour; by default if it has 3 or 4 entries.
    **options
        As the function of that name in `napari_greyfill.masks.detectors` takes them.

    Returns
    -------
    (H, W) bool array

    Raises
    ------
    BadParameterError
        If there is no such detector or option, or a value makes no sense.
    UnsupportedImageError, NothingKnownError
        As in `Tones.of`.

    Examples
    --------
    >>> picture = np.full((64, 64), 90, dtype=np.uint8)
    >>> picture[30:32, 5:60] = 255
    >>> mask = detect_mask(picture, "brighter", level=0.9)
    >>> int(mask.sum())
    110
    """
    if kind not in DETECTORS:
        raise BadParameterError(
            f"There is no detector {kind!r}; choose one of: {', '.join(DETECTORS)}."
        )
    detector = DETECTORS[kind]
    chosen = detector.checked(options)
    tones = image if isinstance(image, Tones) else Tones.of(image, rgb=rgb)
    return detector.find(tones, **detector.within(chosen, tones.luma.shape))
