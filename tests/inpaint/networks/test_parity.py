"""The networks compute what the references compute, from the same checkpoint files."""

import os
from pathlib import Path

import numpy as np
import pytest

from tests import golden
from tests.parity import __main__ as command
from tests.parity.comparison import Comparison, Tolerance, error
from tests.parity.frame import INPUTS, Reference, compare_all, comparisons
from tests.parity.page import outside, page
from tests.parity.subjects import SUBJECTS

FULL = os.environ.get("GREYFILL_GOLDEN", "")
by_subject = pytest.mark.parametrize(
    "subject", SUBJECTS, ids=[f"{s.layout} {s.variant}".strip() for s in SUBJECTS]
)
needs_full_set = pytest.mark.skipif(
    not FULL, reason="GREYFILL_GOLDEN does not name the folder of the full set of arrays"
)


@pytest.fixture(scope="module")
def full_set(tmp_path_factory):
    return Reference(Path(FULL), tmp_path_factory.mktemp("full"))


@by_subject
def test_what_ships(subject, reference):
    assert outside(compare_all((subject,), reference)) == []


@needs_full_set
@by_subject
def test_the_full_set(subject, full_set):
    assert outside(compare_all((subject,), full_set)) == []


def compared(reference):
    """Return which arrays of which file are compared, and how many are not but should be."""
    found = {}
    for subject in SUBJECTS:
        names = found.setdefault(subject.file, set())
        for case, arrays in subject.wanted(reference):
            names.update(f"{case}.{name}".removeprefix(".") for name in arrays)
    return found


def stored(reference, file):
    """Return the arrays that the references computed for a picture, or for none."""
    names = (name for name in reference.names(file) if not name.startswith(("f64.", "train.")))
    return {name for name in names if name.rpartition(".")[2] not in INPUTS}


def test_nothing_that_ships_is_left_out(reference):
    found = compared(reference)
    assert found == {file: stored(reference, file) for file in found}
    assert sum(map(len, found.values())) > 100


@needs_full_set
def test_nothing_of_the_full_set_is_left_out(full_set):
    found = compared(full_set)
    assert found == {file: stored(full_set, file) for file in found}
    for file, names in compared(Reference(golden.FOLDER, Path())).items():
        assert names <= found[file]


class Spoilt(Reference):
    """One element of every array is a little off, but only known pixels of the composite."""

    def arrays(self, name, case):
        arrays = super().arrays(name, case)
        known = np.argwhere(arrays["mask"] == 0)[0]
        arrays["composite"][tuple(known)] ^= 128
        for array in set(arrays) - {*INPUTS, "composite"}:
            arrays[array].flat[-1] += 2e-4
        return arrays


def test_a_difference_is_noticed_where_it_matters(tmp_path):
    found = comparisons(SUBJECTS[0], "g", Spoilt(golden.FOLDER, tmp_path))
    assert [c.array for c in found if c.within] == ["composite"]
    assert len(outside(found)) == len(found) - 1 == 6


def test_without_arrays_nothing_is_proved(tmp_path):
    np.savez(tmp_path / "gmcnn.npz", other=np.zeros(3))
    with pytest.raises(ValueError, match="holds no arrays of gmcnn"):
        compare_all(SUBJECTS[:1], Reference(tmp_path, tmp_path))


@pytest.mark.parametrize("nothing", [np.zeros((2, 3)), np.zeros((1, 2))])
def test_other_shapes_are_not_compared(nothing):
    with pytest.raises(ValueError, match="the reference"):
        error(nothing, np.zeros((2, 2)), Tolerance(1))


def comparison(off, limit=1e-4):
    return Comparison("Net", "net", "", "a", "net_output", off, Tolerance(limit))


def test_no_number_is_not_within():
    off = error(np.array([0, np.nan]), np.zeros(2), Tolerance(1))
    assert not comparison(off).within
    assert comparison(0.0, limit=0).within
    assert not comparison(1e-12, limit=0).within


def test_the_page_says_what_is_not_within():
    good, bad = comparison(2e-5), comparison(float("nan"))
    assert "All 1 comparisons are within" in page([good], full=True)
    text = page([good, bad], full=True)
    assert "Of 2 comparisons, 1 are NOT within tolerance." in text
    assert "| net | `net_output` | nan |  |  | nan | 0.0001 | **no** |" in text


@pytest.mark.parametrize(("change", "status"), [(0, 0), (1, 1)])
def test_the_command_fails_if_anything_is_out_of_tolerance(
    tmp_path, monkeypatch, capsys, change, status
):
    with np.load(golden.FOLDER / "deepfillv2_tf.npz") as stored:
        arrays = dict(stored)
    arrays["index.half_16"] += change
    np.savez(tmp_path / "deepfillv2_tf.npz", **arrays)
    rows = tuple(subject for subject in SUBJECTS if subject.variant == "rows")
    monkeypatch.setattr(command, "SUBJECTS", rows)
    written = tmp_path / "parity.md"
    assert command.main(["--golden", str(tmp_path), "--output", str(written)]) == status
    assert f"8 comparisons, {status} out of tolerance" in capsys.readouterr().out
    assert ("| **no** |" in written.read_text(encoding="utf-8")) == bool(status)
