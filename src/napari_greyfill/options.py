"""One thing a user can choose, described once for windows, commands, scripts and documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Option", "option_field"]


@dataclass(frozen=True)
class Option:
    """One thing to choose.

    Attributes
    ----------
    name : str
        The keyword argument.
    title, tip : str
    default : float, int, bool, str or None
    low, high : float
        The useful range of numbers; others work as well if they make sense.
    choices : tuple of str
        The values of a text.
    unit : str
        "px", "%" (of the range of values or of the sides; numbers are shares) or empty.
    titles : tuple of str
        What people read in place of the choices, if those are no words.
    advanced : bool
        Whether windows put it where only some look.
    """

    name: str
    title: str
    tip: str
    default: float | int | bool | str | None
    low: float = 0.0
    high: float = 1.0
    choices: tuple[str, ...] = ()
    unit: str = ""
    titles: tuple[str, ...] = ()
    advanced: bool = False

    @property
    def entries(self) -> dict[str, str]:
        """Return the choices and what people read in their place."""
        titles = self.titles or tuple(choice.capitalize() for choice in self.choices)
        return dict(zip(self.choices, titles, strict=True))

    def check(self, value: Any) -> None:  # noqa: ANN401 - the point is that it may be anything
        """Check the type of a value.

        Raises
        ------
        BadParameterError
        """
        from napari_greyfill.checks import choice_of, flag_of, number_of, whole_of
        from napari_greyfill.errors import BadParameterError

        if self.choices:
            choice_of(self.name, value, self.choices)
        elif isinstance(self.default, bool):
            if flag_of(self.name, value) is None:
                raise BadParameterError(f"{self.name} is None; set it to {self.default}.")
        elif isinstance(self.default, int):
            whole_of(self.name, value, example=self.default)
        elif isinstance(self.default, float):
            number_of(self.name, value, low=float("-inf"), example=self.default)


def option_field(
    default: Any,  # noqa: ANN401 - as `field`
    title: str,
    tip: str,
    *,
    by_name: bool = False,
    **rest: Any,  # noqa: ANN401 - of several types
) -> Any:  # noqa: ANN401 - as `field`
    """Return a field of a dataclass of options, with what an `Option` says about it.

    Parameters
    ----------
    default : float, int, bool, str or None
        What the option is unless it is chosen.
    title : str
        Its name for people.
    tip : str
        A sentence or more on what it does.
    by_name : bool
        Whether it is passed by its name alone, so that it may stand before the others.
    **rest
        The other attributes of `Option`, and "type" for documents.
    """
    metadata = {"title": title, "tip": tip, **rest}
    return field(default=default, metadata=metadata, kw_only=by_name)
