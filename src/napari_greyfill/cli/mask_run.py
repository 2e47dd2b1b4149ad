"""The command `mask`: check the wish, make the masks, write them, tell what became of them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import typer
from numpy.typing import NDArray

from napari_greyfill.checks import number_of
from napari_greyfill.cli.report import as_json
from napari_greyfill.datasets import PictureOutcome, mask_pictures, pictures_in
from napari_greyfill.errors import BadParameterError, UnreadableFileError, UnwritablePathError
from napari_greyfill.files import ImageFile, make_folder, read_mask, write_image
from napari_greyfill.masks import (
    DETECTORS,
    RANDOM_KINDS,
    detect_mask,
    grow,
    random_mask,
    selected_labels,
)
from napari_greyfill.masks.outputs import HOLE_VALUES, HoleValue
from napari_greyfill.masks.random import Share

__all__ = ["MadeMasks", "MaskWish", "kinds_json", "kinds_text", "masks_alone", "masks_of_pictures"]

_WIDTH = 88


@dataclass(frozen=True)
class MaskWish:
    """What kind of mask is wanted; the fields are the command's options."""

    kind: str = "free-form"
    share: Share = None
    seed: int = 0
    free_border: int = 0
    clear_of: Path | None = None
    objects: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)
    mask_file: Path | None = None
    grow: float = 0.0
    invert: bool = False
    frame: str = "auto"

    @property
    def at_random(self) -> bool:
        """Return whether the share of the mask is asked for, rather than found."""
        return self.mask_file is None and self.kind in RANDOM_KINDS

    def check(self) -> None:
        """Find what is wrong for every picture before the first is read."""
        number_of("grow", self.grow, unit=" pixels")
        if self.mask_file is not None:
            return
        if self.kind not in {**RANDOM_KINDS, **DETECTORS}:
            known = ", ".join([*RANDOM_KINDS, *DETECTORS])
            raise BadParameterError(
                f"There is no kind of mask {self.kind!r}; choose one of: {known}."
            )
        if self.kind in DETECTORS:
            options = self._detector_options()
            options |= {"at": (0, 0)} if "at" in options else {}  # which pixel, pictures decide
            detect_mask(np.eye(20), self.kind, **options)
            if self.share is not None:
                raise BadParameterError(
                    f"What {self.kind} finds has no --share; choose a random kind for that."
                )
        else:
            if self.options:
                raise BadParameterError(
                    f"{self.kind} has no option {next(iter(self.options))!r}; --set is for "
                    "detectors."
                )
            random_mask((16, 16), self.kind, share=self.share, seed=self.seed)

    def make(self, shape: tuple[int, ...], seed: int) -> NDArray[np.bool_]:
        """Return a random mask."""
        shape = shape[:2]
        clear = None if self.clear_of is None else read_mask(self.clear_of, shape)
        objects = None if self.objects is None else read_mask(self.objects)
        return random_mask(
            shape,
            self.kind,
            share=self.share,
            seed=seed,
            free_border=self.free_border,
            keep_clear_of=clear,
            objects=None if objects is None else np.asarray(objects).astype(np.int64),
        )

    def make_for(self, picture: ImageFile, seed: int) -> tuple[NDArray[np.bool_], dict[str, Any]]:
        """Return a mask for a picture, and how it was made."""
        how: dict[str, Any]
        if self.mask_file is not None:
            found = selected_labels(read_mask(self.mask_file, picture, frame=self.frame))
            how = {"mask": self.mask_file.name}
        elif self.kind in DETECTORS:
            options = self._detector_options()
            found = detect_mask(picture.array, self.kind, **options)
            how = {"kind": self.kind, "options": options}
        else:
            found = self.make(picture.array.shape, seed)
            how = self._description(seed)
        if self.grow:
            found = grow(found, self.grow)
        return (~found if self.invert else found), {
            **how,
            "grow": self.grow,
            "invert": self.invert,
        }

    def _detector_options(self) -> dict[str, Any]:
        """Return the options as the detector takes them; a pixel is written row,column."""
        options = dict(self.options)
        if "at" in options:
            try:
                y, x = (int(part) for part in str(options["at"]).split(","))
            except ValueError as error:
                raise BadParameterError(
                    f"The pixel {options['at']!r} is not row,column; give it as in --set at=20,35."
                ) from error
            options["at"] = (y, x)
        return options

    def _description(self, seed: int) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "share": self.share,
            "seed": seed,
            "free_border": self.free_border,
            "clear_of": None if self.clear_of is None else self.clear_of.name,
            "objects": None if self.objects is None else self.objects.name,
        }


