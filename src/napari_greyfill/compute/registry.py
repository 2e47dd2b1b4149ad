"""The methods of a stage: what there is to know about each, and how to make one.

`MethodInfo` is what a menu, a table or a script may want to know about a method without
running it. `Registry` holds the methods of one stage, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from threading import Lock
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from napari_greyfill.checks import choice_of
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.pytorch import lacking_torch
from napari_greyfill.errors import GreyfillError, MissingDependencyError

__all__ = ["Kind", "Method", "MethodInfo", "Registry", "Training", "installed"]

T = TypeVar("T")
Kind: TypeAlias = Literal["inpainter", "colorizer"]
WhyNot: TypeAlias = Callable[[], str]  # one sentence, or "" if nothing is missing


@dataclass(frozen=True)
class Training:
    """What a method was trained on, where that was much else than the picture at hand.

    Attributes
    ----------
    purpose : str
        What it is for, in a few words; methods of one purpose are shown together.
    pictures : str
        What they showed.
    masks : str
        The holes in them.
    shapes : tuple of {"strokes", "box", "middle"}
        The same for programs: strokes and other irregular shapes, boxes anywhere, a box in the
        middle; empty if there were none.
    size : int
        Height and width of the pictures, in pixels.
    """

    purpose: str
    pictures: str
    masks: str
    shapes: tuple[str, ...]
    size: int


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
    in_colour : bool
        Whether it must see the colours to fill well: it copies them.
    by_chance : bool
        Whether another seed gives a result that looks different: another try.
    slow : str
        How long it takes, if so long that it runs only where somebody has chosen it.
    training : Training or None
        What a network was trained on, with weights that others published or the user's own.
    non_commercial : bool
        Whether the licence of what it brings along allows no commercial use.
    """

    name: str
    title: str
    kind: Kind
    summary: str
    available: bool = True
    why_not: str = ""
    licence: str = "BSD-3-Clause"
    citation: str = ""
    uses_torch: bool = False
    takes_cuda: bool = False
    in_colour: bool = False
    by_chance: bool = False
    slow: str = ""
    training: Training | None = None
    non_commercial: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-able dictionary."""
        fields = asdict(self)
        if self.training is not None:
            fields["training"]["shapes"] = list(self.training.shapes)
        return fields


def installed(module: str, install: str) -> WhyNot:
    """Return what says whether a module is missing, without importing it.

    Parameters
    ----------
    module : str
        Its name in an import.
    install : str
        Its name for pip.
    """

    def why_not() -> str:
        if find_spec(module) is not None:
            return ""
        return f"{module} is not installed; install it with: pip install {install}"

    return why_not


def _nothing() -> str:
    return ""


@dataclass(frozen=True)
class Method(Generic[T]):
    """What there is to know about a method, and how to make one.

    Attributes
    ----------
    info : MethodInfo
    create : callable
        Makes the method, ready to run, from a `Compute`.
    why_not : callable
        Says what it lacks here and now; "" if nothing.
    lacking : type
        The error if it is asked for while it lacks something else than PyTorch.
    """

    info: MethodInfo
    create: Callable[[Compute], T]
    why_not: WhyNot = _nothing
    lacking: type[GreyfillError] = MissingDependencyError


class Registry(Generic[T]):
    """The methods of one stage.

    Parameters
    ----------
    auto : str
        The name of the method that "auto" stands for.
    kind : {"inpainter", "colorizer"}
        The stage.
    others : callable, optional
        Yields methods from elsewhere, given the names that are taken; called once, when the
        registry is first asked.
    """

    def __init__(
        self,
        auto: str,
        kind: Kind,
        others: Callable[[Collection[str]], Iterable[Method[T]]] | None = None,
    ) -> None:
        self.auto, self.kind = auto, kind
        self._entries: dict[str, Method[T]] = {}
        self._others = others
        self._comers: list[Callable[[], Iterable[Method[T]]]] = []
        self._lock = Lock()

    def add(
        self,
        info: MethodInfo,
        create: Callable[[Compute], T],
        why_not: WhyNot = _nothing,
        lacking: type[GreyfillError] = MissingDependencyError,
    ) -> None:
        """Add a method; see `Method` for the parameters."""
        self.register(Method(info, create, why_not, lacking))

    def register(self, method: Method[T]) -> None:
        """Add a method."""
        self._entries[method.info.name] = method

    def register_changing(self, source: Callable[[], Iterable[Method[T]]]) -> None:
        """Add what yields methods that come and go; it is asked anew every time."""
        self._comers.append(source)

    def infos(self) -> list[MethodInfo]:
        """Return every method, whether or not it can run here."""
        return [_checked(method) for method in self._every().values()]

    def info(self, name: str) -> MethodInfo:
        """Return the method a name stands for, "auto" included.

        Parameters
        ----------
        name : str
            A name that `infos` lists, or "auto".

        Raises
        ------
        BadParameterError
            If there is no such method.
        """
        return _checked(self._method(name))

    def require(self, name: str) -> MethodInfo:
        """Return the method a name stands for if it can run here.

        Parameters
        ----------
        name : str
            A name that `infos` lists, or "auto".

        Raises
        ------
        BadParameterError
            If there is no such method.
        MissingDependencyError, MissingWeightsError
            If it cannot run here.
        """
        return self._required(name).info

    def create(self, name: str, compute: Compute) -> T:
        """Return a method ready to run; raises as `require` does.

        Parameters
        ----------
        name : str
            A name that `infos` lists, or "auto".
        compute : Compute
            Device and seed of the run, and whether it was cancelled.
        """
        return self._required(name).create(compute)

    def _required(self, name: str) -> Method[T]:
        method = self._method(name)
        info = _checked(method)
        if not info.available:
            no_torch = info.uses_torch and lacking_torch()
            lacking = MissingDependencyError if no_torch else method.lacking
            raise lacking(f"{info.title} cannot run: {info.why_not}")
        return replace(method, info=info)

    def _method(self, name: str) -> Method[T]:
        known = self._fixed()
        if not isinstance(name, str) or name not in known:
            known = self._every()
        wanted = choice_of(self.kind, name, ["auto", *known])
        return known[self.auto if wanted == "auto" else wanted]

    def _every(self) -> dict[str, Method[T]]:
        found = dict(self._fixed())
        for source in self._comers:
            for method in source():
                found.setdefault(method.info.name, method)
        return found

    def _fixed(self) -> dict[str, Method[T]]:
        """Return the methods that stay, and load those from elsewhere the first time."""
        with self._lock:
            if self._others is not None:
                others, self._others = self._others, None
                for method in others(list(self._entries)):
                    self._entries.setdefault(method.info.name, method)
        return self._entries


def _checked(method: Method[T]) -> MethodInfo:
    why_not = method.why_not()
    return replace(method.info, available=not why_not, why_not=why_not)
