"""Constants of frozen graphs, and graphs that claim what they do not hold."""

import tracemalloc

import numpy as np
import pytest

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.weights.graph import constants
from napari_greyfill.weights.kinds import is_graph
from napari_greyfill.weights.loading import load_state_dict
from tests.frozen import graph_of, message, node, number, shape, varint

KERNEL = np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2)


def test_constants_by_name_and_nothing_else():
    found = constants(graph_of({"net/kernel": KERNEL, "net/bias": KERNEL[0, 0, 0]}))
    assert list(found) == ["net/kernel", "net/bias"]
    np.testing.assert_array_equal(found["net/kernel"], KERNEL)


def test_numbers_may_stand_one_by_one_or_in_half_precision():
    ones = np.ones(3, np.float32)
    floats = number(1, 1) + shape(3) + message(5, ones.astype("<f4").tobytes())
    single = number(1, 1) + shape(3) + b"".join(b"\x2d" + b"\x00\x00\x80\x3f" for _ in range(3))
    half = number(1, 19) + shape(3) + message(13, varint(0x3C00) * 3)
    for tensor in (floats, single, half):
        (found,) = constants(node("a", "Const", tensor)).values()
        np.testing.assert_array_equal(found, ones)


def test_whole_numbers_are_no_weights():
    whole = number(1, 3) + shape(2) + message(4, bytes(8))
    assert constants(node("shape", "Const", whole)) == {}


BOMBS = {
    "one for terabytes": number(1, 1) + shape(2**20, 2**20) + message(5, bytes(4)),
    "a negative side": number(1, 1) + shape(2**64 - 1) + message(4, bytes(4)),
    "a hundred axes": number(1, 1) + shape(*[1] * 100) + message(4, bytes(4)),
    "a number cut off": number(1, 1) + shape(1) + message(4, bytes(3)),
    "nothing for something": number(1, 1) + shape(2),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_in_no_memory(name, tmp_path):
    content = node("net/kernel", "Const", BOMBS[name])
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"number|tensor"):
        constants(content)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    file = tmp_path / "net.pb"
    file.write_bytes(node("a", "Const", KERNEL) + content)
    said = r"net\.pb is a frozen graph of TensorFlow that is damaged .*; get it again"
    with pytest.raises(BadCheckpointError, match=said):
        load_state_dict(file)


def test_two_of_one_name():
    with pytest.raises(ValueError, match="two constants"):
        constants(node("a", "Const", KERNEL) * 2)


@pytest.mark.parametrize("length", [10, 60, 150])
def test_cut_off(length, tmp_path):
    file = tmp_path / "net.pb"
    file.write_bytes(graph_of({"net/kernel": KERNEL})[:length])
    with pytest.raises(BadCheckpointError):
        load_state_dict(file)


def test_only_graphs_begin_like_graphs():
    assert is_graph(graph_of({"net/kernel": KERNEL})[:4096])
    for other in (b"", b"\x0a", b"PK\x03\x04", b"\x80\x02}q\x00.", b"\x08\x07\x12\x07pytorch"):
        assert not is_graph(other)
