"""The inpainter that runs GMCNN: what goes into the network and what comes out."""

from __future__ import annotations

from napari_greyfill.inpaint.networks.gmcnn.graph import GRAPH
from napari_greyfill.inpaint.networks.one_pass import OnePassInpainter
from napari_greyfill.inpaint.networks.showing import Showing

__all__ = ["AS_GRAPH", "GMCNNInpainter"]

AS_GRAPH = Showing(planes=("picture", "ones", "hole"), bgr=True)  # to the TensorFlow program's


class GMCNNInpainter(OnePassInpainter):
    """Fills with GMCNN, in one pass.

    References
    ----------
    Y. Wang, X. Tao, X. Qi, X. Shen, J. Jia, "Image Inpainting via Generative Multi-column
    Convolutional Neural Networks", NeurIPS 2018, arXiv 1810.08771.
    """

    @property
    def showing(self) -> Showing:
        """Return what goes into the network, and what comes out."""
        return AS_GRAPH if GRAPH.name in self.modules else super().showing
