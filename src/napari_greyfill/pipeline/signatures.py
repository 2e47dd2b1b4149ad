"""Write the options into signatures and docstrings of the functions that take them."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from napari_greyfill.pipeline.options import described_fields
from napari_greyfill.pipeline.presets import PRESET

__all__ = ["takes_options"]

_PLACE = "<options>"  # where a docstring lists them
F = TypeVar("F", bound=Callable[..., Any])


def takes_options(*names: str, also: type | None = None) -> Callable[[F], F]:
    """Write the options into the signature and the docstring of a function.

    Parameters
    ----------
    *names : str
        Which; all without any. The function takes them as ``**options``, and its docstring has a
        line ``<options>`` where they are to be listed.
    also : type, optional
        A dataclass like `FillOptions` with further ones, all of which the function takes.
    """
    wanted = [each for each in described_fields() if not names or each.name in names]
    wanted += () if also is None else fields(also)

    def complete(function: F) -> F:
        signature = inspect.signature(function)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        keyword = inspect.Parameter.KEYWORD_ONLY
        listed = [
            inspect.Parameter(each.name, keyword, default=each.default, annotation=_kind(each))
            for each in wanted
        ]
        function.__signature__ = signature.replace(parameters=[*own, *listed])  # type: ignore[attr-defined]
        if function.__doc__:
            function.__doc__ = _with_options(function.__doc__, wanted)
        return function

    return complete


def _kind(each: Any) -> str:  # noqa: ANN401 - a field of a dataclass
    """Return the type of an option as signatures show it."""
    return "PresetName" if each is PRESET else str(each.type)


def _with_options(text: str, wanted: list[Any]) -> str:
    """Put the options where a docstring has a place for them, indented as that is."""
    lines = []
    for line in text.splitlines():
        if line.strip() != _PLACE:
            lines.append(line)
            continue
        margin = line[: len(line) - len(line.lstrip())]
        for each in wanted:
            lines += [f"{margin}{each.name} : {_type_of(each)}"]
            lines += [f"{margin}    {part}" for part in _wrapped(each.metadata["tip"])]
    return "\n".join(lines)


def _type_of(each: Any) -> str:  # noqa: ANN401 - a field of a dataclass
    choices = each.metadata.get("choices")
    if choices:
        return "{" + ", ".join(f'"{choice}"' for choice in choices) + "}"
    return str(each.metadata.get("type") or type(each.default).__name__)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 88)
