"""The commands about own weights; those about published ones are in test_weights_run.py."""

import json

import pytest
from typer.testing import CliRunner

from napari_greyfill.cli.weights import app
from napari_greyfill.weights.folder import file_sha256
from tests import golden

GMCNN = "gmcnn-celebahq"


@pytest.fixture
def run(tmp_path):
    def run(command, *arguments):
        folder = ("--folder", str(tmp_path / "weights"))
        return CliRunner().invoke(app, [command, *map(str, arguments), *folder])

    return run


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return golden.checkpoint("gmcnn", tmp_path_factory.mktemp("trained"))


def test_from_a_trained_file_to_a_described_one(run, checkpoint, tmp_path):
    path = tmp_path / "weights" / "own_gmcnn_bark.pth"
    result = run("add", checkpoint, "--name", "bark", "--licence", "CC0-1.0")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"GMCNN, bark is ready: {path}\n"
        "It is weights of your own.\n"
        "Training data: not known.\n"
        "Licence: CC0-1.0.\n"
    )
    result = run("describe", "gmcnn@bark", "--training-data", "1200 photographs of bark")
    assert result.stdout.splitlines()[2:] == [
        "Training data: 1200 photographs of bark.",
        "Licence: CC0-1.0.",
    ]
    listed = " ".join(run("list").stdout.split())
    assert "gmcnn@bark ready; weights of your own GMCNN, bark" in listed
    assert "Training data: 1200 photographs of bark." in listed
    digits = file_sha256(checkpoint)
    assert run("verify").stdout == f"gmcnn@bark is as it should be (SHA-256 {digits}).\n"
    assert run("remove", "gmcnn@bark").stdout == "Removed GMCNN, bark.\n"
    assert list(path.parent.iterdir()) == []


def test_in_json(run, checkpoint):
    (row,) = json.loads(run("add", checkpoint, "--name", "a", "--json").stdout)["checkpoints"]
    facts = ("id", "state", "identity", "training_data", "licence")
    assert [row[key] for key in facts] == ["gmcnn@a", "ready", "own", "not known", "not known"]
    described = run("describe", "gmcnn@a", "--name", "b", "--json").stdout
    assert json.loads(described)["checkpoints"][0]["id"] == "gmcnn@b"
    rows = json.loads(run("list", "--json").stdout)["checkpoints"]
    assert [row["id"] for row in rows if row["identity"]] == ["gmcnn@b"]
    run("remove", "gmcnn@b", "--json")
    rows = json.loads(run("list", "--json").stdout)["checkpoints"]
    assert "gmcnn@b" not in [row["id"] for row in rows]


def test_listing_looks_at_files_put_there_by_hand(run, tmp_path):
    (tmp_path / "weights").mkdir()
    golden.checkpoint("gmcnn", tmp_path / "weights").rename(tmp_path / "weights" / "leaves.pth")
    (tmp_path / "weights" / "letter.pt").write_text("Dear all")
    listed = " ".join(run("list").stdout.split())
    assert (
        "gmcnn@leaves ready; not verified: put there by hand, and recognised by its layout only"
    ) in listed
    assert "letter.pt damaged; see: napari-greyfill weights verify letter.pt" in listed
    assert f"{GMCNN} not here" in listed
    assert "is text, not the checkpoint" in run("verify", "letter.pt").stderr
    assert run("describe", "gmcnn@leaves", "--licence", "MIT").exit_code == 0
    assert "gmcnn@leaves ready; weights of your own" in " ".join(run("list").stdout.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say which it is with --id (gmcnn-celebahq), or keep it as weights of your own"),
        (("--id", GMCNN, "--name", "bark"), "give --id or --name, not both."),
        (("--id", GMCNN, "--licence", "MIT"), "are known; give them with --name only."),
        (("--name", "My Bark"), "Weights cannot be called 'My Bark'; use up to 40 small letters"),
        (("--id", "deepfillv2-mm-places365"), "gmcnn.pth is a checkpoint of gmcnn, and deepfill"),
    ],
)
def test_what_cannot_be_added_is_a_sentence(run, checkpoint, tmp_path, arguments, words):
    result = run("add", checkpoint, *arguments)
    assert result.exit_code in (1, 2)
    assert words in result.stderr
    assert not (tmp_path / "weights").exists()


def test_what_cannot_be_described_is_a_sentence(run):
    assert "There is no checkpoint 'gone'" in run("describe", "gone", "--licence", "MIT").stderr
    result = run("describe", GMCNN, "--licence", "MIT")
    assert "is not known as weights of your own" in result.stderr
