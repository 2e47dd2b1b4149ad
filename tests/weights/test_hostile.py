"""Checkpoints, folders and servers that were made, or broke, to do harm."""

import gzip
import io
import os
import subprocess
import sys
import tarfile
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch

from napari_greyfill import fill
from napari_greyfill.compute import detached as handover
from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import (
    BadCheckpointError,
    CancelledError,
    DownloadError,
    UnusableFillError,
    UnwritablePathError,
)
from napari_greyfill.inpaint import INPAINTERS, Fill, Inpainter
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.methods import network_methods
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.inpaint.networks.trial import try_out
from napari_greyfill.weights import WeightsStore, loading
from napari_greyfill.weights import folder as folders
from napari_greyfill.weights.download import fetch
from napari_greyfill.weights.folder import VARIABLE, WeightsFolder, file_sha256
from napari_greyfill.weights.loading import load_state_dict
from tests.checkpoints import state_dicts
from tests.weights.conftest import CONTENT, entry, names, redirect, refused, whole

LONG = 60  # seconds after which something hangs that must not


@pytest.fixture
def file(tmp_path):
    return tmp_path / "net.pth"


def test_a_file_that_is_swapped_is_loaded_as_it_was_read(file, monkeypatch):
    torch.save({"a": torch.ones(2)}, file)
    looked = loading.inspected

    def swap(content, name, cancelled):
        torch.save({"a": torch.zeros(2)}, file)
        return looked(content, name, cancelled)

    monkeypatch.setattr(loading, "inspected", swap)
    assert torch.equal(load_state_dict(file)["a"], torch.ones(2))


# What is something else


def compressed_tar():
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.pth"))
    return written.getvalue()


