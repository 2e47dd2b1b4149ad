import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections import namedtuple
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Queue

import pooch
import pytest
from pooch import HTTPDownloader

from napari_greyfill.errors import (
    CancelledError,
    DownloadError,
    MissingWeightsError,
    UnwritablePathError,
)
from napari_greyfill.weights.download import download, fetch
from napari_greyfill.weights.transfer import _BLOCK, Rules, silent
from tests.weights.conftest import (
    CONTENT,
    SHA256,
    cut_off,
    entry,
    names,
    redirect,
    status,
    whole,
    without_ranges,
)

BLOCKS = CONTENT[:100_000]
DONE = ["net_faces.pth", "net_faces.pth.json"]


def fetched(info, folder, rules, progress=silent, cancelled=lambda: False):
    return fetch(info, folder, progress, cancelled, rules)


def refused(info, folder, rules):
    """Return the message of a download that must fail and leave no checkpoint."""
    with pytest.raises(DownloadError) as caught:
        fetched(info, folder, rules)
    assert not folder.file(info).exists()
    assert str(caught.value).startswith("Net, faces: ")
    assert str(caught.value).endswith(
        "; check the connection and try again, or open https://example.org/net in a browser, "
        "save the file, and add it with: napari-greyfill weights add FILE --id net-faces"
    )
    return str(caught.value)


def published(site, answer=None, **changes):
    url = site.offer("/net.pth", answer or whole())
    return entry(**{"url": url, "sha256_prefix": SHA256[:8], **changes})


@pytest.mark.parametrize(
    "known", [{}, {"sha256": SHA256, "sha256_prefix": ""}, {"bytes": 300_000}]
)
def test_a_download(site, folder, rules, known):
    info = published(site, **known)
    seen = []
    path = fetched(info, folder, rules, lambda *progress: seen.append(progress))
    assert path == folder.file(info)
    assert path.read_bytes() == CONTENT
    assert names(folder) == DONE
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert folder.state(info) == "ready"
    assert json.loads((folder.path / DONE[1]).read_text())["accepted"] == SHA256


def test_what_is_there_is_not_downloaded_again(site, folder, rules):
    info = published(site)
    fetched(info, folder, rules)
    fetched(info, folder, rules)
    assert len(site.requests) == 1


def test_what_is_damaged_is_downloaded_again(site, folder, rules):
    info = published(site)
    folder.create()
    folder.file(info).write_bytes(b"damaged")
    assert fetched(info, folder, rules).read_bytes() == CONTENT


def test_files_without_an_address_are_fetched_by_hand(folder):
    with pytest.raises(MissingWeightsError) as caught:
        download(entry(published_as="net_GM.pth"), folder)
    assert str(caught.value) == (
        "Net, faces cannot be downloaded directly; open https://example.org/net in a browser, "
        "save net_GM.pth, and add it with: napari-greyfill weights add FILE --id net-faces"
    )
    assert not folder.path.exists()


# Protection


@pytest.mark.parametrize("scheme", ["http", "ftp", "file"])
def test_only_https(site, folder, scheme):
    info = published(site)
    info = replace(info, url=info.url.replace("http", scheme, 1))
    with pytest.raises(DownloadError, match="is not protected by HTTPS, so nothing was"):
        download(info, folder)
    assert site.requests == []
    assert not folder.path.exists()


def test_plain_hosts_are_for_tests_only():
    assert Rules().plain_hosts == frozenset()


def test_redirections_are_followed(site, folder, rules):
    site.offer("/here.pth", whole())
    info = published(site, redirect("/here.pth"))
    assert fetched(info, folder, rules).read_bytes() == CONTENT
    assert [path for path, _ in site.requests] == ["/net.pth", "/here.pth"]


def test_redirections_must_be_protected_too(site, folder, rules):
    elsewhere = site.offer("/plain.pth", whole()).replace("127.0.0.1", "localhost")
    message = refused(published(site, redirect(elsewhere)), folder, rules)
    assert f"The address {elsewhere} is not protected by HTTPS" in message
    assert [path for path, _ in site.requests] == ["/net.pth"]


