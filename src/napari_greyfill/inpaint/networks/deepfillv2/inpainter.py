"""The inpainter that runs DeepFill v2: what goes into the networks and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from napari_greyfill.inpaint.networks.deepfillv2.layouts import Layout
from napari_greyfill.inpaint.networks.one_pass import OnePassInpainter
from napari_greyfill.inpaint.networks.showing import Showing

if TYPE_CHECKING:
    from napari_greyfill.inpaint.networks.deepfillv2.network import DeepFillV2

__all__ = ["DeepFillV2Inpainter", "shown"]


class DeepFillV2Inpainter(OnePassInpainter):
    """Fills with DeepFill v2: gated convolutions and contextual attention.

    References
    ----------
    J. Yu, Z. Lin, J. Yang, X. Shen, X. Lu, T. Huang, "Free-Form Image Inpainting with Gated
    Convolution", ICCV 2019, arXiv 1806.03589.
    """

    @property
    def showing(self) -> Showing:
        """Return what goes into the networks, which the layout of the checkpoint decides."""
        (module,) = self.modules.values()
        return shown(cast("DeepFillV2", module).layout)


def shown(layout: Layout) -> Showing:
    """Return what goes into the networks of a layout: the picture, ones, and the mask."""
    return Showing(planes=("picture", "ones", "hole"), bgr=layout.bgr)
