"""What a run on a plane needs, taken from the choices of the dock Fill."""

from __future__ import annotations

import numpy as np

from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.viewer.fill.form import FillForm
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.layers.models import FillRequest, PlaneSource

__all__ = ["request_of"]


def request_of(
    form: FillForm, index: tuple[int, ...], after: FillResult | None = None
) -> FillRequest:
    """Return the request for what is chosen, so that layers may change while it runs.

    Parameters
    ----------
    form : FillForm
        With an image and a mask that fit.
    index : tuple of int
        The plane of the image.
    after : FillResult, optional
        What was filled last, of which what has not changed is kept.
    """
    image, mask = form.image_layer, form.mask_layer
    assert image is not None
    assert mask is not None
    reference, hints = form.reference_layer, form.hints_layer
    painted = planes.plane_at(mask, index, image)
    return FillRequest(
        image=planes.plane_at(image, index),
        # a copy: painting goes on while the fill runs
        mask=PlaneSource(np.array(painted.read()), ()),
        mask_index=painted.index,
        rgb=bool(image.rgb),
        options=form.options(),
        image_name=image.name,
        mask_name=mask.name,
        reference=None if reference is None else planes.plane_at(reference, index, image),
        reference_name="" if reference is None else reference.name,
        intermediates=form.intermediates.isChecked(),
        preview=form.preview.isChecked(),
        methods=form.chosen_methods(),
        hints=None if hints is None else planes.hints_on(hints, image, index),
        hints_name="" if hints is None else hints.name,
        confidence=form.confidence.isChecked(),
        after=after,
    )
