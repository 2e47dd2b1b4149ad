"""The shapes of random masks: each function masks what is left of a painter's wish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_greyfill.errors import BadParameterError
from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.masks.painting import Painter, Point, disk_offsets, stroke_segment

__all__ = ["Brush", "block", "box", "centre", "dots", "half", "moved_object", "patches", "strokes"]

Generator = np.random.Generator
_ANGLES = 2048
_NO_ROOM = "ask for a smaller share, a narrower border, or keep clear of less"


@dataclass(frozen=True)
class Brush:
    """How strokes look; lengths are shares of the mask's shorter side.

    Attributes
    ----------
    width : (float, float)
        Thinnest and thickest brush.
    vertices : (int, int)
        Fewest and most straight parts of a stroke.
    """

    width: tuple[float, float]
    vertices: tuple[int, int]


def strokes(painter: Painter, rng: Generator, brush: Brush) -> None:
    """Draw brush strokes of straight parts that turn to and fro, with round joints."""
    side = min(painter.shape)
    while painter.left:
        radius = max(0.5, rng.uniform(*brush.width) * side / 2)
        point = painter.free_point(rng)
        count = int(rng.integers(brush.vertices[0], brush.vertices[1], endpoint=True))
        for end in _vertices(point, count, painter.shape, rng):
            painter.paint(*stroke_segment(point, end, radius, painter.shape))
            if not painter.left:
                return
            point = end


def _vertices(start: Point, count: int, shape: tuple[int, int], rng: Generator) -> Iterator[Point]:
    """Yield the corners of a stroke, which zigzags around its heading until it leaves."""
    mean_length = float(np.hypot(*shape)) / 8
    heading = rng.uniform(0, 2 * np.pi)
    y, x = start
    for index in range(count):
        turn = rng.uniform(4 / 15, 8 / 15) * np.pi  # 72 degrees on the average
        direction = heading + (turn if index % 2 else -turn)
        length = np.clip(rng.normal(mean_length, mean_length / 2), 0, 2 * mean_length)
        y += float(length * np.sin(direction))
        x += float(length * np.cos(direction))
        yield y, x
        if not (0 <= y < shape[0] and 0 <= x < shape[1]):
            return


def dots(painter: Painter, rng: Generator, radii: tuple[float, float]) -> None:
    """Scatter disks whose radii, in pixels, lie between two limits."""
    disks = [disk_offsets(radius) for radius in np.linspace(*radii, 4)]
    mean = sum(map(len, disks)) / len(disks)
    while painter.left >= mean:
        centres = painter.free_points(rng, int(painter.left / mean))
        # the parts are equally long, or the small disks' are longer: it never gets too much
        for part, disk in zip(np.array_split(centres, len(disks)), disks, strict=True):
            painter.stamp(part, disk)
    while painter.left:
        y, x = painter.free_point(rng)
        painter.paint(*_disk(y, x, radii[1], painter.shape))


def _disk(
    y: float, x: float, radius: float, shape: tuple[int, int]
) -> tuple[Window, NDArray[np.float64]]:
    """Return the pixels of a disk, timed from its centre outwards."""
    window, reached = stroke_segment((y, x), (y, x), radius, shape)
    rows = np.arange(window.y0, window.y1)[:, None] - y
    columns = np.arange(window.x0, window.x1)[None, :] - x
    return window, np.where(np.isfinite(reached), np.hypot(rows, columns), np.inf)


def patches(painter: Painter, rng: Generator, share: float) -> None:
    """Mask rugged patches: where smooth noise of two sizes is lowest, so much of what is left."""
    cells = int(rng.integers(4, 12))
    time = _noise(painter.shape, cells, rng)
    time += 0.4 * _noise(painter.shape, 4 * cells, rng)
    painter.paint(_whole(painter), time, int(share * painter.left))


def _noise(shape: tuple[int, int], cells: int, rng: Generator) -> NDArray[np.float64]:
    """Return random values on a grid of cells x cells, interpolated in between."""
    grid = rng.random((cells + 1, cells + 1))
    rows, columns = (_between(length, cells) for length in shape)
    return np.asarray(rows @ grid @ columns.T)


def _between(length: int, cells: int) -> NDArray[np.float64]:
    """Return the weights, (length, cells + 1), of interpolation with a smooth step."""
    position = np.linspace(0, cells, length)
    first = np.minimum(position.astype(int), cells - 1)
    step = position - first
    second = step**2 * (3 - 2 * step)
    weights = np.zeros((length, cells + 1))
    rows = np.arange(length)
    weights[rows, first] = 1 - second
    weights[rows, first + 1] = second
    return weights


def block(painter: Painter, rng: Generator) -> None:
    """Mask one connected block with the rounded, uneven outline of an object."""
    territory = _largest_group(painter.allowed)
    wanted = painter.left
    if wanted > np.count_nonzero(territory):
        raise BadParameterError(
            f"There is no room for one block of {wanted:,} pixels; {_NO_ROOM}."
        )
    painter.allowed = territory
    centre = _roomy_point(painter, rng)
    time = _outline_time(painter.shape, centre, rng)
    painter.paint(_whole(painter), time)
    painter.mask = _connected(painter.mask, territory, time, centre, wanted)


def _roomy_point(painter: Painter, rng: Generator) -> Point:
    """Return a free point with as much room to the border as the block needs, if there is."""
    radius = np.sqrt(painter.left / np.pi)
    points = painter.free_points(rng, 16).astype(float)
    room = np.minimum(points, np.array(painter.shape) - 1 - points).min(axis=-1)
    y, x = points[int(np.argmax(np.minimum(room, 1.2 * radius)))]
    return float(y), float(x)


def _outline_time(shape: tuple[int, int], centre: Point, rng: Generator) -> NDArray[np.float32]:
    """Return the distance from the centre relative to the outline in that direction."""
    y = np.arange(shape[0], dtype=np.float32)[:, None] - np.float32(centre[0])
    x = np.arange(shape[1], dtype=np.float32)[None, :] - np.float32(centre[1])
    angle, longer = rng.uniform(0, np.pi), rng.uniform(1.0, 1.8)
    along = (y * np.sin(angle) + x * np.cos(angle)) / longer
    across = y * np.cos(angle) - x * np.sin(angle)
    outline = np.ones(_ANGLES, dtype=np.float32)
    for order in range(2, 8):
        phase = rng.uniform(0, 2 * np.pi) + order * np.linspace(0, 2 * np.pi, _ANGLES)
        outline += rng.normal(0, 0.3 / (order - 1)) * np.cos(phase)
    turn = (np.arctan2(across, along) + np.pi) * ((_ANGLES - 1) / (2 * np.pi))
    return np.asarray(np.hypot(along, across) / np.maximum(outline, 0.25)[turn.astype(np.intp)])


def _connected(
    mask: NDArray[np.bool_],
    allowed: NDArray[np.bool_],
    time: NDArray[np.float32],
    centre: Point,
    wanted: int,
) -> NDArray[np.bool_]:
    """Return the part of the mask around the centre, grown until it is as large as wanted."""
    groups, count = ndimage.label(mask)
    if count == 1:
        return mask
    grown: NDArray[np.bool_] = groups == groups[int(centre[0]), int(centre[1])]
    while (left := wanted - int(np.count_nonzero(grown))) > 0:
        rim = ndimage.binary_dilation(grown) & allowed & ~grown
        places = np.flatnonzero(rim)
        earliest = np.argsort(time.ravel()[places], kind="stable")[:left]
        grown.ravel()[places[earliest]] = True
    return grown


def _largest_group(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    groups, count = ndimage.label(mask)
    if count == 1:
        return mask
    sizes = np.bincount(groups.ravel())
    sizes[0] = 0
    return np.asarray(groups == sizes.argmax())


def moved_object(
    painter: Painter, rng: Generator, labels: NDArray[np.integer], resize: bool
) -> None:
    """Mask the shape of one object of a label image somewhere else.

    Parameters
    ----------
    labels : (h, w) integer array
    resize : bool
        Whether to scale the object until it has as many pixels as the painter wants.
    """
    names = np.unique(labels)
    label = rng.choice(names[names != 0])
    window = tight_box(labels == label)
    assert window is not None
    shape = labels[window.slices] == label
    if resize:
        shape = _resized(shape, painter.left)
    height, width = shape.shape
    room = (painter.shape[0] - height, painter.shape[1] - width)
    corner = _fitting_corner(painter, shape, room, rng) if min(room) >= 0 else None
    if corner is None:
        raise BadParameterError(
            f"The object with label {label} finds no place of {height} x {width} pixels; "
            f"{_NO_ROOM}."
        )
    place = Window(corner[0], corner[0] + height, corner[1], corner[1] + width)
    painter.left = int(np.count_nonzero(shape))
    painter.paint(place, np.where(shape, 0.0, np.inf))


def _fitting_corner(
    painter: Painter, shape: NDArray[np.bool_], room: tuple[int, int], rng: Generator
) -> tuple[int, int] | None:
    """Return where the upper left corner may lie so that all of the object is allowed."""
    height, width = shape.shape
    for y, x in rng.integers(0, np.array(room) + 1, size=(300, 2)):
        if painter.allowed[y : y + height, x : x + width][shape].all():
            return int(y), int(x)
    return None


def _resized(shape: NDArray[np.bool_], wanted: int) -> NDArray[np.bool_]:
    """Return an object scaled to a number of pixels; its distance map keeps the edge smooth."""
    padded = np.pad(shape, 2)
    depth = ndimage.distance_transform_edt(padded) - ndimage.distance_transform_edt(~padded)
    factor = float(np.sqrt(wanted / np.count_nonzero(shape)))
    size = tuple(max(1, round(n * factor)) for n in padded.shape)
    zoom = [new / old for new, old in zip(size, padded.shape, strict=True)]
    scaled = ndimage.zoom(depth, zoom, order=1, mode="nearest", grid_mode=True)
    deepest = np.argsort(-scaled, axis=None, kind="stable")[:wanted]
    result = np.zeros(scaled.shape, dtype=bool)
    result.ravel()[deepest] = True
    window = tight_box(result)
    assert window is not None
    return np.ascontiguousarray(result[window.slices])


def box(painter: Painter, rng: Generator) -> None:
    """Mask one rectangle, at most twice as long as wide while there is room for that."""
    blocked = np.pad(np.cumsum(np.cumsum(~painter.allowed, axis=0), axis=1), ((1, 0), (1, 0)))
    likely = np.exp(rng.uniform(-np.log(2), np.log(2), size=8))
    for aspect in (*likely, *_aspects(painter.allowed)):
        height, width = _sides(painter.left, float(aspect), painter.shape)
        inside = (
            blocked[height:, width:]
            - blocked[:-height, width:]
            - blocked[height:, :-width]
            + blocked[:-height, :-width]
        )
        corners = np.argwhere(inside == 0)
        if len(corners):
            y, x = corners[rng.integers(len(corners))]
            painter.mask[y : y + height, x : x + width] = True
            return
    raise BadParameterError(f"There is no room for a box of {painter.left:,} pixels; {_NO_ROOM}.")


def _aspects(allowed: NDArray[np.bool_]) -> list[float]:
    """Return heights relative to widths for when the usual ones find no room."""
    window = tight_box(allowed)
    assert window is not None
    height, width = window.shape
    return [height / width, *np.geomspace(1 / 16, 16, 41)]


def _sides(area: int, aspect: float, shape: tuple[int, int]) -> tuple[int, int]:
    height = min(shape[0], max(1, round(np.sqrt(area * aspect))))
    width = min(shape[1], max(1, round(area / height)))
    return min(shape[0], max(1, round(area / width))), width


def centre(painter: Painter) -> None:
    """Mask a box in the middle, in the proportions of the picture."""
    height, width = painter.shape
    # off the middle by different amounts, so that the box grows by one row or column at a time
    y = np.abs(np.arange(height) - (height - 1) / 2 - 0.2) / height
    x = np.abs(np.arange(width) - (width - 1) / 2 - 0.3) / width
    _up_to(painter, np.maximum(y[:, None], x[None, :]))


def half(painter: Painter, rng: Generator) -> None:
    """Mask everything from one side of the picture on."""
    time = np.broadcast_to(np.arange(painter.shape[1])[None, :], painter.shape)
    if rng.random() < 0.5:
        time = np.broadcast_to(np.arange(painter.shape[0])[:, None], painter.shape)
    _up_to(painter, time if rng.random() < 0.5 else -time)


def _up_to(painter: Painter, time: NDArray[np.floating] | NDArray[np.integer]) -> None:
    """Mask what comes before some moment, so that the number of pixels is nearest."""
    moment = np.partition(time[painter.allowed], painter.left - 1)[painter.left - 1]
    candidates = [painter.allowed & (time < moment), painter.allowed & (time <= moment)]
    errors = [
        abs(int(np.count_nonzero(mask)) - painter.left) if mask.any() else painter.mask.size
        for mask in candidates
    ]
    painter.mask = candidates[int(np.argmin(errors))]


def _whole(painter: Painter) -> Window:
    return Window(0, painter.shape[0], 0, painter.shape[1])
