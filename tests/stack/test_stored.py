"""Filled pixels that stay in their store."""

import numpy as np
import pytest

from napari_greyfill import fill
from napari_greyfill.stack.stored import StoredPatch
from tests.stacks import moving, one_plane

pytest.importorskip("ome_zarr")


def test_with_a_store_pixels_are_read_from_there_and_are_the_same(tmp_path):
    stack, mask = moving(), one_plane() | one_plane(plane=5)
    choices = {"axes": "ZYX", "method": "biharmonic", "context": "none"}
    plain = fill(stack, mask, **choices)
    kept = fill(stack, mask, store=tmp_path / "a.ome.zarr", **choices)
    assert all(isinstance(patch, StoredPatch) for patch in kept.patches)
    assert not any("values" in vars(patch) or "hole" in vars(patch) for patch in kept.patches)
    assert kept.stored and not isinstance(kept.image, np.ndarray)
    assert (np.asarray(kept.image) == plain.image).all()
    assert kept.planes == plain.planes and (kept.hole == mask).all()
    again = fill(stack, mask, store=tmp_path / "a.ome.zarr", **choices)
    assert (np.asarray(again.image) == plain.image).all()


def test_a_stored_result_is_baked_to_a_copy(tmp_path):
    zarr = pytest.importorskip("zarr")
    stack, mask = moving(), one_plane()
    choices = {"axes": "ZYX", "method": "biharmonic", "context": "none"}
    kept = fill(stack, mask, store=tmp_path / "a.ome.zarr", **choices)
    kept.bake(tmp_path / "full.ome.zarr")
    full = np.asarray(zarr.open_group(str(tmp_path / "full.ome.zarr"), mode="r")["0"])
    assert (full == np.asarray(kept.image)).all() and (full[~mask] == stack[~mask]).all()
