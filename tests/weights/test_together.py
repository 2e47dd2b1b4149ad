"""All that download, from a server on this machine."""

import hashlib
import threading

import pytest

from napari_greyfill.errors import CancelledError
from napari_greyfill.weights import WeightsStore, download
from napari_greyfill.weights.catalogue import PURPOSES
from napari_greyfill.weights.together import downloadable, get_all, in_order, size_of
from napari_greyfill.weights.transfer import Rules
from tests.weights.conftest import CONTENT, entry, names, status, whole

CONTENTS = {f"net-{n}": bytes([n]) + CONTENT for n in range(4)}


@pytest.fixture
def entries(site):
    """Return a catalogue of what the server has, with its hashes, and one for browsers."""
    known = [
        entry(
            id=name,
            file=f"{name}.pth",
            url=site.offer(f"/{name}", whole(content)),
            sha256=hashlib.sha256(content).hexdigest(),
            bytes=len(content),
        )
        for name, content in CONTENTS.items()
    ]
    return [*known, entry(id="by-hand", file="by_hand.pth")]


@pytest.fixture
def store(entries, tmp_path, monkeypatch):
    local = Rules(plain_hosts=frozenset({"127.0.0.1"}))
    monkeypatch.setattr(download, "Rules", lambda: local)
    return WeightsStore(tmp_path / "weights", entries=entries, recogniser=str)


def test_all_arrive_with_progress(store):
    seen = []
    infos = downloadable(store.list())
    assert [info.id for info in infos] == list(CONTENTS)
    assert size_of(infos) == "1.2 MB"
    done = get_all(store, infos, lambda *each: seen.append(each))
    assert not any(each.problem for each in done)
    assert {each.state for each in store.list()} == {"ready", "by hand"}
    assert {index for index, *_ in seen} == {0, 1, 2, 3}
    assert seen[-1] == (3, 300_001, 300_001)
    assert downloadable(store.list()) == []


def test_what_cannot_be_had_keeps_nothing_back(store, site):
    site.answers["/net-1"] = status(404)
    site.answers["/net-2"] = whole(b"damaged" + CONTENTS["net-2"][7:])
    done = get_all(store, downloadable(store.list()), lambda *_: None)
    assert [bool(each.problem) for each in done] == [False, True, True, False]
    assert "the server gave no file (its answer was 404)" in done[1].problem.lower()
    assert "not the file that was published" in done[2].problem
    assert all(each.problem.count("try again") for each in done[1:3])
    left = {name.removesuffix(".json") for name in names(store.folder)}
    assert left == {"net-0.pth", "net-3.pth"}
    site.answers["/net-1"], site.answers["/net-2"] = (whole(CONTENTS[f"net-{n}"]) for n in (1, 2))
    again = downloadable(store.list())
    assert [info.id for info in again] == ["net-1", "net-2"]
    assert not any(each.problem for each in get_all(store, again, lambda *_: None))


def test_cancelled_and_gone_on_from(store, site):
    stop = threading.Event()

    def progress(index, done, total):
        if index == 1 and done > 100_000:
            stop.set()

    with pytest.raises(CancelledError):
        get_all(store, downloadable(store.list()), progress, stop.is_set)
    states = {each.info.id: each.state for each in store.list()}
    assert [states[name] for name in CONTENTS] == ["ready", "download", "download", "download"]
    site.requests.clear()
    get_all(store, downloadable(store.list()), lambda *_: None)
    (path, asked), *_ = site.requests
    assert path == "/net-1"
    assert int(asked.removeprefix("bytes=").removesuffix("-")) > 100_000
    assert {each.state for each in store.list()} == {"ready", "by hand"}


def test_recommended_first_then_by_purpose_own_last(store):
    infos = [
        entry(id="a", file="a.pth", training_data="CelebA-HQ (faces)"),
        entry(id="b", file="b.pth", training_data="Places2 (scenes)", masks="free-form strokes"),
        entry(id="c", file="c.pth", training_data="Places2 (scenes)", masks="a square"),
        entry(id="d", file="d.pth", training_data="CelebA-HQ (faces)", rank=1),
        entry(id="e", file="e.pth", training_data="Paris StreetView", masks="rectangles"),
    ]
    stored = [store.stored(info) for info in infos]
    assert [each.info.id for each in in_order(stored)] == list("dbcae")
    assert [info.purpose for info in infos] == ["faces", "free-form", "box", "faces", "streets"]
    assert set(PURPOSES) >= {info.purpose for info in infos}


def test_sizes_that_are_not_published_are_no_sizes():
    assert size_of([entry(bytes=2_000_000), entry()]) == "at least 2.0 MB"
