import builtins
import io
import os
import pickle
import sys
import types
import zipfile
from collections import OrderedDict

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from napari_greyfill.errors import BadCheckpointError, MissingDependencyError, MissingWeightsError
from napari_greyfill.weights import loading
from napari_greyfill.weights.folder import file_sha256
from napari_greyfill.weights.loading import load_state_dict
from napari_greyfill.weights.store import WeightsStore
from tests.weights.conftest import entry
from tests.weights.conftest import link as make_link

TENSORS = OrderedDict(
    [
        ("conv.weight", torch.arange(24.0).reshape(2, 3, 2, 2)),
        ("conv.bias", torch.tensor([0.5, -1.0])),
        ("norm.num_batches_tracked", torch.tensor(7)),
    ]
)
FORMATS = pytest.mark.parametrize("zipped", [True, False], ids=["zip", "old format"])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "net.pth"


def save(content, file, zipped=True):
    torch.save(content, file, _use_new_zipfile_serialization=zipped)
    assert zipfile.is_zipfile(file) == zipped
    return file


class LoadedError(Exception):
    """What loading raises where it must not come so far."""


def never_loaded(monkeypatch):
    def load(*args, **kwargs):
        raise LoadedError

    monkeypatch.setattr(torch, "load", load)
    monkeypatch.setattr(torch.jit, "load", load)


def same(found, expected=TENSORS):
    assert list(found) == list(expected)
    for key, tensor in expected.items():
        assert found[key].dtype == tensor.dtype
        assert torch.equal(found[key], tensor)
        assert found[key].device.type == "cpu"
        assert not found[key].requires_grad
    return True


def refused(file, **options):
    with pytest.raises(BadCheckpointError) as caught:
        load_state_dict(file, **options)
    return str(caught.value)


# What is loaded


def prefixed(prefix):
    return {prefix + key: tensor for key, tensor in TENSORS.items()}


CONTAINERS = {
    "flat": TENSORS,
    "state_dict": {"epoch": 3, "state_dict": TENSORS, "optimizer": {"state": {}}},
    "generator": {"iteration": 2000000, "generator": TENSORS},
    "G beside D": {"G": TENSORS, "D": {"a": torch.ones(3)}, "n_iter": 5, "G_optim": {}},
    "model": {"model": TENSORS, "optimizer": {}},
    "meta": {
        "meta": {"mmcv_version": "0.6", "config": "x = 1", "iter": 100000},
        "state_dict": prefixed("generator.") | {"disc.conv.weight": torch.ones(3)},
    },
    "several devices": prefixed("module."),
    "several devices in a wrapper": {"generator": prefixed("module."), "iteration": 1},
    "module inside generator": {"state_dict": prefixed("generator.module.")},
    "generator inside module": {"state_dict": prefixed("module.generator.")},
    "wrapped twice": {"state_dict": {"generator": TENSORS}},
    "parameters": {
        key: torch.nn.Parameter(t, t.is_floating_point()) for key, t in TENSORS.items()
    },
    "with a number among them": {**TENSORS, "iteration": 3},
}


@FORMATS
@pytest.mark.parametrize("container", CONTAINERS)
def test_containers(file, container, zipped):
    assert same(load_state_dict(save(CONTAINERS[container], file, zipped)))


@FORMATS
def test_files_from_a_graphics_card(file, zipped, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(torch.serialization, "location_tag", lambda storage: "cuda:0")
        save(TENSORS, file, zipped)
    content = file.read_bytes()
    if zipped:
        with zipfile.ZipFile(file) as archive:
            content = archive.read("net/data.pkl")
    assert b"cuda:0" in content
    assert same(load_state_dict(file))


def test_some_names_with_module_are_kept(file):
    some = {"module.a": torch.ones(2), "b": torch.ones(2)}
    assert same(load_state_dict(save(some, file)), some)


@FORMATS
def test_shared_and_sliced_tensors(file, zipped):
    numbers = torch.arange(10.0)
    views = {"a": numbers[2:5], "b": numbers.reshape(2, 5).T, "c": numbers}
    assert same(load_state_dict(save(views, file, zipped)), views)


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.uint8, torch.bool]
)
def test_types_of_numbers(file, dtype):
    tensors = {"a": torch.tensor([0, 1, 1]).to(dtype)}
    assert same(load_state_dict(save(tensors, file)), tensors)


