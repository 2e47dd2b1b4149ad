"""Conjugate gradients with a preconditioner, for arrays and tensors alike.

Whoever solves a system says how its matrix and its preconditioner act on a vector and what the
scalar product of two vectors is, and looks at each iterate to see whether it is good enough.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

__all__ = ["Iterate", "Operators", "conjugate_gradients"]

V = TypeVar("V", bound=Any)  # numpy arrays or torch tensors
_TINY = 2.0**-1022  # keeps the step of a system that is solved exactly at 0 / tiny = 0


@dataclass(frozen=True, eq=False)
class Operators(Generic[V]):
    """What a symmetric positive definite system does to vectors.

    Attributes
    ----------
    matrix, preconditioner : callable
        Return the product with a vector.
    dot : callable
        Returns the scalar product of two vectors. With several systems in one array it has one
        number for each, of a shape that multiplies vectors.
    """

    matrix: Callable[[V], V]
    preconditioner: Callable[[V], V]
    dot: Callable[[V, V], Any]


@dataclass(frozen=True, eq=False)
class Iterate(Generic[V]):
    """A solution so far.

    Attributes
    ----------
    values, residual : array or tensor
    energy : number, array or tensor
        Scalar product of the residual and the preconditioned residual.
    """

    values: V
    residual: V
    energy: Any


def conjugate_gradients(
    values: V, residual: V, operators: Operators[V]
) -> Generator[Iterate[V], Any, None]:
    """Yield the start and every iterate; ends only when it is closed.

    What is sent back holds the steps of this iteration: a number or array that each is
    multiplied by, such as 0 for a system that is solved; None takes full steps.

    Parameters
    ----------
    values, residual : array or tensor
        Where to start from, and the right-hand side less the product of the matrix with it. An
        iterate's arrays are new ones: neither is written to.
    operators : Operators
        The system: its matrix, preconditioner and scalar product.

    References
    ----------
    M. R. Hestenes and E. Stiefel, "Methods of Conjugate Gradients for Solving Linear Systems",
    J. Res. Natl. Bur. Stand. 49(6), 1952, doi 10.6028/jres.049.044.
    """
    direction: V | None = None
    before: Any = None
    while True:
        scaled = operators.preconditioner(residual)
        energy = operators.dot(residual, scaled)
        share = yield Iterate(values, residual, energy)
        direction = scaled if direction is None else scaled + energy / (before + _TINY) * direction
        before = energy
        image = operators.matrix(direction)
        step = energy / (operators.dot(direction, image) + _TINY)
        step = step if share is None else share * step
        values, residual = values + step * direction, residual - step * image
