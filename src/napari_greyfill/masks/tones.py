"""A picture as detectors look at it: prepared once, then asked again and again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import array_of
from napari_greyfill.image.colour import luma
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.picture import Picture, ValueRange

__all__ = ["Tones"]


@dataclass(frozen=True, eq=False)
class Tones:
    """The tones of a picture, 0 for black and 1 for white.

    Attributes
    ----------
    original : (H, W), (H, W, 3) or (H, W, 4) array
        As the user has it, alpha included.
    planes : (H, W) or (H, W, 3) float32 array in [0, 1]
        0 where the picture holds no number.
    luma : (H, W) float32 array in [0, 1]
    invalid : (H, W) bool array
        Where the picture holds NaN or infinity.
    values : ValueRange
        Which of the picture's values are 0 and 1.
    """

    original: NDArray[Any]
    planes: NDArray[np.float32]
    luma: NDArray[np.float32]
    invalid: NDArray[np.bool_]
    values: ValueRange
    _kept: dict[str, tuple[Hashable, Any]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, image: ArrayLike, *, rgb: bool | None = None) -> Tones:
        """Prepare a picture.

        Parameters
        ----------
        image : (H, W), (H, W, 3) or (H, W, 4) array
        rgb : bool, optional
            Whether the last axis is colour, as in `Picture.from_array`.

        Raises
        ------
        UnsupportedImageError, NothingKnownError
            As in `Picture.from_array`.
        """
        array = array_of("image", image)
        picture = Picture.from_array(array, np.zeros(array.shape[:2], dtype=bool), rgb=rgb)
        planes = _planes(picture)
        grey = luma(planes) if planes.ndim == 3 else planes
        return cls(np.asarray(array), planes, grey, picture.hole, picture.values)

    @property
    def colours(self) -> NDArray[Any]:
        """Return the original without its alpha channel."""
        return self.original[..., :3] if self.planes.ndim == 3 else self.original

    def kept(self, name: str, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Return what was made for this key; of each name only the latest is kept.

        That lets a threshold follow its slider without making anew what it is compared with.
        """
        latest = self._kept.get(name)
        if latest is None or latest[0] != key:
            latest = (key, make())
            self._kept[name] = latest
        return latest[1]


def _planes(picture: Picture) -> NDArray[np.float32]:
    """Return the whole picture in [0, 1], by a table where its type has few values."""
    dtype = picture.original.dtype
    if dtype.kind == "u" and dtype.itemsize <= 2:
        table = picture.values.to_clipped_unit(np.arange(np.iinfo(dtype).max + 1))
        return np.asarray(table[picture.colours])
    height, width = picture.hole.shape
    return np.clip(picture.planes(Window(0, height, 0, width)), 0.0, 1.0)
