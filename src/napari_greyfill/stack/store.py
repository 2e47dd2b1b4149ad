"""The patch store: what was filled in a stack, as an OME-Zarr that holds nothing else.

It is an image of the stack's shape, scale and translation whose chunks exist only where something
was filled, with the labels ``filled`` beside it, that say what each filled pixel was made of. It
takes the room of the holes, however large the stack, and any reader of OME-Zarr 0.5 opens it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from napari_greyfill.atomic import part_of, reason_of
from napari_greyfill.errors import GreyfillError, UnreadableFileError, UnwritablePathError
from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.ome import (
    Place,
    StoredAxes,
    open_zarr,
    stored_axes,
    write_image_metadata,
)
from napari_greyfill.stack.records import DAMAGED, patch_of, place_in, record_of
from napari_greyfill.stack.seen import Seen
from napari_greyfill.stack.tasks import Source, StackPatch, TaskResult

__all__ = ["PatchStore"]

_CHUNK = 256  # pixels along y and x
_OWN = "greyfill"  # the attributes that are ours
_LABELS = "filled"


class PatchStore:
    """Filled pixels of a stack on disk; made by `create` or `open`.

    Attributes
    ----------
    path : Path
    axes : Axes
        Those of the stack, in its own order.
    dtype : dtype
        That of the stack.
    """

    def __init__(self, path: Path, group: Any, axes: Axes) -> None:  # noqa: ANN401 - zarr.Group
        self.path, self.axes = path, axes
        self._group = group
        self._stored = stored_axes(axes)
        self._values = group["0"]
        self._codes = group[f"labels/{_LABELS}/0"]
        self.dtype: np.dtype[Any] = np.dtype(self._values.dtype)

    # ------------------------------------------------------------ begin or go on

    @classmethod
    def create(
        cls,
        path: Path,
        axes: Axes,
        dtype: DTypeLike,
        place: Place | None = None,
        *,
        name: str = "filled",
    ) -> PatchStore:
        """Begin an empty store; what is at the path already is not touched.

        Parameters
        ----------
        path : Path
            A folder that does not exist, ending in ``.ome.zarr`` by custom.
        axes : Axes
            Those of the stack.
        dtype : dtype
            That of its values.
        place : Place, optional
            Where its pixels lie.
        name : str
            Of the image, for people.

        Raises
        ------
        UnwritablePathError
            If something is there already, or it cannot be written.
        UnsupportedImageError
            If an OME-Zarr cannot have such axes.
        MissingDependencyError
        """
        zarr = open_zarr()
        stored, place = stored_axes(axes), place or Place.of(axes)
        if path.exists():
            raise UnwritablePathError(
                f"{path} exists already; choose another name, or go on with it."
            )
        with _written(path):
            part = part_of(path)  # so that what is there is complete
            try:
                group = zarr.open_group(str(part), mode="w-", zarr_format=3)
                _make_array(group, axes.shape, stored, dtype)
                write_image_metadata(group, stored, place, name=name)
                _make_labels(group, axes, stored, place)
                group.attrs[_OWN] = {"axes": list(axes.names), "shape": list(axes.shape)}
                part.replace(path)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> PatchStore:
        """Open a store that is there.

        Parameters
        ----------
        path : Path
            Of the folder.
        read_only : bool
            Whether nothing will be added.

        Raises
        ------
        UnreadableFileError
            If there is none, or it is not one of ours.
        MissingDependencyError
        """
        zarr = open_zarr()
        try:
            group = zarr.open_group(str(path), mode="r" if read_only else "r+")
            own: Any = group.attrs[_OWN]
            axes = Axes(tuple(own["axes"]), tuple(int(n) for n in own["shape"]))
            return cls(path, group, axes)
        except (OSError, KeyError, ValueError, TypeError, IndexError) as error:
            raise UnreadableFileError(
                f"{path} holds no filled pixels of a stack, or not all of it is there; remove it "
                "and begin anew."
            ) from error

    def require_fit(self, axes: Axes, dtype: DTypeLike) -> None:
        """Raise if the store is of a stack of other axes or another type.

        Parameters
        ----------
        axes : Axes
            Those of a stack.
        dtype : dtype
            Of its values.

        Raises
        ------
        UnreadableFileError
        """
        if (self.axes.shape, self.dtype) != (axes.shape, np.dtype(dtype).newbyteorder("=")):
            size = " × ".join(map(str, self.axes.shape))
            raise UnreadableFileError(
                f"{self.path} is of a stack of {size} {self.dtype}; choose another name."
            )

    # ------------------------------------------------------------ write

    def add(self, result: TaskResult) -> dict[str, Any]:
        """Write what came of a task, and return what a journal has to keep of it.

        Parameters
        ----------
        result : TaskResult
            Its patches replace what the store has in their holes. A gain is not kept: it is
            measured again before a run goes on.

        Raises
        ------
        UnwritablePathError
            If it cannot be written, as on a full disk. What was there before is whole, and a
            part of this result may be there.
        """
        records = []
        with _written(self.path):
            for patch in result.patches:
                records.append(self._write(patch))
        return {
            "patches": [record for record in records if record],
            "notes": list(result.notes),
            "seen": None if result.seen is None else result.seen.to_dict(),
        }

    def remove(self, result: TaskResult) -> None:
        """Take out what came of a task; what the journal has of it is not believed any more.

        Parameters
        ----------
        result : TaskResult
            What `restored` returned.

        Raises
        ------
        UnwritablePathError
        """
        plain = self.axes.without_colour()
        with _written(self.path):
            for patch in result.patches:
                _, codes = self.read(patch.index, patch.window)
                codes[patch.hole] = 0
                place = self._at(plain, patch.index, patch.window)
                self._codes[place] = self._as_stored(plain, codes)

    def _write(self, patch: StackPatch) -> dict[str, Any]:
        box = tight_box(patch.hole)
        if box is None:
            return {}
        hole, values = patch.hole[box.slices], patch.values[box.slices]
        window = box.moved(patch.window.y0, patch.window.x0)
        old, codes = self.read(patch.index, window)
        old[hole], codes[hole] = values[hole], patch.source
        # the labels last, because they say what counts
        self._values[self._at(self.axes, patch.index, window)] = self._as_stored(self.axes, old)
        plain = self.axes.without_colour()
        self._codes[self._at(plain, patch.index, window)] = self._as_stored(plain, codes)
        filled = replace(patch, window=window, values=old, hole=hole)
        return record_of(filled, codes)

    # ------------------------------------------------------------ read

    def read(
        self, index: tuple[int, ...], window: Window
    ) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        """Return what was filled in a window of a plane.

        Parameters
        ----------
        index : tuple of int
            The plane.
        window : Window
            Which part of it.

        Returns
        -------
        values : (h, w) or (h, w, C) array
        codes : (h, w) uint8 array
            What each was made of, a `Source`; 0 where nothing was filled and values mean nothing.
        """
        plain = self.axes.without_colour()
        values = np.array(self._values[self._at(self.axes, index, window)])
        codes = np.array(self._codes[self._at(plain, index, window)])
        return self._upright(self.axes, values), self._upright(plain, codes)

    def restored(self, key: str, record: Mapping[str, Any]) -> TaskResult | None:
        """Return the result of an earlier run's task, or None if not all of it is there.

        Parameters
        ----------
        key : str
            That of the task.
        record : mapping
            What `add` returned for it.
        """
        patches = []
        try:
            for each in record["patches"]:
                patch = patch_of(each, *self.read(*place_in(each)))
                if patch is None:
                    return None
                patches.append(patch)
            seen = None if record["seen"] is None else Seen.from_dict(record["seen"])
            return TaskResult(key, tuple(patches), tuple(record["notes"]), seen=seen)
        except (*DAMAGED, OSError, RuntimeError):
            return None  # whatever is wrong with it, the task is worked on again

    def codes(self, place: Sequence[slice]) -> NDArray[np.uint8]:
        """Return what any part of the stack was filled from, without an axis for colour.

        Parameters
        ----------
        place : sequence of slice
            One for each axis of the stack, in its own order.
        """
        plain, colour = self._stored.without(self.axes.colour), self.axes.colour
        kept = [part for axis, part in enumerate(place) if axis != colour]
        codes = np.asarray(self._codes[tuple(kept[own] for own in plain.order)])
        return codes.transpose(plain.back)

    def values(self, place: Sequence[slice]) -> NDArray[Any]:
        """Return what is in the store for any part of the stack.

        Parameters
        ----------
        place : sequence of slice
            One for each axis of the stack, in its own order.
        """
        values = np.asarray(self._values[tuple(place[own] for own in self._stored.order)])
        return values.transpose(self._stored.back)

    @property
    def chunks(self) -> tuple[int, ...]:
        """Return the shape of its chunks, in the order of the stack's axes."""
        return tuple(self._values.chunks[i] for i in self._stored.back)

    # ------------------------------------------------------------ axes

    def _stored_of(self, axes: Axes) -> StoredAxes:
        return self._stored if axes is self.axes else self._stored.without(self.axes.colour)

    def _at(self, axes: Axes, index: tuple[int, ...], window: Window) -> tuple[int | slice, ...]:
        place = axes.place(index, window)
        return tuple(place[own] for own in self._stored_of(axes).order)

    def _own_order(self, axes: Axes) -> list[int]:
        """Return for what `_at` cuts out where each of its axes is among the stack's own."""
        left = [own for own in self._stored_of(axes).order if own not in axes.leading]
        return [sorted(left).index(own) for own in left]

    def _upright(self, axes: Axes, part: NDArray[Any]) -> NDArray[Any]:
        order = self._own_order(axes)
        return axes.upright(part.transpose([order.index(i) for i in range(len(order))]))

    def _as_stored(self, axes: Axes, part: NDArray[Any]) -> NDArray[Any]:
        return axes.laid(part).transpose(self._own_order(axes))


