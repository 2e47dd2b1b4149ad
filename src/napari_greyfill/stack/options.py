"""How a stack is filled, as the user chooses it, besides what is chosen for a single picture.

Importing this module imports neither numpy nor torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, Literal, get_args

from napari_greyfill.errors import BadParameterError
from napari_greyfill.options import Option, option_field
from napari_greyfill.pipeline.options import FillChoices

__all__ = ["ContextName", "DustName", "PlanesLike", "StackChoices", "StackOptions"]

ContextName = Literal["auto", "none", "z", "t"]
DustName = Literal["auto", "leave", "correct", "inpaint"]
PlanesLike = Any  # "all", an int, a slice, several, or a dict of these by axis


class StackChoices(FillChoices, total=False):
    """The options of `fill` for stacks."""

    context: ContextName
    planes: PlanesLike
    interpolate_mask: bool
    dust: DustName
    quick: bool


@dataclass(frozen=True)
class StackOptions:
    """What the user chose for a stack; the fields are keyword arguments of `fill`.

    Raises
    ------
    BadParameterError
        With a sentence, if a value is none that its option takes.

    Examples
    --------
    >>> StackOptions(context="z", quick=True).changed()
    {'context': 'z', 'quick': True}
    """

    context: ContextName = option_field(
        "auto",
        "Other planes",
        "From where a plane of a stack may be filled besides from itself: auto takes the "
        "neighbouring planes in depth or in time, whichever resemble it more, as far as they "
        "have shown on known pixels that they help; z or t only those; none no other plane.",
        choices=get_args(ContextName),
        titles=("Where they help", "None", "In depth (z)", "In time (t)"),
    )
    planes: PlanesLike = option_field(
        "all",
        "Planes",
        "Which planes of a stack to fill: all, a number, or a range such as 3:10 along the first "
        "axis; for several axes as in T=0, Z=3:10.",
        type='"all", int, slice, list of int, or dict of these by the name of an axis',
    )
    interpolate_mask: bool = option_field(
        False,
        "Between painted planes",
        "Also fill what lies between two painted planes of a stack, where the painted shape of "
        "one turns into that of the other.",
    )
    dust: DustName = option_field(
        "auto",
        "Static dust",
        "What becomes of damage at one place in all frames, where light still comes through: "
        "inpaint fills it, correct divides by how much light comes through, leave keeps it. Auto "
        "corrects where that is more exact than filling, in a time series with five frames or "
        "more.",
        choices=get_args(DustName),
        titles=("As measured", "Leave", "Correct", "Fill"),
        advanced=True,
    )
    quick: bool = option_field(
        False,
        "Quick",
        "Try what other planes know in the plane itself only: about two thirds of the time, and "
        "nearly as good.",
        advanced=True,
    )

    def __post_init__(self) -> None:
        """Check what can be checked without a stack."""
        from napari_greyfill.checks import choice_of, flag_of

        for option in self.options():
            value = getattr(self, option.name)
            if option.choices:
                choice_of(option.name, value, option.choices)
            elif isinstance(option.default, bool) and flag_of(option.name, value) is None:
                raise BadParameterError(
                    f"{option.name} is None, but it must be True or False; "
                    f"set it to {option.default}."
                )

    @classmethod
    def options(cls, names: Iterable[str] | None = None) -> tuple[Option, ...]:
        """Return what there is to say about each option, or about those of some names."""
        wanted = None if names is None else set(names)
        return tuple(
            Option(
                each.name,
                default=_default(each),
                **{key: value for key, value in each.metadata.items() if key != "type"},
            )
            for each in fields(cls)
            if wanted is None or each.name in wanted
        )

    @classmethod
    def parted(cls, values: Mapping[str, Any]) -> tuple[StackOptions, dict[str, Any]]:
        """Return the options for a stack, and what is left for any picture.

        Parameters
        ----------
        values : mapping
            Keyword arguments of `fill`.
        """
        own = {each.name for each in fields(cls)}
        mine = {name: value for name, value in values.items() if name in own}
        rest = {name: value for name, value in values.items() if name not in own}
        return cls(**mine), rest

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        found = asdict(self)
        if not isinstance(self.planes, str | int):
            found["planes"] = repr(self.planes)
        return found

    def changed(self) -> dict[str, Any]:
        """Return the options that are not as they are by default."""
        return {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if getattr(self, each.name) is not each.default
            and getattr(self, each.name) != each.default
        }


def _default(each: Any) -> Any:  # noqa: ANN401 - a field of a dataclass
    assert each.default is not MISSING  # every option has one
    return each.default
