"""GLCIC is compared."""

from collections.abc import Callable

from napari_greyfill.inpaint.networks.glcic.layouts import OPENMMLAB, OTENIM, Layout
from tests import golden
from tests.networks import inpainter_of
from tests.parity.frame import Arrays, Reference, Subject
from tests.parity.observing import as_bgr, observed, rounded

__all__ = ["SUBJECTS"]

# The references' names of the three samples of what is inside.
_NAMES = {
    OPENMMLAB: ("enc_out", "dilated_out", "dec5_out"),
    OTENIM: ("after_bn6", "after_bn10", "after_bn16"),
}
_LAYERS = {OPENMMLAB: (6, 10, 15), OTENIM: (6, 10, 16)}


def _computed(layout: Layout, file: str) -> Callable[[Reference, Arrays], Arrays]:
    def compute(reference: Reference, inputs: Arrays) -> Arrays:
        module = reference.module(file, layout.name)
        norms = [f"norms.{number - 1}" for number in _LAYERS[layout]]
        seen = observed(module, "", *norms)
        filled = inpainter_of({layout.name: module}).fill(*golden.picture(inputs))
        outs = [seen[name][1][:, :8] for name in norms]
        if not layout.norm_last:
            outs = [out.relu() for out in outs]
        names = [f"{name}_ch0_8" for name in _NAMES[layout]]
        whole = as_bgr(filled) if layout.signed else filled.transpose(2, 0, 1)[None]
        return {
            "net_input": seen[""][0],
            **dict(zip(names, outs, strict=True)),
            "net_output": seen[""][1],
            "composite_float": whole,
            "composite": rounded(filled),
        }

    return compute


SUBJECTS = tuple(
    Subject("GLCIC", layout.name, "", file, _computed(layout, file))
    for layout, file in ((OPENMMLAB, "glcic_mm"), (OTENIM, "glcic_otenim"))
)
