"""The command `fill`: check, read, fill and measure, write."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.checks import share_of
from napari_greyfill.cli.exit_codes import tell_what_is_lost
from napari_greyfill.cli.options import names_in, read_options
from napari_greyfill.cli.progressbar import progress_bar
from napari_greyfill.comparison import compare_steps
from napari_greyfill.comparison.configuration import resolved_methods
from napari_greyfill.compute.events import Event, Result
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import (
    CancelledError,
    GreyfillWarning,
    ShapeMismatchError,
    UnsupportedImageError,
    UnwritablePathError,
)
from napari_greyfill.files import (
    ImageFile,
    make_folder,
    read_image,
    read_mask,
    read_picture,
    require_writable,
    transparent_part,
    write_image,
)
from napari_greyfill.image.alpha import about_transparent, is_erased, made_opaque
from napari_greyfill.pipeline.hints import ColourHints
from napari_greyfill.pipeline.intermediate import Intermediate
from napari_greyfill.pipeline.loading import announce_loading
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.pipeline.run import fill_steps
from napari_greyfill.pipeline.suggest import possible_methods

__all__ = ["FillCommand", "Outcome", "Outcomes"]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one method has written.

    Attributes
    ----------
    output : Path
    steps : list of Path
        The intermediate images that were written.
    result : FillResult
    interval : list of Path
        Its lower and its upper end, if they were asked for.
    """

    output: Path
    steps: list[Path]
    result: FillResult
    interval: list[Path] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What one run of the command has done.

    Attributes
    ----------
    outcomes : list of Outcome
    several : bool
        Whether there was a list of methods.
    failures : dict of str to str
        Why other methods gave nothing, by their names.
    """

    outcomes: list[Outcome]
    several: bool = False
    failures: dict[str, str] = field(default_factory=dict)


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
    interval : float or None
        The probability of the interval to write as well; None for none.
    written : list of Path
        Grows with every file that is complete.
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
    interval: float | None = None
    written: list[Path] = field(default_factory=list)

    def run(self, options: dict[str, Any], *, show_progress: bool) -> Outcomes:
        """Fill and write.

        Several methods write to files of their own, each as soon as it is finished: the name of
        the method is put into the name of the output, and is a folder among the steps.

        Parameters
        ----------
        options : dict
            As the command line holds them; the method may be a list such as a,b.
        show_progress : bool
            Whether there may be a progress bar on stderr.

        Raises
        ------
        GreyfillError
        """
        names = names_in(options["method"])
        several = len(names) > 1 or "," in options["method"]
        methods = resolved_methods(names) if several else ()
        for target in [self._for(name) for name in possible_methods(methods)] or [self]:
            target._check_output()
        self._check_steps()
        with self._interruptible():
            if several:
                return self._run_each(methods, options, show_progress)
            return self._run({**options, "method": names[0] if names else ""}, show_progress)

    def _run(self, options: dict[str, Any], show_progress: bool) -> Outcomes:
        """Fill by one method."""
        original, mask, truth = self._read()
        chosen = read_options(options, original.metadata.nodata)
        hints = None if self.hints is None else _hints_in(self.hints)
        with progress_bar(show_progress) as show:
            for event in announce_loading(FillOptions(**chosen)):
                show(event)
            work = fill_steps(original.array, mask, hints=hints, reference=truth, **chosen)
            result = exhaust(work, show)
        return Outcomes([self._written(result, original)])

    def _run_each(
        self, methods: Sequence[str], options: dict[str, Any], show_progress: bool
    ) -> Outcomes:
        """Fill by several methods; each result is written as soon as it is there."""
        original, mask, truth = self._read()
        chosen = FillOptions(
            **read_options({**options, "method": "auto"}, original.metadata.nodata)
        )
        outcomes: list[Outcome] = []
        with progress_bar(show_progress) as show:

            def keep(event: Event) -> None:
                show(event)
                if isinstance(event, Result) and event.value.result is not None:
                    target = self._for(event.value.combination.method)
                    outcomes.append(target._written(event.value.result, original))

            comparison = exhaust(
                compare_steps(
                    original.array,
                    mask,
                    methods=methods,
                    pipelines=chosen.pipeline,
                    colorizers=chosen.colorizer,
                    reference=truth,
                    hints=None if self.hints is None else _hints_in(self.hints),
                    **chosen.shared(),
                ),
                keep,
            )
        comparison.require_some()
        failures = {row.combination.method: row.failure for row in comparison.rows if row.error}
        for sentence in failures.values():
            warnings.warn(sentence, GreyfillWarning, stacklevel=2)
        return Outcomes(outcomes, several=True, failures=failures)

    def _for(self, method: str) -> FillCommand:
        """Return the same command for one of several methods."""
        output = self.output.with_name(f"{self.output.stem}-{method}{self.output.suffix}")
        steps = None if self.steps is None else self.steps / method
        return replace(self, output=output, steps=steps)

    def _written(self, result: FillResult, original: ImageFile) -> Outcome:
        before = len(self.written)
        original = _seen(original, result.hole)
        ends = () if self.interval is None else result.interval(self.interval)
        self._write(self.output, result.image, original)
        self._write_steps(result.steps, original)
        steps = self.written[before + 1 :]
        for path, image in zip(self._ends(), ends, strict=True):
            self._write(path, image, original)
        return Outcome(self.output, steps, result, self._ends())

    def _ends(self) -> list[Path]:
        """Return where the ends of the interval go; none if it was not asked for."""
        if self.interval is None:
            return []
        stem, suffix = self.output.stem, self.output.suffix
        return [self.output.with_name(f"{stem}-{end}{suffix}") for end in ("low", "high")]

    def _check_output(self) -> None:
        if self.interval is not None:
            share_of("--interval", self.interval)
        for path in (self.output, *self._ends()):
            if path.is_file() and not self.force:
                is_input = self.image.exists() and path.samefile(self.image)
                what = "is the image itself" if is_input else "exists"
                raise UnwritablePathError(f"{path} {what}; add --force to overwrite it.")
            require_writable(path)

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
        return original, mask, _without_alpha(truth)

    def _mask(self, original: ImageFile) -> NDArray[Any]:
        if self.mask is None or _same_file(self.mask, self.image):
            hole = transparent_part(original)
            return ~hole if self.invert else hole
        return read_mask(self.mask, original, frame=self.frame, invert=self.invert)

    def _write(self, path: Path, image: NDArray[Any], like: ImageFile) -> None:
        write_image(path, image, like)
        self.written.append(path)

    def _write_steps(self, steps: tuple[Intermediate, ...], like: ImageFile) -> None:
        if self.steps is None:
            return
        make_folder(self.steps)
        suffix = ".png" if like.array.dtype in (np.bool_, np.uint8, np.uint16) else ".tif"
        for number, step in enumerate(steps, 1):
            name = re.sub(r"[^a-z0-9]+", "-", step.name.lower()).strip("-")
            self._write(self.steps / f"{number:02d}-{name}{suffix}", step.image, like)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Say what is there already if the user interrupts the work."""
        try:
            yield
        except KeyboardInterrupt as error:
            done = ", ".join(str(path) for path in self.written)
            what = f"written before that: {done}" if done else "nothing was written"
            raise CancelledError(f"Cancelled; {what}.") from error


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


def _without_alpha(image: NDArray[Any]) -> NDArray[Any]:
    return image[..., :3] if image.ndim == 3 else image


def _size(image: NDArray[Any]) -> str:
    size = " x ".join(str(n) for n in image.shape[:2])
    return f"{size} pixels of {'colour' if image.ndim == 3 else 'grey'}"
