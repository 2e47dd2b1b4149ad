"""What a run on a stack says of itself: how it was filled, and what it may be continued by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from napari_greyfill.compute.versions import version_of
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.stack.plane import StackWork
from napari_greyfill.stack.result import StackResult
from napari_greyfill.stack.tasks import Task

__all__ = ["fingerprint_of", "provenance_of"]


def provenance_of(result: StackResult, work: StackWork, options: StackOptions) -> dict[str, Any]:
    """Return how a stack was filled, for the metadata of layers and files; JSON can hold it.

    Parameters
    ----------
    result : StackResult
        What came of it.
    work : StackWork
        What all tasks had in common.
    options : StackOptions
        What was chosen for the stack.
    """
    worst = result.worst_plane
    image = work.image
    return {
        "method": result.method,
        "pipeline": result.pipeline,
        "colorizer": result.colorizer or None,
        "reason": result.reason,
        "parameters": {**work.options.to_dict(), **options.to_dict()},
        "axes": "".join(name or "?" for name in image.axes.names),
        "shape": list(image.axes.shape),
        "seed": work.options.seed,
        "versions": {
            name: version_of(name)
            for name in ("napari-greyfill", "numpy", "scipy", "scikit-image")
        },
        "filled_pixels": sum(plane.pixels for plane in result.planes),
        "used": result.used,
        "planes": [
            {
                "index": list(plane.index),
                "name": plane.name,
                "pixels": plane.pixels,
                "expected_error": plane.expected_error,
                "share": round(plane.share, 3),
                "used": plane.words,
            }
            for plane in result.planes
        ],
        "expected_error": result.expected_error,
        "worst_plane": None if worst is None else worst.name,
        "value_range": [image.values.low, image.values.high],
        "tasks": [len(result.results), result.total],
        "notes": list(result.notes),
        "seconds": round(result.seconds, 3),
    }


def fingerprint_of(work: StackWork, tasks: Sequence[Task], options: StackOptions) -> str:
    """Return what stands for a stack, a mask and options, without a look at the pixels.

    Of the pixels there is only the range; whether those that a task was made of are as they were,
    `still_holds` tells.

    Parameters
    ----------
    work : StackWork
        What all tasks have in common.
    tasks : sequence of Task
        What there is to do.
    options : StackOptions
        What is chosen for the stack.
    """
    digest = hashlib.sha256()
    described = {
        "axes": work.image.axes.names,
        "shape": work.image.axes.shape,
        "type": str(work.image.dtype),
        "range": (work.image.values.low, work.image.values.high),
        "fill": work.options.to_dict(),
        "context": work.context,
        "channels": work.channels,
        "quick": options.quick,
        "dust": options.dust,
        "version": version_of("napari-greyfill"),
    }
    digest.update(json.dumps(described, sort_keys=True, default=str).encode())
    holes: dict[Any, bytes] = {}
    for task in tasks:
        digest.update(repr((task.key, task.kind, task.core, task.window)).encode())
        for plane in task.planes:
            own = (work.mask.own(plane), task.core)
            if own not in holes:
                bits = np.packbits(work.mask.hole(*own))
                holes[own] = hashlib.sha256(bits.tobytes()).digest()
            digest.update(holes[own])
    return digest.hexdigest()
