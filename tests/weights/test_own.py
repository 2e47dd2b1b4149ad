"""What is said about weights of the user's own, and what they are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_greyfill.errors import BadParameterError
from napari_greyfill.weights.own import (
    NOT_KNOWN,
    LayoutInfo,
    Own,
    is_name,
    layouts_of,
    name_of,
    require_name,
)
from tests.weights.conftest import entry

NET = LayoutInfo("net", "net-edge", "Net (edges)", 128, "A. Author: A Net, 2020")


def test_what_was_not_said_is_not_known():
    info = NET.info(Own("mine", "net-edge"), "file.pth")
    assert (info.id, info.title) == ("net-edge@mine", "Net (edges), mine")
    assert info.training_data == info.licence == info.masks == NOT_KNOWN
    assert (info.network, info.descriptor, info.size) == ("net", "net-edge", 128)
    assert info.own
    assert not info.published_hash


@pytest.mark.parametrize(
    ("original", "file"),
    [
        ("a.PT", ".pt"),
        ("a.safetensors", ".safetensors"),
        ("a", ".pth"),
        ("a.ckpt", ".ckpt"),
        ("a.exe", ".pth"),
    ],
)
def test_files_keep_their_kind(original, file):
    assert NET.file(Own("mine", original=original)) == f"own_net-edge_mine{file}"


def test_layouts_of_what_is_published():
    found = layouts_of([entry(), entry(id="net-places", file="b.pth")])
    assert list(found) == ["net"]
    assert found["net"].citation == entry().citation


@given(st.text(max_size=60), st.lists(st.integers(0, 3), max_size=4))
def test_every_file_gets_a_name_that_is_free(stem, taken):
    ids = []
    for _ in range(len(taken) + 1):
        name = name_of(f"{stem}.pth", "net", ids)
        assert is_name(name)
        assert f"net@{name}" not in ids
        ids.append(f"net@{name}")


def test_spaces_around_do_not_count():
    said = require_name(Own(" mine ", training_data=" a  b\n", licence="  "))
    assert (said.name, said.training_data, said.licence) == ("mine", "a b", "")


@pytest.mark.parametrize("name", ["a", "a-b_c.d", "0", "x" * 40])
def test_good_names(name):
    assert require_name(Own(name)).name == name


@pytest.mark.parametrize("name", ["", "A", "a..b", "a-", "a/b", "a@b", "a:b", "a,b", "x" * 41])
def test_bad_names(name):
    with pytest.raises(BadParameterError, match=r"Weights cannot be called .*; use up to 40"):
        require_name(Own(name))
