"""The inpainter that runs LaMa: what goes into the network and what comes out."""

from __future__ import annotations

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.one_pass import OnePassInpainter
from napari_greyfill.inpaint.networks.showing import Showing

__all__ = ["LamaInpainter"]


class LamaInpainter(OnePassInpainter):
    """Fills with LaMa, in one pass.

    References
    ----------
    R. Suvorov et al., "Resolution-robust Large Mask Inpainting with Fourier Convolutions", WACV
    2022, arXiv 2109.07161.
    """

    showing = Showing(signed=False)

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures; see `NetworkInpainter.complete`."""
        return super().complete(images, holes).clip(0, 1)
