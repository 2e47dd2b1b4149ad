"""The commands about published weights; those about own ones are in test_weights.py."""

import json

import pytest
import torch
from typer.testing import CliRunner

from napari_greyfill.cli import weights_run
from napari_greyfill.cli.weights import app
from napari_greyfill.errors import CancelledError
from napari_greyfill.inpaint.networks import store as networks_store
from napari_greyfill.inpaint.networks.store import catalogue
from napari_greyfill.weights import store
from napari_greyfill.weights.download import fetch
from napari_greyfill.weights.folder import file_sha256
from tests import golden
from tests.programs import scripted
from tests.weights.conftest import entry, whole

GMCNN = "gmcnn-celebahq"


@pytest.fixture
def run(tmp_path):
    def run(command, *arguments):
        folder = ("--folder", str(tmp_path / "weights"))
        return CliRunner().invoke(app, [command, *map(str, arguments), *folder])

    return run


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """Write a file of the network's own layout, as it is published."""
    return golden.checkpoint("gmcnn", tmp_path_factory.mktemp("fetched"))


def test_list(run, tmp_path):
    result = run("list")
    assert (result.exit_code, result.stderr) == (0, "")
    text = " ".join(result.stdout.split())
    assert text.startswith(f"In {tmp_path / 'weights'}")
    for info in catalogue():
        assert f"{info.id} " in text
        assert f"Licence: {info.licence}." in text
    assert "get it with: napari-greyfill weights get deepfillv2-mm-places365" in text
    assert "fetch it by hand from https://drive.google.com/file/d/1lx0" in text


def test_list_in_json(run, tmp_path):
    found = json.loads(run("list", "--json").stdout)
    assert found["folder"] == str(tmp_path / "weights")
    assert [row["id"] for row in found["checkpoints"]] == [info.id for info in catalogue()]
    assert {row["state"] for row in found["checkpoints"]} == {"download", "by hand"}


def test_from_a_fetched_file_to_a_checked_checkpoint(run, checkpoint, tmp_path):
    path = tmp_path / "weights" / "gmcnn_celebahq256_rect.pth"
    result = run("add", checkpoint, "--id", GMCNN)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"GMCNN, CelebA-HQ is ready: {path}\n"
        "It is the published file, as you said: no SHA-256 is published.\n"
        "Licence: not stated for the weights (code: MIT); CelebA-HQ is for non-commercial "
        "research.\n"
    )
    assert (
        f"{GMCNN} ready; the published file, as you said: no SHA-256 is published GMCNN"
        in " ".join(run("list").stdout.split())
    )
    digits = file_sha256(checkpoint)
    assert run("verify").stdout == f"{GMCNN} is as it should be (SHA-256 {digits}).\n"
    found = json.loads(run("verify", GMCNN, "--json").stdout)
    assert found == {"checkpoints": [{"id": GMCNN, "sha256": digits, "problem": None}]}
    path.write_bytes(b"spoilt")
    assert f"{GMCNN} damaged; see: napari-greyfill weights verify" in " ".join(
        run("list").stdout.split()
    )
    result = run("verify")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{path} has changed since it was added; open https://")
    assert json.loads(run("verify", "--json").stdout)["checkpoints"][0]["sha256"] is None
    assert run("remove", GMCNN).stdout == "Removed GMCNN, CelebA-HQ.\n"
    assert list(path.parent.iterdir()) == []
    assert run("verify").stdout == "There are no checkpoints on this computer.\n"


def test_add_and_remove_in_json(run, checkpoint):
    rows = json.loads(run("add", checkpoint, "--id", GMCNN, "--json").stdout)["checkpoints"]
    assert [(row["id"], row["state"]) for row in rows] == [(GMCNN, "ready")]
    rows = json.loads(run("remove", GMCNN, "--json").stdout)["checkpoints"]
    assert [(row["id"], row["state"]) for row in rows] == [(GMCNN, "by hand")]


@pytest.fixture
def offered(site, rules, tmp_path, monkeypatch):
    """Offer a checkpoint for download in a catalogue of its own."""
    file = tmp_path / "published.pth"
    torch.save({"a": torch.ones(2)}, file)
    url = site.offer("/net.pth", whole(file.read_bytes()))
    info = entry(url=url, sha256=file_sha256(file))
    monkeypatch.setattr(networks_store, "catalogue", lambda: (info,))
    monkeypatch.setattr(store, "download", lambda *known: fetch(*known, rules))
    return info


