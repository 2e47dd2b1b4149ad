"""What is published for the networks, as the networks say it."""

from urllib.parse import urlsplit

import pytest

from napari_greyfill.inpaint.networks import NETWORKS
from napari_greyfill.inpaint.networks.store import catalogue, network_weights
from tests.test_imports import imported_by


def test_everything_published_is_listed():
    found = {}
    for info in catalogue():
        found.setdefault(info.descriptor, []).append(info.id)
    assert {name: len(ids) for name, ids in found.items()}.items() >= {
        "gmcnn": 1,
        "edgeconnect-edge": 3,
        "edgeconnect-inpaint": 3,
        "deepfillv2-pt": 2,
        "deepfillv2-tf": 2,
        "deepfillv2-mm": 2,
    }.items()


def test_networks_of_two_files_have_both_for_each_data_set():
    pairs = {"edge": set(), "inpaint": set()}
    for info in catalogue():
        if info.network == "edgeconnect":
            pairs[info.descriptor.removeprefix("edgeconnect-")].add(info.training_data)
    assert pairs["edge"] == pairs["inpaint"]
    assert len(pairs["edge"]) == 3


@pytest.mark.parametrize("info", catalogue(), ids=lambda info: info.id)
def test_entries_say_what_they_should(info):
    assert info.descriptor.startswith(info.network)
    assert info.id.startswith(f"{info.descriptor}-")  # what is left names the data set
    assert info.good_for.endswith(".")
    assert info.licence and info.citation
    if info.url:  # what is downloaded without being looked at can be checked
        assert info.published_hash
        assert urlsplit(info.url).path.endswith(f"/{info.published_as}")
    if urlsplit(info.url).hostname == "download.openmmlab.com":
        # the name ends in how the SHA-256 begins, which is all that is published of it
        assert info.published_as.endswith(f"-{info.sha256_prefix}.pth")
        assert len(info.sha256_prefix) == 8


def test_layouts_are_those_of_the_networks():
    known = {
        (each.name, layout.name)
        for each in NETWORKS
        if each.checkpoints  # others have only what users train
        for layout in each.descriptors
    }
    assert {(info.network, info.descriptor) for info in catalogue()} == known


def test_every_layout_may_have_weights_of_ones_own(tmp_path):
    layouts = network_weights(tmp_path).layouts
    assert set(layouts) == {layout.name for each in NETWORKS for layout in each.descriptors}
    assert all(layout.citation and layout.title for layout in layouts.values())


def test_knowing_what_is_published_imports_nothing_heavy():
    code = "from napari_greyfill.inpaint.networks.store import catalogue; catalogue()"
    assert imported_by(code, ("torch", "numpy", "scipy", "skimage")) == set()
