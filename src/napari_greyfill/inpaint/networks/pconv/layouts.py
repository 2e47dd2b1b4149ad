"""The checkpoint layouts of PConv: how each names its layers, and what it does differently.

Does not import torch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["DEPTH", "LAYOUTS", "NAOTO", "OPENMMLAB", "Layout"]

DEPTH = 7  # layers down, and as many up


@dataclass(frozen=True)
class Layout:
    """One checkpoint layout.

    Attributes
    ----------
    name, title : str
        As in `Descriptor`.
    encoder, decoder : str
        How a layer's tensors are called, with its number, from 1, for "{}".
    convolution : str
        How that of a layer is called.
    ones : str
        How the tensors of ones are called that count what is known; they are left out.
    scaled : bool
        Whether a sum over what is known is multiplied by the window's size before it is divided
        by how much is known.
    first_bias : bool
        Whether the first layer has a bias; of the others only the last one has.
    mean, deviation : tuple of float
        What is taken off the picture in [0, 1], and what it is divided by after that, in the order
        of the network's channels.
    bgr : bool
        Whether channels are in the order B, G, R.
    """

    name: str
    title: str
    encoder: str
    decoder: str
    convolution: str
    ones: str
    scaled: bool
    first_bias: bool
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    bgr: bool = False

    def renamed(self, key: str) -> str:
        """Return the module's name of a tensor of the checkpoint; "" for one that is left out."""
        if key.endswith(self.ones):
            return ""
        for part, form in (("encoder", self.encoder), ("decoder", self.decoder)):
            before, after = map(re.escape, form.split("{}"))
            found = re.fullmatch(rf"{before}([1-9]){after}\.(.+)", key)
            if found:
                number, rest = found.groups()
                own = f"{self.convolution}."
                rest = f"conv.{rest.removeprefix(own)}" if rest.startswith(own) else rest
                return f"{part}.{int(number) - 1}.{rest}"
        return key


OPENMMLAB = Layout(
    name="pconv-mm",
    title="PConv (OpenMMLab)",
    encoder="encoder.enc{}",
    decoder="decoder.dec{}",
    convolution="conv",
    ones=".conv.weight_mask_updater",
    scaled=True,
    first_bias=True,
    mean=(0.5, 0.5, 0.5),
    deviation=(0.5, 0.5, 0.5),
    bgr=True,
)

NAOTO = Layout(
    name="pconv-naoto",
    title="PConv (naoto0804)",
    encoder="enc_{}",
    decoder="dec_{}",
    convolution="conv.input_conv",
    ones=".conv.mask_conv.weight",
    scaled=False,
    first_bias=False,
    mean=(0.485, 0.456, 0.406),
    deviation=(0.229, 0.224, 0.225),
)

LAYOUTS = (OPENMMLAB, NAOTO)
