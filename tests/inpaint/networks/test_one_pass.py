"""Networks of one module that fill in one pass."""

import numpy as np
import torch

from napari_greyfill.compute.device import Compute
from napari_greyfill.inpaint.networks.one_pass import OnePassInpainter
from napari_greyfill.inpaint.networks.showing import Showing
from napari_greyfill.inpaint.networks.variants import Variant


class Negative(torch.nn.Module):
    """Returns the negative of the colours it is shown."""

    def forward(self, x):
        return -x[:, :3]


def inpainter(kind):
    variant = Variant("negative", "Negative", (), minimum=1, multiple_of=1)
    return kind(Compute(), {"negative": Negative()}, variant)


def test_what_comes_out_is_read_as_it_is_shown(noise):
    image, hole = noise(8, 8, 3)
    filled = inpainter(OnePassInpainter).complete(image[None], hole[None])[0]
    # 1 - x by way of [-1, 1] rounds to a unit of 1 in the last place
    np.testing.assert_allclose(filled[~hole], 1 - image[~hole], atol=1.2e-7)
    assert (filled[hole] == 0.5).all()


def test_a_network_says_how_it_is_shown(noise):
    class OfWhite(OnePassInpainter):
        showing = Showing(hidden=1.0, bgr=True)

    image, hole = noise(8, 8, 3)
    filled = inpainter(OfWhite).complete(image[None], hole[None])[0]
    np.testing.assert_allclose(filled[~hole], 1 - image[~hole], atol=1.2e-7)
    assert (filled[hole] == 0).all()
