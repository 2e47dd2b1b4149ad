"""PConv is compared."""

import re
from collections.abc import Callable

from napari_greyfill.inpaint.networks.pconv.inpainter import normalisation
from napari_greyfill.inpaint.networks.pconv.layouts import DEPTH, NAOTO, OPENMMLAB, Layout
from tests import golden
from tests.networks import inpainter_of
from tests.parity.frame import Arrays, Reference, Subject
from tests.parity.observing import observed, rounded

__all__ = ["SUBJECTS"]

_SAMPLE = re.compile(r"(enc|dec)_?(\d)_(out|feat|mask)_ch0(?:_(\d))?")

_PARTS = {"enc": "encoder", "dec": "decoder"}


def _computed(layout: Layout, file: str) -> Callable[[Reference, Arrays], Arrays]:
    def compute(reference: Reference, inputs: Arrays) -> Arrays:
        module = reference.module(file, layout.name)
        parts = [f"{part}.{index}" for part in _PARTS.values() for index in range(DEPTH)]
        seen = observed(module, "", *parts)
        filled = inpainter_of({layout.name: module}).fill(*golden.picture(inputs, 128))
        given = seen[""][0]
        found = {
            "net_input": given[:, :3],
            "net_input_valid_mask": (1 - given[:, 3:]).expand(-1, 3, -1, -1),
            "net_output": seen[""][1],
            "final_mask_ch0": seen["decoder.0"][1][1],
            "composite": rounded(filled),
        }
        for name in inputs:
            sample = _SAMPLE.fullmatch(name)
            if sample:
                part, number, kind, channels = sample.groups()
                features, known = seen[f"{_PARTS[part]}.{int(number) - 1}"][1]
                found[name] = known if kind == "mask" else features[:, : int(channels)]
        # before values are limited to what a picture can hold
        unlimited = found["net_output"]
        if not layout.bgr:
            mean, deviation = normalisation(layout, 3)
            unlimited = unlimited.numpy() * deviation[:, None, None] + mean[:, None, None]
        return {**found, "composite_float": unlimited}

    return compute


SUBJECTS = tuple(
    Subject("PConv", layout.name, "", file, _computed(layout, file))
    for layout, file in ((OPENMMLAB, "pconv_mm"), (NAOTO, "pconv_naoto"))
)
