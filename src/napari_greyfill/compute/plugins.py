"""Methods that other packages bring, found by their entry points.

A package that brings a method names it in an entry point of a group, which leads to a `Method`.
Nothing of it is imported before somebody asks which methods there are. One that is broken is
listed with the reason, and takes no other method away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.registry import Kind, Method, MethodInfo
from napari_greyfill.errors import BrokenMethodError, GreyfillError

__all__ = ["COLORIZERS", "METHODS", "methods_from_outside"]

METHODS = "napari_greyfill.methods"
COLORIZERS = "napari_greyfill.colorizers"


def methods_from_outside(
    group: str, kind: Kind, contract: Callable[[], type], taken: Collection[str]
) -> Iterator[Method[Any]]:
    """Yield the methods that other packages bring.

    Parameters
    ----------
    group : str
        The group of entry points.
    kind : {"inpainter", "colorizer"}
        The stage.
    contract : callable
        Returns the class that a method must be of.
    taken : collection of str
        The names that methods of ours have.
    """
    names = set(taken)
    for entry in sorted(entry_points(group=group), key=lambda each: each.name):
        method = _loaded(entry, kind, contract, names)
        names.add(method.info.name)
        yield method


def _loaded(
    entry: EntryPoint, kind: Kind, contract: Callable[[], type], taken: Collection[str]
) -> Method[Any]:
    try:
        method = entry.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - others may raise anything
        return _broken(entry, kind, taken, f"it cannot be loaded ({_named(error)})")
    if not isinstance(method, Method) or not isinstance(method.info, MethodInfo):
        return _broken(entry, kind, taken, "its entry point leads to no Method")
    if method.info.kind != kind:
        return _broken(entry, kind, taken, f"it is no {kind}, but a {method.info.kind}")
    if method.info.name in taken or method.info.name == "auto":
        return _broken(entry, kind, taken, f"there is a method {method.info.name} already")
    return Method(
        method.info,
        partial(_created, entry, method, contract),
        partial(_why_not, entry, method),
        method.lacking,
    )


def _why_not(entry: EntryPoint, method: Method[Any]) -> str:
    try:
        return str(method.why_not())
    except Exception as error:  # noqa: BLE001 - a package of others may raise anything
        return _advice(entry, f"it cannot say whether it can run ({_named(error)})")


def _created(
    entry: EntryPoint, method: Method[Any], contract: Callable[[], type], compute: Compute
) -> object:
    try:
        made = method.create(compute)
    except GreyfillError:
        raise
    except Exception as error:
        why = _advice(entry, f"it cannot be made ({_named(error)})")
        raise BrokenMethodError(f"{method.info.title} cannot run: {why}") from error
    if not isinstance(made, contract()):
        why = _advice(entry, f"what it makes is no {contract().__name__}")
        raise BrokenMethodError(f"{method.info.title} cannot run: {why}")
    return made


def _broken(entry: EntryPoint, kind: Kind, taken: Collection[str], problem: str) -> Method[Any]:
    """Return a method that only says why it cannot run."""
    name = (
        entry.name if entry.name not in {*taken, "auto"} else f"{entry.name} ({_package(entry)})"
    )
    summary = f"Comes with the package {_package(entry)}, and is broken."
    why_not = _advice(entry, problem)

    def refuse(_compute: Compute) -> object:
        raise BrokenMethodError(f"{name} cannot run: {why_not}")

    return Method(
        MethodInfo(name, name, kind, summary=summary, licence="not known"),
        refuse,
        lambda: why_not,
        BrokenMethodError,
    )


def _advice(entry: EntryPoint, problem: str) -> str:
    package = _package(entry)
    return f"{problem}; update the package {package}, or remove it with: pip uninstall {package}"


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.module


def _named(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text:.200}" if text else type(error).__name__
