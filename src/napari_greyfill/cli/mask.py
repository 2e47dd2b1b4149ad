"""The command `mask` and its options; `mask_run` does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_greyfill.cli.exit_codes import FAILED, ending_in_sentences
from napari_greyfill.cli.options import Force
from napari_greyfill.errors import BadParameterError

__all__ = ["mask"]

_INTERRUPTED = "Cancelled; what was written so far stays."

_Pictures = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PICTURE", help="Pictures, or folders of pictures.", readable=False),
]
_Output = Annotated[
    Path,
    typer.Option(
        "--output", "-o", metavar="FOLDER", help="Folder for what is written.", readable=False
    ),
]
_Kind = Annotated[
    str,
    typer.Option(
        help="At random: free-form, dots, semantic, box, centre, half, irregular. From the "
        "picture: brighter, darker, saturated, blank, similar, lines, spots, corners, bar."
    ),
]
_Mask = Annotated[
    Path | None,
    typer.Option(
        "--mask", metavar="FILE", help="Take this mask instead of making one.", readable=False
    ),
]
_Size = Annotated[
    str, typer.Option(metavar="HxW", help="Masks alone, so high and wide, as in 512x512.")
]
_Count = Annotated[int, typer.Option(min=1, help="How many masks, with --size.")]
_ShareText = Annotated[
    str,
    typer.Option(
        help="How much of the picture to mask, as in 0.25 or, for one in between, 0.1-0.2.",
        show_default="the kind's own",
    ),
]
_Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same masks.")]
_Border = Annotated[
    int, typer.Option(min=0, metavar="PIXELS", help="Keep so much of the border free.")
]
_Clear = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Keep clear of this mask.", readable=False)
]
_Objects = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="A label image; semantic masks take its objects' shapes.",
        readable=False,
    ),
]
_Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="An option of a detector, as in --set level=0.8; --list names them.",
    ),
]
_Grow = Annotated[float, typer.Option(min=0, metavar="PIXELS", help="Grow the mask.")]
_Invert = Annotated[bool, typer.Option("--invert", help="Mask what would not be masked.")]
_Frame = Annotated[
    str,
    typer.Option(
        help="How the mask of --mask lies on a picture that its file stores turned: auto, shown "
        "(as most programs turn it) or stored (as napari shows it)."
    ),
]
_Hole = Annotated[
    str, typer.Option(help="What holes hold: black, white, mean or a number in the image's units.")
]
_List = Annotated[bool, typer.Option("--list", help="Tell about kinds and options, and end.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print warnings and errors only.")]


def mask(
    pictures: _Pictures = None,
    output: _Output = Path("masks"),
    kind: _Kind = "free-form",
    mask_file: _Mask = None,
    size: _Size = "",
    count: _Count = 1,
    share: _ShareText = "",
    seed: _Seed = 0,
    free_border: _Border = 0,
    clear_of: _Clear = None,
    objects: _Objects = None,
    options: _Set = None,
    grow: _Grow = 0,
    invert: _Invert = False,
    mask_frame: _Frame = "auto",
    hole: _Hole = "black",
    list_kinds: _List = False,
    force: Force = False,
    as_json: _Json = False,
    quiet: _Quiet = False,
) -> None:
    """Make masks, and write them with the grey-masked and the colour-masked images.

    PICTUREs that cannot be read are skipped and reported.
    """
    with ending_in_sentences(_INTERRUPTED):
        from napari_greyfill.cli import mask_run

        if list_kinds:
            typer.echo(mask_run.kinds_json() if as_json else mask_run.kinds_text())
            return
        wish = mask_run.MaskWish(
            kind=kind,
            share=_share(share),
            seed=seed,
            free_border=free_border,
            clear_of=clear_of,
            objects=objects,
            options=dict(_option(text) for text in options or ()),
            mask_file=mask_file,
            grow=grow,
            invert=invert,
            frame=mask_frame,
        )
        if bool(pictures) == bool(size):
            raise BadParameterError(
                "Name pictures or a folder of pictures, or a --size, but not both."
            )
        if size:
            made = mask_run.masks_alone(wish, _size(size), count, output, force=force)
        else:
            value = _hole_value(hole)
            told = not (as_json or quiet)
            made = mask_run.masks_of_pictures(
                wish, pictures or [], output, value, force=force, told=told
            )
        if as_json:
            typer.echo(made.as_json())
        elif not quiet:
            typer.echo(made.as_text())
        if made.nothing_done:
            raise typer.Exit(FAILED)


def _share(text: str) -> float | tuple[float, float] | None:
    """Read a share such as 0.25, or 0.1-0.2."""
    if not text.strip():
        return None
    try:
        numbers = tuple(float(part) for part in text.split("-"))
    except ValueError:
        numbers = ()
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    raise BadParameterError(f"The share {text!r} is no number; give it as in 0.25, or 0.1-0.2.")


def _size(text: str) -> tuple[int, int]:
    try:
        height, width = (int(part) for part in text.lower().split("x"))
    except ValueError as error:
        raise BadParameterError(
            f"The size {text!r} is not height x width; give it as in --size 512x512."
        ) from error
    return height, width


def _option(text: str) -> tuple[str, float | int | bool | str]:
    """Read NAME=VALUE, where the value is a number, true, false or a word."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise BadParameterError(f"{text!r} is not NAME=VALUE; give it as in --set level=0.8.")
    if value.lower() in ("true", "false"):
        return name, value.lower() == "true"
    for number in (int, float):
        try:
            return name, number(value)
        except ValueError:
            continue
    return name, value


def _hole_value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