PAGE = b"<!DOCTYPE html><html><head><title>Virus scan warning</title></head></html>"
WEB = "is a web page, not the checkpoint; open the address in a browser and confirm the download."
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 205803670\n"
KINDS = {
    "page": (PAGE, WEB),
    "page after blanks": (b" \r\n\n" + PAGE, WEB),
    "page with a mark": (b"\xef\xbb\xbf" + PAGE, WEB),
    "page in UTF-16": (b"\xff\xfe" + PAGE.decode().encode("utf-16-le"), WEB),
    "page after a comment": (b"<!-- hello -->\n<HTML lang='en'>", WEB),
    "pointer": (
        POINTER,
        "is a Git LFS pointer, not the checkpoint; run git lfs pull where it came from.",
    ),
    "xml": (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "a server (XML)"),
    "json": (b'{"error": {"code": 404}}', "is text (JSON), perhaps the answer of a server"),
    "gzip": (gzip.compress(b"x" * 99), "is a compressed archive (gzip), not the checkpoint;"),
    "tar": (compressed_tar(), "is an archive (tar), not the checkpoint; unpack it"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "is a compressed archive (7z)"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), "is a picture (PNG), not the checkpoint;"),
    "onnx": (b"\x08\x07\x12\x07pytorch\x1a\x051.0" + bytes(20), "is a model for ONNX or"),
    "hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(40), "is a file of Keras or HDF5"),
    "index of TensorFlow": (b"\0\0\x08\x08\x01\x1a\x02\x08\x01", "for TensorFlow"),
    "text": (b"Hello, I am a letter.\n", "is text, not the checkpoint;"),
    "program text": (b"import os\nx = 1\n", "is text, not the checkpoint;"),
    "empty": (b"", "is empty (0 bytes); get it again."),
    "zeros": (bytes(5000), "holds nothing but zeros, as an unfinished download does;"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_other_files_are_called_what_they_are(file, kind):
    content, words = KINDS[kind]
    file.write_bytes(content)
    assert words in refused(file)


@pytest.mark.parametrize("kind", ["page", "pointer", "gzip", "zeros", "empty"])
def test_other_files_in_the_folder_are_damaged(folder, kind):
    folder.create()
    folder.file(entry()).write_bytes(KINDS[kind][0])
    store = WeightsStore(folder.path, entries=[entry()], recogniser=str)
    (found,) = store.list()
    assert found.state == "damaged"
    assert KINDS[kind][1].split(";")[0].removesuffix(".") in found.problem


# Values that fill nothing


def spoilt(value, name="gmcnn-celebahq"):
    tensors = state_dicts()[name]
    return {key: t * value if t.is_floating_point() else t for key, t in tensors.items()}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(file, value):
    torch.save(spoilt(value), file)
    assert "net.pth holds values that are no numbers (NaN or infinite, in " in refused(file)


@pytest.mark.parametrize("name", list(state_dicts()))
def test_weights_that_explode_are_refused(file, tmp_path, name):
    torch.save(spoilt(1e12, name), file)
    store = network_weights(tmp_path / "weights")
    with pytest.raises(BadCheckpointError, match=r"in net.pth the network computes values that"):
        store.add(file, name)
    assert names(store.folder) == []


@pytest.mark.parametrize("name", list(state_dicts()))
def test_sound_weights_pass(name):
    state = state_dicts()[name]
    try_out(detect(state), state, "net.pth")


def test_verifying_tries_and_listing_remembers(tmp_path):
    store = network_weights(tmp_path)
    info = store.info("gmcnn-celebahq")
    torch.save(spoilt(1e12), store.folder.file(info))
    store.folder.accept(info, file_sha256(store.folder.file(info)))
    with pytest.raises(
        BadCheckpointError, match=r"gmcnn_celebahq256_rect.pth the network computes"
    ):
        store.verify(info.id)
    (found,) = (stored for stored in store.list() if stored.info == info)
    assert found.state == "damaged"
    assert "computes values that are no numbers or explode" in found.problem


def test_tensors_of_wrong_shapes_are_called_that(file, tmp_path):
    tensors = state_dicts()["gmcnn-celebahq"]
    last = list(tensors)[-1]
    torch.save({**tensors, last: torch.ones(17)}, file)
    with pytest.raises(BadCheckpointError, match=f"net.pth does not fit its network: .*{last}"):
        network_weights(tmp_path / "weights").add(file)


def test_a_method_does_not_fill_with_weights_that_explode(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (method,) = (m for m in network_methods() if m.info.name == "gmcnn-celebahq")
    torch.save(spoilt(1e12), tmp_path / method.checkpoints[0].file)
    WeightsFolder(tmp_path).accept(
        method.checkpoints[0], file_sha256(tmp_path / method.checkpoints[0].file)
    )
    with pytest.raises(
        BadCheckpointError, match=r"gmcnn_celebahq256_rect.pth the network computes"
    ):
        INPAINTERS.create("gmcnn-celebahq", Compute())


class NoNumbers(Inpainter):
    origin = "net.pth"

    def run(self, plane, hole, unknown=None):
        yield 0.0
        inside = hole if plane.ndim == 2 else hole[..., None]
        return Fill(np.where(inside, np.float32(np.nan), plane))


def test_a_fill_that_is_not_made_of_numbers_is_no_result(monkeypatch):
    entries = INPAINTERS._entries
    monkeypatch.setitem(entries, "spectral", replace(entries["spectral"], create=NoNumbers))
    image = np.random.default_rng(0).random((40, 40, 3))
    mask = np.zeros((40, 40), bool)
    mask[15:20, 15:20] = True
    with pytest.raises(UnusableFillError) as caught:
        fill(image, mask, method="spectral")
    assert str(caught.value) == (
        "Spectral (quick) computed values that are no numbers with the weights in net.pth, so "
        "nothing was filled; get the weights again or choose another method."
    )


# Folders


def without_permission(path):
    path.mkdir()

    def scandir(where):
        raise PermissionError(13, "Permission denied")

    return scandir


def dead(path):
    def scandir(where):
        raise OSError(107, "Transport endpoint is not connected")

    return scandir


def a_file(path):
    path.write_text("no folder")


def a_loop(path):
    path.symlink_to(path.with_name("other"))
    path.with_name("other").symlink_to(path)


BROKEN = {
    "permission": without_permission,
    "dead mount": dead,
    "file": a_file,
    "loop": a_loop,
}


@pytest.fixture(params=BROKEN)
def broken(request, tmp_path, monkeypatch):
    path = tmp_path / "broken"
    scandir = BROKEN[request.param](path)
    if scandir is not None:
        monkeypatch.setattr(folders.os, "scandir", scandir)
    monkeypatch.setenv(VARIABLE, str(path))
    return path


def is_told(path):
    store = network_weights()
    assert {found.state for found in store.list()} == {"unreadable"}
    problem = store.list()[0].problem
    assert problem.startswith(f"The weights folder {path!s:.200} cannot be read (")
    assert problem.endswith(f"with the environment variable {VARIABLE}.")
    infos = {info.name: info for info in INPAINTERS.infos()}
    assert infos["blend"].available
    assert infos["gmcnn-celebahq"].why_not == problem
    store.sweep()
    for act in (store.path, store.remove, store.verify, store.load, store.get):
        with pytest.raises(UnwritablePathError, match=r"The weights folder .* cannot be read"):
            act("deepfillv2-mm-celebahq")
    return True


def test_a_folder_that_cannot_be_read_leaves_the_methods(broken):
    assert is_told(broken)


def test_names_that_are_too_long(monkeypatch, tmp_path):
    path = tmp_path / ("x" * 5000)
    monkeypatch.setenv(VARIABLE, str(path))
    assert is_told(path)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs the permissions of POSIX")
def test_a_folder_without_permission_for_real(tmp_path):
    path = tmp_path / "weights"
    path.mkdir(mode=0o000)
    code = (  # everything is imported before the rights to read it may be gone
        "import os, platformdirs\n"
        "from napari_greyfill.inpaint.networks.store import catalogue, network_weights\n"
        "catalogue()\n"
        "os.geteuid() or os.setuid(65534)\n"
        f"print(*{{found.state for found in network_weights({str(path)!r}).list()}})\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=LONG, check=True
    )
    assert found.stdout.strip() == "unreadable"


def test_a_home_that_does_not_exist(monkeypatch, tmp_path):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "gone"))
    assert {found.state for found in network_weights().list()} == {"download", "by hand"}
    monkeypatch.setenv(VARIABLE, "~nobody-of-that-name/weights")
    assert {found.state for found in network_weights().list()} == {"download", "by hand"}


