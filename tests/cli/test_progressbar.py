"""Bars on stderr, for terminals alone."""

import io
import sys

import pytest

from napari_greyfill.cli.progressbar import download_bar, progress_bar
from napari_greyfill.compute.events import Note, Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """Return what makes stderr a terminal; pytest sets its own before each test."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")

    def opened():
        shown = Terminal()
        monkeypatch.setattr(sys, "stderr", shown)
        return shown

    return opened


def test_without_a_terminal_only_notes_are_shown(capsys):
    with progress_bar(wanted=True) as show:
        show(Progress("filling", 0.5))
        show(Note("One pixel was left out."))
    with download_bar("Net", wanted=True) as arrived:
        arrived(1, 2)
    assert capsys.readouterr().err == "One pixel was left out.\n"


def test_what_is_not_wanted_is_not_shown(terminal):
    stderr = terminal()
    with progress_bar(wanted=False) as show:
        show(Progress("filling", 0.5))
    with download_bar("Net", wanted=False) as arrived:
        arrived(1, 2)
    assert stderr.getvalue() == ""


def test_a_terminal_sees_how_far_it_is(terminal):
    stderr = terminal()
    with progress_bar(wanted=True) as show:
        show(Progress("filling", 0.5))
        show(Note("One pixel was left out."))
    shown = stderr.getvalue()
    assert "filling" in shown
    assert "50%" in shown
    assert "One pixel was left out." in shown


def test_a_terminal_sees_what_is_downloaded(terminal):
    stderr = terminal()
    with download_bar("Net, faces", wanted=True) as arrived:
        arrived(500_000, 1_000_000)
    assert "Net, faces" in stderr.getvalue()
