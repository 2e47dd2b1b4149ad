"""Fill one hole in every way that is asked for, and measure each.

`compare_steps` is the generator behind the API, the dock and the command line. What combinations
share is done once: a method fills the grey once for all colorizers, and the colour once for the
pipelines rgb-rgb and rgb-grey-rgb; what measuring needs of the reference is worked out once.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from numpy.typing import NDArray

from napari_greyfill.checks import array_of, callable_of, flag_of
from napari_greyfill.comparison.configuration import Choices, Names, combinations
from napari_greyfill.comparison.row import CompareStep, Comparison, Row
from napari_greyfill.comparison.runner import ways_of_filling
from napari_greyfill.compute.device import CancelCheck, never
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import GreyfillWarning
from napari_greyfill.image.picture import Picture, plane_of
from napari_greyfill.image.validity import KeepInvalid
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.masks import mostly_masked
from napari_greyfill.measure.measuring import Measure
from napari_greyfill.pipeline.job import ArrayOrLayer, FillJob, FillParameters, prepare

__all__ = ["compare", "compare_steps"]

NO_REFERENCE = "There is no reference, so nothing can be measured; choose the untouched picture."


def compare_steps(
    image: ArrayOrLayer,
    mask: ArrayOrLayer,
    *,
    methods: Names = None,
    pipelines: Names = None,
    colorizers: Names = None,
    reference: ArrayOrLayer | None = "image",
    rgb: bool | None = None,
    labels: Collection[int] | None = None,
    device: str = "auto",
    seed: int = 0,
    grow: float = 0,
    nodata: float | None = None,
    keep_invalid: KeepInvalid = "auto",
    done: Sequence[Row] = (),
    cancelled: CancelCheck = never,
) -> Generator[CompareStep, None, Comparison]:
    """Compare step by step; takes what `compare` takes.

    Names are checked at once, before the first step. Closing the generator cancels; `cancelled`
    is asked inside long computations, as in `fill_steps`, and ends them with `CancelledError`.

    Parameters
    ----------
    done : sequence of Row
        Rows that an earlier, cancelled comparison has finished: they are not filled again, and
        are part of the result.

    Yields
    ------
    CompareStep
    """
    parameters = FillParameters(
        labels=labels,
        device=device,
        seed=seed,
        grow=grow,
        nodata=nodata,
        keep_invalid=keep_invalid,
    )
    callable_of("cancelled", cancelled)
    flag_of("rgb", rgb)
    choices = Choices.of(methods, pipelines, colorizers)
    return _Run(image, mask, choices, parameters, reference, rgb, cancelled).work(done)


def compare(
    image: ArrayOrLayer,
    mask: ArrayOrLayer,
    *,
    methods: Names = None,
    pipelines: Names = None,
    colorizers: Names = None,
    reference: ArrayOrLayer | None = "image",
    rgb: bool | None = None,
    labels: Collection[int] | None = None,
    device: str = "auto",
    seed: int = 0,
    grow: float = 0,
    nodata: float | None = None,
    keep_invalid: KeepInvalid = "auto",
) -> Comparison:
    """Fill one hole by several methods, pipelines and colorizers, and compare the results.

    Parameters
    ----------
    image : (H, W), (H, W, 3) or (H, W, 4) array, or a napari Image layer
    mask : (H, W) array, or a napari Labels layer
        Painted pixels (not 0) are filled.
    methods : str or iterable of str, optional
        See `methods`; by default every one that can run here.
    pipelines : str or iterable of str, optional
        By default all three. Grey pictures are filled as they are, once by each method.
    colorizers : str or iterable of str, optional
        See `colorizers`; by default the one that "auto" stands for.
    reference : array, napari Image layer, "image" or None
        The true picture. "image" is the image itself, for holes painted on an intact picture;
        None measures nothing.
    rgb, labels, device, seed, grow, nodata, keep_invalid
        As in `fill`. Pixels without a value in image or reference are not measured.

    Returns
    -------
    Comparison
        A method that fails has a row that says why; the others go on.

    Raises
    ------
    GreyfillError
        If image, mask or reference do not fit, as in `fill` and `metrics`; `BadParameterError` for
        names that do not exist; `MissingWeightsError` if no method can run here.

    Warns
    -----
    GreyfillWarning
        If something was skipped or replaced, or most of the picture is masked.

    Examples
    --------
    >>> import numpy as np
    >>> from skimage import data
    >>> photo = data.astronaut()[:128, 128:256]
    >>> mask = np.zeros(photo.shape[:2], dtype=bool)
    >>> mask[60:64, 20:100] = True
    >>> comparison = compare(photo, mask, methods=["biharmonic"])
    >>> [row.combination.pipeline for row in comparison.rows]
    ['grey-rgb', 'rgb-grey-rgb', 'rgb-rgb']
    >>> all(row.metrics["hole_psnr"] > 20 for row in comparison.rows)
    True
    """
    comparison = exhaust(
        compare_steps(
            image,
            mask,
            methods=methods,
            pipelines=pipelines,
            colorizers=colorizers,
            reference=reference,
            rgb=rgb,
            labels=labels,
            device=device,
            seed=seed,
            grow=grow,
            nodata=nodata,
            keep_invalid=keep_invalid,
        )
    )
    for note in comparison.notes:
        warnings.warn(note, GreyfillWarning, stacklevel=2)
    return comparison


@dataclass(eq=False)
class _Run:
    """One comparison: what it was given, and what it has to say."""

    image: ArrayOrLayer
    mask: ArrayOrLayer
    choices: Choices
    parameters: FillParameters
    reference: ArrayOrLayer | None
    rgb: bool | None
    cancelled: CancelCheck
    notes: list[str] = field(default_factory=list)

    def work(self, done: Sequence[Row]) -> Generator[CompareStep, None, Comparison]:
        """Yield every step, and return the comparison."""
        yield CompareStep("reading the image", 0.0)
        picture = self._prepare(_any_embedded()).picture
        measure = self._measure(picture)
        yield from self._noted(mostly_masked(picture.hole), 0.0)
        plan = combinations(self.choices, colour=picture.is_colour)
        rows = {row.combination: row for row in done if row.combination in plan}
        todo = [combination for combination in plan if combination not in rows]
        for step in ways_of_filling(todo, self._prepare):
            fraction = (len(plan) - len(todo) + step.fraction) / len(plan)
            if step.note:
                yield from self._noted(step.name, fraction)
            elif step.row is None:
                yield replace(step, fraction=fraction)
            else:
                row = _measured(step.row, measure, colour=picture.is_colour)
                rows[row.combination] = row
                yield CompareStep(step.name, fraction, row)
        return Comparison(
            rows=tuple(rows[combination] for combination in plan),
            hole=picture.hole,
            why_no_metrics=NO_REFERENCE if measure is None else "",
            notes=tuple(self.notes),
        )

    def _prepare(self, method: str) -> FillJob:
        """Return a job for the method; what is wrong with image and mask is found here."""
        parameters = replace(self.parameters, method=method)
        return prepare(self.image, self.mask, parameters, rgb=self.rgb, cancelled=self.cancelled)

    def _measure(self, picture: Picture) -> Measure | None:
        if self.reference is None:
            return None
        default = isinstance(self.reference, str) and self.reference == "image"
        truth = picture.original if default else _pixels(self.reference)
        colour = picture.is_colour
        return Measure(
            _colours(picture.original),
            _colours(plane_of(truth, rgb=colour)),
            picture.hole,
            rgb=colour,
            nodata=self.parameters.nodata,
        )

    def _noted(self, note: str, fraction: float) -> Generator[CompareStep, None, None]:
        """Hand out a note once."""
        if note and note not in self.notes:
            self.notes.append(note)
            yield CompareStep(note, fraction, note=True)


def _any_embedded() -> str:
    """Return a method that costs nothing to prepare, to look at image and mask with."""
    return next(i.name for i in INPAINTERS.infos() if i.available and not i.uses_torch)


def _measured(row: Row, measure: Measure | None, *, colour: bool) -> Row:
    if measure is None or row.image is None:
        return row
    return replace(row, metrics=measure(_colours(plane_of(row.image, rgb=colour))))


def _pixels(layer: ArrayOrLayer) -> NDArray[Any]:
    """Return the array of a napari layer, or of what was given."""
    data = layer.data if hasattr(layer, "rgb") else layer
    return array_of("reference", data[0] if getattr(layer, "multiscale", False) else data)


def _colours(image: NDArray[Any]) -> NDArray[Any]:
    """Return an image without its alpha channel."""
    return image[..., :3] if image.ndim == 3 else image
