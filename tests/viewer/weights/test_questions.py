"""What is asked before anything runs or goes."""

from pathlib import Path

import pytest
from qtpy.QtWidgets import QFileDialog, QMessageBox

from napari_greyfill.viewer.weights.questions import ask_for_file, may_be_removed, may_run
from napari_greyfill.weights import StoredCheckpoint
from tests.weights.conftest import entry

PROGRAM = StoredCheckpoint(entry(program=True), "unconfirmed", Path("net_faces.pth"))


@pytest.fixture
def asked(monkeypatch):
    """Collect questions, and say no to the first and yes to the second."""
    questions = []
    answers = iter([QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes])
    monkeypatch.setattr(
        QMessageBox, "question", lambda *each: questions.append(each[2]) or next(answers)
    )
    return questions


def test_a_program_runs_only_if_the_user_says_yes(asked):
    assert [may_run(None, PROGRAM, "abc123") for _ in range(2)] == [False, True]
    assert "net_faces.pth is a program (TorchScript)" in asked[0]
    assert "https://example.org/net" in asked[0]
    assert "abc123" in asked[0]


def test_a_file_is_deleted_only_if_the_user_says_yes(asked):
    assert [may_be_removed(None, PROGRAM) for _ in range(2)] == [False, True]
    assert asked[0] == "Delete net_faces.pth from the weights folder?"


@pytest.mark.parametrize("path", ["", "net.pth"])
def test_no_file_is_none(monkeypatch, path):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *each: (path, ""))
    assert ask_for_file(None) == (Path(path) if path else None)
