"""The texture fill: parts of the surroundings, put together so that no seam shows."""

from napari_greyfill.inpaint.texture.inpainter import Texture, ThoroughTexture
from napari_greyfill.inpaint.texture.look import Look, recommend_look

__all__ = ["Look", "Texture", "ThoroughTexture", "recommend_look"]
