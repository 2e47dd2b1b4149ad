"""What a look through a checkpoint finds, before torch is shown any of it."""

import io
import pickle
import zipfile

import numpy as np
import pytest
import torch

from napari_greyfill.weights.inspection import inspect
from napari_greyfill.weights.loading import load_state_dict
from tests.weights.conftest import refused


@pytest.fixture
def file(tmp_path):
    return tmp_path / "net.pth"


def test_what_is_looked_at_in_process_is_what_the_process_says(file):
    torch.save({"a": torch.ones(2)}, file)
    assert inspect(file.read_bytes()) == {"kind": "tensors", "names": ""}
    assert inspect(b"") == {"kind": "damaged"}


def nested(depth, finish):
    """Return a pickle of pairs of pairs; whoever looks at all of them never ends."""
    code = b"\x80\x02}K\x01q\x00"
    for _ in range(depth):
        code += b"h\x00h\x00\x86q\x00"  # a pair of what was remembered, remembered
    return code + finish


BOMBS = {
    "as a key": nested(60, b"}h\x00K\x01s."),
    "as keys together": nested(60, b"}(h\x00K\x01u."),
    "called": nested(60, b"h\x00R."),
    "beside": nested(60, b"}."),
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("zipped", [True, False])
def test_nested_pairs_do_not_freeze(file, name, zipped):
    if zipped:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("net/data.pkl", BOMBS[name])
            archive.writestr("net/version", b"3")
    else:
        file.write_bytes(BOMBS[name])
    assert file.stat().st_size < 1000
    message = refused(file)
    assert message.startswith("net.pth ")
    assert "would take for ever to load" in message


def tensor_of(storage, size, stride=(1,), offset=0):
    """Return a pickle of one tensor that claims to be of a size."""

    class Storage:
        pass

    class Tensor:
        def __reduce__(self):
            rebuild = torch._utils._rebuild_tensor_v2
            return rebuild, (Storage(), offset, size, stride, False, {})

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing):
            if isinstance(thing, Storage):
                return ("storage", torch.FloatStorage, "0", "cpu", storage)
            return None

    written = io.BytesIO()
    Pickler(written, 2).dump({"a": Tensor()})
    return written.getvalue()


def with_pickle(file, content, numbers=bytes(16), compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("net/data.pkl", content)
        archive.writestr("net/version", b"3")
        archive.writestr("net/data/0", numbers)


def test_an_honest_tensor_of_that_kind_is_loaded(file):
    with_pickle(file, tensor_of(4, (2, 2), (2, 1)), np.ones(4, np.float32).tobytes())
    assert torch.equal(load_state_dict(file)["a"], torch.ones(2, 2))


@pytest.mark.parametrize(
    "content",
    [
        tensor_of(4, (10**10,)),
        tensor_of(4, (2, 2), (10**9, 1)),
        tensor_of(4, (1,), (1,), 10**10),
        tensor_of(10**12, (4,)),
    ],
    ids=["size", "stride", "offset", "storage"],
)
def test_tensors_that_are_larger_than_the_file(file, content):
    with_pickle(file, content)
    assert "claims tensors that are larger than the file" in refused(file)


def test_room_for_numbers_is_not_made_on_request(file):
    with_pickle(file, b"\x80\x02}X\x01\x00\x00\x00actorch\nFloatTensor\nJ\xff\xff\xff\x7f\x85Rs.")
    assert "holds numbers in a way that no checkpoint does (torch.FloatTensor)" in refused(file)


def test_compressed_zeros_are_not_unpacked(file):
    with_pickle(file, tensor_of(4, (4,)), bytes(50_000_000), zipfile.ZIP_DEFLATED)
    assert file.stat().st_size < 100_000
    assert "claims to hold 50.0 MB in" in refused(file)


@pytest.mark.parametrize(
    ("name", "members", "words"),
    [
        ("net.mlmodel", None, "is a model for Apple's CoreML, not the checkpoint;"),
        ("net.zip", ["net.mlpackage/Manifest.json"], "is a model for Apple's CoreML"),
        ("net.zip", ["net.tflite"], "is a model for TensorFlow Lite"),
        ("net.zip", ["model.onnx", "read.me"], "is a model for ONNX"),
        ("net.zip", ["more.zip"], "is an archive of archives (zip); unpack it"),
    ],
)
def test_models_for_other_programs_are_called_what_they_are(tmp_path, name, members, words):
    file = tmp_path / name
    if members is None:
        file.write_bytes(b"\x08\x05\x12\x20\x0a\x05image\x12\x17" + bytes(50))
    else:
        with zipfile.ZipFile(file, "w") as archive:
            for member in members:
                archive.writestr(member, b"x" * 50)
    assert words in refused(file)
