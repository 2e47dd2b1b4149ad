"""Programs that the user has confirmed."""

import pytest

from napari_greyfill.errors import BadParameterError, UnwritablePathError
from napari_greyfill.weights.confirmed import (
    confirm,
    confirmations_file,
    confirmed,
    is_confirmed,
    require_sha256,
)

ONE, OTHER = "a" * 64, "b" * 64


def test_it_is_remembered_and_nothing_else():
    assert confirmed() == {}
    confirm(ONE.upper(), "Net")
    assert is_confirmed(ONE)
    assert not is_confirmed(OTHER)
    confirm(OTHER, "Other")
    assert confirmed() == {ONE: "Net", OTHER: "Other"}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"abc": "Net"}', "\0"])
def test_whatever_else_the_file_holds_confirms_nothing(own_confirmations, content):
    own_confirmations.write_text(content)
    assert confirmed() == {}
    assert not is_confirmed(ONE)


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, ONE + "0"])
def test_no_sha256(text):
    with pytest.raises(BadParameterError, match="64 hexadecimal digits"):
        require_sha256(text)
    with pytest.raises(BadParameterError):
        confirm(text, "Net")


def test_a_place_that_cannot_be_written(own_confirmations, monkeypatch):
    own_confirmations.write_text("no folder")
    inside = own_confirmations / "confirmed_programs.json"
    monkeypatch.setattr("napari_greyfill.weights.confirmed.confirmations_file", lambda: inside)
    with pytest.raises(UnwritablePathError, match="cannot be written to"):
        confirm(ONE, "Net")


def test_it_is_not_in_the_weights_folder(monkeypatch, tmp_path):
    monkeypatch.undo()
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path))
    assert not confirmations_file().is_relative_to(tmp_path)
