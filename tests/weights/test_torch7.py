"""Files of Torch7: what is in them, and what is wrong with bad ones."""

import struct

import numpy as np
import pytest

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.weights.kinds import is_torch7, other_kind
from napari_greyfill.weights.loading import load_state_dict
from napari_greyfill.weights.torch7 import Record, read_torch7
from tests.torch7_files import Obj, written

OBJECT = struct.pack("<2i", 4, 1)
TABLE = struct.pack("<2i", 3, 1)


def named(text):
    return struct.pack("<i", len(text)) + text.encode()


def tensor(shape, strides, offset=1, size=6, numbers=6, kind="Float"):
    """Return a file with a tensor that may claim anything."""
    return b"".join(
        [
            OBJECT,
            named("V 1"),
            named(f"torch.{kind}Tensor"),
            struct.pack("<i", len(shape)),
            struct.pack(f"<{2 * len(shape) + 1}q", *shape, *strides, offset),
            struct.pack("<2i", 4, 2),
            named("V 1"),
            named(f"torch.{kind}Storage"),
            struct.pack("<q", size),
            np.arange(numbers, dtype=np.float32).tobytes(),
        ]
    )


def test_plain_values_come_back():
    value = {"a": 1.5, "b": "text", "c": True, "d": {1: 2.0, 2: "x"}, "e": None}
    assert read_torch7(written(value), "a.t7") == value


def test_tensors_come_back_with_their_strides():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(read_torch7(written({"w": array}), "a.t7")["w"], array)
    np.testing.assert_array_equal(read_torch7(tensor((3, 2), (1, 3)), "a.t7"), array.T)
    np.testing.assert_array_equal(read_torch7(tensor((2,), (2,), offset=3), "a.t7"), [2, 4])
    assert read_torch7(tensor((0,), (1,)), "a.t7").size == 0


def test_tensors_of_a_graphics_card_are_plain_ones():
    content = tensor((6,), (1,)).replace(named("torch.FloatTensor"), named("torch.CudaTensor"))
    content = content.replace(named("torch.FloatStorage"), named("torch.CudaStorage"))
    np.testing.assert_array_equal(read_torch7(content, "a.t7"), np.arange(6))


def test_objects_of_unknown_classes_are_records_of_what_they_hold():
    found = read_torch7(written(Obj("os.execute", {"command": "rm -r /"})), "a.t7")
    assert isinstance(found, Record)
    assert (found.name, found.fields) == ("os.execute", {"command": "rm -r /"})
    assert read_torch7(written(Obj("some.Class", 3.0)), "a.t7").fields == {"value": 3.0}


def test_programs_are_skipped():
    code = struct.pack("<3i", 8, 1, 4) + b"\x1bLua" + struct.pack("<i", 0)
    assert read_torch7(code, "a.t7").name == "function"


def test_what_stands_in_several_places_is_one():
    shared = Obj("some.Class", {"x": 1.0})
    found = read_torch7(written({"a": shared, "b": shared}), "a.t7")
    assert found["a"] is found["b"]
    endless = {}
    endless["self"] = endless
    found = read_torch7(written(endless), "a.t7")
    assert found["self"] is found


def nested(depth):
    value = None
    for _ in range(depth):
        value = {"x": value}
    return written(value)


CLAIMS = {
    "a text": struct.pack("<2i", 2, 2**31 - 1),
    "a table": TABLE + struct.pack("<i", 2**31 - 1),
    "a block": tensor((6,), (1,), size=2**40),
    "a tensor": tensor((2**20, 2**20), (0, 0)),
    "beyond its block": tensor((6,), (1,), offset=2),
    "many axes": tensor((2**62,) * 4, (1,) * 4),
    "a program": struct.pack("<3i", 8, 1, 2**30),
}
DAMAGED = {
    "an unknown kind": struct.pack("<i", 77),
    "a negative length": struct.pack("<2i", 2, -1),
    "a negative table": TABLE + struct.pack("<i", -5),
    "a negative side": tensor((-6,), (1,)),
    "a negative step": tensor((3,), (-1,), offset=3),
    "no offset": tensor((3,), (1,), offset=0),
    "a negative block": tensor((6,), (1,), size=-6),
    "no block": tensor((6,), (1,)).partition(struct.pack("<2i", 4, 2))[0]
    + struct.pack("<id", 1, 5),
}


@pytest.mark.parametrize("content", CLAIMS.values(), ids=CLAIMS)
def test_claims_of_more_than_there_is_are_refused(content):
    with pytest.raises(BadCheckpointError, match=r"a\.t7 is a Torch7 file that claims to hold"):
        read_torch7(content, "a.t7")


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damaged_files_are_refused(content):
    with pytest.raises(BadCheckpointError, match="damaged, cut off, or written on another kind"):
        read_torch7(content, "a.t7")


def test_nesting_without_end_is_refused():
    assert read_torch7(nested(40), "a.t7")
    with pytest.raises(BadCheckpointError, match=r"a\.t7 is a Torch7 file that nests or lists"):
        read_torch7(nested(150), "a.t7")
    many = TABLE + struct.pack("<i", 150_000) + struct.pack("<i", 0) * 300_000
    with pytest.raises(BadCheckpointError, match="nests or lists"):
        read_torch7(many, "a.t7")


def test_every_beginning_of_a_file_is_refused_in_a_sentence():
    content = written({"a": np.arange(6, dtype=np.float32), "b": Obj("nn.Tanh", {"x": "y"})})
    for end in range(len(content)):
        with pytest.raises(BadCheckpointError, match=r"get it again or choose another file\."):
            read_torch7(content[:end], "a.t7")


@pytest.mark.parametrize("seed", range(40))
def test_changed_bytes_are_read_or_refused(seed):
    rng = np.random.default_rng(seed)
    content = bytearray(written({"a": np.arange(6.0), "b": Obj("nn.Tanh", {"x": {1: 2.0}})}))
    for _ in range(3):
        content[rng.integers(len(content))] = rng.integers(256)
    try:
        read_torch7(bytes(content), "a.t7")
    except BadCheckpointError as error:
        assert str(error).startswith("a.t7 is a Torch7 file that")


def test_it_is_told_by_how_it_begins():
    for value in ({"model": "a"}, Obj("nn.Sequential", {}), {1: "first"}):
        content = written(value) + bytes(20)
        assert is_torch7(content)
        assert other_kind(content, len(content)) == ""
    for other in (b"PK\x03\x04" + bytes(40), b"\x80\x02}q\x00" + bytes(40), b"", bytes(40)):
        assert not is_torch7(other)


def test_one_written_as_text_is_called_so(tmp_path):
    path = tmp_path / "a.t7"
    path.write_bytes(b"4\n1\n3\nV 1\n13\nnn.Sequential\n")
    with pytest.raises(BadCheckpointError, match=r"Torch7 file written as text.*binary form"):
        load_state_dict(path)