def _make_array(group: Any, shape: tuple[int, ...], stored: StoredAxes, dtype: Any) -> None:  # noqa: ANN401
    sides = [shape[own] for own in stored.order]
    small = dict(zip("yxc", (_CHUNK, _CHUNK, 4), strict=True))
    group.create_array(
        "0",
        shape=sides,
        chunks=[min(n, small.get(name, 1)) for n, name in zip(sides, stored.names, strict=True)],
        dtype=np.dtype(dtype).newbyteorder("="),
        fill_value=0,
        dimension_names=stored.names,
    )


def _make_labels(group: Any, axes: Axes, stored: StoredAxes, place: Place) -> None:  # noqa: ANN401
    from ome_zarr.format import FormatV05
    from ome_zarr.writer import write_label_metadata

    colour, plain = axes.colour, axes.without_colour()
    kept = [i for i in range(len(axes.names)) if i != colour]
    flat = Place(
        tuple(place.scale[i] for i in kept),
        tuple(place.translation[i] for i in kept),
        tuple(place.units[i] for i in kept),
    )
    labels = group.create_group("labels")
    own = labels.create_group(_LABELS)
    _make_array(own, plain.shape, stored.without(colour), np.uint8)
    write_image_metadata(own, stored.without(colour), flat, name=_LABELS)
    meaning = [{"label-value": int(source), "made-of": source.words} for source in Source]
    write_label_metadata(
        labels, _LABELS, properties=meaning, fmt=FormatV05(), source={"image": "../../"}
    )
    labels.attrs["ome"] = {**labels.attrs["ome"], "version": FormatV05().version}


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Say as a sentence why a store cannot be written."""
    try:
        yield
    except GreyfillError:
        raise
    except (OSError, ValueError) as error:
        raise UnwritablePathError(
            f"{path} cannot be written ({reason_of(error)}); make room or choose another place, "
            "then go on."
        ) from error
