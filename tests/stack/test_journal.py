"""What is finished stays finished, and a journal is believed only if it is of the same run."""

import json
import subprocess
import sys

import pytest

from napari_greyfill.errors import UnreadableFileError, UnwritablePathError
from napari_greyfill.stack import journal as module
from napari_greyfill.stack.journal import Journal

RUN = {"image": "a.zarr", "mask": "4f2a", "options": {"seed": 0, "planes": (1, 2)}}


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path / "run.journal")
    journal.begin(RUN)
    journal.add("Z1/r000", {"error": 0.5})
    journal.add("Z1/r001", {"error": None})
    return journal


def test_goes_on_with_what_is_finished(journal):
    expected = {"Z1/r000": {"error": 0.5}, "Z1/r001": {"error": None}}
    assert Journal(journal.path).begin(RUN, resume=True) == expected
    journal.add("Z2/r000", {})
    assert Journal(journal.path).begin(RUN, resume=True) == {**expected, "Z2/r000": {}}


def test_nothing_there_is_a_beginning(tmp_path):
    assert Journal(tmp_path / "new.journal").begin(RUN, resume=True) == {}
    assert len((tmp_path / "new.journal").read_text().splitlines()) == 1


def test_begins_anew_unless_told(journal):
    assert journal.begin(RUN) == {}
    assert journal.begin(RUN, resume=True) == {}


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_line_that_was_cut_short_is_dropped(journal, cut):
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-cut])
    found = Journal(journal.path).begin(RUN, resume=True)
    assert list(found) == ["Z1/r000"]
    journal.add("Z1/r001", {"error": None})
    assert journal.path.read_bytes() == whole


def test_a_head_that_was_cut_short_is_a_beginning(journal):
    journal.path.write_bytes(journal.path.read_bytes()[:20])
    assert Journal(journal.path).begin(RUN, resume=True) == {}


@pytest.mark.parametrize(
    ("change", "named"),
    [({"mask": "other"}, "mask"), ({"options": {"seed": 1}, "image": "b"}, "image, options")],
)
def test_of_another_run_is_refused_and_left_alone(journal, change, named):
    before = journal.path.read_bytes()
    with pytest.raises(UnreadableFileError, match=f"another {named}; use the same"):
        journal.begin({**RUN, **change}, resume=True)
    assert journal.path.read_bytes() == before


@pytest.mark.parametrize("line", [b"5", b"null", b"\xff", b"{}", b'{"key": 5, "record": {}}'])
def test_damage_is_told_by_its_line(journal, line):
    with journal.path.open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(UnreadableFileError, match=r"Line 4 of .* damaged"):
        journal.begin(RUN, resume=True)


@pytest.mark.parametrize(
    "head", [b"5\n", b"{}\n", b"\xff\n", json.dumps({"format": 99, "run": {}}).encode() + b"\n"]
)
def test_what_is_no_journal_is_refused(journal, head):
    journal.path.write_bytes(head)
    with pytest.raises(UnreadableFileError, match="remove it to begin anew"):
        journal.begin(RUN, resume=True)


def test_a_full_disk_is_a_sentence(journal, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(UnwritablePathError, match=r"No space left on device\); make room"):
        journal.add("Z3/r000", {})


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    journal = Journal(tmp_path / "missing" / "run.journal")
    with pytest.raises(UnwritablePathError, match="another place"):
        journal.begin(RUN)
    (tmp_path / "file").touch()
    with pytest.raises(UnwritablePathError), Journal(tmp_path / "file" / "run.journal").held():
        pytest.fail("held")


def test_one_run_at_a_time(journal):
    code = (
        "import sys; from pathlib import Path\n"
        "from napari_greyfill.stack.journal import Journal\n"
        "with Journal(Path(sys.argv[1])).held():\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(journal.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        with (
            pytest.raises(
                UnwritablePathError, match=f"in use by process {process.pid} on .+since"
            ),
            journal.held(),
        ):
            pytest.fail("held twice")
        process.kill()
    with journal.held():
        pass
    assert [path.name for path in journal.path.parent.iterdir()] == [journal.path.name]


def test_removed_after_all(journal):
    journal.remove()
    journal.remove()
    assert not journal.path.exists()
