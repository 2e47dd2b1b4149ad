import numpy as np
import pytest

from napari_greyfill.errors import UnwritablePathError
from napari_greyfill.stack.about import Found, describe, found_at, free_or_same
from napari_greyfill.stack.fill import fill
from napari_greyfill.stack.keeping import journal_of


@pytest.fixture
def kept(tmp_path):
    stack = np.random.default_rng(0).integers(0, 4000, (3, 20, 24)).astype(np.uint16)
    mask = np.zeros((20, 24), np.uint8)
    mask[5:8, 5:9] = 1
    path = tmp_path / "filled.ome.zarr"
    return path, fill(stack, mask, axes="ZYX", context="none", method="telea", store=path)


def test_nothing_and_something_else(tmp_path):
    assert found_at(tmp_path / "filled.ome.zarr") == Found()
    (tmp_path / "other.ome.zarr").mkdir()
    assert found_at(tmp_path / "other.ome.zarr") == Found(there=True)


def test_a_run_goes_on_until_it_is_complete(kept):
    path, _ = kept
    found = found_at(path)
    assert found.ours
    assert found.finished == 3
    assert found.goes_on
    describe(path, {"name": "film", "complete": True})
    describe(path, {"path": "film.tif"})
    found = found_at(path)
    assert not found.goes_on
    assert found.about == {"name": "film", "complete": True, "path": "film.tif"}


def test_without_its_journal_it_does_not_go_on(kept):
    path, _ = kept
    journal_of(path).unlink()
    assert found_at(path).finished is None
    assert not found_at(path).goes_on


def test_another_run_gets_a_name_of_its_own(kept):
    path, result = kept
    assert free_or_same(path, result.fingerprint) == path
    assert free_or_same(path, "another") == path.with_name("filled 2.ome.zarr")
    path.with_name("filled 2.ome.zarr").mkdir()
    assert free_or_same(path, "another") == path.with_name("filled 3.ome.zarr")


def test_what_is_no_store_cannot_be_described(tmp_path):
    with pytest.raises(UnwritablePathError):
        describe(tmp_path / "none.ome.zarr", {"complete": True})


def test_only_the_suffix_is_left_at_the_end(tmp_path):
    path = tmp_path / "a.b filled.ome.zarr"
    path.mkdir()
    assert free_or_same(path, "any").name == "a.b filled 2.ome.zarr"
