"""Stacks of every kind in the dock: what comes is what `fill` gives, where the layer lies."""

import dask.array
import numpy as np
import pytest

from napari_greyfill.compute.progress import exhaust
from napari_greyfill.stack.fill import fill_steps
from tests.viewer.stacks import choose, method, stack_of

PLACE = {"scale": (2.0, 0.5, 0.5), "translate": (5.0, 1.0, -1.0), "rotate": 30.0}


def colour(*lengths):
    return (np.stack([stack_of(*lengths, seed=n) for n in range(3)], axis=-1) // 17).astype(
        np.uint8
    )


KINDS = {
    "rgb": (colour(3), {"rgb": True}, {}),
    "rgb, with alpha": (
        np.concatenate([colour(2), np.full((2, 40, 48, 1), 255, np.uint8)], axis=-1),
        {"rgb": True},
        {},
    ),
    "time and channels": (
        stack_of(2, 2, 1).reshape(2, 2, 1, 40, 48),
        {"axis_labels": ("t", "c", "z", "y", "x")},
        {},
    ),
    "five axes that nobody named": (stack_of(2, 1, 2), {}, {"context": "none"}),
    "placed": (stack_of(3), PLACE, {}),
    "float, small": (stack_of(2).astype(np.float32) / 4000, {}, {}),
    "eight bits and signed": ((stack_of(2) // 40).astype(np.int8), {}, {}),
}


@pytest.mark.parametrize("where", ["memory", "parts", "disk"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_is_what_fill_gives(viewer, ready, run, tmp_path, messages, kind, where):
    stack, layer, options = KINDS[kind]
    planes = 3 if layer.get("rgb") else 2
    chunks = (1,) * (stack.ndim - planes) + stack.shape[-planes:]
    given = stack if where == "memory" else dask.array.from_array(stack, chunks=chunks)
    dock = ready(given, **layer)
    method(dock, "telea")
    choose(dock, "all", **options)
    dock.refresh()
    if where == "disk":
        dock.form.stack.store.choose(tmp_path / "filled.ome.zarr")
    run(dock, timeout=120_000)
    image, filled = viewer.layers["pic"], viewer.layers["pic filled"]
    region = viewer.layers["pic filled region"]
    mask = np.asarray(viewer.layers["pic mask"].data)
    axes = "".join(label for label in layer.get("axis_labels", ())).upper() or None
    expected = exhaust(
        fill_steps(stack, mask, rgb=layer.get("rgb", False), axes=axes, method="telea", **options)
    )
    np.testing.assert_array_equal(filled.data, expected.image)
    np.testing.assert_array_equal(region.data, expected.filled)
    assert filled.rgb == image.rgb
    for name in ("scale", "translate", "rotate", "shear"):
        for made in (filled, region):
            np.testing.assert_allclose(getattr(made, name), getattr(image, name))
    assert filled.axis_labels == image.axis_labels
    assert not messages["crash"]
    assert not messages["error"]


def test_a_mask_on_one_of_two_axes_serves_the_other(viewer, ready, run):
    stack = stack_of(2, 3)
    dock = ready(stack, axis_labels=("t", "z", "y", "x"))
    some = np.zeros((3, 40, 48), np.uint8)
    some[1, 15:20, 20:28] = 1
    dock.form.choose_mask(viewer.add_labels(some, name="some"))
    method(dock, "telea")
    choose(dock, "all")
    run(dock)
    filled = (np.asarray(viewer.layers["pic filled region"].data) > 0).any(axis=(2, 3))
    assert np.argwhere(filled).tolist() == [[0, 1], [1, 1]]


@pytest.mark.parametrize("shape", [(1, 40, 48), (1, 1, 40, 48)])
def test_a_stack_of_one_plane_is_a_picture(viewer, ready, run, shape):
    dock = ready(dask.array.from_array(stack_of(1).reshape(shape)))
    assert dock.form.stack.isHidden()
    method(dock, "telea")
    run(dock)
    assert viewer.layers["pic filled"].data.shape == shape
