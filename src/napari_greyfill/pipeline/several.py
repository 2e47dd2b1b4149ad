"""Several methods on the same image and mask, one after the other.

The image is read and checked once. A method that fails is told of and left out; the others go
on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from napari_greyfill.checks import names_of
from napari_greyfill.compute.progress import translated
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import BadParameterError, CancelledError, EveryMethodFailedError
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.pipeline.result import FillResult, Step

__all__ = ["FillResults", "fill_with_each", "resolve_methods"]

Work: TypeAlias = Generator[Step, None, FillResult]


class FillResults(Mapping[str, FillResult]):
    """The finished fills of several methods, by the names of the methods.

    Parameters
    ----------
    results : mapping of str to FillResult
        In the order in which they were asked for.
    failures : mapping of str to Exception
        Why the other methods gave no result.

    Attributes
    ----------
    failures : dict of str to Exception
    """

    def __init__(
        self, results: Mapping[str, FillResult], failures: Mapping[str, Exception]
    ) -> None:
        self._results = dict(results)
        self.failures = dict(failures)

    def __getitem__(self, method: str) -> FillResult:
        """Return the result of a method."""
        return self._results[method]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the methods that gave a result."""
        return iter(self._results)

    def __len__(self) -> int:
        """Return how many methods gave a result."""
        return len(self._results)

    def __repr__(self) -> str:
        """Name the methods, those that failed too."""
        failed = f"; failed: {', '.join(self.failures)}" if self.failures else ""
        return f"<FillResults of {', '.join(self) or 'no method'}{failed}>"

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the sentences the user should know, those about failures included."""
        notes = [note for result in self.values() for note in result.notes]
        notes += [_told(name, error) for name, error in self.failures.items()]
        return tuple(dict.fromkeys(notes))


def resolve_methods(names: Sequence[str]) -> tuple[str, ...]:
    """Return the methods that names stand for, each once.

    Raises
    ------
    BadParameterError
        If there is no name, or no method of one of the names.
    """
    given = names_of("method", names)
    if not given:
        raise BadParameterError("The list of methods is empty; name at least one, such as 'auto'.")
    return tuple(dict.fromkeys(INPAINTERS.info(name).name for name in given))


def fill_with_each(
    methods: Sequence[str], start: Callable[[str], Work]
) -> Generator[Step, None, FillResults]:
    """Fill with one method after the other.

    Parameters
    ----------
    methods : sequence of str
    start : callable
        Makes the work of one method; what it raises counts as a failure of the method, as does
        what the work raises. Only `CancelledError` ends everything.

    Yields
    ------
    Step
        Those of each method, with its name, and a "finished" one that holds its result.

    Raises
    ------
    EveryMethodFailedError
        If no method gave a result.
    """
    results: dict[str, FillResult] = {}
    said: set[str] = set()
    failures: dict[str, Exception] = {}
    for index, method in enumerate(methods):
        done = index / len(methods)
        try:
            result = yield from _labelled(start(method), method, done, 1 / len(methods), said)
        except CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            failures[method] = error
            yield Step("done", _told(method, error), done, "note", method=method)
            continue
        results[method] = result
        end = (index + 1) / len(methods)
        yield Step("done", f"filled by {method}", end, "finished", method=method, result=result)
    if not results:
        told = " ".join(_told(name, error) for name, error in failures.items())
        raise EveryMethodFailedError(told)
    return FillResults(results, failures)


def _labelled(work: Work, method: str, start: float, share: float, said: set[str]) -> Work:
    """Run a method's work; its steps say whose they are, and how much of the whole is done.

    Notes that were said before are not said again.
    """

    def told(step: Step) -> Iterator[Step]:
        if step.kind == "note":
            if step.name in said:
                return
            said.add(step.name)
        yield replace(step, method=method, fraction=start + share * step.fraction)

    return translated(work, told)


def _told(method: str, error: Exception) -> str:
    info: MethodInfo = INPAINTERS.info(method)
    why = str(error) or type(error).__name__
    return why if why.startswith(info.title) else f"{info.title} failed: {why}"
