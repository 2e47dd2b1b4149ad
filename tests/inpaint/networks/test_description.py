"""What every network says about itself."""

import pytest

from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.inpaint.networks import NETWORKS
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.description import Network, shape_of
from napari_greyfill.inpaint.networks.methods import network_methods

every_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)


def test_no_two_have_the_same_name():
    names = [network.name for network in NETWORKS]
    variants = [variant.name for network in NETWORKS for variant in network.variants]
    layouts = [layout.name for network in NETWORKS for layout in network.descriptors]
    for each in (names, variants, layouts):
        assert len(set(each)) == len(each)


@every_network
def test_it_is_called_as_its_folder(network):
    inpainter = network.inpainter()
    assert issubclass(inpainter, NetworkInpainter)
    assert inpainter.__module__ == f"napari_greyfill.inpaint.networks.{network.name}.inpainter"


@every_network
def test_it_says_what_people_should_know(network):
    assert network.summary.endswith(".")
    assert network.title and network.citation and network.code_licence
    assert network.code.startswith("https://")


@every_network
def test_its_variants_take_sizes_that_are_possible(network):
    for variant in network.variants:
        assert variant.name.startswith(network.name)
        assert all(layout.name.startswith(variant.name) for layout in variant.descriptors)
        assert variant.minimum % variant.multiple_of == 0
        assert variant.minimum <= variant.training_scale


@every_network
def test_its_checkpoints_are_of_its_layouts_and_each_makes_a_method(network):
    layouts = {layout.name for layout in network.descriptors}
    for info in network.checkpoints:
        assert (info.network, info.descriptor in layouts) == (network.name, True)
        assert info.id.startswith(f"{info.descriptor}-")  # what is left names the data set
    used = [
        info
        for variant in network.variants
        for data_set in network.data_sets(variant)
        for info in network.published(variant, data_set)
    ]
    assert sorted(info.id for info in used) == sorted(info.id for info in network.checkpoints)


@every_network
def test_its_default_method_is_one_of_its_methods(network):
    names = [m.info.name for m in network_methods() if m.network is network]
    assert network.default_method in names or not network.checkpoints
    assert all(INPAINTERS.info(name).name == name for name in names)


@every_network
def test_its_layouts_recognise_no_other_tensors(network):
    for layout in network.descriptors:
        assert layout.detect({}) is False
        assert layout.detect({"weight": "no tensor", "fc.bias": None}) is False


def test_a_network_without_published_checkpoints_has_no_data_sets():
    bare = NETWORKS[0]
    network = Network(
        "bare", "Bare", "Bare.", "nobody", "https://", "MIT", bare.variants, bare.inpainter
    )
    assert network.data_sets(bare.variants[0]) == []
    assert network.default_method == ""


def test_a_missing_tensor_has_no_shape():
    assert shape_of({"0.weight": "no tensor"}, "0.weight") == ()
