"""The command `fill`: check, read, fill, write, measure."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.cli.exit_codes import tell_what_is_lost
from napari_greyfill.cli.progressbar import progress_bar
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import (
    BadParameterError,
    CancelledError,
    GreyfillWarning,
    ShapeMismatchError,
    UnsupportedImageError,
    UnwritablePathError,
)
from napari_greyfill.files import (
    ImageFile,
    lossless_suffix,
    make_folder,
    read_image,
    read_mask,
    read_picture,
    require_writable,
    transparent_part,
    write_image,
)
from napari_greyfill.image.picture import about_transparent, is_erased, made_opaque
from napari_greyfill.image.validity import nodata_of
from napari_greyfill.pipeline.hints import ColourHints
from napari_greyfill.pipeline.result import FillResult, Step
from napari_greyfill.pipeline.run import fill_steps
from napari_greyfill.pipeline.several import FillResults, resolve_methods

__all__ = ["FillCommand", "NoData", "Outcome", "Outcomes", "nodata_in"]

NoData: TypeAlias = "float | Literal['file'] | None"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one run of the command has done.

    Attributes
    ----------
    output : Path
    steps : list of Path
        The intermediate images that were written.
    result : FillResult
    metrics : dict or None
        None without a reference.
    """

    output: Path
    steps: list[Path]
    result: FillResult
    metrics: dict[str, float] | None


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What one run of the command with several methods has done.

    Attributes
    ----------
    outcomes : list of Outcome
    failures : dict of str to Exception
        Why other methods gave nothing, by their names.
    """

    outcomes: list[Outcome]
    failures: dict[str, Exception]


@dataclass(frozen=True, eq=False)
class FillCommand:
    """The paths of one run of the command.

    Attributes
    ----------
    image : Path
    mask : Path or None
        None if what is transparent in the image is to be filled.
    output : Path
    hints : Path or None
        A picture that is transparent where it has no colour hint.
    reference : Path or None
    steps : Path or None
        A folder.
    force : bool
        Whether files may be overwritten.
    invert : bool
        Whether to fill what is not painted.
    frame : str
        As in `read_mask`.
    written : list of Path
        Grows with every file that is complete.
    nodata : float, None or "file"
        The value that stands for none, or that the file's own counts.
    """

    image: Path
    mask: Path | None
    output: Path
    hints: Path | None = None
    reference: Path | None = None
    steps: Path | None = None
    force: bool = False
    invert: bool = False
    frame: str = "auto"
    written: list[Path] = field(default_factory=list)
    nodata: NoData = "file"

    def run(self, parameters: dict[str, Any], *, show_progress: bool) -> Outcome | Outcomes:
        """Fill and write.

        Several methods write to files of their own, each as soon as it is finished: the name of
        the method is put into the name of the output, and is a folder among the steps.

        Parameters
        ----------
        parameters : dict
            Keyword arguments of `fill_steps`.
        show_progress : bool
            Whether there may be a progress bar on stderr.

        Returns
        -------
        Outcome or Outcomes
            The latter for a list of methods.

        Raises
        ------
        GreyfillError
        """
        method = parameters["method"]
        several = () if isinstance(method, str) else resolve_methods(method)
        for target in [self._for(name) for name in several] or [self]:
            target._check_output()
        self._check_steps()
        with self._interruptible():
            return self._run(several, parameters, show_progress)

    def _run(
        self, several: Sequence[str], parameters: dict[str, Any], show_progress: bool
    ) -> Outcome | Outcomes:
        original, mask, truth = self._read()
        nodata = original.metadata.nodata if self.nodata == "file" else self.nodata
        parameters = {**parameters, "nodata": nodata}
        hints = None if self.hints is None else _hints_in(self.hints)
        with progress_bar(show_progress) as show:
            work = fill_steps(original.array, mask, hints=hints, **parameters)
            if not several:
                return self._written(exhaust(work, show), original, truth)
            outcomes: list[Outcome] = []

            def keep(step: Step) -> None:
                show(step)
                if step.result is not None:
                    target = self._for(step.method)
                    outcomes.append(target._written(step.result, original, truth))

            results: FillResults = exhaust(work, keep)
        return Outcomes(outcomes, results.failures)

    def _for(self, method: str) -> FillCommand:
        """Return the same command for one of several methods."""
        output = self.output.with_name(f"{self.output.stem}-{method}{self.output.suffix}")
        steps = None if self.steps is None else self.steps / method
        return replace(self, output=output, steps=steps)

    def _written(
        self, result: FillResult, original: ImageFile, truth: NDArray[Any] | None
    ) -> Outcome:
        before = len(self.written)
        original = _seen(original, result.hole)
        self._write(self.output, result.image, original)
        self._write_steps(result.steps, original)
        steps = self.written[before + 1 :]
        return Outcome(self.output, steps, result, _measured(result, truth))

    def _check_output(self) -> None:
        if self.output.is_file() and not self.force:
            is_input = self.image.exists() and self.output.samefile(self.image)
            what = "is the image itself" if is_input else "exists"
            raise UnwritablePathError(f"{self.output} {what}; add --force to overwrite it.")
        require_writable(self.output)

    def _check_steps(self) -> None:
        if self.steps is None:
            return
        there = next(path for path in (self.steps, *self.steps.parents) if path.exists())
        if not there.is_dir():
            raise UnwritablePathError(f"{there} is a file; give a folder for the steps.")
        if not os.access(there, os.W_OK):
            raise UnwritablePathError(
                f"There is no permission to write to {there}; choose another folder."
            )
        if there == self.steps and any(there.iterdir()) and not self.force:
            raise UnwritablePathError(
                f"The folder {there} is not empty; add --force to overwrite files in it."
            )

    def _read(self) -> tuple[ImageFile, NDArray[Any], NDArray[Any] | None]:
        original = read_picture(self.image)
        require_writable(self.output, original)
        tell_what_is_lost(self.output, original)
        mask = self._mask(original)
        if self.reference is None:
            return original, mask, None
        truth = read_image(self.reference).array
        _require_comparable(original.array, truth)
        return original, mask, truth

    def _mask(self, original: ImageFile) -> NDArray[Any]:
        if self.mask is None or _same_file(self.mask, self.image):
            hole = transparent_part(original)
            return ~hole if self.invert else hole
        return read_mask(self.mask, original, frame=self.frame, invert=self.invert)

    def _write(self, path: Path, image: NDArray[Any], like: ImageFile) -> None:
        write_image(path, image, like)
        self.written.append(path)

    def _write_steps(self, steps: tuple[Step, ...], like: ImageFile) -> None:
        if self.steps is None:
            return
        make_folder(self.steps)
        suffix = lossless_suffix(like.array.dtype)
        for number, step in enumerate(steps, 1):
            image = step.image
            assert image is not None  # steps are kept for their images
            name = re.sub(r"[^a-z0-9]+", "-", step.name.lower()).strip("-")
            self._write(self.steps / f"{number:02d}-{name}{suffix}", image, like)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Say what is there already if the user interrupts the work."""
        try:
            yield
        except KeyboardInterrupt as error:
            done = ", ".join(str(path) for path in self.written)
            what = f"written before that: {done}" if done else "nothing was written"
            raise CancelledError(f"Cancelled; {what}.") from error


