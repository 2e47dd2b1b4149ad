"""Every inpainting method, by name. A new one is one `add`."""

from __future__ import annotations

from functools import partial

from napari_greyfill.compute.plugins import METHODS, methods_from_outside
from napari_greyfill.compute.pytorch import lacking_torch
from napari_greyfill.compute.registry import MethodInfo, Registry, installed
from napari_greyfill.inpaint.base import Inpainter
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.correction import Correction
from napari_greyfill.inpaint.diffusion import Biharmonic, NavierStokes, Telea
from napari_greyfill.inpaint.networks.methods import network_methods, own_methods
from napari_greyfill.inpaint.networks.msnps import NETWORK as MSNPS
from napari_greyfill.inpaint.networks.msnps.inpainter import with_filter_bank
from napari_greyfill.inpaint.selective import FrequencySelective
from napari_greyfill.inpaint.spectral import Spectral
from napari_greyfill.inpaint.texture import Texture, ThoroughTexture

__all__ = ["INPAINTERS", "methods"]

INPAINTERS: Registry[Inpainter] = Registry(
    auto="blend",
    kind="inpainter",
    others=partial(methods_from_outside, METHODS, "inpainter", lambda: Inpainter),
)

INPAINTERS.add(
    MethodInfo(
        "blend",
        "Faithful blend",
        "inpainter",
        summary="The default: several fills, weighed by how well each does on this image; "
        "for measuring, with the error to expect.",
        citation="Breiman 1996, doi 10.1007/BF00117832; the members' own",
        takes_cuda=True,
    ),
    Blend,
)
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
        summary="The likeliest fill under the spectrum of what is around the hole: continues "
        "stripes and weaves, in a fraction of a second.",
        citation="Rasmussen and Williams 2006, section 2.2; Galerne and Leclaire 2017, "
        "doi 10.1137/16M1109047",
        takes_cuda=True,
    ),
    Spectral,
)
INPAINTERS.add(
    MethodInfo(
        "frequency-selective",
        "Frequency-selective",
        "inpainter",
        summary="Continues the few waves that explain the surroundings of each small block; on "
        "its own for comparison.",
        citation="Seiler and Kaup 2010, doi 10.1109/LSP.2010.2078504; Genser et al. 2018, "
        "doi 10.1109/PCS.2018.8456259",
    ),
    FrequencySelective,
)
INPAINTERS.add(
    MethodInfo(
        "correction",
        "Spectral, corrected",
        "inpainter",
        summary="The spectral fill, corrected by a small network that comes with the package; "
        "better at edges, lines and smooth places.",
        citation="this project's own; docs/model_card_correction.md",
        takes_cuda=True,
    ),
    Correction,
)
INPAINTERS.add(
    MethodInfo(
        "texture",
        "Texture (exemplar)",
        "inpainter",
        summary="Copies parts of the picture, cut and moved so that no seam shows: for looking, "
        "not for measuring.",
        citation="He and Sun 2014, doi 10.1109/TPAMI.2014.2330611; Wexler et al. 2007, "
        "doi 10.1109/TPAMI.2007.60; Barnes et al. 2009, doi 10.1145/1531326.1531330",
        takes_cuda=True,
        in_colour=True,
        by_chance=True,
    ),
    Texture,
)
INPAINTERS.add(
    MethodInfo(
        "texture-thorough",
        "Texture, thorough",
        "inpainter",
        summary="Like texture, with a second round of places to copy from: another try where "
        "the first breaks edges; takes half as long again.",
        citation="as texture",
        takes_cuda=True,
        in_colour=True,
        by_chance=True,
    ),
    ThoroughTexture,
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
INPAINTERS.add(
    MethodInfo(
        "msnps",
        "MSNPS, without VGG-19",
        "inpainter",
        summary="Changes the blend's fill until patches of it look like known ones. In place of "
        "the paper's VGG-19, fixed oriented filters of ours say what texture is; for looking, not "
        "for measuring.",
        citation="Yang et al. 2017, arXiv:1611.09969; Freeman and Adelson 1991, "
        "doi 10.1109/34.93808",
        uses_torch=True,
        slow=MSNPS.slow,
    ),
    with_filter_bank,
    why_not=lacking_torch,
)
for _method in network_methods():
    INPAINTERS.register(_method.registered())
INPAINTERS.register_changing(lambda: (method.registered() for method in own_methods()))


def methods() -> list[MethodInfo]:
    """Return every inpainting method, whether or not it can run here.

    Examples
    --------
    >>> {info.name: info.available for info in methods()}["blend"]
    True
    """
    return INPAINTERS.infos()
