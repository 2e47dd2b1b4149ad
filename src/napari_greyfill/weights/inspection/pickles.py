"""Whether pickles hold tensors and nothing that would run."""

from __future__ import annotations

import pickletools
from io import BytesIO

from .machine import Machine
from .names import OF_TENSORS, OF_TRAINING, is_name
from .refusal import DAMAGED, RefusedError, too_much

__all__ = ["require_sound"]

_MOST_STEPS = 2_000_000  # of a pickle


def require_sound(pickles: list[BytesIO], size: int) -> list[str]:
    """Return the names of things of training in pickles that hold tensors.

    Parameters
    ----------
    pickles : list of BytesIO
        One after the other.
    size : int
        Bytes that the whole file holds.

    Raises
    ------
    RefusedError
        If they want anything else than tensors.
    ValueError and others of `DAMAGED`
        If they are damaged.
    """
    names: dict[str, None] = {}
    problem: Exception | None = None
    for pickle in pickles:
        try:
            _follow(pickle, size, names)
        except (RefusedError, *DAMAGED) as error:
            problem = error
            break
    named = [name for name in names if is_name(name) and not OF_TENSORS.fullmatch(name)]
    foreign = [name for name in named if not OF_TRAINING.fullmatch(name)]
    if foreign:
        raise RefusedError(
            f"would run code when loaded ({', '.join(foreign[:3])}), so it was refused; "
            "choose a file that holds tensors only."
        )
    if problem is not None:
        raise problem
    return named


def _follow(pickle: BytesIO, size: int, names: dict[str, None]) -> None:
    """Follow one pickle to its end and collect the names in it, also after it went wrong."""
    machine = Machine(size)
    problem: Exception | None = None
    try:
        for count, (operation, argument, _) in enumerate(pickletools.genops(pickle)):
            if count > _MOST_STEPS:
                raise too_much()
            name = machine.name(operation.name, argument)
            if name:
                names.setdefault(name)
            if problem is None:
                try:
                    machine.step(operation.name, argument, name)
                except (RefusedError, *DAMAGED) as error:
                    problem = error
    except (RefusedError, *DAMAGED) as error:
        problem = problem or error
    if problem is not None:
        raise problem
