"""One fill, checked and ready to run.

`FillParameters` is what the user chose, `prepare` checks it against the image and the mask,
and `FillJob` is what the stages work on. Everything that can be wrong with the input is
found here, before any work starts.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.checks import (
    array_of,
    callable_of,
    choice_of,
    flag_of,
    labels_of,
    number_of,
    whole_of,
)
from napari_greyfill.colorization import COLORIZERS, Colorizer
from napari_greyfill.compute.device import DEVICES, CancelCheck, Compute, choose_device, never
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import BadParameterError
from napari_greyfill.image.geometry import tight_box
from napari_greyfill.image.layer import data_of
from napari_greyfill.image.picture import Patch, Picture, about_transparent, is_erased, plane_of
from napari_greyfill.image.regions import Region, plan_regions
from napari_greyfill.image.validity import KEEP_INVALID, KeepInvalid, nodata_of
from napari_greyfill.inpaint import INPAINTERS, SCALES, Inpainter
from napari_greyfill.masks import feather, grow, hole_from_mask, inspected
from napari_greyfill.pipeline.hints import ColourHints
from napari_greyfill.pipeline.names import resolve_pipeline
from napari_greyfill.pipeline.result import FINAL, WITH_HOLE, FillResult, Step

__all__ = [
    "ArrayOrLayer",
    "FillJob",
    "FillParameters",
    "HintsOrLayer",
    "check_choices",
    "device_for",
    "make_job",
    "prepare",
    "read_picture",
]

ArrayOrLayer: TypeAlias = Any  # an array, what numpy makes one of, or a napari layer
HintsOrLayer: TypeAlias = Any  # whatever `ColourHints.of` takes, or None
_PACKAGES = ("napari-greyfill", "numpy", "scipy", "scikit-image")


@dataclass(frozen=True)
class FillParameters:
    """What the user chose; the fields are the keyword arguments of `fill`."""

    method: str = "auto"
    pipeline: str = "grey-rgb"
    colorizer: str = "auto"
    labels: Collection[int] | None = None
    device: str = "auto"
    seed: int = 0
    grow: float = 0
    feather: float = 0
    scale: str = "auto"
    nodata: float | None = None
    keep_invalid: KeepInvalid = "auto"

    def __post_init__(self) -> None:
        """Check what can be checked without an image; keep plain numbers, as JSON needs them."""
        for name in ("method", "pipeline", "colorizer"):
            if not isinstance(getattr(self, name), str):
                raise BadParameterError(
                    f"The {name} is {getattr(self, name)!r}, but it must be a name; "
                    "the documentation lists them."
                )
        choice_of("device", self.device, DEVICES)
        choice_of("scale", self.scale, SCALES)
        choice_of("keep_invalid", self.keep_invalid, KEEP_INVALID)
        checked = {
            "seed": whole_of("The seed", self.seed),
            "grow": number_of("grow", self.grow, unit=" pixels"),
            "feather": number_of("feather", self.feather, unit=" pixels"),
            "labels": labels_of(self.labels),
            "nodata": nodata_of(self.nodata),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False)
class FillJob:
    """Everything the stages need.

    Attributes
    ----------
    colorizer : Colorizer or None
        None if no colour is to be recovered.
    notes : list of str
        What the user should know; grows while the job runs.
    devices : list of str
        Where it ran: the chosen device, and the CPU if that had to take over.
    hints : ColourHints or None
        Those in the hole, None without any.
    grey_share : float
        Share of the progress bar for stage 1.
    """

    parameters: FillParameters
    pipeline: str
    picture: Picture
    regions: list[Region]
    method: MethodInfo
    inpainter: Inpainter
    colouring: MethodInfo | None
    colorizer: Colorizer | None
    compute: Compute
    notes: list[str]
    devices: list[str]
    hints: ColourHints | None = None
    started: float = field(default_factory=time.perf_counter)

    @property
    def grey_share(self) -> float:
        """Return the share of stage 1 in the whole work, roughly."""
        if self.colouring is None:
            return 1.0
        return 0.05 if self.colouring.uses_torch else 0.5

    @property
    def fills_colour(self) -> bool:
        """Return whether stage 1 works on colour planes."""
        return self.picture.is_colour and self.pipeline != "grey-rgb"

    def on_cpu(self) -> FillJob:
        """Return the same job with its methods on the CPU."""
        compute = replace(self.compute, device="cpu")
        if "cpu" not in self.devices:
            self.devices.append("cpu")
        return replace(
            self,
            compute=compute,
            inpainter=INPAINTERS.create(self.method.name, compute),
            colorizer=COLORIZERS.create(self.colouring.name, compute) if self.colouring else None,
        )

    def with_hole(self) -> Step:
        """Return the step that shows the grey before anything is filled."""
        empty = tuple(
            Patch(r.core, np.zeros(r.core.shape, dtype=np.float32)) for r in self.regions
        )
        return Step("start", WITH_HOLE, 0.0, "result", self.picture, empty, as_grey=True)

    def final(self, patches: tuple[Patch, ...]) -> Step:
        """Return the step that shows the result."""
        return Step("done", FINAL, 1.0, "result", self.picture, patches)

    def finished(
        self, steps: tuple[Step, ...], confidences: tuple[Patch, ...] | None
    ) -> FillResult:
        """Return the result from the steps that were kept and the confidence of each region."""
        image = steps[-1].image
        assert image is not None  # the last step is the final image
        seconds = time.perf_counter() - self.started
        return FillResult(
            image=image.reshape(self.picture.given or image.shape),
            hole=self.picture.hole,
            steps=steps,
            notes=tuple(self.notes),
            method=self.method.name,
            pipeline=self.pipeline,
            colorizer=self.colouring.name if self.colouring else "",
            provenance=self._provenance(seconds, steps),
            seconds=seconds,
            confidences=confidences,
        )

    def _used_torch(self) -> bool:
        methods = (self.method, self.colouring)
        return self.devices != ["cpu"] or any(info.uses_torch for info in methods if info)

    def _provenance(self, seconds: float, steps: tuple[Step, ...]) -> dict[str, Any]:
        hole = self.picture.hole
        errors = [step.expected_error for step in steps if step.expected_error is not None]
        return {
            "method": self.method.name,
            "pipeline": self.pipeline,
            "colorizer": self.colouring.name if self.colouring else None,
            "parameters": asdict(self.parameters),
            "seed": self.parameters.seed,
            "device": ", ".join(self.devices),
            "versions": _versions(with_torch=self._used_torch()),
            "mask_sha256": _hash(hole),
            "filled_pixels": int(np.count_nonzero(hole)),
            "hint_pixels": len(self.hints) if self.hints else 0,
            "value_range": [self.picture.values.low, self.picture.values.high],
            "expected_error": errors[0] if errors else None,
            "notes": list(self.notes),
            "seconds": round(seconds, 3),
        }


def prepare(
    image: ArrayOrLayer,
    mask: ArrayOrLayer,
    parameters: FillParameters,
    *,
    rgb: bool | None = None,
    hints: HintsOrLayer = None,
    cancelled: CancelCheck = never,
) -> FillJob:
    """Check image, mask and parameters, and return a job that can run.

    Raises
    ------
    GreyfillError
        As listed in `napari_greyfill.fill`.
    """
    check_choices(parameters)
    INPAINTERS.require(parameters.method)  # before the image is looked at: it is quick
    picture = read_picture(image, mask, parameters, rgb=rgb)
    return make_job(picture, parameters, hints=hints, cancelled=cancelled)


def check_choices(parameters: FillParameters) -> None:
    """Check what needs no image and no method to be there.

    Raises
    ------
    BadParameterError
        If there is no such pipeline or colorizer.
    """
    resolve_pipeline(parameters.pipeline)
    COLORIZERS.info(parameters.colorizer)


def read_picture(
    image: ArrayOrLayer,
    mask: ArrayOrLayer,
    parameters: FillParameters,
    *,
    rgb: bool | None = None,
) -> Picture:
    """Check image and mask and return them as the stages work on them.

    Axes of length 1 beyond those of a plane do not matter, in neither of them.

    Raises
    ------
    GreyfillError
        As listed in `napari_greyfill.fill`.
    """
    if flag_of("rgb", rgb) is None:
        rgb = getattr(image, "rgb", None)
    given = array_of("image", data_of(image))
    pixels = plane_of(given, rgb=rgb)
    hole = hole_from_mask(data_of(mask), labels=parameters.labels)
    if pixels.ndim >= 2 and hole.shape == pixels.shape[:2]:
        hole = grow(hole, parameters.grow)
    picture = Picture.from_array(
        pixels,
        hole,
        rgb=rgb,
        nodata=parameters.nodata,
        keep_invalid=parameters.keep_invalid,
        transparent_is_unknown=True,
    )
    if pixels.shape != given.shape:
        picture = replace(picture, given=given.shape)
    if picture.transparent:
        alpha = np.asarray(picture.original[..., 3])
        picture = replace(picture, revealed=is_erased(alpha, picture.hole))
    if parameters.feather == 0:
        return picture
    return picture.with_blend(feather(picture.hole, parameters.feather))


def make_job(
    picture: Picture,
    parameters: FillParameters,
    *,
    hints: HintsOrLayer = None,
    cancelled: CancelCheck = never,
) -> FillJob:
    """Return a job for a picture; it makes the methods, and loads their weights.

    Raises
    ------
    GreyfillError
        As listed in `napari_greyfill.fill`.
    """
    callable_of("cancelled", cancelled)
    pipeline = resolve_pipeline(parameters.pipeline)
    method = INPAINTERS.require(parameters.method)
    colouring = None
    if picture.is_colour and pipeline != "rgb-rgb":
        colouring = COLORIZERS.require(parameters.colorizer)
    notes = _notes(picture, parameters, pipeline)
    placed = _placed(hints, picture, notes, colouring)
    device, fallback = device_for(parameters.device, method, colouring)
    notes += [fallback] if fallback else []
    compute = Compute(device, parameters.seed, cancelled)
    return FillJob(
        parameters=parameters,
        pipeline=pipeline,
        picture=picture,
        regions=plan_regions(picture.hole, unknown=picture.unknown),
        method=method,
        inpainter=INPAINTERS.create(method.name, compute),
        colouring=colouring,
        colorizer=COLORIZERS.create(colouring.name, compute) if colouring else None,
        compute=compute,
        notes=notes,
        devices=[device],
        hints=placed,
    )


def device_for(requested: str, *methods: MethodInfo | None) -> tuple[str, str]:
    """Return the device for methods, and a sentence if it is not the one asked for.

    Methods that can do without torch take CUDA only if it is asked for by name, or another
    method needs torch: importing it takes longer than most of their fills.
    """
    wanted = any(
        info.uses_torch or (info.takes_cuda and requested == "cuda") for info in methods if info
    )
    return choose_device(requested) if wanted else ("cpu", "")


def _notes(picture: Picture, parameters: FillParameters, pipeline: str) -> list[str]:
    notes = [finding.sentence for finding in inspected(picture.original, picture.hole)]
    if picture.transparent:
        notes.append(about_transparent(picture.transparent, revealed=picture.revealed))
    plain = parameters.nodata is None and not isinstance(picture.original, np.ma.MaskedArray)
    what = "NaN or infinite" if plain else "NaN, infinite, masked or no-data"
    if picture.invalid:
        notes.append(
            f"{picture.invalid} pixels outside the mask were {what}; they were filled as well."
        )
    if picture.kept:
        notes.append(
            f"{picture.kept} pixels outside the mask are {what}; they were left as they are."
        )
    if not picture.is_colour and (pipeline != "grey-rgb" or parameters.colorizer != "auto"):
        notes.append("The image is grey, so there is no colour to recover: only stage 1 ran.")
    return notes


def _placed(
    hints: HintsOrLayer, picture: Picture, notes: list[str], colouring: MethodInfo | None
) -> ColourHints | None:
    """Return the hints that count; note how many do not."""
    if hints is None:
        return None
    every = ColourHints.of(hints)
    if colouring is None:
        notes.append("No colour is recovered in this fill, so the colour hints were not used.")
        return None
    inside = every.inside(picture.hole)
    if len(inside) < len(every):
        notes.append(
            f"{len(every) - len(inside)} of {len(every)} pixels with a colour hint lie outside "
            "the hole; they were not used."
        )
    return inside if len(inside) else None


def _versions(*, with_torch: bool) -> dict[str, str]:
    packages = (*_PACKAGES, "torch") if with_torch else _PACKAGES
    return {package: _version(package) for package in packages}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _hash(hole: NDArray[np.bool_]) -> str:
    """Return the SHA-256 of the size of a hole, of the box around it, and of the box's bits."""
    box = tight_box(hole)
    assert box is not None  # an empty hole was refused
    digest = hashlib.sha256(f"{hole.shape} {box}".encode())
    digest.update(np.packbits(hole[box.slices]).tobytes())
    return digest.hexdigest()
