"""Checkpoints with random weights, in the layouts of the published ones.

What networks filled with them make is noise; that they run, and where results go, can be seen.
"""

from pathlib import Path

import torch

from napari_greyfill.inpaint.networks.deepfillv2.layouts import LAYOUTS
from napari_greyfill.inpaint.networks.deepfillv2.network import DeepFillV2
from napari_greyfill.inpaint.networks.edgeconnect.network import CompletionNetwork, EdgeGenerator
from napari_greyfill.inpaint.networks.gmcnn.network import GMCNN
from napari_greyfill.inpaint.networks.shiftnet.description import published_names
from napari_greyfill.inpaint.networks.store import network_weights

METHODS = ("gmcnn-celebahq", "edgeconnect-places2", "deepfillv2-pt-places2")
PT = LAYOUTS[0]
CONVOLUTIONS = (torch.nn.Conv2d, torch.nn.ConvTranspose2d)


def install(folder: Path, *, full: bool = False) -> None:
    """Put checkpoints for `METHODS` into a weights folder, as a user adds files.

    Parameters
    ----------
    folder : Path
    full : bool
        Whether the networks are as wide as the published ones.
    """
    store, file = network_weights(folder), folder / "made_up.pth"
    folder.mkdir(parents=True, exist_ok=True)
    for name, tensors in state_dicts(full=full).items():
        torch.save(tensors, file)
        store.add(file, name)
        file.unlink()


def state_dicts(*, full: bool = False, seed: int = 0) -> dict[str, dict[str, torch.Tensor]]:
    """Return tensors by the ids of checkpoints."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        edge = spectrally_normalised(EdgeGenerator() if full else EdgeGenerator(4, blocks=2))
        # running in training mode is what gives the spectral norms' vectors their values
        edge.train()(torch.rand(1, 3, 16, 16))
        return {
            "gmcnn-celebahq": (GMCNN() if full else GMCNN(4, 6)).state_dict(),
            "edgeconnect-edge-places2": edge.state_dict(),
            "edgeconnect-inpaint-places2": (
                CompletionNetwork() if full else CompletionNetwork(6, blocks=3)
            ).state_dict(),
            "deepfillv2-pt-places2": as_published(
                PT, DeepFillV2(PT) if full else DeepFillV2(PT, width=4, decoder_width=4)
            ),
        }


def spectrally_normalised(network):
    """Let torch itself normalise all convolutions but the last, as the published network does."""
    for name, layer in network.named_modules():
        if isinstance(layer, CONVOLUTIONS) and name != "decoder.7":
            torch.nn.utils.spectral_norm(layer)
    return network


def as_published(layout, network):
    """Return the tensors of a DeepFill v2 under the names its layout has for them."""
    state = network.state_dict()
    return {
        f"{layout.prefix}{name}.conv.{kind}": state[f"{part}.{index}.conv.{kind}"]
        for part, names in layout.names.items()
        for index, name in enumerate(names)
        for kind in ("weight", "bias")
    }


def as_shiftnet(network):
    """Return the tensors of a Shift-Net under the names of published checkpoints."""
    theirs = {ours: published for published, ours in published_names().items()}
    state = {key.rpartition("."): tensor for key, tensor in network.state_dict().items()}
    return {f"{theirs[layer]}.{kind}": tensor for (layer, _, kind), tensor in state.items()}