def test_a_path_may_be_text(file):
    assert same(load_state_dict(str(save(TENSORS, file))))


# Hashes


def test_the_hash_is_looked_at_before_the_file(file, monkeypatch):
    save(TENSORS, file)
    sha256 = file_sha256(file)
    for expected in (sha256, sha256.upper(), sha256[:8]):
        assert same(load_state_dict(file, expected))

    never_loaded(monkeypatch)
    wrong = "0" * 64 if sha256[0] != "0" else "1" * 64
    assert refused(file, expected_sha256=wrong) == (
        f"net.pth is not the file it should be (its SHA-256 begins with {sha256[:8]}, not "
        f"{wrong[:8]}), so it was not loaded; get it again."
    )
    with pytest.raises(LoadedError):
        load_state_dict(file, sha256)


# What would run code


@pytest.mark.parametrize("version", ["2.3.0", "2.5.1+cu124", "2.9.1"])
def test_torch_whose_safe_loading_has_known_holes_is_not_used(file, monkeypatch, version):
    save(TENSORS, file)
    never_loaded(monkeypatch)
    monkeypatch.setattr(torch, "__version__", version)
    with pytest.raises(MissingDependencyError) as caught:
        load_state_dict(file)
    assert str(caught.value) == (
        f"Loading checkpoints safely needs PyTorch 2.10 or newer, and {version} is installed; "
        "update it with: pip install -U torch"
    )


@pytest.mark.parametrize("version", ["2.10.0", "2.10.0a0+git1", "2.13.0+cpu", "3.0"])
def test_newer_torch_is_used(file, monkeypatch, version):
    save(TENSORS, file)
    monkeypatch.setattr(torch, "__version__", version)
    assert same(load_state_dict(file))


class Harm:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return builtins.open, (self.path, "w")


def with_pickle(protocol):
    return lambda harm, file: file.write_bytes(pickle.dumps(harm, protocol))


def with_torch(zipped, wrap):
    return lambda harm, file: save(wrap(harm), file, zipped)


HARMFUL = {
    **{f"pickle protocol {number}": with_pickle(number) for number in range(6)},
    "zip": with_torch(True, lambda harm: harm),
    "old format": with_torch(False, lambda harm: harm),
    "zip, beside tensors": with_torch(True, lambda harm: {**TENSORS, "extra": harm}),
    "old format, beside tensors": with_torch(False, lambda harm: {**TENSORS, "extra": harm}),
    "in the information": with_torch(True, lambda harm: {"meta": [harm], "state_dict": TENSORS}),
}


@pytest.mark.parametrize("how", HARMFUL)
def test_harmful_files_are_refused_without_harm(file, tmp_path, how):
    mark = tmp_path / "mark"
    HARMFUL[how](Harm(mark), file)
    message = refused(file)
    assert message.startswith("net.pth would run code when loaded (")
    assert "open), so it was refused; choose a file that holds tensors only." in message
    assert not mark.exists()


def test_the_harm_is_real(tmp_path):
    mark = tmp_path / "mark"
    pickle.loads(pickle.dumps(Harm(mark))).close()
    assert mark.exists()


@pytest.mark.parametrize(
    "code",
    [
        b"cos\nsystem\n(S'true'\ntR.",
        b"(S'true'\nios\nsystem\n.",
        b"\x80\x02ctorch.hub\nload\n(X\x01\x00\x00\x00atR.",
        b"\x80\x02ctorch\nload\n(X\x01\x00\x00\x00atR.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
        b"\x80\x02cbuiltins\neval\n(X\x01\x00\x00\x001tR.",
    ],
    ids=["GLOBAL", "INST", "torch.hub", "torch.load", "STACK_GLOBAL", "eval"],
)
def test_programs_by_other_means_are_refused(file, code):
    file.write_bytes(code)
    assert "would run code when loaded (" in refused(file)


# What is damaged, and what is something else


DAMAGED = "is damaged, cut off, or no checkpoint; get it again or choose another file."