def nodata_in(text: str) -> NoData:
    """Read the option --nodata.

    Raises
    ------
    BadParameterError
    """
    if not text.strip():
        return "file"
    if text.strip().lower() == "none":
        return None
    try:
        return nodata_of(float(text))
    except ValueError as error:
        raise BadParameterError(
            f"The no-data value {text!r} is no number; give it as in --nodata=-9999, or none."
        ) from error


def _seen(original: ImageFile, hole: NDArray[np.bool_]) -> ImageFile:
    """Return a grey picture with an alpha that shows the fill; say what it did not show."""
    alpha = original.alpha
    if alpha is None or not (count := int(np.count_nonzero(alpha[hole] == 0))):
        return original
    revealed = is_erased(alpha, hole)
    sentence = about_transparent(count, revealed=revealed)
    warnings.warn(sentence, GreyfillWarning, stacklevel=2)
    return replace(original, alpha=made_opaque(alpha, hole)) if revealed else original


def _same_file(first: Path, second: Path) -> bool:
    return first.exists() and second.exists() and first.samefile(second)


def _hints_in(path: Path) -> ColourHints:
    picture = read_image(path).array
    if picture.ndim != 3 or picture.shape[-1] != 4 or picture.dtype.kind != "u":
        raise UnsupportedImageError(
            f"{path} holds no colour hints; give an 8-bit or 16-bit colour picture, for example "
            "PNG, that is transparent where there is no hint."
        )
    return ColourHints.from_picture(picture)


def _require_comparable(image: NDArray[Any], truth: NDArray[Any]) -> None:
    """Check that image and reference differ at most by an alpha channel."""
    first, second = _without_alpha(image), _without_alpha(truth)
    if first.shape != second.shape:
        raise ShapeMismatchError(
            f"The image is {_size(first)} and the reference {_size(second)}; "
            "choose a reference of the same size and kind."
        )
    if first.dtype != second.dtype:
        raise UnsupportedImageError(
            f"The image holds values of type {first.dtype} and the reference of type "
            f"{second.dtype}, so they cannot be compared; convert the reference first."
        )


def _measured(result: FillResult, truth: NDArray[Any] | None) -> dict[str, float] | None:
    if truth is None:
        return None
    from napari_greyfill.measure import metrics

    nodata = result.provenance["parameters"]["nodata"]
    return metrics(_without_alpha(result.image), _without_alpha(truth), result.hole, nodata=nodata)


def _without_alpha(image: NDArray[Any]) -> NDArray[Any]:
    return image[..., :3] if image.ndim == 3 else image


def _size(image: NDArray[Any]) -> str:
    size = " x ".join(str(n) for n in image.shape[:2])
    return f"{size} pixels of {'colour' if image.ndim == 3 else 'grey'}"
