"""Internal colorization as published: learn grey -> colour from this image, coarse to fine.

T. Wang, H. Ouyang, Q. Chen, "Image Inpainting with External-Internal Learning and Monochromic
Bottleneck", CVPR 2021, section 3.3, arXiv 2104.09068. At each level of an image pyramid a
small residual network is trained on the known pixels; above the coarsest level it also sees
the enlarged colours of the level below. Kept unchanged, for comparison. Importing this module
does not import torch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from napari_greyfill.colorization.base import Colorizer, Colours, Hole, Level, Plane
from napari_greyfill.colorization.pyramid import PyramidLevel, build_pyramid, resized, to_bytes
from napari_greyfill.compute.device import clear_memory_errors, free_memory
from napari_greyfill.compute.time_left import duration
from napari_greyfill.errors import OutOfMemoryError
from napari_greyfill.image.padding import fit_to_size

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["PUBLISHED_SCHEDULES", "Published", "Schedule"]

_BYTES_PER_PIXEL = 7_000  # activations and gradients of one training step, measured
_WORTH_TELLING = 1_000_000  # pixels times steps; some ten seconds on a processor core
_TIMED = 2  # steps
_SMALLEST_SIDE = 16  # of the coarsest level; smaller windows get fewer levels


@dataclass(frozen=True)
class Schedule:
    """Steps and Adam learning rates per level, coarse to fine."""

    steps: tuple[int, ...]
    rates: tuple[float, ...]


PUBLISHED_SCHEDULES = {
    1: Schedule((1001,), (0.01,)),
    2: Schedule((401,) * 2, (0.01, 0.003)),
    3: Schedule((401,) * 3, (0.01, 0.005, 0.003)),
    4: Schedule((401,) * 4, (0.02, 0.01, 0.005, 0.002)),
    5: Schedule((401,) * 5, (0.04, 0.02, 0.01, 0.005, 0.002)),
}


class Published(Colorizer):
    """The published procedure, unchanged: RGB output, 8-bit steps between levels.

    Its result does not have exactly the grey it was given. The hole of the colour image,
    whose content the procedure leaves open, is preset to the nearest known colours, which
    keeps foreign colours out of the coarse levels.
    """

    LEVELS: ClassVar[int] = 3
    SCHEDULES: ClassVar[dict[int, Schedule]] = PUBLISHED_SCHEDULES

    def run(
        self, colour: Plane, grey: Plane, hole: Hole, hints: Hole | None = None
    ) -> Generator[Level, None, Colours]:
        """Colour the hole; see `Colorizer.run`."""
        levels = _fitting_levels(hole.shape, self.LEVELS)
        size = {"minimum": 2 * _SMALLEST_SIDE, "multiple_of": 2 ** (levels - 1)}
        padded_colour, padded_hole = fit_to_size(_preset(colour, hole), hole, **size)
        padded_grey, _ = fit_to_size(grey, hole, **size)
        self._check_memory(padded_hole.size)
        pyramid = build_pyramid(padded_colour, padded_grey, padded_hole, levels)
        finish = partial(_cropped, shape=(hole.shape[0], hole.shape[1]))
        with clear_memory_errors(self.compute.device):
            result = yield from self._climb(pyramid, finish)
        return Colours(finish(result))

    def _climb(
        self, pyramid: list[PyramidLevel], finish: Callable[[Plane], Plane]
    ) -> Generator[Level, None, Plane]:
        """Train level after level; return the colours of the finest, padding included."""
        schedule = self.SCHEDULES[len(pyramid)]
        shares = _shares(pyramid, schedule)
        in_all = yield from self._announced(pyramid, schedule)
        result: Plane | None = None
        for index, level in enumerate(pyramid):
            work = self._train(level, result, index, schedule)
            start, share = sum(shares[:index]), shares[index]
            name = f"colour scale {index + 1}/{len(pyramid)}"
            steps, shape = schedule.steps[index], pyramid[-1].grey.shape
            for step, output in enumerate(work):
                fraction = start + share * (step + 1) / steps
                preview = partial(_preview, output, shape, finish)
                yield Level(f"{name}, step {step + 1}/{steps}{in_all}", fraction, preview)
            result = to_bytes(_to_plane(output)).astype(np.float32) / 255.0
            if index + 1 < len(pyramid):
                preview = partial(_preview, output, shape, finish)
                yield Level(name, start + share, preview, complete=True)
        assert result is not None  # a pyramid has at least one level
        return result

    def _announced(
        self, pyramid: list[PyramidLevel], schedule: Schedule
    ) -> Generator[Level, None, str]:
        """Say how long it will take before it begins, and return what each step says of that.

        Some steps on the finest level are timed, with a network that is thrown away. What is
        done soon is not announced.
        """
        work = [p.hole.size * steps for p, steps in zip(pyramid, schedule.steps, strict=True)]
        if sum(work) < _WORTH_TELLING:
            return ""
        yield Level("looking how long the published schedule takes", 0.0)
        finest, last = pyramid[-1], len(pyramid) - 1
        training = self._train(finest, finest.colour if last else None, last, schedule)
        ends = [time.perf_counter() for _ in islice(training, _TIMED + 1)]
        if len(ends) < 2:  # the first one takes longer
            return ""
        each = (ends[-1] - ends[0]) / (len(ends) - 1)
        said = duration(each * sum(work) / finest.hole.size)
        yield Level(f"the published schedule takes {said}; Cancel stops it", 0.0)
        return f" ({said} in all)"

    def _train(
        self, level: PyramidLevel, coarser: Plane | None, index: int, schedule: Schedule
    ) -> Generator[Tensor, None, None]:
        from napari_greyfill.colorization.network import new_network, stop_when, training

        seed = (self.compute.seed * 16 + index) % 2**63  # the largest that torch takes
        channels = [level.grey[..., None]]
        if coarser is not None:
            shape = (level.hole.shape[0], level.hole.shape[1])
            channels.append(resized(coarser, shape, Image.Resampling.LANCZOS, as_bytes=True))
        inputs = self._tensor(np.concatenate(channels, axis=-1))
        network = new_network(inputs.shape[1], seed).to(inputs.device)
        stop_when(network, self.compute.cancelled)
        yield from training(
            network,
            inputs,
            self._tensor(level.colour),
            self._tensor(~level.hole[..., None]),
            schedule.steps[index],
            schedule.rates[index],
        )

    def _tensor(self, plane: NDArray[np.float32] | Hole) -> Tensor:
        import torch

        array = np.ascontiguousarray(plane.transpose(2, 0, 1)[None], dtype=np.float32)
        return torch.from_numpy(array).to(self.compute.device)

    def _check_memory(self, pixels: int) -> None:
        needed = pixels * _BYTES_PER_PIXEL
        if needed > free_memory(self.compute.device):
            raise OutOfMemoryError(
                f"Training on this window needs about {needed / 2**30:.0f} GB on "
                f"{self.compute.device}, more than is free; use the colorizer propagation "
                "or paint a smaller mask."
            )


def _cropped(result: Plane, shape: tuple[int, int]) -> Plane:
    """Return the window's colours from those of the padded window."""
    return result[: shape[0], : shape[1]]


def _fitting_levels(shape: tuple[int, ...], wanted: int) -> int:
    levels = wanted
    while levels > 1 and min(shape) >> (levels - 1) < _SMALLEST_SIDE:
        levels -= 1
    return levels


def _preset(colour: Plane, hole: Hole) -> Plane:
    """Return the colours with the hole set to those of the nearest known pixel."""
    nearest = ndimage.distance_transform_edt(hole, return_distances=False, return_indices=True)
    return np.asarray(colour[tuple(nearest)])


def _shares(pyramid: list[PyramidLevel], schedule: Schedule) -> list[float]:
    """Return the share of the whole cost that each level takes."""
    costs = [p.hole.size * steps for p, steps in zip(pyramid, schedule.steps, strict=True)]
    return [cost / sum(costs) for cost in costs]


def _to_plane(output: Tensor) -> Plane:
    return np.ascontiguousarray(output[0].permute(1, 2, 0).cpu().numpy())


def _preview(output: Tensor, shape: tuple[int, int], finish: Callable[[Plane], Plane]) -> Plane:
    """Return what a level's output would look like as the result."""
    return finish(resized(_to_plane(output), shape, Image.Resampling.BICUBIC))
