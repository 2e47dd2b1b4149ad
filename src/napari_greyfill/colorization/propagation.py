"""Colour that flows from the known pixels along equal grey: see `stencil` for the equations."""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar

from napari_greyfill.colorization.base import Colorizer, Colours, Hole, Level, Plane
from napari_greyfill.colorization.problem import Problem
from napari_greyfill.colorization.solver import Solver
from napari_greyfill.image.colour import chroma
from napari_greyfill.image.geometry import tight_box

__all__ = ["Propagation"]


class Propagation(Colorizer):
    """Solves for the chroma of the hole in closed form."""

    speck_pull = 0.0
    SOLVER: ClassVar[Solver] = Solver()

    def run(
        self, colour: Plane, grey: Plane, hole: Hole, hints: Hole | None = None
    ) -> Generator[Level, None, Colours]:
        """Colour the hole; see `Colorizer.run`."""
        name = "propagating colour"
        yield Level(name, 0.0)
        box = tight_box(hole)
        if box is None:
            return Colours(colour.copy())
        frame = box.expanded(1, (hole.shape[0], hole.shape[1]))
        here = frame.slices
        problem = Problem(chroma(colour[here]), grey[here], hole[here])
        work = self.SOLVER.solve(problem, self.compute)
        solved = yield from self.reported(work, name)
        return Colours(self.with_chroma(colour, grey, frame, solved))
