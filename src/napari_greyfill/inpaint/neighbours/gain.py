"""The gain of a place: which share of the light arrives, as a file and as a correction."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import numpy as np
import tifffile

from napari_greyfill.atomic import reason_of, replacing
from napari_greyfill.errors import ShapeMismatchError, UnreadableFileError, UnwritablePathError
from napari_greyfill.inpaint.base import Hole, Plane

__all__ = ["LEAST_GAIN", "Decision", "Gain", "apply_gain", "load_gain", "save_gain"]

Decision = Literal["leave", "correct", "inpaint"]
LEAST_GAIN = 0.02  # what is darker is divided by no less
KIND = "napari-greyfill gain"


@dataclass(frozen=True, eq=False)
class Gain:
    """How much light arrives at each pixel, and what to do about it.

    Attributes
    ----------
    gain : (H, W) float32 array
        From 0.02 to 1; exactly 1 where there is no dust.
    depth : float
        1 less the 5th percentile of the gain in the dust: 0.3 if the dust takes 30 % of the light.
    decision : {"leave", "correct", "inpaint"}
    known_to : float or None
        By which share the gain may be wrong, as tried at clean places; None without room for any.
    """

    gain: Plane
    depth: float
    decision: Decision
    known_to: float | None = None


def apply_gain(plane: Plane, gain: Gain, hole: Hole | None = None, *, black: float = 0.0) -> Plane:
    """Return a plane with the light back that dust took.

    Parameters
    ----------
    plane : (H, W) array
        Of any scale, as recorded.
    gain : Gain
        Of the same height and width; that of another recording through the same dust will do.
    hole : (H, W) bool array, optional
        Where to correct; by default wherever the gain is below 1.
    black : float, optional
        The value of no light, such as the offset of a camera.

    Returns
    -------
    (H, W) float32 array
        A new one; elsewhere bit for bit the same as a float32 plane.

    Raises
    ------
    ShapeMismatchError
        If the gain is that of another size.
    """
    if plane.shape != gain.gain.shape:
        raise ShapeMismatchError(
            f"The gain has {gain.gain.shape[0]} × {gain.gain.shape[1]} pixels and the plane "
            f"{plane.shape[0]} × {plane.shape[1]}; take the gain of a recording of the same size."
        )
    part = gain.gain < 1 if hole is None else hole & (gain.gain < 1)
    result = plane.astype(np.float32)
    result[part] = black + (result[part] - black) / gain.gain[part]
    return result


def save_gain(path: str | os.PathLike[str], gain: Gain) -> None:
    """Write a gain as a TIFF of 32-bit floats, with what is known about it in its description.

    Parameters
    ----------
    path : path
        Where it goes; what was there is replaced.
    gain : Gain
        What is written.

    Raises
    ------
    UnwritablePathError
        If it cannot be written there.
    """
    told = {
        "kind": KIND,
        "depth": gain.depth,
        "decision": gain.decision,
        "known_to": gain.known_to,
    }
    try:
        with replacing(Path(path)) as file:
            tifffile.imwrite(
                file, gain.gain.astype(np.float32), description=json.dumps(told), metadata=None
            )
    except OSError as error:
        raise UnwritablePathError(
            f"The gain cannot be written to {path} ({reason_of(error)}); choose another place."
        ) from error


def load_gain(path: str | os.PathLike[str]) -> Gain:
    """Return a gain that `save_gain` wrote.

    Raises
    ------
    UnreadableFileError
        If the file is none, or is damaged.
    """
    try:
        with tifffile.TiffFile(path) as file:
            page = file.pages[0]
            told = json.loads(str(getattr(page, "description", "")))
            if not isinstance(told, dict) or told.get("kind") != KIND or len(page.shape) != 2:
                raise ValueError("it holds no gain")
            values = np.asarray(page.asarray(), dtype=np.float32)
        decision, depth, known_to = (told[key] for key in ("decision", "depth", "known_to"))
        if decision not in get_args(Decision):
            raise ValueError(f"it asks to {decision}")
        numbers = [float(depth)] + ([] if known_to is None else [float(known_to)])
        if not all(map(math.isfinite, numbers)) or not _valid(values):
            raise ValueError("its values are no gains")
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise UnreadableFileError(
            f"{Path(path).name} cannot be read as a gain ({error}); "
            "choose a file that a correction of dust has written."
        ) from error
    known = None if known_to is None else float(known_to)
    return Gain(values, float(depth), cast(Decision, decision), known)


def _valid(values: Plane) -> bool:
    return bool(np.isfinite(values).all() and values.min() >= 0.01 and values.max() <= 1)
