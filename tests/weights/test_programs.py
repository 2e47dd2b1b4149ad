"""Checkpoints that are programs: refused, confirmed, run."""

from pathlib import Path

import pytest
import torch

from napari_greyfill.errors import BadCheckpointError, UnconfirmedProgramError
from napari_greyfill.weights import WeightsStore
from napari_greyfill.weights.folder import file_md5, file_sha256
from napari_greyfill.weights.loading import load_state_dict
from napari_greyfill.weights.programs import Program, arguments_of, program_of
from tests.programs import scripted
from tests.weights.conftest import entry, names


class Two(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(1))

    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return image * self.scale * (1 - mask)


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    file = tmp_path_factory.mktemp("script") / "net.pt"
    scripted(Two(), file)
    return file


def store_of(folder, **changes):
    def recognised(state, name, cancelled):
        assert isinstance(state, Program)
        return "net"

    known = entry(file="net.pt", program=True, url="https://example.org/net.pt", **changes)
    return WeightsStore(folder, entries=[known], recogniser=recognised)


def test_a_trusted_program_can_be_called(script):
    state = load_state_dict(script, allow={file_sha256(script)})
    assert list(state) == ["scale"]
    assert arguments_of(state) == 2
    image, mask = torch.ones(1, 3, 4, 4), torch.zeros(1, 1, 4, 4)
    assert torch.equal(program_of(state)(image, mask), image)


def test_tensors_are_no_program():
    assert arguments_of({"a": torch.ones(1)}) == 0
    with pytest.raises(BadCheckpointError, match="no TorchScript program"):
        program_of({})


def test_nothing_is_loaded_before_it_is_confirmed(script, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.jit, "load", lambda *_, **__: pytest.fail("it was run"))
    store = store_of(tmp_path / "weights")
    with pytest.raises(UnconfirmedProgramError, match="confirm its SHA-256") as caught:
        store.add(script, "net-faces")
    assert caught.value.sha256 == file_sha256(script)
    assert names(store.folder) == []
    with pytest.raises(UnconfirmedProgramError):
        store.add(script, "net-faces", confirmed_sha256="0" * 64)


def test_added_with_its_hash_it_can_be_used_from_then_on(script, tmp_path):
    store = store_of(tmp_path / "weights")
    assert store.add(script, "net-faces", confirmed_sha256=file_sha256(script)).state == "ready"
    assert isinstance(store_of(tmp_path / "weights").load("net-faces"), Program)


def test_one_that_was_downloaded_waits(script, tmp_path):
    store = store_of(tmp_path / "weights", md5=file_md5(script))
    info, sha256 = store.info("net-faces"), file_sha256(script)
    store.folder.create()
    store.folder.file(info).write_bytes(script.read_bytes())
    store.folder.accept(info, sha256)
    assert store.stored(info).state == "unconfirmed"
    for use in (store.path, store.load, store.verify):
        with pytest.raises(UnconfirmedProgramError, match=f"weights confirm net-faces {sha256}"):
            use("net-faces")
    with pytest.raises(BadCheckpointError, match="is not the file it should be"):
        store.confirm("net-faces", "0" * 64)
    assert store.stored(info).state == "unconfirmed"
    assert store.confirm("net-faces", sha256).state == "ready"
    assert store.verify("net-faces") == sha256


def test_another_file_in_its_place_waits_again(script, tmp_path):
    store = store_of(tmp_path / "weights")
    store.add(script, "net-faces", confirmed_sha256=file_sha256(script))
    info = store.info("net-faces")
    other = Two()
    other.scale.data += 1
    scripted(other, store.folder.file(info))
    store.folder.accept(info, file_sha256(store.folder.file(info)))
    assert store.stored(info).state == "unconfirmed"


def test_a_published_md5_is_checked_and_proves_nothing(script, tmp_path):
    store = store_of(tmp_path / "weights", md5="0" * 32)
    with pytest.raises(BadCheckpointError, match="is not the file that was published"):
        store.add(script, "net-faces", confirmed_sha256=file_sha256(script))


def test_a_published_sha256_needs_no_confirmation(script, tmp_path):
    store = store_of(tmp_path / "weights", sha256=file_sha256(script))
    assert store.add(script).state == "ready"
    assert Path(store.path("net-faces")).name == "net.pt"
