"""One run at a time, nothing lost on a full disk, a sentence for everything that is damaged."""

import json
import os
import subprocess
import sys

import pytest

from napari_greyfill import atomic
from napari_greyfill.comparison import Choices, Combination, Row
from napari_greyfill.errors import GreyfillError, UnreadableFileError, UnwritablePathError
from napari_greyfill.files import write_image
from napari_greyfill.study import StudyFolder, StudySettings, study_steps, write_report
from napari_greyfill.study.run import pictures_of

ROW = Row(Combination("telea", "grey"), picture="a.png", metrics={"psnr": 30.0}, seconds=1.5)
HOLDING = """
import sys
from pathlib import Path
from napari_greyfill.study import StudyFolder
with StudyFolder(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.read()
"""


class TestOneRunAtATime:
    def test_another_process_is_told_who_holds_it(self, tmp_path, settings):
        with subprocess.Popen(
            [sys.executable, "-c", HOLDING, str(tmp_path / "out")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout.readline() == "held\n"
            with (
                pytest.raises(
                    UnwritablePathError, match=rf"in use by process {process.pid} on .+since"
                ),
                StudyFolder(tmp_path / "out").held(),
            ):
                pytest.fail("held twice")
            process.kill()  # whoever holds it may be killed, and holds it no longer
        with StudyFolder(tmp_path / "out").held():
            pass

    def test_two_runs_in_one_process(self, tmp_path, settings):
        first, second = StudyFolder(tmp_path / "out"), StudyFolder(tmp_path / "out")
        first.open(settings)
        steps = study_steps(settings, first)
        next(steps)
        second.open(settings, resume=True)
        with pytest.raises(UnwritablePathError, match="in use by process"):
            next(study_steps(settings, second))
        steps.close()
        rows = [step for step in study_steps(settings, second) if isinstance(step.news, Row)]
        written = (tmp_path / "out" / "rows.jsonl").read_text().splitlines()
        keys = [
            (line["picture"], line["pipeline"])
            for line in map(json.loads, written)
            if "pipeline" in line
        ]
        assert rows and len(keys) == len(set(keys))

    def test_a_folder_that_is_refused_is_left_alone(self, tmp_path):
        (tmp_path / "letter.txt").write_text("precious")
        with pytest.raises(UnwritablePathError, match="not empty"):
            StudyFolder(tmp_path).require_free()
        assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


class TestAFullDisk:
    def refuse(self, monkeypatch):
        def full(descriptor):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(atomic.os, "fsync", full)

    def test_settings_are_not_lost(self, tmp_path, settings, monkeypatch):
        folder = StudyFolder(tmp_path / "out")
        folder.open(settings)
        before = (folder.path / "settings.json").read_bytes()
        self.refuse(monkeypatch)
        with pytest.raises(UnwritablePathError, match="No space left"):
            StudyFolder(folder.path).open(settings, resume=True)
        assert (folder.path / "settings.json").read_bytes() == before
        assert not list(folder.path.glob(".*.part"))

    def test_a_row_that_does_not_fit_is_a_sentence(self, tmp_path, settings, monkeypatch):
        folder = StudyFolder(tmp_path / "out")
        folder.open(settings)
        folder.add(ROW)
        self.refuse(monkeypatch)
        with pytest.raises(UnwritablePathError, match="go on with --resume"):
            folder.add(ROW)

    def test_reports_replace_the_earlier_ones_whole(self, tmp_path, monkeypatch):
        atomic.write_text(tmp_path / "report.md", "before")
        self.refuse(monkeypatch)
        with pytest.raises(UnwritablePathError, match="No space left"):
            atomic.write_text(tmp_path / "report.md", "after")
        assert (tmp_path / "report.md").read_text() == "before"


GOOD = ROW.to_dict()
DAMAGED_ROWS = [
    b"\xff\xfe\xff",
    b"5",
    b"null",
    b"[]",
    b'"text"',
    b"[" * 100_000,
    b'{"picture": "a.png"}',
    json.dumps({**GOOD, "metrics": [1]}).encode(),
    json.dumps({**GOOD, "metrics": {"psnr": "x"}}).encode(),
    json.dumps({**GOOD, "metrics": {"psnr": [1]}}).encode(),
    json.dumps({**GOOD, "seconds": "long"}).encode(),
    json.dumps({**GOOD, "peak_memory": [5]}).encode(),
    json.dumps({**GOOD, "picture": 5}).encode(),
    json.dumps({**GOOD, "method": ["a"]}).encode(),
    json.dumps({**GOOD, "error": None}).encode(),
    json.dumps({"picture": ["a"], "skipped": "why"}).encode(),
    json.dumps({"picture": "a", "skipped": 5}).encode(),
]


class TestDamage:
    @pytest.mark.parametrize("line", DAMAGED_ROWS, ids=range(len(DAMAGED_ROWS)))
    def test_rows(self, tmp_path, settings, line):
        folder = StudyFolder(tmp_path / "out")
        folder.open(settings)
        folder.add(ROW)
        with (folder.path / "rows.jsonl").open("ab") as file:
            file.write(line + b"\n")
        with pytest.raises(UnreadableFileError, match=r"Line 2 of .* is damaged; remove it"):
            StudyFolder(folder.path).open(settings, resume=True)

    @pytest.mark.parametrize(
        "change",
        [
            {"choices": 5}, {"choices": {"methods": 5}}, {"share": "x"}, {"seed": "1"},
            {"seed": 1.5},
            {"count": None}, {"grow": "x"}, {"device": 5}, {"mask_kind": "nonsense"},
        ],
    )  # fmt: skip
    def test_settings_of_other_types(self, tmp_path, settings, change):
        folder = StudyFolder(tmp_path / "out")
        folder.open(settings)
        stored = json.loads((folder.path / "settings.json").read_text())
        stored["settings"].update(change)
        (folder.path / "settings.json").write_text(json.dumps(stored))
        with pytest.raises(UnreadableFileError, match="cannot be read; add --force"):
            StudyFolder(folder.path).open(settings, resume=True)

    @pytest.mark.parametrize("content", [b"", b"5", b"[]", b"\xff", b"{", b'{"settings": 5}'])
    def test_settings_that_are_none(self, tmp_path, settings, content):
        folder = StudyFolder(tmp_path / "out")
        folder.open(settings)
        (folder.path / "settings.json").write_bytes(content)
        with pytest.raises(UnreadableFileError, match="cannot be read; add --force"):
            StudyFolder(folder.path).open(settings, resume=True)
        StudyFolder(folder.path).open(settings, force=True)

    def test_a_small_picture_that_is_damaged_does_not_cost_the_report(self, settings, tmp_path):
        folder = StudyFolder(tmp_path / "out")
        folder.open(settings)
        list(study_steps(settings, folder))
        pictures = [p for p in (folder.path / "thumbnails").rglob("*.png") if p.is_file()]
        assert pictures
        for small in pictures:
            small.write_bytes(small.read_bytes()[:50])
        written = write_report(settings, folder, pictures_of(settings, folder))
        assert all(path.stat().st_size for path in written)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
@pytest.mark.parametrize(
    "name", [os.fsdecode(b"\xff\xfe.png"), "a$b$.png", "$\\frac{.png", "é|*.png"]
)
def test_names_that_are_no_text_or_mean_something(tmp_path, astronaut, name):
    (tmp_path / "data").mkdir()
    write_image(tmp_path / "data" / name, astronaut)
    settings = StudySettings(str(tmp_path / "data"), Choices(("telea",), ("rgb-rgb",), ("auto",)))
    folder = StudyFolder(tmp_path / "out")
    folder.open(settings)
    list(study_steps(settings, folder))
    assert [picture for picture, _ in folder.rows] == [name]
    report = write_report(settings, folder, pictures_of(settings, folder), ("svg", "pdf"))[0]
    assert "telea" in report.read_text(encoding="utf-8")
    again = StudyFolder(tmp_path / "out")
    again.open(settings, resume=True)
    assert again.rows.keys() == folder.rows.keys()


@pytest.mark.parametrize("name", ["x" * 300, "loop", "file/inner"])
def test_places_that_cannot_be(tmp_path, settings, name):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    folder = StudyFolder(tmp_path / name)
    for attempt in (lambda: folder.open(settings), lambda: folder.held().__enter__()):
        with pytest.raises((GreyfillError, OSError)) as caught:
            attempt()
        assert isinstance(caught.value, GreyfillError), caught.value