def test_redirections_in_a_circle_end(site, folder, rules):
    refused(published(site, redirect("/net.pth")), folder, rules)


# What servers do


@pytest.mark.parametrize("code", [204, 300, 304, 403, 404, 500])
def test_no_file(site, folder, rules, code):
    message = refused(published(site, status(code)), folder, rules)
    assert f"The server gave no file (its answer was {code});" in message


def test_no_server(site, folder, rules):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    info = published(site, url=f"http://127.0.0.1:{port}/net.pth")
    assert "The server could not be reached;" in refused(info, folder, rules)
    assert names(folder) == []


def test_a_server_without_https(site, folder, rules):
    info = published(site)
    info = replace(info, url=info.url.replace("http", "https", 1))
    message = refused(info, folder, rules)
    assert "No protected connection to the server could be made;" in message


def test_a_server_that_says_nothing(site, folder, rules):
    info = published(site, lambda handler: site.closing.wait())
    message = refused(info, folder, replace(rules, read_timeout=0.2))
    assert "The server did not answer;" in message


def test_a_server_that_stalls(site, folder, rules):
    def stall(handler):
        handler.begin(200, len(CONTENT))
        handler.wfile.write(BLOCKS)
        site.closing.wait()

    message = refused(published(site, stall), folder, replace(rules, read_timeout=1.5))
    assert "The connection was lost after 0.1 MB of 0.3 MB;" in message
    assert names(folder) == ["net_faces.pth.part"]


def test_the_time_limits_are_those_of_the_rules(site, folder, rules, monkeypatch):
    known = {}

    def downloader(**options):
        known.update(options)
        return HTTPDownloader(**options)

    monkeypatch.setattr(pooch, "HTTPDownloader", downloader)
    fetched(published(site), folder, replace(rules, connect_timeout=12, read_timeout=34))
    assert known["timeout"] == (12, 34)


def test_a_wrong_file_is_deleted(site, folder, rules):
    info = published(site, whole(CONTENT[::-1]))
    message = refused(info, folder, rules)
    assert "What arrived is not the file that was published (300,000 bytes, SHA-256" in message
    assert names(folder) == []


@pytest.mark.parametrize(
    "wrong", [{"sha256": SHA256[:-1] + "_", "sha256_prefix": ""}, {"bytes": len(CONTENT) - 1}]
)
def test_all_that_is_published_must_agree(site, folder, rules, wrong):
    assert "not the file that was published" in refused(published(site, **wrong), folder, rules)
    assert names(folder) == []


def endless(handler):
    """Send much without saying how much."""
    handler.begin(200)
    for _ in range(40):
        handler.wfile.write(CONTENT)


def test_more_than_published_is_refused_at_once(site, folder, rules):
    info = published(site, whole(CONTENT * 10), bytes=10)
    message = refused(info, folder, rules)
    assert "The server sends more than the 1.0 MB that were expected;" in message
    assert names(folder) == []


@pytest.mark.parametrize("known", [{"bytes": 10}, {}])
def test_a_stream_without_end_is_cut_short(site, folder, rules, known):
    info = published(site, endless, **known)
    message = refused(info, folder, replace(rules, limit=1 << 20))
    assert "The server sends more than the 1.0 MB that were expected;" in message
    assert (folder.path / "net_faces.pth.part").stat().st_size <= (1 << 20) + 10


def test_more_than_announced_is_not_taken(site, folder, rules):
    def talkative(handler):
        handler.begin(200, len(CONTENT))
        handler.wfile.write(CONTENT + b"and more")

    assert fetched(published(site, talkative), folder, rules).read_bytes() == CONTENT


# Going on


