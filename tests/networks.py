"""Networks' inpainters from modules, as methods make them."""

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.networks import NETWORKS


def variant_of(layout):
    """Return the network and the variant that a checkpoint layout belongs to."""
    return next(
        (network, variant)
        for network in NETWORKS
        for variant in network.variants
        if layout in [descriptor.name for descriptor in variant.descriptors]
    )


def inpainter_of(modules, compute=None):
    """Return the inpainter that runs modules, which are given by the names of their layouts."""
    network, variant = variant_of(next(iter(modules)))
    return network.inpainter()(compute or Compute(), modules, variant)
