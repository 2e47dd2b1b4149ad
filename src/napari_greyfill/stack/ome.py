"""How the axes of a stack are written down in an OME-Zarr 0.5, and where its pixels lie.

OME-Zarr has at most five axes in a fixed order: time, channel, and two or three of space.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from napari_greyfill.errors import MissingDependencyError, UnsupportedImageError
from napari_greyfill.stack.axes import Axes

__all__ = ["Place", "StoredAxes", "open_zarr", "place_of", "stored_axes", "write_image_metadata"]

_TYPES = {"T": "time", "C": "channel", "Z": "space", "Y": "space", "X": "space"}
_ORDER = "TCSZYX"
_MOST = 5


@dataclass(frozen=True)
class Place:
    """Where the pixels of a stack lie, in the order of its own axes.

    Attributes
    ----------
    scale, translation : tuple of float
        The size of a pixel and the position of the first, along each axis.
    units : tuple of str
        Such as micrometer; empty where unknown.
    """

    scale: tuple[float, ...]
    translation: tuple[float, ...]
    units: tuple[str, ...]

    @classmethod
    def of(
        cls,
        axes: Axes,
        scale: Sequence[float] | None = None,
        translation: Sequence[float] | None = None,
        units: Sequence[str] | None = None,
    ) -> Place:
        """Return a place, by default one of pixels of length 1 from 0 on.

        Parameters
        ----------
        axes : Axes
            Those of the stack.
        scale, translation, units : sequence, optional
            One for each axis.
        """
        n = len(axes.names)
        return cls(
            tuple(map(float, scale if scale is not None else [1.0] * n)),
            tuple(map(float, translation if translation is not None else [0.0] * n)),
            tuple(units if units is not None else [""] * n),
        )


def place_of(layer: Any, axes: Axes) -> Place | None:  # noqa: ANN401 - any array or layer
    """Return where the pixels of a napari layer lie, or None of anything else.

    Parameters
    ----------
    layer : napari Image layer, or an array
        Layers are told by what they have.
    axes : Axes
        Those of its data.
    """
    if not (hasattr(layer, "scale") and hasattr(layer, "translate")):
        return None
    scale, first = list(map(float, layer.scale)), list(map(float, layer.translate))
    units = [str(unit) for unit in getattr(layer, "units", None) or [""] * len(scale)]
    units = ["" if unit == "pixel" else unit for unit in units]
    if axes.colour is not None and len(scale) == len(axes.names) - 1:
        scale.insert(axes.colour, 1.0)
        first.insert(axes.colour, 0.0)
        units.insert(axes.colour, "")
    if len(scale) != len(axes.names):
        return None
    return Place.of(axes, scale, first, units)


@dataclass(frozen=True)
class StoredAxes:
    """The axes of a stack as an OME-Zarr has them.

    Attributes
    ----------
    names : tuple of str
        In the order they are stored.
    types : tuple of str
        Empty for an axis that is neither time, channel nor space.
    order : tuple of int
        For each stored axis, which one of the stack's own it is.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    order: tuple[int, ...]

    @property
    def back(self) -> tuple[int, ...]:
        """Return for each of the stack's own axes which stored one it is."""
        return tuple(self.order.index(axis) for axis in range(len(self.order)))

    def without(self, axis: int | None) -> StoredAxes:
        """Return them without one of the stack's own axes, which are counted anew."""
        if axis is None:
            return self
        kept = [i for i, own in enumerate(self.order) if own != axis]
        order = tuple(self.order[i] - (self.order[i] > axis) for i in kept)
        return StoredAxes(
            tuple(self.names[i] for i in kept), tuple(self.types[i] for i in kept), order
        )


def stored_axes(axes: Axes) -> StoredAxes:
    """Return how axes are stored.

    Parameters
    ----------
    axes : Axes
        Those of a stack, in any order. Colour is stored as channels. One axis may be of another
        kind; of several that nobody named, the last ones count as z, t and c.

    Raises
    ------
    UnsupportedImageError
        If an OME-Zarr cannot have so many axes, or not of these kinds.
    """
    named = list(axes.names)
    if "S" in named and "C" not in named:
        named[named.index("S")] = "C"
    others = [i for i, name in enumerate(named) if name not in _TYPES]
    for free in "ZTC":
        if len(others) > 1 and free not in named:
            named[others.pop()] = free
    if len(others) > 1 or len(named) > _MOST or len(set(named)) < len(named):
        listed = ", ".join(name or "?" for name in axes.names)
        raise UnsupportedImageError(
            f"An OME-Zarr cannot have the axes {listed}: it has at most {_MOST}, t, c, z, y, x "
            "and one other in place of one of them; fill a part with fewer axes."
        )
    rank = {name: i for i, name in enumerate(_ORDER)}
    order = sorted(range(len(named)), key=lambda i: rank.get(named[i], 1.5))
    names = [(named[i] or "plane").lower() for i in order]
    return StoredAxes(tuple(names), tuple(_TYPES.get(named[i], "") for i in order), tuple(order))


def write_image_metadata(
    group: Any,  # noqa: ANN401 - a zarr group
    stored: StoredAxes,
    place: Place,
    *,
    name: str,
    factors: Sequence[int] = (1,),
) -> None:
    """Write into a group what its levels are.

    Parameters
    ----------
    group : zarr.Group
        With the arrays ``0``, ``1``, and so on.
    stored : StoredAxes
        Their axes.
    place : Place
        Where the pixels of the first level lie.
    name : str
        For people.
    factors : sequence of int
        By how much the pixels of each level are larger along y and x.
    """
    from ome_zarr.format import FormatV05
    from ome_zarr.writer import write_multiscales_metadata

    listed = []
    for i, own in enumerate(stored.order):
        axis = {"name": stored.names[i]}
        axis |= {"type": stored.types[i]} if stored.types[i] else {}
        axis |= {"unit": place.units[own]} if place.units[own] else {}
        listed.append(axis)
    datasets = []
    for level, factor in enumerate(factors):
        larger = [factor if name in ("y", "x") else 1 for name in stored.names]
        scale = [place.scale[own] * by for own, by in zip(stored.order, larger, strict=True)]
        # a coarser pixel begins where its first one does, so its centre lies further on
        first = [
            place.translation[own] + place.scale[own] * (by - 1) / 2
            for own, by in zip(stored.order, larger, strict=True)
        ]
        transformations = [
            {"type": "scale", "scale": scale},
            {"type": "translation", "translation": first},
        ]
        datasets.append({"path": str(level), "coordinateTransformations": transformations})
    write_multiscales_metadata(group, datasets, fmt=FormatV05(), axes=listed, name=name)


def open_zarr() -> Any:  # noqa: ANN401 - a module
    """Return the package zarr, if that and ome-zarr are installed.

    Raises
    ------
    MissingDependencyError
    """
    try:
        with warnings.catch_warnings():
            # what these packages think of each other is not for our users
            warnings.simplefilter("ignore", DeprecationWarning)
            import ome_zarr.writer  # noqa: F401
            import zarr
    except ImportError as error:
        raise MissingDependencyError(
            "OME-Zarr needs the packages zarr and ome-zarr; install them with "
            'pip install "napari-greyfill[stacks]".'
        ) from error
    return zarr
