"""TorchScript: checkpoints that are programs, and are run as such.

A program may do anything, so one is loaded only if its SHA-256 is a published one or the user has
confirmed it; that is for the callers to know. Its tensors alone do not say how to call it, so it
is handed on as a whole. Imports torch only when it loads.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from napari_greyfill.compute.pytorch import require_torch
from napari_greyfill.errors import BadCheckpointError

if TYPE_CHECKING:
    from torch import Tensor
    from torch.jit import ScriptModule

__all__ = ["Program", "arguments_of", "program_of", "trusted_program"]


class Program(dict[str, "Tensor"]):
    """The tensors of a program by name, and the program itself.

    Parameters
    ----------
    module : torch.jit.ScriptModule
        On the CPU, in evaluation mode.
    """

    def __init__(self, module: ScriptModule) -> None:
        super().__init__(module.state_dict())
        self.module = module


def trusted_program(content: bytes) -> Program:
    """Load a TorchScript archive that is trusted.

    Parameters
    ----------
    content : bytes
        The whole file, whose SHA-256 somebody vouches for.

    Raises
    ------
    MissingDependencyError
        If PyTorch is not installed.
    """
    require_torch("Running a TorchScript program")
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there are newer ways to write programs
        return Program(torch.jit.load(BytesIO(content), map_location="cpu"))


def arguments_of(state: Mapping[str, Any]) -> int:
    """Return how many arguments a program takes; 0 if tensors are no program."""
    if not isinstance(state, Program):
        return 0
    schema = getattr(getattr(state.module, "forward", None), "schema", None)
    return max(len(getattr(schema, "arguments", ())) - 1, 0)  # the first is the program itself


def program_of(state: Mapping[str, Any]) -> ScriptModule:
    """Return the program that tensors are of.

    Raises
    ------
    BadCheckpointError
        If they are of none.
    """
    if not isinstance(state, Program):
        raise BadCheckpointError(
            "These tensors are of no TorchScript program; choose the file as it was published."
        )
    return state.module
