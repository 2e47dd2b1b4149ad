"""Every inpainting method, by name. A new one is one `add`."""

from __future__ import annotations

from napari_greyfill.errors import MissingWeights
from napari_greyfill.inpaint.base import Inpainter
from napari_greyfill.inpaint.diffusion import Biharmonic, NavierStokes, Telea
from napari_greyfill.inpaint.networks.methods import network_methods
from napari_greyfill.inpaint.spectral import Spectral
from napari_greyfill.methodinfo import MethodInfo, Registry, installed

__all__ = ["INPAINTERS", "methods"]

INPAINTERS: Registry[Inpainter] = Registry(auto="biharmonic")

INPAINTERS.add(
    MethodInfo(
        "biharmonic",
        "Biharmonic (smooth)",
        "inpainter",
        summary="Continues the surroundings smoothly: exact for scratches and specks, "
        "a smear on large holes in texture.",
        citation="Damelin and Hoang 2018, doi 10.1155/2018/3950312; scikit-image",
    ),
    Biharmonic,
)
INPAINTERS.add(
    MethodInfo(
        "spectral",
        "Spectral (quick)",
        "inpainter",
        summary="The likeliest fill under the image's own spectrum: continues stripes and "
        "weaves, in a fraction of a second.",
        citation="Rasmussen and Williams 2006, section 2.2; Galerne and Leclaire 2017, "
        "doi 10.1137/16M1109047",
    ),
    Spectral,
)
_OPENCV = installed("cv2", "opencv-python-headless")
INPAINTERS.add(
    MethodInfo(
        "telea",
        "Telea (fast marching)",
        "inpainter",
        summary="Very fast weighted averages from the rim inwards, by OpenCV.",
        licence="Apache-2.0",
        citation="Telea 2004, doi 10.1080/10867651.2004.10487596; OpenCV",
    ),
    Telea,
    why_not=_OPENCV,
)
INPAINTERS.add(
    MethodInfo(
        "navier-stokes",
        "Navier-Stokes",
        "inpainter",
        summary="Very fast; continues lines of equal brightness into the hole, by OpenCV.",
        licence="Apache-2.0",
        citation="Bertalmio et al. 2001, doi 10.1109/CVPR.2001.990497; OpenCV",
    ),
    NavierStokes,
    why_not=_OPENCV,
)
for _method in network_methods():
    INPAINTERS.add(_method.info, _method.create, why_not=_method.why_not, lacking=MissingWeights)


def methods() -> list[MethodInfo]:
    """Return every inpainting method, whether or not it can run here."""
    return INPAINTERS.infos()
