"""A run that was killed goes on from what it kept, and gives the same bits."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from napari_greyfill import fill, fill_steps
from napari_greyfill.errors import (
    UnreadableFileError,
    UnsupportedImageError,
    UnwritablePathError,
)
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.composite import Composite
from napari_greyfill.stack.journal import Journal
from napari_greyfill.stack.keeping import journal_of, kept
from napari_greyfill.stack.store import PatchStore
from napari_greyfill.stack.tasks import TaskResult
from tests.stack.test_store import KINDS, patch_of

pytest.importorskip("zarr")
AXES = KINDS["ZYX"]
OPTIONS = {"axes": "ZYX", "method": "telea", "context": "none"}


def begun(path, fingerprint="same", axes=AXES, dtype=np.uint16):
    return kept(path, axes, dtype, fingerprint)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "filled.ome.zarr"


class TestKept:
    def test_goes_on_where_it_was(self, path):
        with begun(path) as keeping:
            assert keeping.restored(["a", "b"]) == {}
            keeping.add(TaskResult("a", (patch_of(AXES),), ("Something.",)))
        with begun(path) as keeping:
            found = keeping.restored(["a", "b"])
            assert list(found) == ["a"]
            assert found["a"].notes == ("Something.",)

    def test_what_the_journal_has_and_the_store_has_not_is_done_again(self, path):
        with begun(path) as keeping:
            keeping.add(TaskResult("a", (patch_of(AXES),)))
        for chunk in (path / "0" / "c").rglob("*"):
            if chunk.is_file():
                chunk.unlink()
        with begun(path) as keeping:
            assert keeping.restored(["a"]) == {}

    @pytest.mark.parametrize(
        "other",
        [{"fingerprint": "other"}, {"dtype": np.uint8}, {"axes": KINDS["YXZ"]}],
    )
    def test_of_another_stack_is_refused_and_left_alone(self, path, other):
        with begun(path) as keeping:
            keeping.add(TaskResult("a", (patch_of(AXES),)))
        before = journal_of(path).read_bytes()
        with pytest.raises(UnreadableFileError), begun(path, **other):
            pytest.fail("begun")
        assert journal_of(path).read_bytes() == before

    def test_a_folder_of_something_else_is_refused(self, path):
        path.mkdir()
        with pytest.raises(UnwritablePathError, match="choose another name"), begun(path):
            pytest.fail("begun")
        assert not list(path.iterdir())

    def test_what_cannot_be_stored_leaves_nothing(self, path):
        axes = Axes(("T", "T", "Y", "X"), (2, 2, 9, 9))
        with pytest.raises(UnsupportedImageError), begun(path, axes=axes):
            pytest.fail("begun")
        (path.parent / "file").touch()
        with pytest.raises(UnwritablePathError), begun(path.parent / "file" / "x.zarr"):
            pytest.fail("begun")
        assert [each.name for each in path.parent.iterdir()] == ["file"]

    def test_a_store_that_was_lost_is_made_anew(self, path):
        Journal(journal_of(path)).begin({"stack, mask or options": "same"})
        with begun(path) as keeping:
            keeping.add(TaskResult("a", (patch_of(AXES),)))
        assert PatchStore.open(path).axes == AXES


def made_stack():
    """Six planes with structure that goes on through them, and a hole or two in each."""
    z, y, x = np.mgrid[:6, :96, :96].astype(float)
    stack = np.sin(x / 7 + z / 5) + np.cos(y / 9 - z / 6) + 0.1 * np.sin(x * y / 50)
    stack = ((stack - stack.min()) * 8000).astype(np.uint16)
    mask = np.zeros(stack.shape, bool)
    for plane in range(6):
        mask[plane, 20 + 4 * plane : 30 + 4 * plane, 40:60] = True
        mask[plane, 70:76, 10 + 3 * plane : 18 + 3 * plane] = True
    return stack, mask


KILLED = """
import sys, time
from napari_greyfill import fill_steps, Progress
from tests.stack.test_keeping import OPTIONS, made_stack
if __name__ == "__main__":
    jobs, store = int(sys.argv[1]), sys.argv[2]
    stack, mask = made_stack()
    for event in fill_steps(stack, mask, jobs=jobs, store=store, **OPTIONS):
        print(event.text, flush=True)
        time.sleep(0.1)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_killed_in_the_middle_goes_on_and_gives_the_same_bits(path, jobs):
    stack, mask = made_stack()
    (path.parent / "killed.py").write_text(KILLED)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with subprocess.Popen(
        [sys.executable, str(path.parent / "killed.py"), str(jobs), str(path)],
        stdout=subprocess.PIPE,
        env=environment,
    ) as process:
        journal, end = journal_of(path), time.monotonic() + 60
        while not (journal.exists() and journal.read_bytes().count(b"\n") >= 3):
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    with journal.open("ab") as file:  # as if it was killed in the middle of a line
        file.write(b'{"key": "Z3/r0')
    before = journal.read_bytes().count(b"\n") - 1
    options = {**OPTIONS}
    resumed = fill(stack, mask, store=path, **options)
    whole = fill(stack, mask, **options)
    assert 2 <= before < whole.total
    np.testing.assert_array_equal(resumed.image, whole.image)
    np.testing.assert_array_equal(Composite(stack, PatchStore.open(path)), whole.image)
    np.testing.assert_array_equal(resumed.filled, whole.filled)
    assert resumed.complete


def test_what_is_finished_is_not_done_again(path, monkeypatch):
    stack, mask = made_stack()
    options = {**OPTIONS, "store": path}
    steps = fill_steps(stack, mask, **options)
    while not (journal_of(path).exists() and journal_of(path).read_bytes().count(b"\n") >= 4):
        next(steps)
    steps.close()
    kept_before = journal_of(path).read_text().splitlines()
    first = fill(stack, mask, **options)
    assert journal_of(path).read_text().splitlines()[: len(kept_before)] == kept_before
    after = journal_of(path).read_bytes()
    again = fill(stack, mask, **options)
    assert journal_of(path).read_bytes() == after
    np.testing.assert_array_equal(again.image, first.image)
    with pytest.raises(UnreadableFileError, match="another stack, mask or options"):
        fill(stack, ~mask, **options)