def test_a_mount_that_does_not_answer_is_not_waited_for(monkeypatch, tmp_path):
    asked, end = [], threading.Event()

    def scandir(path):
        asked.append(path)
        end.wait(LONG)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(folders.os, "scandir", scandir)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    try:
        infos = {info.name: info for info in INPAINTERS.infos()}
        assert "cannot be read (it does not answer)" in infos["gmcnn-celebahq"].why_not
        assert infos["blend"].available
        assert len(asked) == 1  # while one waits, no others do
    finally:
        end.set()
        handover._waiting.pop(tmp_path).join()


# Adding, cancelled or ended


def test_cancelling_an_addition_while_the_disk_does_not_answer(tmp_path, monkeypatch):
    reading, end = threading.Event(), threading.Event()

    def read(file, name, cancelled):
        reading.set()
        end.wait(LONG)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(loading, "_read", read)
    source = tmp_path / "a.pth"
    source.write_bytes(b"x")
    store = network_weights(tmp_path / "weights")
    with pytest.raises(CancelledError):
        store.add(source, cancelled=reading.is_set)
    assert not end.is_set()
    assert names(store.folder) == []
    end.set()


def test_cancelling_a_verification(tmp_path):
    store = network_weights(tmp_path)
    info = store.info("gmcnn-celebahq")
    torch.save(state_dicts()[info.id], store.folder.file(info))
    store.folder.accept(info, file_sha256(store.folder.file(info)))
    with pytest.raises(CancelledError):
        store.verify("gmcnn-celebahq", lambda: True)


def test_what_ended_processes_left_is_swept(tmp_path):
    info = entry()
    store = WeightsStore(tmp_path, entries=[info], recogniser=str)
    old = [f"{info.file}.0123456789ab.part", f"{info.file}.json.0123456789ab.part"]
    old.append(f".{'0123456789abcdef' * 2}.part")  # of a memory
    others = [f"{info.file}.ba9876543210.part", "thesis.part", "thesis.pth.0123456789ab.part"]
    others += [".thesis.part"]
    for name in (*old, *others):
        (tmp_path / name).write_bytes(b"x")
        if name != others[0]:  # somebody writes to that one now
            os.utime(tmp_path / name, (1, 1))
    store.sweep()
    assert names(store.folder) == sorted(others)


# Servers


def endless(status, **headers):
    def answer(handler):
        handler.begin(status, **headers)
        while not handler.server.site.closing.is_set():
            handler.wfile.write(bytes(1 << 14))

    return answer


def endless_headers(handler):
    handler.send_response(200)
    while not handler.server.site.closing.is_set():
        handler.wfile.write(b"X-More: more\r\n" * 100)


def failed(folder, rules, url):
    with pytest.raises(DownloadError) as caught:
        fetch(entry(url=url), folder, lambda *_: None, lambda: False, rules)
    assert names(folder) == []
    return str(caught.value)


def test_the_endless_body_of_a_redirection_is_not_read(site, folder, rules):
    site.offer("/file", whole())
    url = site.offer("/moved", endless(302, Location="/file"))
    path = fetch(entry(url=url), folder, lambda *_: None, lambda: False, rules)
    assert path.read_bytes() == CONTENT


def test_a_chain_of_redirections_ends(site, folder, rules):
    url = site.offer("/0", redirect("/1"))
    for number in range(1, 40):
        site.offer(f"/{number}", redirect(f"/{number + 1}"))
    assert "from one address to the next without end" in failed(folder, rules, url)
    assert len(site.requests) < 20


def test_a_redirection_to_no_address(site, folder, rules):
    url = site.offer("/moved", redirect("https://[half/file"))
    assert "The server named an address that is none" in failed(folder, rules, url)


def test_endless_headers(site, folder, rules):
    assert "Net, faces: " in failed(folder, rules, site.offer("/file", endless_headers))


@pytest.mark.parametrize("answered", [True, False], ids=["body", "headers"])
def test_a_server_that_drips(site, folder, rules, answered):
    def drip(handler):
        if answered:
            handler.begin(200, 1_000_000)
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-More: ")
        while not handler.server.site.closing.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    message = failed(folder, replace(rules, patience=1), site.offer("/file", drip))
    assert ("sends too slowly" if answered else "did not answer") in message


@pytest.mark.parametrize("length", ["9" * 5000, "-5", "٣"])
def test_lengths_that_are_none(site, folder, rules, length):
    def answer(handler):
        line = f"HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n"
        handler.wfile.write(line.encode("utf-8") + CONTENT)

    url = site.offer("/file", answer)
    try:
        path = fetch(entry(url=url), folder, lambda *_: None, lambda: False, rules)
    except DownloadError:
        assert names(folder) == []
    else:
        assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("kind", ["page", "pointer"])
def test_a_page_in_place_of_the_file(site, folder, rules, kind):
    content, words = KINDS[kind]
    url = site.offer(
        "/file", lambda handler: handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + content)
    )
    assert f"What arrived {words.split(';')[0]}, so it was deleted" in failed(folder, rules, url)
