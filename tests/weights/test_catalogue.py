from dataclasses import replace

import pytest

from napari_greyfill.errors import BadParameterError
from napari_greyfill.weights import find_checkpoint
from napari_greyfill.weights.catalogue import require_sound
from tests.weights.conftest import entry

DIGITS = "0123456789abcdef" * 4


def test_finding():
    known = (entry(), entry(id="net-places"))
    assert find_checkpoint("net-places", known) is known[1]
    with pytest.raises(BadParameterError, match=r"'net'; choose one of: net-faces, net-places\."):
        find_checkpoint("net", known)


def test_sound_checkpoints_pass():
    require_sound(
        (
            entry(sha256=DIGITS, bytes=10, url="https://example.org/net.pth"),
            entry(id="net-2", file="net_2.safetensors", sha256_prefix="01234567"),
        )
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            ("file", value)
            for value in (
                "../net.pth",
                "..",
                "/etc/net.pth",
                "a/net.pth",
                "a\\net.pth",
                "C:net.pth",
                ".pth",
                ".hidden.pth",
                "net.pth\n",
                "net.pth.json",
                "net.py",
                "net",
                "",
                None,
                7,
            )
        ),
        ("published_as", "../net.pth"),
        *(
            (field, value)
            for field in ("url", "page")
            for value in (
                "http://example.org/net.pth",
                "ftp://example.org/net.pth",
                "file:///etc/passwd",
                "/etc/passwd",
                "https:///net.pth",
                "https://user:secret@example.org/net.pth",
                "https://[/net.pth",
                None,
            )
        ),
        *(("sha256", value) for value in (DIGITS[1:], DIGITS.upper(), "g" + DIGITS[1:], 7)),
        *(("sha256_prefix", value) for value in ("1234567", DIGITS, "0123456g", None)),
        *(("bytes", value) for value in (0, -1, 1.5, "10", True)),
        *(("size", value) for value in (0, None, "256", True)),
        *(("id", value) for value in ("", "Net", "net faces", "-net", "../net", None)),
        *((field, "") for field in ("title", "network", "descriptor", "licence", "citation")),
        ("good_for", " "),
    ],
)
def test_a_bad_field_is_refused(field, value):
    good = entry(url="https://example.org/net.pth")
    with pytest.raises(BadParameterError, match=rf"is wrong in {field}; "):
        require_sound([replace(good, **{field: value})])


def test_an_entry_must_come_from_somewhere():
    with pytest.raises(BadParameterError, match="is wrong in url, page; give at least one"):
        require_sound([entry(page="")])


def test_one_hash_is_enough():
    with pytest.raises(BadParameterError, match="give only the longer one"):
        require_sound([entry(sha256=DIGITS, sha256_prefix=DIGITS[:8])])


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"file": "other.pth"}, "id"), ({"id": "other", "file": "NET_FACES.pth"}, "file")],
)
def test_ids_and_files_are_unique(changes, field):
    with pytest.raises(BadParameterError, match=rf"is wrong in {field}; two checkpoints have it"):
        require_sound([entry(), entry(**changes)])


def test_matching():
    info = entry(sha256_prefix="01234567", bytes=10)
    assert info.matches(DIGITS, 10)
    assert not info.matches(DIGITS, 11)
    assert not info.matches(DIGITS[1:] + "0", 10)
    assert entry().matches(DIGITS, 11)