def test_a_lost_connection_is_resumed(site, folder, rules):
    info = published(site, cut_off(200_000))
    assert "The connection was lost after 0.2 MB of 0.3 MB;" in refused(info, folder, rules)
    part = folder.path / "net_faces.pth.part"
    kept = part.stat().st_size
    assert 0 < kept <= 200_000
    site.offer("/net.pth", whole())
    seen = []
    path = fetched(info, folder, rules, lambda *progress: seen.append(progress))
    assert path.read_bytes() == CONTENT
    assert site.requests[-1] == ("/net.pth", f"bytes={kept}-")
    assert seen[0][0] > kept
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert names(folder) == DONE


@pytest.mark.parametrize(
    "answer",
    [without_ranges(), whole()],
    ids=["a server that only sends whole files", "a server that resumes"],
)
@pytest.mark.parametrize(
    "left",
    [b"", BLOCKS, BLOCKS[::-1], CONTENT, CONTENT + b"and more"],
    ids=["nothing", "the beginning", "of another file", "everything", "more"],
)
def test_whatever_is_left_the_file_is_right(site, folder, rules, answer, left):
    info = published(site, answer)
    folder.create()
    (folder.path / "net_faces.pth.part").write_bytes(left)
    assert fetched(info, folder, rules).read_bytes() == CONTENT
    assert names(folder) == DONE


def test_a_server_that_only_sends_whole_files_is_asked_once(site, folder, rules):
    info = published(site, without_ranges())
    folder.create()
    (folder.path / "net_faces.pth.part").write_bytes(BLOCKS)
    seen = []
    fetched(info, folder, rules, lambda *progress: seen.append(progress))
    assert len(site.requests) == 1
    assert seen[0][0] < len(BLOCKS)  # it began anew


def test_a_part_that_was_not_asked_for(site, folder, rules):
    def other(handler):
        handler.begin(206, 10, Content_Range="bytes 5-14/300000")
        handler.wfile.write(CONTENT[5:15])

    message = refused(published(site, other), folder, rules)
    assert "The server answered with a part that nobody asked for;" in message
    assert len(site.requests) == 2


def test_without_a_hash_nothing_is_resumed(site, folder, rules):
    info = published(site, cut_off(200_000), sha256_prefix="")
    refused(info, folder, rules)
    assert names(folder) == []
    site.offer("/net.pth", whole())
    (folder.path / "net_faces.pth.part").write_bytes(BLOCKS[::-1])
    assert fetched(info, folder, rules).read_bytes() == CONTENT
    assert site.requests[-1] == ("/net.pth", None)


def test_parts_of_dead_processes_are_used_and_cleared_away(site, folder, rules):
    info = published(site)
    folder.create()
    for number, name in enumerate(("dead", "dead2", "alive")):
        part = folder.path / f"net_faces.pth.{name}.part"
        part.write_bytes(BLOCKS)
        if name != "alive":
            os.utime(part, (number, number))
    fetched(info, folder, rules)
    assert site.requests == [("/net.pth", f"bytes={len(BLOCKS)}-")]
    assert names(folder) == ["net_faces.pth", "net_faces.pth.alive.part", "net_faces.pth.json"]


# Cancelling


def test_cancelling_midway(site, folder, rules):
    info = published(site)
    seen = []
    with pytest.raises(CancelledError, match="to go on where it stopped, download it again"):
        fetched(info, folder, rules, lambda *now: seen.append(now), lambda: len(seen) >= 3)
    assert len(seen) == 3
    assert names(folder) == ["net_faces.pth.part"]
    assert fetched(info, folder, rules).read_bytes() == CONTENT
    assert site.requests[-1] == ("/net.pth", f"bytes={seen[-1][0]}-")


def test_cancelling_before_it_begins(site, folder, rules):
    with pytest.raises(CancelledError):
        fetched(published(site), folder, rules, cancelled=lambda: True)
    assert site.requests == []


# The servers and lookups below wait for less than the rules' limits, so a client that only came
# back when its limit was over would find them out of patience.
PATIENCE = 10


class Silence:
    """A server's silence, which ends once the client has returned."""

    def __init__(self):
        self.begun, self.over = threading.Event(), threading.Event()
        self.client_was_first = None

    def wait(self):
        self.begun.set()
        self.client_was_first = self.over.wait(PATIENCE)


