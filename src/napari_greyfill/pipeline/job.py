"""One fill, checked and ready to run.

`FillOptions` is what the user chose, `prepare` checks it against the image and the mask,
and `FillJob` is what the stages work on. Everything that can be wrong with the input is
found here, before any work starts.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.checks import callable_of
from napari_greyfill.colorization import COLORIZERS, Colorizer
from napari_greyfill.compute.device import CancelCheck, Compute, choose_device, never
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.compute.versions import version_of
from napari_greyfill.image.arrays import ImageLike, MaskLike
from napari_greyfill.image.geometry import Window, tight_box
from napari_greyfill.image.lazy import LazyPlane
from napari_greyfill.image.picture import Patch, Picture
from napari_greyfill.image.specks import Plan
from napari_greyfill.inpaint import INPAINTERS, Inpainter
from napari_greyfill.pipeline.hints import ColourHints, HintsOrLayer, placed_hints
from napari_greyfill.pipeline.intermediate import FINAL, WITH_HOLE, Intermediate
from napari_greyfill.pipeline.notes import IN_COLOUR, notes_of
from napari_greyfill.pipeline.options import FillOptions, PipelineName
from napari_greyfill.pipeline.picture import read_picture
from napari_greyfill.pipeline.pieces import Piece
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.pipeline.suggest import method_for
from napari_greyfill.pipeline.unchanged import Memory

__all__ = [
    "FillJob",
    "device_for",
    "make_job",
    "prepare",
    "require_methods",
]

_PACKAGES = ("napari-greyfill", "numpy", "scipy", "scikit-image")


@dataclass(frozen=True, eq=False)
class FillJob:
    """Everything the stages need.

    Attributes
    ----------
    plan : Plan
        Where to work.
    colorizer : Colorizer or None
        None if no colour is to be recovered.
    notes : list of str
        What the user should know; grows while the job runs.
    devices : list of str
        Where it ran: the chosen device, and the CPU if that had to take over.
    hints : ColourHints or None
        Those in the hole, None without any.
    reason : str
        Why the method was chosen, if it was left open; a sentence.
    in_colour : bool
        Whether the method copies colours, so that it fills them whatever pipeline was chosen.
    grey_share : float
        Share of the progress bar for stage 1.
    memory : Memory or None, for regions that need not be filled again
    """

    options: FillOptions
    picture: Picture
    plan: Plan
    method: MethodInfo
    inpainter: Inpainter
    colouring: MethodInfo | None
    colorizer: Colorizer | None
    compute: Compute
    notes: list[str]
    devices: list[str]
    hints: ColourHints | None = None
    reason: str = ""
    in_colour: bool = False
    memory: Memory | None = None
    started: float = field(default_factory=time.perf_counter)

    @property
    def pipeline(self) -> PipelineName:
        """Return the pipeline that runs, by its own name."""
        return "rgb-rgb" if self.in_colour else self.options.pipeline

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

    @property
    def specks(self) -> tuple[Window, ...]:
        """Return the boxes of the holes that stage 1 fills as specks."""
        return () if self.inpainter.speck_weights is None else self.plan.specks

    @property
    def coloured_specks(self) -> tuple[Window, ...]:
        """Return the boxes of the holes that stage 2 colours as specks; hints make them none."""
        if self.colorizer is None or self.colorizer.speck_pull is None or self.hints is not None:
            return ()
        return self.plan.specks

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

    def with_hole(self) -> Intermediate:
        """Return the grey before anything is filled."""
        empty = tuple(
            Patch(core, np.zeros(core.shape, dtype=np.float32)) for core in self.plan.cores
        )
        return Intermediate("start", WITH_HOLE, self.picture, empty, as_grey=True)

    def final(self, patches: tuple[Patch, ...]) -> Intermediate:
        """Return the filled image."""
        return Intermediate("done", FINAL, self.picture, patches)

    def finished(
        self,
        steps: tuple[Intermediate, ...],
        confidences: tuple[Patch, ...] | None,
        pieces: tuple[Piece, ...] = (),
    ) -> FillResult:
        """Return the result from what was kept.

        Parameters
        ----------
        steps : tuple of Intermediate
            The images; the last one is the result.
        confidences : tuple of Patch, or None
            How sure the colours of each region are.
        pieces : tuple of Piece
            What became of each painted piece, if that was asked.
        """
        lazily = isinstance(self.picture.original, LazyPlane)
        image = None if lazily else steps[-1].image
        seconds = time.perf_counter() - self.started
        if self.memory is not None:
            self.memory.let_go()
        return FillResult(
            whole=image,
            hole=self.picture.hole,
            steps=steps,
            notes=tuple(self.notes),
            method=self.method.name,
            pipeline=self.pipeline,
            colorizer=self.colouring.name if self.colouring else "",
            provenance=self._provenance(seconds, steps, pieces),
            seconds=seconds,
            confidences=confidences,
            reason=self.reason,
            pieces=pieces,
            memory=self.memory,
        )

    def _used_torch(self) -> bool:
        methods = (self.method, self.colouring)
        return self.devices != ["cpu"] or any(info.uses_torch for info in methods if info)

    def _provenance(
        self, seconds: float, steps: tuple[Intermediate, ...], pieces: tuple[Piece, ...]
    ) -> dict[str, Any]:
        hole = self.picture.hole
        errors = [step.expected_error for step in steps if step.expected_error is not None]
        return {
            "method": self.method.name,
            "pipeline": self.pipeline,
            "colorizer": self.colouring.name if self.colouring else None,
            "reason": self.reason,
            "parameters": self.options.to_dict(),
            "seed": self.options.seed,
            "device": ", ".join(self.devices),
            "versions": _versions(with_torch=self._used_torch()),
            "mask_sha256": _hash(hole),
            "filled_pixels": int(np.count_nonzero(hole)),
            "specks": len(self.specks),
            "regions": None if self.memory is None else self.memory.counts,
            "hint_pixels": len(self.hints) if self.hints else 0,
            "value_range": [self.picture.values.low, self.picture.values.high],
            "expected_error": errors[0] if errors else None,
            "weights": [dict(each) for each in self.inpainter.weights],
            "pieces": [piece.to_dict() for piece in pieces],
            "notes": list(self.notes),
            "seconds": round(seconds, 3),
        }


def prepare(
    image: ImageLike,
    mask: MaskLike,
    options: FillOptions,
    *,
    rgb: bool | None = None,
    hints: HintsOrLayer = None,
    cancelled: CancelCheck = never,
) -> FillJob:
    """Check image, mask and options, and return a job that can run.

    Parameters
    ----------
    image, mask, rgb, hints
        As in `napari_greyfill.fill`.
    options : FillOptions
        What was chosen.
    cancelled : callable
        Returns whether to stop.

    Raises
    ------
    GreyfillError
        As listed in `napari_greyfill.fill`.
    """
    require_methods(options)  # before the image is looked at: it is quick
    picture = read_picture(image, mask, options, rgb=rgb)
    return make_job(picture, options, hints=hints, cancelled=cancelled)


def require_methods(options: FillOptions) -> None:
    """Check that the methods of both stages exist, and that the first can run here.

    Raises
    ------
    BadParameterError
        If there is no method of that name.
    MissingDependencyError, MissingWeightsError
        If the inpainter cannot run here.
    """
    INPAINTERS.require(options.method)
    COLORIZERS.info(options.colorizer)


def make_job(
    picture: Picture,
    options: FillOptions,
    *,
    plan: Plan | None = None,
    hints: HintsOrLayer = None,
    cancelled: CancelCheck = never,
    strict: bool = False,
) -> FillJob:
    """Return a job for a picture; it makes the methods, and loads their weights.

    Parameters
    ----------
    picture : Picture
        What `read_picture` returned.
    options : FillOptions
        How to fill; what is left open is resolved here.
    plan : Plan, optional
        Where the hole lies, if that is known from an earlier job of the same picture.
    hints : ColourHints, or what `ColourHints.of` takes
        Colours for pixels of the hole.
    cancelled : callable
        Returns whether to stop.
    strict : bool
        Whether the pipeline is the one chosen even for a method that copies colours.

    Raises
    ------
    GreyfillError
        As listed in `napari_greyfill.fill`.
    """
    callable_of("cancelled", cancelled)
    plan = plan or Plan(picture.hole, picture.unknown)
    name, reason = method_for(picture, plan, options)
    method = INPAINTERS.require(name)
    in_colour = not strict and picture.is_colour and method.in_colour
    in_colour = in_colour and options.pipeline == "grey-rgb"
    if in_colour:
        reason = f"{reason} {IN_COLOUR}".lstrip()
    colouring = None
    if picture.is_colour and options.pipeline != "rgb-rgb" and not in_colour:
        colouring = COLORIZERS.require(options.colorizer)
    notes = notes_of(picture, options, method)
    placed, ignored = placed_hints(hints, picture.hole, used=colouring is not None)
    notes += [ignored] if ignored else []
    device, fallback = device_for(options.device, method, colouring)
    notes += [fallback] if fallback else []
    compute = Compute(device, options.seed, cancelled)
    return FillJob(
        options=options,
        picture=picture,
        plan=plan,
        method=method,
        inpainter=INPAINTERS.create(method.name, compute),
        colouring=colouring,
        colorizer=COLORIZERS.create(colouring.name, compute) if colouring else None,
        compute=compute,
        notes=notes,
        devices=[device],
        hints=placed,
        reason=reason,
        in_colour=in_colour,
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


def _versions(*, with_torch: bool) -> dict[str, str]:
    packages = (*_PACKAGES, "torch") if with_torch else _PACKAGES
    return {package: version_of(package) for package in packages}


def _hash(hole: NDArray[np.bool_]) -> str:
    """Return the SHA-256 of the size of a hole, of the box around it, and of the box's bits."""
    box = tight_box(hole)
    assert box is not None  # an empty hole was refused
    digest = hashlib.sha256(f"{hole.shape} {box}".encode())
    digest.update(np.packbits(hole[box.slices]).tobytes())
    return digest.hexdigest()