@dataclass(frozen=True)
class MadeMasks:
    """What the command did, for people and for programs."""

    folder: Path
    outcomes: list[PictureOutcome] = field(default_factory=list)
    alone: list[Path] = field(default_factory=list)

    @property
    def nothing_done(self) -> bool:
        """Return whether there is not a single mask."""
        return not self.alone and not any(outcome.written for outcome in self.outcomes)

    def as_text(self) -> str:
        """Return one line about all."""
        if self.alone:
            return f"Wrote {_counted(len(self.alone), 'mask')} to {self.folder}."
        done = sum(outcome.written is not None for outcome in self.outcomes)
        skipped = len(self.outcomes) - done
        text = f"Wrote the masks and masked images of {_counted(done, 'picture')} to {self.folder}"
        return f"{text}; skipped {skipped}." if skipped else f"{text}."

    def as_json(self) -> str:
        """Return the same for programs."""
        done = [outcome for outcome in self.outcomes if outcome.written is not None]
        return as_json(
            {
                "folder": str(self.folder),
                "masks": [str(path) for path in self.alone],
                "done": [_outcome_json(outcome) for outcome in done],
                "skipped": [
                    {"picture": str(outcome.picture), "problem": outcome.problem}
                    for outcome in self.outcomes
                    if outcome.written is None
                ],
            }
        )


def masks_alone(
    wish: MaskWish, size: tuple[int, int], count: int, folder: Path, *, force: bool
) -> MadeMasks:
    """Write random masks without pictures, for seeds from the wish's own on.

    Raises
    ------
    GreyfillError
    """
    wish.check()
    if not wish.at_random:
        raise BadParameterError(
            "Masks without pictures are random; name pictures for other kinds."
        )
    height, width = size
    paths = [
        folder / f"{wish.kind}_{height}x{width}_{seed:05d}_mask.png"
        for seed in range(wish.seed, wish.seed + count)
    ]
    existing = next((path for path in paths if path.exists()), None)
    if existing is not None and not force:
        raise UnwritablePathError(f"{existing} exists; add --force to overwrite it.")
    make_folder(folder)
    for seed, path in enumerate(paths, start=wish.seed):
        found = wish.make(size, seed)
        found = grow(found, wish.grow) if wish.grow else found
        write_image(path, ~found if wish.invert else found)
    return MadeMasks(folder, alone=paths)


def masks_of_pictures(
    wish: MaskWish,
    pictures: Iterable[Path],
    folder: Path,
    value: float | str,
    *,
    force: bool,
    told: bool,
) -> MadeMasks:
    """Write the triples of pictures and of whole folders.

    Raises
    ------
    GreyfillError
        If no picture can be found, or the wish is wrong for all.
    """
    wish.check()
    if isinstance(value, str) and value not in HOLE_VALUES:
        raise BadParameterError(
            f"The hole cannot be {value!r}; choose one of: {', '.join(HOLE_VALUES)}, or a number."
        )
    work = mask_pictures(
        _found(pictures),
        folder,
        wish.make_for,
        seed=wish.seed,
        value=cast(HoleValue, value),
        force=force,
        expect_little=not wish.at_random,
    )
    made = MadeMasks(folder)
    for outcome in work:
        made.outcomes.append(outcome)
        for warning in outcome.warnings:
            typer.echo(warning, err=True)
        if outcome.problem:
            typer.echo(f"Skipped: {outcome.problem}", err=True)
        elif told:
            typer.echo(f"{outcome.picture.name}: {outcome.share:.1%} masked")
    return made


def kinds_text() -> str:
    """Return every kind of mask with its options, for people."""
    lines = ["At random, with --share:"]
    lines += [_entry(kind.name, kind.summary) for kind in RANDOM_KINDS.values()]
    lines += ["", "From the picture, with --set NAME=VALUE:"]
    for detector in DETECTORS.values():
        lines.append(_entry(detector.name, detector.summary))
        for option in detector.options:
            values = f" ({', '.join(option.choices)})" if option.choices else ""
            lines.append(_entry(f"  {option.name}={option.default}", f"{option.tip}{values}"))
        if detector.at_a_pixel:
            lines.append(_entry("  at=0,0", "Row and column of the pixel."))
    return "\n".join(lines)


def kinds_json() -> str:
    """Return the same for programs."""
    detectors = {
        detector.name: {
            "summary": detector.summary,
            "options": {option.name: option.default for option in detector.options},
        }
        for detector in DETECTORS.values()
    }
    kinds = {
        kind.name: {"summary": kind.summary, "share": kind.share} for kind in RANDOM_KINDS.values()
    }
    return json.dumps({"random": kinds, "detectors": detectors}, indent=2)


def _entry(name: str, text: str) -> str:
    filled = textwrap.fill(text, _WIDTH, initial_indent=" " * 24, subsequent_indent=" " * 24)
    return f"  {name:<22}{filled[24:]}"


def _outcome_json(outcome: PictureOutcome) -> dict[str, Any]:
    assert outcome.written is not None
    mask, grey, colour, description = map(str, outcome.written.all())
    return {
        "picture": str(outcome.picture),
        "share": outcome.share,
        "mask": mask,
        "grey_masked": grey,
        "colour_masked": colour,
        "description": description,
        "warnings": list(outcome.warnings),
    }


def _found(pictures: Iterable[Path]) -> list[Path]:
    """Return the files that are meant, folders opened, each once."""
    found: dict[Path, None] = {}
    for path in pictures:
        if not path.exists():
            raise UnreadableFileError(f"There is no {path}; check the name.")
        found |= dict.fromkeys(pictures_in(path) if path.is_dir() else [path])
    return list(found)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
