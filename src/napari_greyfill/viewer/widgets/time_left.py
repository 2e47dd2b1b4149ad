"""How long a run goes on, from how far it has come."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["TimeLeft"]

_WAIT = 3.0  # seconds before anything is said
_SHARE = 0.02  # of the work; less says nothing about the rest


class TimeLeft:
    """Says how much longer a run will take.

    Parameters
    ----------
    clock : callable
        Returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.restart()

    def restart(self, *, continued: bool = False) -> None:
        """Count from now.

        Parameters
        ----------
        continued : bool
            Whether some of the work was done before: the first share that is told is of that.
        """
        self._start, self._before = self._clock(), 0.0
        self._continued = continued

    def said(self, fraction: float) -> str:
        """Return such as "about 40 s left"; empty as long as nothing can be said.

        Parameters
        ----------
        fraction : float
            The finished share of the work, 0 to 1.
        """
        if self._continued and fraction > 0:
            self._start, self._before, self._continued = self._clock(), fraction, False
        passed, done = self._clock() - self._start, fraction - self._before
        if passed < _WAIT or done < _SHARE or fraction >= 1:
            return ""
        left = passed * (1 - fraction) / done
        if left < 1.5:
            return "nearly done"
        if left < 90:
            return f"about {_round(left)} s left"
        if left < 90 * 60:
            return f"about {round(left / 60)} min left"
        return f"about {left / 3600:.1f} h left"


def _round(seconds: float) -> int:
    """Return seconds no finer than they are known."""
    step = 1 if seconds < 10 else 5
    return step * round(seconds / step)
