"""Messages of numbered fields: what is read, and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_greyfill.weights.protobuf import fields, packed_varints, signed
from tests.frozen import message, number, varint


def read(content):
    return [
        (number, bytes(value) if isinstance(value, memoryview) else value)
        for number, value in fields(memoryview(content))
    ]


def test_numbers_texts_and_fixed_lengths():
    content = number(1, 300) + message(2, b"text") + b"\x1d\x00\x00\x80\x3f" + b"\x21" + bytes(8)
    assert read(content) == [
        (1, 300),
        (2, b"text"),
        (3, b"\x00\x00\x80\x3f"),
        (4, bytes(8)),
    ]


@given(st.integers(0, 2**64 - 1))
def test_any_number_comes_back(value):
    assert read(number(5, value)) == [(5, value)]
    assert list(packed_varints(memoryview(varint(value) * 3))) == [value] * 3


@pytest.mark.parametrize(("stored", "meant"), [(1, 1), (2**63 - 1, 2**63 - 1), (2**64 - 1, -1)])
def test_negative_numbers(stored, meant):
    assert signed(stored) == meant


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x0a\xff\xff\xff\xff\x7f", "longer than its message"),
        (b"\x0a\x05abc", "longer than its message"),
        (b"\x0d\x00", "longer than its message"),
        (b"\x08", "without an end"),
        (b"\xff" * 11, "without an end"),
        (b"\x00\x01", "without a number"),
        (b"\x0b\x0c", "of a kind"),
    ],
)
def test_damaged_messages(content, words):
    with pytest.raises(ValueError, match=words):
        read(content)


@given(st.binary(max_size=200))
def test_anything_ends(content):
    with suppress(ValueError):
        assert sum(len(v) for _, v in read(content) if isinstance(v, bytes)) <= len(content)
