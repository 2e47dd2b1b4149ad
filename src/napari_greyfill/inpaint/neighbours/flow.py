"""Planes moved to where their content lies in the plane to fill, by optical flow.

Two ways: the flow between the planes on either side, half of it from each, which sees what lies
behind the hole but not what moves unevenly; and the flow from the plane itself to each other,
which follows fast motion, and in the hole is what it is around it. Nothing depends on either
being right: both are sources of a regression.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.registration import optical_flow_ilk, optical_flow_tvl1

__all__ = ["between", "between_far", "towards", "without_gaps"]

Plane = NDArray[np.float32]
Hole = NDArray[np.bool_]
Flow = NDArray[np.float32]  # (2, H, W): rows and columns to move by, in pixels

SHORTEST = 24  # side of the reduced planes
HALF, QUARTER = 2, 4  # most that planes are reduced by, between two and towards one
RADIUS = 7  # reduced pixels that move together, towards one
GROWN = 2  # reduced pixels around the hole whose flow is not believed
SMOOTHING = (
    3.0,
    9.0,
)  # reduced pixels that the flow in the hole is a mean over; the first that do


def between(
    before: Plane, after: Plane, share: float, scale: tuple[float, float]
) -> tuple[Plane, Plane]:
    """Return the planes on either side, both moved to a place between them.

    Parameters
    ----------
    before, after : (H, W) float32 arrays
        Without gaps, in the same units.
    share : float
        Where the place is: 0 at `before`, 1 at `after`.
    scale : (float, float)
        The values that become 0 and 1 for the flow.

    Returns
    -------
    before, after : (H, W) float32 arrays

    References
    ----------
    C. Zach, T. Pock and H. Bischof, "A Duality Based Approach for Realtime TV-L1 Optical Flow",
    DAGM 2007, doi 10.1007/978-3-540-74936-3_22.
    """
    factor = _factor(before.shape, HALF)
    small = [_reduced(_scaled(plane, scale), factor) for plane in (before, after)]
    flow = optical_flow_tvl1(*small, attachment=5, num_warp=3, num_iter=5)
    flow = _enlarged(flow, factor, before.shape)
    return _moved(before, -share * flow), _moved(after, (1 - share) * flow)


def between_far(
    before: Plane, after: Plane, share: float, scale: tuple[float, float]
) -> list[tuple[Plane, Plane]]:
    """Return the same for planes that lie far apart, by two flows that see far.

    TV-L1 at a quarter of the size with more rounds, and ILK, whose windows move as a whole.

    Parameters
    ----------
    before, after, share, scale
        As in `between`.

    Returns
    -------
    list of two pairs of (H, W) float32 arrays
    """
    factor = _factor(before.shape, QUARTER)
    small = [_reduced(_scaled(plane, scale), factor) for plane in (before, after)]
    radius = min(RADIUS, (min(small[0].shape) - 1) // 2)
    flows = (
        optical_flow_tvl1(*small, attachment=5, num_warp=8, num_iter=10),
        optical_flow_ilk(*small, radius=radius),
    )
    found = []
    for one in flows:
        flow = _enlarged(one.astype(np.float32), factor, before.shape)
        found.append((_moved(before, -share * flow), _moved(after, (1 - share) * flow)))
    return found


def towards(
    plane: Plane, hole: Hole, others: list[Plane], scale: tuple[float, float]
) -> list[Plane]:
    """Return other planes, each moved to where its content lies in this one.

    Parameters
    ----------
    plane : (H, W) float32 array
        Filled in some plausible way.
    hole : (H, W) bool array
        True where it was; the flow there is a mean of what is around.
    others : list of (H, W) float32 array
        Without gaps, in the same units.
    scale : (float, float)
        The values that become 0 and 1 for the flow.

    Returns
    -------
    list of (H, W) float32 array

    References
    ----------
    G. Le Besnerais and F. Champagnat, "Dense optical flow by iterative local window
    registration", ICIP 2005, doi 10.1109/ICIP.2005.1529706.
    """
    factor = _factor(plane.shape, QUARTER)
    unit = _reduced(_scaled(plane, scale), factor)
    unsure = _reduced(hole.astype(np.float32), factor) > 0
    unsure = ndimage.binary_dilation(unsure, iterations=GROWN)
    moved = []
    for other in others:
        small = _reduced(_scaled(other, scale), factor)
        flow = optical_flow_ilk(unit, small, radius=min(RADIUS, (min(unit.shape) - 1) // 2))
        flow = _bridged(flow.astype(np.float32), unsure)
        moved.append(_moved(other, _enlarged(flow, factor, plane.shape)))
    return moved


def without_gaps(plane: Plane, unknown: Hole) -> Plane:
    """Return a plane whose unknown pixels have the value of the nearest known one.

    Parameters
    ----------
    plane : (H, W) float32 array
        What it holds where it is unknown does not count.
    unknown : (H, W) bool array
        At least one pixel is known.
    """
    if not unknown.any():
        return plane
    nearest = ndimage.distance_transform_edt(unknown, return_distances=False, return_indices=True)
    return np.asarray(plane[tuple(nearest)])


def _factor(shape: tuple[int, ...], most: int) -> int:
    return max(1, min(most, min(shape) // SHORTEST))


def _scaled(plane: Plane, scale: tuple[float, float]) -> Plane:
    low, high = scale
    span = max(high - low, float(np.finfo(np.float32).tiny))
    return np.asarray(np.clip((plane - low) / span, -1, 2), dtype=np.float32)


def _reduced(plane: Plane, factor: int) -> Plane:
    """Return the means of cells of factor x factor pixels, borders repeated."""
    if factor == 1:
        return plane
    even = np.pad(plane, [(0, -side % factor) for side in plane.shape], mode="edge")
    height, width = (side // factor for side in even.shape)
    return np.asarray(even.reshape(height, factor, width, factor).mean(axis=(1, 3)))


def _enlarged(flow: Flow, factor: int, shape: tuple[int, ...]) -> Flow:
    """Return a flow of reduced planes in pixels of the full ones."""
    if factor == 1:
        return flow
    rows, columns = (
        np.clip((np.arange(side) + 0.5) / factor - 0.5, 0, length - 1)
        for side, length in zip(shape, flow.shape[1:], strict=True)
    )
    grid = np.meshgrid(rows, columns, indexing="ij")
    large = [factor * ndimage.map_coordinates(part, grid, order=1) for part in flow]
    return np.asarray(large, dtype=np.float32)


def _bridged(flow: Flow, unsure: Hole) -> Flow:
    """Return a flow that is, where unsure, the mean of what is near."""
    result, left = flow.copy(), unsure
    known = (~unsure).astype(np.float32)
    for sigma in SMOOTHING:
        weight = ndimage.gaussian_filter(known, sigma)
        here = left & (weight > 0.01)
        for part, own in zip(result, flow, strict=True):
            mean = ndimage.gaussian_filter(own * known, sigma)
            part[here] = mean[here] / weight[here]
        left = left & ~here
    if left.any() and known.any():
        for part in result:
            part[left] = np.median(part[~left])
    return result


def _moved(plane: Plane, flow: Flow) -> Plane:
    """Return the plane read where the flow points to, borders repeated."""
    rows, columns = np.indices(plane.shape, dtype=np.float32)
    at = (rows + flow[0], columns + flow[1])
    return np.asarray(ndimage.map_coordinates(plane, at, order=1, mode="nearest"))
