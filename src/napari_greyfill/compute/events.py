"""What happens while something runs: the one set of events for windows, commands and scripts.

Long work is a generator that yields these. Each has a `text` for people and a `fraction`, the
finished share of the whole, 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from numpy.typing import NDArray

__all__ = ["Event", "Note", "Preview", "Progress", "Result"]

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """The work goes on; `text` says with what."""

    text: str
    fraction: float = 0.0


@dataclass(frozen=True)
class Note:
    """The user must see a sentence: `text`."""

    text: str
    fraction: float = 0.0


@dataclass(frozen=True, eq=False)
class Preview:
    """There is something to see; it costs nothing unless `image` is asked for.

    Attributes
    ----------
    text : str
        What it shows.
    fraction : float
    source : object
        What makes the image when it is asked for: of a fill an `Intermediate`.
    complete : bool
        Whether this is an intermediate or final image that stays as it is.
    """

    text: str
    fraction: float
    source: Any
    complete: bool = False

    @property
    def image(self) -> NDArray[Any]:
        """Return the whole image as it is at this moment, in the type of the input."""
        image: NDArray[Any] = self.source.image
        return image


@dataclass(frozen=True, eq=False)
class Result(Generic[T]):
    """Something is finished: `value`."""

    text: str
    fraction: float
    value: T


Event: TypeAlias = Progress | Note | Preview | Result[Any]
