import json
from dataclasses import asdict, replace
from urllib.parse import urlsplit

import pytest

from napari_greyfill.errors import BadParameterError
from napari_greyfill.weights import catalogue, find_checkpoint
from napari_greyfill.weights.catalogue import parse_catalogue
from tests.weights.conftest import entry

DIGITS = "0123456789abcdef" * 4


def written(*infos):
    return json.dumps({"checkpoints": [asdict(info) for info in infos]})


def test_everything_published_is_listed():
    found = {}
    for info in catalogue():
        found.setdefault(info.descriptor, []).append(info.id)
    assert {name: len(ids) for name, ids in found.items()} == {
        "gmcnn": 1,
        "edgeconnect-edge": 3,
        "edgeconnect-inpaint": 3,
        "deepfillv2-pt": 2,
        "deepfillv2-tf": 2,
        "deepfillv2-mm": 2,
    }


def test_networks_of_two_files_have_both_for_each_data_set():
    pairs = {"edge": set(), "inpaint": set()}
    for info in catalogue():
        if info.network == "edgeconnect":
            pairs[info.descriptor.removeprefix("edgeconnect-")].add(info.training_data)
    assert pairs["edge"] == pairs["inpaint"]
    assert len(pairs["edge"]) == 3


@pytest.mark.parametrize("info", catalogue(), ids=lambda info: info.id)
def test_entries_say_what_they_should(info):
    assert info.descriptor.startswith(info.network)
    assert info.id.startswith(f"{info.descriptor}-")  # what is left names the data set
    assert info.good_for.endswith(".")
    assert info.licence and info.citation
    if info.url:
        # the name ends in how the SHA-256 begins, which is all that is published of it
        assert urlsplit(info.url).path.endswith(f"/{info.published_as}")
        assert info.published_as.endswith(f"-{info.sha256_prefix}.pth")
        assert len(info.sha256_prefix) == 8
    else:
        assert urlsplit(info.page).hostname == "drive.google.com"


def test_layouts_are_those_of_the_networks():
    from napari_greyfill.inpaint.networks.detection import DESCRIPTORS

    known = {(descriptor.network, descriptor.name) for descriptor in DESCRIPTORS}
    assert {(info.network, info.descriptor) for info in catalogue()} == known


def test_finding():
    assert find_checkpoint("gmcnn-celebahq") in catalogue()
    with pytest.raises(BadParameterError, match=r"no checkpoint 'gmcn'; choose one of: gmcnn-"):
        find_checkpoint("gmcn")


def test_a_good_catalogue_is_read_as_written():
    infos = (
        entry(sha256=DIGITS, bytes=10, url="https://example.org/net.pth"),
        entry(id="net-2", file="net_2.safetensors", sha256_prefix="01234567"),
    )
    assert parse_catalogue(written(*infos)) == infos


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
        parse_catalogue(written(replace(good, **{field: value})))


def test_an_entry_must_come_from_somewhere():
    with pytest.raises(BadParameterError, match="is wrong in url, page; give at least one"):
        parse_catalogue(written(entry(page="")))


def test_one_hash_is_enough():
    with pytest.raises(BadParameterError, match="give only the longer one"):
        parse_catalogue(written(entry(sha256=DIGITS, sha256_prefix=DIGITS[:8])))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"file": "other.pth"}, "id"), ({"id": "other", "file": "NET_FACES.pth"}, "file")],
)
def test_ids_and_files_are_unique(changes, field):
    with pytest.raises(BadParameterError, match=rf"is wrong in {field}; two entries have it"):
        parse_catalogue(written(entry(), entry(**changes)))


@pytest.mark.parametrize(
    "change", [lambda fields: fields.pop("licence"), lambda fields: fields.update(colour="red")]
)
def test_missing_and_unknown_fields_are_refused(change):
    fields = asdict(entry())
    change(fields)
    with pytest.raises(BadParameterError, match=r"is wrong in (licence|colour); give the fields"):
        parse_catalogue(json.dumps({"checkpoints": [fields]}))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"checkpoints": [7]}'])
def test_what_is_no_catalogue_is_refused(text):
    with pytest.raises(BadParameterError, match="The catalogue holds"):
        parse_catalogue(text)


def test_matching():
    info = entry(sha256_prefix="01234567", bytes=10)
    assert info.matches(DIGITS, 10)
    assert not info.matches(DIGITS, 11)
    assert not info.matches(DIGITS[1:] + "0", 10)
    assert entry().matches(DIGITS, 11)
