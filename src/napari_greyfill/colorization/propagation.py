"""Colour that flows from the known pixels along equal grey: see `stencil` for the equations."""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar

from napari_greyfill.colorization.base import Colorizer, Hole, Level, Plane
from napari_greyfill.colorization.solver import Problem, Solver
from napari_greyfill.colour import chroma, with_luma
from napari_greyfill.geometry import tight_box

__all__ = ["Propagation"]


class Propagation(Colorizer):
    """Solves for the chroma of the hole in closed form."""

    SOLVER: ClassVar[Solver] = Solver()

    def run(self, colour: Plane, grey: Plane, hole: Hole) -> Generator[Level, None, Plane]:
        """Colour the hole; see `Colorizer.run`."""
        name = "propagating colour"
        yield Level(name, 0.0)
        solved = chroma(colour)
        box = tight_box(hole)
        if box is not None:
            frame = box.expanded(1, (hole.shape[0], hole.shape[1]))
            problem = Problem(solved, grey, hole).cut(frame)
            work = self.SOLVER.solve(problem, self.compute)
            solved[frame.slices] = yield from self.reported(work, name)
        return with_luma(grey, solved)
