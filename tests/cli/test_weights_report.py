"""What is printed about checkpoints, without any on this computer."""

import json
from pathlib import Path

import pytest

from napari_greyfill.cli.weights_report import (
    Verified,
    added_text,
    listed_text,
    stored_json,
    verified_json,
)
from napari_greyfill.weights import StoredCheckpoint
from tests.weights.conftest import entry

PATH = Path("weights", "net_faces.pth")


def stored(state, identity="", **changes):
    return StoredCheckpoint(entry(**changes), state, PATH, identity=identity)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("ready", "net-faces ready Net, faces"),
        ("download", "not here; get it with: napari-greyfill weights get net-faces"),
        ("by hand", "not here; fetch it by hand from https://example.org/net"),
        ("damaged", "damaged; see: napari-greyfill weights verify net-faces"),
        ("unconfirmed", "to be confirmed with: napari-greyfill weights confirm net-faces"),
        ("unreadable", "not known: the folder cannot be read"),
        ("unknown", "could not be looked at"),
    ],
)
def test_every_state_says_what_to_do(state, words):
    assert words in " ".join(listed_text([stored(state)]).split())


def test_recommended_ones_stand_before_others():
    rows = [stored("download"), stored("download", id="net-places", rank=1)]
    listed = listed_text(rows)
    assert listed.index("net-places") < listed.index("net-faces")
    assert listed.count(", recommended.") == 1


def test_lines_are_as_long_as_a_terminal_is_wide():
    long = listed_text([stored("ready", good_for="Faces and more. " * 20)])
    assert max(map(len, long.splitlines())) <= 88


def test_what_was_added_says_how_that_is_known():
    assert added_text(stored("ready", "published")) == (
        f"Net, faces is ready: {PATH}\nIt is the published file, by its SHA-256.\nLicence: MIT."
    )


def test_json_holds_what_is_known_and_where():
    found = json.loads(stored_json([stored("by hand")], folder="weights"))
    assert list(found) == ["folder", "checkpoints"]
    assert (found["folder"], found["checkpoints"][0]["state"]) == ("weights", "by hand")


def test_json_of_checks_has_a_null_where_nothing_is_wrong():
    found = json.loads(
        verified_json([Verified("a", "00", None), Verified("b", None, "It is gone.")])
    )
    assert found["checkpoints"] == [
        {"id": "a", "sha256": "00", "problem": None},
        {"id": "b", "sha256": None, "problem": "It is gone."},
    ]
