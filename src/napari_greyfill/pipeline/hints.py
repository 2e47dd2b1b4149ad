"""Colours that the user chose for some pixels of the hole.

The picture may not hold the colour of an object that is missing; a hint says it. Hints have
colours, of which only the chroma counts: the grey of the fill stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.checks import array_of, numbers_of
from napari_greyfill.errors import BadParameterError, ShapeMismatchError
from napari_greyfill.image.arrays import HintsLike
from napari_greyfill.image.geometry import Window

__all__ = ["ColourHints", "HintsOrLayer", "placed_hints"]

_WIDEST = 10_000  # pixels; a larger disc is a slip, and takes the memory of its square
POINT_SIZE = 5.0  # diameter in pixels of the disc that a point stands for


@dataclass(frozen=True, eq=False)
class ColourHints:
    """Pixels and their colours; see the class methods for ways to make them.

    Attributes
    ----------
    pixels : (N, 2) integer array
        Row and column of each, none twice.
    colours : (N, 3) float32 array in [0, 1]
        RGB.
    shape : tuple of int, optional
        Height and width of the picture they were painted on, if they were.

    Examples
    --------
    >>> ColourHints.from_points([[4, 6]], [[1.0, 0.5, 0.0]], size=1)
    <ColourHints for 1 pixels>
    """

    pixels: NDArray[np.intp]
    colours: NDArray[np.float32]
    shape: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        """Check the shapes."""
        for name in ("pixels", "colours"):
            object.__setattr__(self, name, numbers_of("hints", getattr(self, name)))
        if self.pixels.shape != (len(self.colours), 2) or self.colours.shape[1:] != (3,):
            raise ShapeMismatchError(
                f"There are hints at {self.pixels.shape} and colours of shape "
                f"{self.colours.shape}; pass (N, 2) coordinates and (N, 3) colours."
            )

    def __len__(self) -> int:
        """Return the number of pixels."""
        return len(self.pixels)

    def __repr__(self) -> str:
        """Say in one line how many pixels have a colour."""
        painted = "" if self.shape is None else f" of {self.shape[0]} × {self.shape[1]}"
        return f"<ColourHints for {len(self):,} pixels{painted}>"

    @classmethod
    def of(cls, hints: Any) -> ColourHints:  # noqa: ANN401 - see below what it can be
        """Return hints from whatever they can be given as.

        Parameters
        ----------
        hints : ColourHints, napari layer, array or pair of arrays
            A Points or Labels layer; an (H, W, 4) picture as `from_picture` takes it; or a
            pair, colours with a mask as for `from_picture` or coordinates with colours as
            for `from_points`.

        Raises
        ------
        BadParameterError, ShapeMismatchError
        """
        if isinstance(hints, cls):
            return hints
        if hasattr(hints, "face_color") or hasattr(hints, "get_color"):
            return cls.from_layer(hints)
        if isinstance(hints, tuple) and len(hints) == 2:
            first, second = (
                np.asarray(array_of("hints", part, BadParameterError)) for part in hints
            )
            if first.ndim == 3:
                return cls.from_picture(first, second)
            return cls.from_points(first, second)
        return cls.from_picture(hints)

    @classmethod
    def from_points(
        cls, points: ArrayLike, colours: ArrayLike, size: ArrayLike = POINT_SIZE
    ) -> ColourHints:
        """Return hints from points, each of which stands for a disc.

        Parameters
        ----------
        points : (N, 2) array
            Row and column; whole numbers are the centres of pixels.
        colours : (N, 3 or 4) array
            Floats in [0, 1], or integers of their type's full scale; alpha does not count.
        size : float or (N,) array
            Diameters of the discs in pixels; a disc holds at least the pixel of its point.
            Where discs overlap, the later point counts.
        """
        places = _numbers(points)
        if places.ndim != 2 or places.shape[1] != 2 or not np.isfinite(places).all():
            raise BadParameterError(
                f"Hints at points of shape {places.shape} are not on one plane; "
                "pass finite (N, 2) rows and columns."
            )
        rgb = _unit(colours)
        if rgb.ndim != 2 or len(rgb) != len(places) or rgb.shape[1] not in (3, 4):
            raise ShapeMismatchError(
                f"There are {len(places)} points and colours of shape {rgb.shape}; "
                "pass one RGB or RGBA colour for each point."
            )
        sizes = _numbers(size)
        if not (np.isfinite(sizes).all() and (sizes >= 0).all() and (sizes <= _WIDEST).all()):
            raise BadParameterError(
                f"Sizes of hints must be 0 to {_WIDEST:,} pixels; pass such numbers."
            )
        if sizes.shape not in ((), (1,), (len(places),)):
            raise ShapeMismatchError(
                f"There are {len(places)} points and sizes of shape {sizes.shape}; "
                "pass one size for all or one for each point."
            )
        sizes = np.broadcast_to(sizes, len(places))
        discs = [_disc(y, x, s / 2) for (y, x), s in zip(places, sizes, strict=True)]
        pixels = np.concatenate([np.empty((0, 2), np.intp), *discs])
        owner = np.repeat(np.arange(len(discs)), [len(disc) for disc in discs])
        _, last = np.unique(pixels[::-1], axis=0, return_index=True)
        kept = len(pixels) - 1 - last
        return cls(pixels[kept], rgb[owner[kept], :3])

    @classmethod
    def from_picture(cls, picture: ArrayLike, mask: ArrayLike | None = None) -> ColourHints:
        """Return hints from a picture that is painted where the hints are.

        Parameters
        ----------
        picture : (H, W, 3 or 4) array
            As large as the image to fill. Floats in [0, 1], or integers of their type's full
            scale.
        mask : (H, W) array, optional
            Where the hints are (not 0); by default where alpha is above half.
        """
        rgba = _unit(picture)
        if rgba.ndim != 3 or rgba.shape[-1] not in (3, 4):
            raise ShapeMismatchError(
                f"Hints of shape {rgba.shape} are no colour picture; pass (H, W, 3 or 4)."
            )
        if mask is None and rgba.shape[-1] == 3:
            raise BadParameterError(
                "A picture of hints has to say where they are; give it an alpha channel or a mask."
            )
        painted = (
            rgba[..., 3] > 0.5 if mask is None else numbers_of("mask of the hints", mask) != 0
        )
        if painted.shape != rgba.shape[:2]:
            raise ShapeMismatchError(
                f"The picture of hints has shape {rgba.shape[:2]} and its mask {painted.shape}; "
                "pass a mask of the same height and width."
            )
        return cls(np.argwhere(painted), rgba[painted][:, :3], rgba.shape[:2])

    @classmethod
    def from_layer(cls, layer: Any) -> ColourHints:  # noqa: ANN401 - napari is not imported here
        """Return hints from a napari layer on the pixel grid of the image.

        Parameters
        ----------
        layer : napari Points or Labels layer
            Points count with their face colour and size, labels with the colour they are
            shown in.
        """
        if hasattr(layer, "face_color"):
            return cls.from_points(layer.data, layer.face_color, layer.size)
        labels = np.asarray(layer.data)
        if labels.ndim != 2:
            raise BadParameterError(
                f"Hints in labels of shape {labels.shape} are not on one plane; "
                "pass a layer with two axes."
            )
        pixels = np.argwhere(labels)
        found, which = np.unique(labels[tuple(pixels.T)], return_inverse=True)
        table = np.array([layer.get_color(int(label))[:3] for label in found], dtype=np.float32)
        return cls(pixels, table.reshape(-1, 3)[which], labels.shape)

    def inside(self, hole: NDArray[np.bool_]) -> ColourHints:
        """Return those that lie in a hole.

        Raises
        ------
        ShapeMismatchError
            If they were painted on a picture of another size.
        """
        if self.shape is not None and self.shape != hole.shape:
            raise ShapeMismatchError(
                f"The colour hints are {self.shape[0]} x {self.shape[1]} pixels and the image "
                f"{hole.shape[0]} x {hole.shape[1]}; paint them on a picture of its size."
            )
        within = np.all((self.pixels >= 0) & (self.pixels < hole.shape), axis=-1)
        within[within] = hole[tuple(self.pixels[within].T)]
        return ColourHints(self.pixels[within], self.colours[within])

    def planes(self, window: Window) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Return where in a window hints are, (h, w), and their colours, (h, w, 3)."""
        where = np.zeros(window.shape, dtype=bool)
        colours = np.zeros((*window.shape, 3), dtype=np.float32)
        shifted = self.pixels - (window.y0, window.x0)
        here = ((shifted >= 0) & (shifted < window.shape)).all(axis=1)
        index = tuple(shifted[here].T)
        where[index] = True
        colours[index] = self.colours[here]
        return where, colours


