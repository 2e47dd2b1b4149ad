"""The methods of a stage: what there is to know about each, and how to make one.

`MethodInfo` is what a menu, a table or a script may want to know about a method without
running it. `Registry` holds the methods of one stage, by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from napari_greyfill.checks import choice_of
from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import GreyfillError, MissingDependencyError

__all__ = ["MethodInfo", "Registry", "installed"]

T = TypeVar("T")
WhyNot: TypeAlias = Callable[[], str]  # one sentence, or "" if nothing is missing


@dataclass(frozen=True)
class MethodInfo:
    """One inpainting or colorization method.

    Attributes
    ----------
    name : str
        What scripts and the command line call it.
    title : str
        What people read in menus.
    kind : {"inpainter", "colorizer"}
        Which of the two stages it serves.
    summary : str
        One sentence: what it is good for and what it costs.
    available : bool
        Whether it can run here and now.
    why_not : str
        Empty if available; otherwise one sentence that ends with the next step.
    licence : str
        Licence of the code or weights the method brings along.
    citation : str
        The publication it comes from.
    uses_torch : bool
        Whether it always runs on the device chosen.
    takes_cuda : bool
        Whether it does without torch elsewhere, but computes with it on CUDA.
    """

    name: str
    title: str
    kind: Literal["inpainter", "colorizer"]
    summary: str
    available: bool = True
    why_not: str = ""
    licence: str = "BSD-3-Clause"
    citation: str = ""
    uses_torch: bool = False
    takes_cuda: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-able dictionary."""
        return asdict(self)


def installed(module: str, install: str) -> WhyNot:
    """Return what says whether a module is missing, without importing it."""

    def why_not() -> str:
        if find_spec(module) is not None:
            return ""
        return f"{module} is not installed; install it with: pip install {install}"

    return why_not


def _nothing() -> str:
    return ""


@dataclass(frozen=True)
class _Entry(Generic[T]):
    info: MethodInfo
    create: Callable[[Compute], T]
    why_not: WhyNot
    lacking: type[GreyfillError]


class Registry(Generic[T]):
    """The methods of one stage.

    Parameters
    ----------
    auto : str
        The name of the method that "auto" stands for.
    """

    def __init__(self, auto: str) -> None:
        self.auto = auto
        self._entries: dict[str, _Entry[T]] = {}

    def add(
        self,
        info: MethodInfo,
        create: Callable[[Compute], T],
        why_not: WhyNot = _nothing,
        lacking: type[GreyfillError] = MissingDependencyError,
    ) -> None:
        """Add a method; `why_not` says what it lacks here and now, `lacking` is the error then."""
        self._entries[info.name] = _Entry(info, create, why_not, lacking)

    def infos(self) -> list[MethodInfo]:
        """Return every method, whether or not it can run here."""
        return [_checked(entry) for entry in self._entries.values()]

    def info(self, name: str) -> MethodInfo:
        """Return the method a name stands for, "auto" included.

        Raises
        ------
        BadParameterError
            If there is no such method.
        """
        kind = next(iter(self._entries.values())).info.kind
        wanted = choice_of(kind, name, ["auto", *self._entries])
        return _checked(self._entries[self.auto if wanted == "auto" else wanted])

    def require(self, name: str) -> MethodInfo:
        """Return the method a name stands for if it can run here.

        Raises
        ------
        BadParameterError
            If there is no such method.
        MissingDependencyError, MissingWeightsError
            If it cannot run here.
        """
        info = self.info(name)
        if not info.available:
            raise self._entries[info.name].lacking(f"{info.title} cannot run: {info.why_not}")
        return info

    def create(self, name: str, compute: Compute) -> T:
        """Return a method ready to run; raises as `require` does."""
        return self._entries[self.require(name).name].create(compute)


def _checked(entry: _Entry[T]) -> MethodInfo:
    why_not = entry.why_not()
    return replace(entry.info, available=not why_not, why_not=why_not)
