"""Networks that fill in one pass, through one module."""

from __future__ import annotations

from napari_greyfill.inpaint.base import Hole, Plane
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.showing import Showing

__all__ = ["OnePassInpainter"]


class OnePassInpainter(NetworkInpainter):
    """Shows all pictures to its module, and takes what comes out.

    It takes one module, of any of the network's layouts.
    """

    @property
    def showing(self) -> Showing:
        """Return what goes into the module and what comes out."""
        return Showing()

    def complete(self, images: Plane, holes: Hole) -> Plane:
        """Return the network's pictures; see `NetworkInpainter.complete`."""
        (name,) = self.modules
        return self.showing.taken(self.apply(name, self.showing.given(images, holes)))