@FORMATS
@given(share=st.floats(0, 1, exclude_max=True))
def test_files_that_are_cut_off_are_refused(tmp_path_factory, zipped, share):
    whole = io.BytesIO()
    torch.save(TENSORS, whole, _use_new_zipfile_serialization=zipped)
    content = whole.getvalue()
    file = tmp_path_factory.mktemp("cut") / "net.pth"
    file.write_bytes(content[: int(share * len(content))])
    message = refused(file)
    assert message.endswith((DAMAGED, "is empty (0 bytes); get it again."))


@given(content=st.binary(max_size=64), start=st.sampled_from([b"", b"\x80\x02", b"PK\x03\x04"]))
def test_any_other_file_is_refused(tmp_path_factory, content, start):
    file = tmp_path_factory.mktemp("other") / "net.pth"
    file.write_bytes(start + content)
    assert refused(file).startswith("net.pth ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([1, 2], "holds no tensors by name; choose another file."),
        (torch.ones(3), "holds no tensors by name; choose another file."),
        ({}, "holds no tensors; choose another file."),
        ({"epoch": 3}, "holds no tensors; choose another file."),
        ({"discriminator": TENSORS}, "holds a discriminator, which only training needs;"),
        ({"epoch": 3, "optimizer": {"state": {}}}, "holds what an optimiser needs to go on"),
        ({"a": torch.ones(2).to_sparse()}, "holds a, which is no plain tensor, so it was refused"),
        ({"a": torch.ones(1).expand(10**12)}, "holds a, which is no plain tensor"),
        ({"a": torch.ones(2, device="meta")}, "holds a, which is no plain tensor"),
    ],
    ids=[
        "list",
        "tensor",
        "empty",
        "numbers",
        "discriminator",
        "optimiser",
        "sparse",
        "expanded",
        "meta",
    ],
)
def test_what_holds_no_tensors_by_name_is_refused(file, content, words):
    assert words in refused(save(content, file))


def test_missing_files(file):
    with pytest.raises(
        MissingWeightsError, match=r"There is no checkpoint .*net.pth; check the path"
    ):
        load_state_dict(file)


def test_folders(tmp_path):
    assert refused(tmp_path) == f"{tmp_path} is no file; choose a checkpoint file."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes(file):
    os.mkfifo(file)
    assert refused(file) == f"{file} is no file; choose a checkpoint file."


def test_files_without_permission(file, monkeypatch):
    save(TENSORS, file)

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(file), "open", refuse)
    assert refused(file).startswith("There is no permission to read net.pth;")


# Links


def test_links_may_not_lead_out_of_the_folder(file, tmp_path):
    folder = tmp_path / "weights"
    folder.mkdir()
    link = folder / "link.pth"
    make_link(link, save(TENSORS, file))
    assert "is a link to a place outside its folder, so it was refused;" in refused(link)
    link.unlink()
    file.replace(folder / "net.pth")
    make_link(link, "net.pth")
    assert same(load_state_dict(link))


# Archives


def archive(file, members):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, content in members.items():
            writer.writestr(name, content)
    return file


def test_archives_that_claim_too_much_are_refused(file, monkeypatch):
    never_loaded(monkeypatch)
    archive(file, {"net/data.pkl": b"\x80\x02}.", "net/data/0": bytes(20_000_000)})
    assert file.stat().st_size < 100_000
    message = refused(file)
    assert "net.pth claims to hold 20.0 MB in 0.0 MB, which no checkpoint does" in message


def test_files_larger_than_any_checkpoint_are_refused(file, monkeypatch):
    never_loaded(monkeypatch)
    monkeypatch.setattr(loading, "LARGEST", 100)
    assert "net.pth is larger than 0.0 MB" in refused(save(TENSORS, file))