@pytest.mark.parametrize("scheme", ["http", "https"], ids=["no answer", "no handshake"])
def test_cancelling_while_the_server_is_silent(folder, rules, scheme):
    silence = Silence()

    def accept():
        with server.accept()[0]:
            silence.wait()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept)
        thread.start()
        url = f"{scheme}://127.0.0.1:{server.getsockname()[1]}/net.pth"
        info = entry(url=url, sha256_prefix=SHA256[:8])
        with pytest.raises(CancelledError, match="to go on where it stopped"):
            fetched(info, folder, rules, cancelled=silence.begun.is_set)
        silence.over.set()
        thread.join()
    assert silence.client_was_first
    assert names(folder) == []


def test_cancelling_while_the_servers_name_is_looked_up(folder, rules, monkeypatch):
    silence = Silence()

    def look_up(*args, **kwargs):
        silence.wait()
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    info = entry(url="https://example.org/net.pth")
    with pytest.raises(CancelledError):
        fetched(info, folder, rules, cancelled=silence.begun.is_set)
    thread = next(t for t in threading.enumerate() if t.name == "greyfill-apart")
    silence.over.set()
    thread.join()
    assert silence.client_was_first
    assert names(folder) == []


def hung_up(handler):
    """Wait until the client closes its end; tell whether it did before patience ran out."""
    handler.connection.settimeout(PATIENCE)
    try:
        return handler.connection.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def test_what_comes_after_cancelling_is_not_taken(site, folder, rules):
    silence, closed = Silence(), Queue()

    def late(handler):
        silence.wait()
        with suppress(ConnectionError):
            whole()(handler)
        closed.put(hung_up(handler))

    info = published(site, late)
    seen = []
    with pytest.raises(CancelledError):
        fetched(info, folder, rules, lambda *now: seen.append(now), silence.begun.is_set)
    silence.over.set()
    assert closed.get(timeout=60)
    assert silence.client_was_first
    assert seen == []
    assert names(folder) == []


def test_cancelling_while_the_server_stalls_closes_the_connection(site, folder, rules):
    closed, seen = Queue(), []

    def stall(handler):
        handler.begin(200, len(CONTENT))
        handler.wfile.write(BLOCKS)
        closed.put(hung_up(handler))

    def nothing_more_to_come():
        return bool(seen) and len(BLOCKS) - seen[-1][0] < _BLOCK

    info = published(site, stall)
    with pytest.raises(CancelledError):
        fetched(info, folder, rules, lambda *now: seen.append(now), nothing_more_to_come)
    assert closed.get(timeout=60)
    part = folder.path / "net_faces.pth.part"
    assert part.read_bytes() == CONTENT[: seen[-1][0]]
    assert names(folder) == [part.name]
    site.offer("/net.pth", whole())
    assert fetched(info, folder, rules).read_bytes() == CONTENT
    assert site.requests[-1] == ("/net.pth", f"bytes={seen[-1][0]}-")
    assert names(folder) == DONE


def test_an_interrupted_download_is_resumed(site, folder, rules):
    def interrupt(done, total):
        if done > len(BLOCKS):
            raise KeyboardInterrupt

    info = published(site)
    with pytest.raises(KeyboardInterrupt):
        fetched(info, folder, rules, interrupt)
    assert names(folder) == ["net_faces.pth.part"]
    assert fetched(info, folder, rules).read_bytes() == CONTENT


# Disks


Usage = namedtuple("Usage", "total used free")


def test_free_space_is_looked_at_first(site, folder, rules, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 10**5))
    seen = []
    with pytest.raises(UnwritablePathError) as caught:
        fetched(published(site), folder, rules, lambda *now: seen.append(now))
    assert "0.3 MB are to be downloaded to" in str(caught.value)
    assert "and 0.1 MB are free there; free some space, or choose" in str(caught.value)
    assert seen == []
    assert not folder.file(published(site)).exists()