def test_get(run, offered, tmp_path):
    result = run("get", "net-faces")
    assert (result.exit_code, result.stderr) == (0, "")
    path = tmp_path / "weights" / "net_faces.pth"
    assert result.stdout == f"Net, faces is ready: {path}\nLicence: MIT.\n"
    assert file_sha256(path) == offered.sha256
    rows = json.loads(run("get", "net-faces", "--json").stdout)["checkpoints"]
    assert [(row["id"], row["state"]) for row in rows] == [("net-faces", "ready")]


def test_a_mistyped_id_downloads_nothing(run, offered, site):
    result = run("get", "net-faces", "net-facts")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "There is no checkpoint 'net-facts'; choose one of: net-faces.\n"
    assert site.requests == []


def test_get_what_must_be_fetched_by_hand(run):
    result = run("get", GMCNN)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "GMCNN, CelebA-HQ cannot be downloaded directly; open "
        "https://drive.google.com/file/d/1lx0BHKQ-GsbFu60ocYm4wK1HVfv7uean/view in a browser, "
        "save the file, and add it with: napari-greyfill weights add FILE --id gmcnn-celebahq\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("add", "gone.pth"), 1, "There is no checkpoint"),
        (("remove", GMCNN), 1, "so there is nothing to remove."),
        (("verify", GMCNN), 1, "is not on this computer"),
        (("verify", "gone"), 2, "There is no checkpoint 'gone'; choose one of: gmcnn-celebahq,"),
        (("remove", "gone"), 2, "There is no checkpoint 'gone'; choose one of: gmcnn-celebahq,"),
        (("get",), 2, "Give the ids of checkpoints, or --all"),
        (("add",), 2, "Missing argument"),
    ],
)
def test_errors_are_sentences_with_exit_codes(run, arguments, code, words):
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr


@pytest.mark.parametrize("error", [KeyboardInterrupt(), CancelledError("Stopped; go on.")])
def test_interrupting(run, monkeypatch, error):
    def download(*known):
        raise error

    monkeypatch.setattr(store, "download", download)
    result = run("get", "deepfillv2-mm-places365")
    assert result.exit_code == 130
    assert "is not for commercial use. Licence: Apache-2.0" in result.stdout  # said before
    words = {"": "Cancelled; run the same command again to go on.\n"}
    assert result.stderr == words.get(str(error), f"{error}\n")


def test_other_errors_are_not_hidden(run, monkeypatch):
    monkeypatch.setattr(store, "download", lambda *known: 1 // 0)
    assert isinstance(run("get", "deepfillv2-mm-places365").exception, ZeroDivisionError)


class Halved(torch.nn.Module):
    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return image * (1 - mask) / 2


@pytest.fixture
def waiting(tmp_path, monkeypatch):
    """Have a program in the weights folder that nobody has confirmed; return its SHA-256."""
    script = tmp_path / "net.pt"
    scripted(Halved(), script)
    known = entry(file="net.pt", program=True, url="https://example.org/net.pt")
    made = store.WeightsStore(
        tmp_path / "weights", entries=[known], recogniser=lambda state, name, cancelled: "net"
    )
    made.folder.create()
    script.rename(made.folder.file(known))
    sha256 = made.folder.sha256(known)
    made.folder.accept(known, sha256)
    monkeypatch.setattr(weights_run, "network_weights", lambda folder=None: made)
    return sha256


def test_a_program_is_confirmed_by_the_hash_that_the_command_tells(run, waiting):
    asked = run("confirm", "net-faces")
    assert asked.exit_code == 0
    assert "no SHA-256 of it is published" in asked.stdout
    assert f"weights confirm net-faces {waiting}" in asked.stdout
    assert run("verify", "net-faces").exit_code == 1  # asking has confirmed nothing
    told = run("confirm", "net-faces", waiting)
    assert (told.exit_code, told.stderr) == (0, "")
    assert " is ready: " in told.stdout
    assert waiting in run("verify", "net-faces").stdout


def test_a_program_is_not_confirmed_by_another_hash(run, waiting):
    refused = run("confirm", "net-faces", "0" * 64)
    assert refused.exit_code == 1
    assert "is not the file it should be" in refused.stderr
    assert run("verify", "net-faces").exit_code == 1


def test_confirming_in_json(run, waiting):
    (row,) = json.loads(run("confirm", "net-faces", waiting, "--json").stdout)["checkpoints"]
    assert (row["id"], row["state"]) == ("net-faces", "ready")


def test_what_is_no_waiting_program_cannot_be_confirmed(run, waiting):
    run("confirm", "net-faces", waiting)
    again = run("confirm", "net-faces")
    assert again.exit_code != 0
    assert "is no program that waits to be confirmed" in " ".join(again.stderr.split())
