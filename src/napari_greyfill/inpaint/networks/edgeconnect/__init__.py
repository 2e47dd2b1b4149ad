"""EdgeConnect: draws the edges in the hole first, then fills in the colour.

K. Nazeri, E. Ng, T. Joseph, F. Z. Qureshi, M. Ebrahimi, "EdgeConnect: Generative Image
Inpainting with Adversarial Edge Learning", arXiv 1901.00212, 2019; "EdgeConnect: Structure
Guided Image Inpainting using Edge Prediction", ICCV Workshops 2019.
"""

from napari_greyfill.inpaint.networks.edgeconnect.description import NETWORK

__all__ = ["NETWORK"]