def test_a_disk_that_fills_up(site, folder, rules, full_disk):
    with pytest.raises(UnwritablePathError, match=r"is full; free some space, or choose"):
        fetched(published(site), folder, rules)
    assert full_disk == ["net_faces.pth"]
    assert not folder.file(published(site)).exists()


@pytest.fixture
def full_disk(monkeypatch):
    """Let writing to part files fail after a while; return what was tried."""
    tried = []
    real_open = Path.open

    class Full:
        def __init__(self, file, name):
            self.file, self.name = file, name

        def __enter__(self):
            return self

        def __exit__(self, *args):
            self.file.close()

        def __getattr__(self, attribute):
            return getattr(self.file, attribute)

        def write(self, block):
            if self.file.tell() + len(block) > len(BLOCKS):
                tried.append(self.name)
                raise OSError(28, "No space left on device")
            return self.file.write(block)

    def opened(path, mode="r", *args, **kwargs):
        file = real_open(path, mode, *args, **kwargs)
        if path.suffix == ".part" and "b" in mode and mode != "rb":
            return Full(file, ".".join(path.name.split(".")[:2]))
        return file

    monkeypatch.setattr(Path, "open", opened)
    return tried


def test_a_folder_without_permission(site, folder, rules, monkeypatch):
    real_open = Path.open

    def refuse(path, mode="r", *args, **kwargs):
        if mode == "ab":
            raise PermissionError(13, "Permission denied")
        return real_open(path, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(
        UnwritablePathError, match=r"There is no permission to write to .*weights;"
    ):
        fetched(published(site), folder, rules)
    assert site.requests == []


def test_a_place_that_cannot_be_taken(site, folder, rules, monkeypatch):
    real_replace = Path.replace
    info = published(site)

    def refuse(path, target):
        if target == folder.file(info):
            raise PermissionError(13, "Permission denied")
        return real_replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(UnwritablePathError, match="There is no permission"):
        fetched(info, folder, rules)
    assert names(folder) == ["net_faces.pth.part"]


# Several at once


SCRIPT = """
import json, sys
from pathlib import Path
from napari_greyfill.weights.catalogue import CheckpointInfo
from napari_greyfill.weights.download import fetch
from napari_greyfill.weights.folder import WeightsFolder
from napari_greyfill.weights.transfer import Rules, silent
fields, folder = json.loads(sys.argv[1]), Path(sys.argv[2])
rules = Rules(20, 20, plain_hosts=frozenset({"127.0.0.1"}))
path = fetch(CheckpointInfo(**fields), WeightsFolder(folder), silent, lambda: False, rules)
print(path)
"""


@pytest.mark.parametrize("left", [None, BLOCKS], ids=["from nothing", "from a part"])
def test_two_processes_at_once(site, folder, left):
    both_ask = threading.Barrier(2, timeout=60)

    def together(handler):
        both_ask.wait()
        whole()(handler)

    info = published(site, together)
    if left is not None:
        folder.create()
        (folder.path / "net_faces.pth.part").write_bytes(left)
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    arguments = [json.dumps(info.to_dict()), str(folder.path)]
    environment = os.environ | {"NO_PROXY": "127.0.0.1"}
    processes = [
        subprocess.Popen(
            [*command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in range(2)
    ]
    outcomes = [process.communicate(timeout=120) for process in processes]
    assert outcomes == [(f"{folder.file(info)}\n", "")] * 2
    ranges = {None} if left is None else {None, f"bytes={len(BLOCKS)}-"}
    assert len(site.requests) == 2
    assert {asked for _, asked in site.requests} == ranges  # one took the part, one began anew
    assert folder.file(info).read_bytes() == CONTENT
    assert names(folder) == DONE


def test_the_slower_one_uses_the_file_of_the_quicker(site, folder, rules):
    def meanwhile(handler):
        folder.file(info).write_bytes(CONTENT)
        os.utime(folder.file(info), (1, 1))
        whole()(handler)

    info = published(site, meanwhile)
    path = fetched(info, folder, rules)
    assert path.stat().st_mtime == 1
    assert names(folder) == DONE