HintsOrLayer: TypeAlias = ColourHints | HintsLike | None


def placed_hints(
    hints: HintsOrLayer, hole: NDArray[np.bool_], *, used: bool
) -> tuple[ColourHints | None, str]:
    """Return the hints that count, None without any, and a sentence if some do not.

    Parameters
    ----------
    hints : ColourHints, or what `ColourHints.of` takes
        As the user gave them.
    hole : (H, W) bool array
        True where colour can be hinted.
    used : bool
        Whether colour is recovered at all.

    Raises
    ------
    ShapeMismatchError
        If they were painted on a picture of another size.
    BadParameterError
        If they are no hints.
    """
    if hints is None:
        return None, ""
    every = ColourHints.of(hints)
    if not used:
        return None, "No colour is recovered in this fill, so the colour hints were not used."
    inside = every.inside(hole)
    ignored = ""
    if len(inside) < len(every):
        ignored = (
            f"{len(every) - len(inside)} of {len(every)} pixels with a colour hint lie outside "
            "the hole; they were not used."
        )
    return (inside if len(inside) else None), ignored


def _unit(colours: ArrayLike) -> NDArray[np.float32]:
    """Return colours as floats in [0, 1]."""
    values = np.asarray(array_of("hints", colours, BadParameterError))
    if values.dtype.kind == "u":
        return (values / np.iinfo(values.dtype).max).astype(np.float32)
    if values.dtype.kind == "f" and ((values >= 0) & (values <= 1)).all():
        return values.astype(np.float32)
    raise BadParameterError(
        f"The colours of the hints are of type {values.dtype} or leave their range; "
        "pass floats from 0 to 1, or unsigned integers."
    )


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    return numbers_of("hints", values).astype(np.float64)


def _disc(y: float, x: float, radius: float) -> NDArray[np.intp]:
    """Return the pixels whose centres lie in a disc, at least the nearest one."""
    rows = np.arange(np.ceil(y - radius), y + radius + 1e-9)
    columns = np.arange(np.ceil(x - radius), x + radius + 1e-9)
    grid = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
    inside = grid[((grid - (y, x)) ** 2).sum(axis=-1) <= radius**2 + 1e-9]
    if len(inside) == 0:
        inside = np.array([[np.rint(y), np.rint(x)]])
    disc: NDArray[np.intp] = inside.astype(np.intp)
    return disc