def test_a_forged_claim_is_refused(file, monkeypatch):
    never_loaded(monkeypatch)
    content = bytearray(save(TENSORS, file).read_bytes())
    at = content.rindex(b"PK\x01\x02")  # the last entry of the list at the end
    content[at + 24 : at + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    file.write_bytes(content)
    assert "claims to hold 4,295.0 MB" in refused(file)


def test_archives_of_checkpoints(file):
    archive(file, {"places2/EdgeModel_gen.pth": b"1", "b.pth": b"3", "places2/read.me": b"2"})
    assert refused(file) == (
        "net.pth is an archive of checkpoints; unpack it and choose one of the files in it: "
        "places2/EdgeModel_gen.pth, b.pth."
    )


def test_an_archive_of_one_checkpoint_is_opened(file, tmp_path):
    torch.save({"state_dict": TENSORS}, tmp_path / "best.ckpt")
    best = (tmp_path / "best.ckpt").read_bytes()
    archive(file, {"big/config.yaml": b"a: 1", "big/models/best.ckpt": best})
    assert same(load_state_dict(file))


def test_archives_in_archives_are_not_opened(file, tmp_path):
    archive(file, {"big/models/best.ckpt": b"no checkpoint, but as long as one that is"})
    assert "is damaged, cut off, or no checkpoint" in refused(file) or "is text" in refused(file)
    inner = file.read_bytes()
    archive(file, {"more.pt": inner})
    assert "is an archive of archives (zip); unpack it" in refused(file)
    archive(file, {"more.zip": inner})
    assert "is an archive of archives (zip); unpack it" in refused(file)


class Callback:
    """Stands for what a program for training leaves in its checkpoints."""

    def __init__(self, monitor):
        self.monitor = monitor


def test_things_of_training_are_neither_imported_nor_made(file, monkeypatch):
    monkeypatch.setattr(Callback, "__module__", "pytorch_lightning.callbacks.early_stopping")
    module = types.ModuleType(Callback.__module__)
    module.Callback = Callback
    monkeypatch.setitem(sys.modules, "pytorch_lightning", types.ModuleType("pytorch_lightning"))
    monkeypatch.setitem(sys.modules, Callback.__module__, module)
    extra = {"callbacks": {Callback: Callback("loss")}, "score": np.float64(1).astype(np.float32)}
    torch.save({"state_dict": TENSORS, **extra}, file)
    monkeypatch.undo()
    made = []
    monkeypatch.setattr(Callback, "__setstate__", made.append, raising=False)
    assert same(load_state_dict(file))
    assert not made
    assert not any(name.startswith("pytorch_lightning") for name in sys.modules)


def test_other_archives(file):
    assert refused(archive(file, {"a.txt": b"1"})) == (
        "net.pth is an archive without a checkpoint; choose another file."
    )


# TorchScript


@pytest.fixture
def script(file):
    """Write a TorchScript archive."""
    writer = torch._C.PyTorchFileWriter(str(file))
    writer.write_record("data.pkl", b"\x80\x02N.", 4)
    writer.write_record("constants.pkl", b"\x80\x02).", 4)
    writer.write_record("code/__torch__.py", b"raise SystemExit\n", 17)
    writer.write_end_of_file()
    return file


def test_torchscript_is_refused(script, monkeypatch):
    never_loaded(monkeypatch)
    assert refused(script).startswith("net.pth is a TorchScript archive, which is a program and")
    assert refused(script, allow={"0" * 64}).startswith("net.pth is a TorchScript archive")


class Program:
    def state_dict(self):
        return TENSORS


def test_torchscript_that_is_trusted_is_loaded(script, monkeypatch):
    monkeypatch.setattr(torch.jit, "load", lambda file, map_location: Program())
    assert same(load_state_dict(script, allow={file_sha256(script)}))


def test_torchscript_that_is_published_is_trusted(script, monkeypatch, tmp_path):
    monkeypatch.setattr(torch.jit, "load", lambda file, map_location: Program())
    known = entry(sha256=file_sha256(script))
    store = WeightsStore(
        tmp_path / "weights", entries=[known], recogniser=lambda *state: known.descriptor
    )
    assert store.add(script).info == known
    assert same(store.load(known.id))


def test_a_prefix_is_not_enough_to_trust_a_program(script):
    assert "TorchScript" in refused(script, allow={file_sha256(script)[:8]})


# safetensors


def test_safetensors(file):
    safetensors = pytest.importorskip("safetensors.torch")
    safetensors.save_file(dict(TENSORS), file)
    found = load_state_dict(file)
    assert same({key: found[key] for key in TENSORS})
    assert len(found) == len(TENSORS)
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    assert refused(file) == f"net.pth {DAMAGED}"
