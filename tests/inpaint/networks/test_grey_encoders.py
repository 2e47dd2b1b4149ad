"""Context Encoder, Shift-Net, PRVS and PGGAN with weights that were trained on grey."""

import numpy as np
import pytest
import torch

from napari_greyfill.errors import UnsupportedImageError
from napari_greyfill.inpaint.networks.contextencoder.network import ContextEncoder
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.pggan.network import Configuration, Generator
from napari_greyfill.inpaint.networks.prvs.network import PRVS
from napari_greyfill.inpaint.networks.shiftnet.network import ShiftNet
from napari_greyfill.inpaint.networks.trial import try_out
from tests.checkpoints import as_shiftnet
from tests.networks import inpainter_of


def states():
    torch.manual_seed(0)
    return {
        "contextencoder": ContextEncoder(4, 6, 1).state_dict(),
        "shiftnet": as_shiftnet(ShiftNet(2, 1)),
        "prvs": PRVS(4, 1).state_dict(),
        "pggan": Generator(Configuration(4, 2, (2, 4), 1)).state_dict(),
    }


@pytest.mark.parametrize("name", states())
def test_they_are_recognised_and_shown_grey(name, noise):
    state = states()[name]
    layout = detect(state)
    assert layout.name == name
    try_out(layout, state, "file.pth")
    inpainter = inpainter_of({name: layout.build(state)})
    assert inpainter.colours == 1
    filled = inpainter.fill(*noise(256, 256))
    assert filled.shape == (256, 256)
    assert np.isfinite(filled).all()
    with pytest.raises(UnsupportedImageError, match="take grey alone"):
        inpainter.fill(*noise(256, 256, 3))
