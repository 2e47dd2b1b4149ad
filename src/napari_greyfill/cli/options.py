"""Options that several commands have; those of a fill are made from `FillOptions`.

Importing this module imports neither numpy nor torch, so that `--help` is quick.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Annotated, Any, get_type_hints

import typer

from napari_greyfill.errors import BadParameterError
from napari_greyfill.options import Option
from napari_greyfill.pipeline.options import FillOptions

__all__ = [
    "FILE",
    "Force",
    "Invert",
    "MaskFrame",
    "Quiet",
    "Scheduler",
    "names_in",
    "read_options",
    "with_options",
]

FILE = "file"  # the no-data value that the file itself names
_LISTED = "'napari-greyfill methods' lists the names."
_HELP = {
    "method": f"How the hole is filled, or several ways, as in a,b; {_LISTED}",
    "colorizer": f"How colour is recovered; {_LISTED}",
    "labels": "Labels of the mask to fill, as in 1,2.",
    "nodata": "A value that stands for none, such as -9999; none ignores the file's own.",
}
_DEFAULTS = {"labels": "all but 0", "nodata": "as the file's GDAL_NODATA says"}

Invert = Annotated[bool, typer.Option("--invert", help="Fill where the mask is not painted.")]
MaskFrame = Annotated[
    str,
    typer.Option(
        help="How the mask lies on a picture that its file stores turned: auto, shown (as most "
        "programs turn it) or stored (as napari shows it)."
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print notes, warnings and errors only.")
]
Scheduler = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="Work on the cluster of this dask scheduler, as in tcp://192.168.0.1:8786.",
        show_default="this computer",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")]


def with_options(
    names: Iterable[str], more: Iterable[Option] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of a fill; it gets them read, as a dictionary `options`.

    Parameters
    ----------
    names : iterable of str
        Which; labels are read as numbers, and the no-data value "file" is left to the command.
    more : iterable of Option
        Further ones.
    """
    options = (*FillOptions.options(names), *more)

    def complete(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401 - whatever the options hold
            texts = {option.name: given.pop(option.name) for option in options}
            command(**given, options=texts)

        hints = get_type_hints(command, include_extras=True)
        own = [
            parameter.replace(annotation=hints[name])
            for name, parameter in inspect.signature(command).parameters.items()
            if name != "options"
        ]
        made = [_parameter(option) for option in options]
        run.__signature__ = inspect.Signature([*own, *made])  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in (*own, *made)}
        return run

    return complete


def _parameter(option: Option) -> inspect.Parameter:
    """Return an option as the command line takes it."""
    default: Any = option.default
    kind: type = str if option.choices or default is None else type(default)
    settings: dict[str, Any] = {"help": _HELP.get(option.name, option.tip)}
    if kind in (int, float):
        settings["min"] = 0
    if option.choices:
        settings["metavar"] = "|".join(option.choices)
    if option.name in _DEFAULTS:
        settings["show_default"] = _DEFAULTS[option.name]
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default="" if default is None else default,
        annotation=Annotated[kind, typer.Option(**settings)],
    )


def read_options(texts: dict[str, Any], nodata: float | None = None) -> dict[str, Any]:
    """Return options as `fill` takes them from what the command line holds.

    Parameters
    ----------
    texts : dict
        What `with_options` hands to a command.
    nodata : float, optional
        The file's own no-data value.

    Raises
    ------
    BadParameterError
        If labels or the no-data value are no numbers.
    """
    read = dict(texts)
    if "labels" in read:
        read["labels"] = _labels_in(read["labels"])
    if "nodata" in read:
        value = _nodata_in(read["nodata"])
        read["nodata"] = nodata if value == FILE else value
    return read


def names_in(text: str) -> list[str]:
    """Read a list such as biharmonic,telea."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _labels_in(text: str) -> tuple[int, ...] | None:
    """Read a list such as 1,2; None if it is empty."""
    if not text.strip():
        return None
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError as error:
        raise BadParameterError(
            f"The labels {text!r} are no whole numbers with commas between; "
            "give them as in --labels 1,2."
        ) from error


def _nodata_in(text: str) -> float | str | None:
    """Read the option --nodata."""
    if not text.strip():
        return FILE
    if text.strip().lower() == "none":
        return None
    from napari_greyfill.image.validity import nodata_of

    try:
        return nodata_of(float(text))
    except ValueError as error:
        raise BadParameterError(
            f"The no-data value {text!r} is no number; give it as in --nodata=-9999, or none."
        ) from error
