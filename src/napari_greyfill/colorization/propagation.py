"""Colour that flows from the known pixels along equal grey: see `stencil` for the equations."""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar

from napari_greyfill.colorization.base import Colorizer, Hole, Level, Plane
from napari_greyfill.colorization.solver import Solver
from napari_greyfill.colour import chroma, with_luma
from napari_greyfill.geometry import tight_box

__all__ = ["Propagation"]


class Propagation(Colorizer):
    """Solves for the chroma of the hole in closed form."""

    SOLVER: ClassVar[Solver] = Solver()

    def run(self, colour: Plane, grey: Plane, hole: Hole) -> Generator[Level, None, Plane]:
        """Colour the hole; see `Colorizer.run`."""
        yield Level("propagating colour", 0.0)
        box = tight_box(hole)
        solved = chroma(colour)
        if box is not None:
            frame = box.expanded(1, (hole.shape[0], hole.shape[1])).slices
            solved[frame] = self.SOLVER.solve(
                solved[frame], grey[frame], hole[frame], check=self.compute.check
            )
        return with_luma(grey, solved)
