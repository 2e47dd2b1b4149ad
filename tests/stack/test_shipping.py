"""What travels is small, and is what was sent."""

import pickle
from functools import partial

import numpy as np
import pytest

from napari_greyfill.errors import UnreadableFileError, UnwritablePathError
from napari_greyfill.stack.shipping import shipped

pytest.importorskip("cloudpickle")
IMAGE = np.random.default_rng(0).integers(0, 60000, (8, 400, 500), dtype=np.uint16)


def itself(image):
    return image


@pytest.fixture
def mapped(tmp_path):
    np.save(tmp_path / "stack.npy", IMAGE)
    return np.load(tmp_path / "stack.npy", mmap_mode="r")


def sent(image, folder):
    travelled = pickle.dumps(shipped(partial(itself, image), folder))
    assert len(travelled) < 2**20
    return pickle.loads(travelled)()


VIEWS = [
    lambda a: a,
    lambda a: a[3:],
    lambda a: a[:, ::-1, ::2],
    lambda a: a.transpose(2, 0, 1),
    lambda a: np.moveaxis(a, 0, -1)[5:, 7:],
]


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_in_a_file_goes_by_its_name(mapped, tmp_path, view):
    (tmp_path / "empty").mkdir()
    found = sent(view(mapped), tmp_path / "empty")
    np.testing.assert_array_equal(found, view(IMAGE))
    assert not list((tmp_path / "empty").iterdir())
    assert not found.flags.writeable


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_in_memory_is_written_once(tmp_path, view):
    np.testing.assert_array_equal(sent(view(IMAGE), tmp_path), view(IMAGE))
    assert len(list(tmp_path.iterdir())) == 1


def test_small_arrays_travel_themselves(tmp_path):
    np.testing.assert_array_equal(sent(IMAGE[0, :9, :9], tmp_path), IMAGE[0, :9, :9])
    assert not list(tmp_path.iterdir())


def test_what_was_changed_in_memory_alone_is_sent_as_it_is(mapped, tmp_path):
    changed = np.load(tmp_path / "stack.npy", mmap_mode="c")
    changed[0] = 7
    np.testing.assert_array_equal(sent(changed, tmp_path)[0], 7)


def test_a_file_that_the_other_side_does_not_see_is_a_sentence(mapped, tmp_path):
    travelled = shipped(partial(itself, mapped), tmp_path)
    (tmp_path / "stack.npy").unlink()
    with pytest.raises(UnreadableFileError, match="where all machines see it"):
        travelled()


def test_no_room_is_a_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    def full(path, array, **kwargs):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(UnwritablePathError, match="No space left on device"):
        shipped(partial(itself, IMAGE), tmp_path)
    assert not list(tmp_path.iterdir())
