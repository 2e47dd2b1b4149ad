"""How a picture with a hole is shown to a network, and how its pictures are read.

Networks differ in few things here: the range and the order of colours, what the hole shows, and
which planes tell where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.modules import Channels

__all__ = ["PlaneName", "Showing"]

PlaneName = Literal["picture", "ones", "hole", "known", "signs"]


@dataclass(frozen=True)
class Showing:
    """What goes into a network and what comes out.

    Attributes
    ----------
    planes : tuple of {"picture", "ones", "hole", "known", "signs"}
        What the channels are, in this order: the colours; ones; 1 in the hole and 0 elsewhere; the
        same the other way round; 0.5 where pixels are known and -0.5 in the hole.
    hidden : float
        What the picture shows in the hole, in the network's range.
    signed : bool
        Whether pictures are in [-1, 1], and not in [0, 1].
    bgr : bool
        Whether colours are in the order B, G, R.
    """

    planes: tuple[PlaneName, ...] = ("picture", "hole")
    hidden: float = 0.0
    signed: bool = True
    bgr: bool = False

    def given(self, image: Plane, hole: Hole) -> Channels:
        """Return what the network is given.

        Parameters
        ----------
        image : (..., H, W, C) float32 array in [0, 1]
            Colours, or one channel of grey. What is in the hole does not count.
        hole : (..., H, W) bool array
            True where pixels are to be filled.

        Returns
        -------
        (..., H, W, K) float32 array
        """
        missing = hole[..., None]
        colours = image[..., :: -1 if self.bgr else 1]
        shown = {
            "picture": np.where(missing, self.hidden, 2 * colours - 1 if self.signed else colours),
            "ones": np.ones_like(missing),
            "hole": missing,
            "known": ~missing,
            "signs": 0.5 - missing,
        }
        planes = [shown[name] for name in self.planes]
        return np.concatenate(planes, axis=-1, dtype=np.float32)

    def taken(self, output: Channels) -> Plane:
        """Return the pictures in what the network gives, in [0, 1] and in the order R, G, B."""
        colours = output[..., :: -1 if self.bgr else 1]
        return np.asarray((colours + 1) / 2 if self.signed else colours, dtype=np.float32)
