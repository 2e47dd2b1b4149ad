"""Checkpoints with random weights, in the layouts of the published ones.

What networks filled with them make is noise; that they run, and where results go, can be seen.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from napari_greyfill.inpaint.networks.aotgan.network import AOTGAN
from napari_greyfill.inpaint.networks.deepfillv1.network import DeepFillV1
from napari_greyfill.inpaint.networks.deepfillv2.layouts import LAYOUTS
from napari_greyfill.inpaint.networks.deepfillv2.network import DeepFillV2
from napari_greyfill.inpaint.networks.edgeconnect.network import CompletionNetwork, EdgeGenerator
from napari_greyfill.inpaint.networks.glcic.layouts import LAYOUTS as GLCIC_LAYOUTS
from napari_greyfill.inpaint.networks.glcic.network import GLCIC
from napari_greyfill.inpaint.networks.gmcnn.network import GMCNN
from napari_greyfill.inpaint.networks.pconv.layouts import LAYOUTS as PCONV_LAYOUTS
from napari_greyfill.inpaint.networks.pconv.network import PConv
from napari_greyfill.inpaint.networks.shiftnet.description import published_names
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.weights.own import Own
from tests import golden

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


# Every layout that takes colours or grey, as weights of one's own


def install_own(folder: Path, name: str, states: dict[str, dict[str, torch.Tensor]]) -> None:
    """Put checkpoints into a weights folder, as a user adds weights of their own."""
    store, file = network_weights(folder), folder.parent / "made_up.pth"
    folder.mkdir(parents=True, exist_ok=True)
    for tensors in states.values():
        torch.save(tensors, file)
        store.add(file, own=Own(name))
        file.unlink()


def of_layouts(colours: int = 3, seed: int = 0) -> dict[str, dict[str, torch.Tensor]]:
    """Return the tensors of small networks by their layouts.

    Parameters
    ----------
    colours : {3, 1}
        Channels of the pictures they take.
    seed : int
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return {name: make(colours) for name, make in MAKERS.items()}


def glcic(layout, colours):
    """Return the tensors of a GLCIC under the names its layout has for them."""
    names = {own: theirs for theirs, own in layout.renaming.items()}
    state = lively(GLCIC(layout, 4, colours)).state_dict()
    renamed = {names[key]: tensor for key, tensor in state.items()}
    if layout.mean_off:
        renamed[layout.mean_key] = torch.full((colours,), 0.45)
    return _within_file(renamed) if layout.signed else renamed


def pconv(layout, colours):
    """Return the tensors of a PConv under the names its layout has for them, and their ones."""
    renamed = {}
    for key, tensor in PConv(layout, 2, colours).state_dict().items():
        part, index, rest = key.split(".", 2)
        layer = getattr(layout, part).format(int(index) + 1)
        if rest.startswith("conv."):
            rest = f"{layout.convolution}.{rest.removeprefix('conv.')}"
        renamed[f"{layer}.{rest}"] = tensor
        if rest.endswith("conv.weight"):
            renamed[f"{layer}{layout.ones}"] = torch.ones_like(tensor)
    return _within_file(renamed) if layout.bgr else renamed


def openmmlabs_names() -> dict[str, str]:
    """Return OpenMMLab's names of AOT-GAN's tensors by the authors'."""
    found: dict[str, str] = json.loads((golden.FOLDER / "aotgan.json").read_text())["mmagic_names"]
    return found


def _within_file(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return a generator's tensors as files of training programs hold them."""
    critic = {"disc.global_disc.conv1.conv.weight": torch.zeros(4, 3, 5, 5)}
    return {**{f"generator.{key}": tensor for key, tensor in state.items()}, **critic}


def lively(module: torch.nn.Module) -> torch.nn.Module:
    """Make a network's weights large enough that what goes in is still seen after many layers."""
    for layer in module.modules():
        if isinstance(layer, CONVOLUTIONS):
            layer.weight.data *= 2
    return module


def aotgan_mm(colours):
    """Return the tensors of an AOT-GAN under OpenMMLab's names."""
    state = AOTGAN(4, blocks=2, colours=colours).state_dict()
    names = openmmlabs_names()
    return {names[key]: tensor for key, tensor in state.items()}


def _deepfillv2(layout, colours):
    return as_published(layout, lively(DeepFillV2(layout, 8, 8, colours)))


# What makes the tensors of each layout, given the channels of its pictures.
MAKERS: dict[str, Callable[[int], dict[str, torch.Tensor]]] = {
    "gmcnn": lambda colours: GMCNN(4, 6, colours).state_dict(),
    "edgeconnect-edge": lambda _: EdgeGenerator(4, blocks=2).state_dict(),
    "edgeconnect-inpaint": lambda colours: CompletionNetwork(6, 3, colours).state_dict(),
    **{each.name: partial(_deepfillv2, each) for each in LAYOUTS},
    "deepfillv1-mm": lambda colours: _within_file(lively(DeepFillV1(4, colours)).state_dict()),
    **{each.name: partial(glcic, each) for each in GLCIC_LAYOUTS},
    **{each.name: partial(pconv, each) for each in PCONV_LAYOUTS},
    "aotgan": lambda colours: AOTGAN(4, blocks=2, colours=colours).state_dict(),
    "aotgan-mm": aotgan_mm,
}
