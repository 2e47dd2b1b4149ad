"""Run a network once on a small picture, before its checkpoint is called ready.

Torch is imported by the functions that need it, not by this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from napari_greyfill.compute.device import CancelCheck, Compute, never
from napari_greyfill.errors import BadCheckpointError, GreyfillError
from napari_greyfill.inpaint.networks.modules import Channels, applied, layers_of
from napari_greyfill.inpaint.networks.tensors import StateDict
from napari_greyfill.inpaint.networks.variants import Descriptor

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["require_sane", "try_out"]

_SIDE = 200  # pixels; networks that take no such pictures have an attribute `smallest`
# What a layer gives at most in a network that was trained; half precision ends at 65,504.
_LARGEST = 1e6


def try_out(
    descriptor: Descriptor, state: StateDict, name: str, cancelled: CancelCheck = never
) -> None:
    """Build a network and run it on a small picture.

    Parameters
    ----------
    descriptor : Descriptor
        The layout of the checkpoint.
    state : mapping of str to tensor
        The weights, by the names of the layout.
    name : str
        What messages call the checkpoint's file.
    cancelled : callable
        Asked after each layer.

    Raises
    ------
    BadCheckpointError
        If tensors are missing or of other shapes, or values in it are no numbers or explode.
    CancelledError
    """
    try:
        module = descriptor.build(state)
    except BadCheckpointError as error:
        raise BadCheckpointError(f"{name} does not fit its network: {error}") from error
    except (RuntimeError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise _misfit(name, descriptor) from error
    try:
        require_sane(module, name, Compute(cancelled=cancelled))
    except GreyfillError:
        raise
    except (RuntimeError, ValueError, LookupError, TypeError) as error:
        raise _misfit(name, descriptor) from error


def _misfit(name: str, descriptor: Descriptor) -> BadCheckpointError:
    return BadCheckpointError(
        f"{name} has tensors of shapes that {descriptor.title} cannot work with; choose the file "
        "as it was published."
    )


def require_sane(module: nn.Module, name: str, compute: Compute) -> None:
    """Raise `BadCheckpointError` if values on a small picture are no numbers or explode.

    Parameters
    ----------
    module : torch module
        On the device of `compute`.
    name : str
        What messages call the file its weights are from.
    compute : Compute
        Says where to run, and when to stop.
    """
    with _watched(module, name):
        output = applied(module, _picture(module), compute)
    if not np.isfinite(output).all():
        raise _insane(name)


def _picture(module: nn.Module) -> Channels:
    """Return a ramp in every channel, and in the last one, the mask, a square."""
    from torch import nn

    # what cannot be seen from outside, a module says: how many channels it takes, and which size
    first = next((each for each in module.modules() if isinstance(each, nn.Conv2d)), None)
    planes: int = getattr(module, "planes", 0) or getattr(first, "in_channels", 0)
    side: int = getattr(module, "side", 0) or max(_SIDE, getattr(module, "smallest", _SIDE))
    ramp = np.linspace(0, 1, side, dtype=np.float32)
    channels = np.zeros((1, side, side, planes), dtype=np.float32)
    channels[0] = (ramp[:, None] * ramp)[..., None]
    third = side // 3
    channels[..., -1] = 0
    channels[0, third:-third, third:-third, -1] = 1
    return channels


@contextmanager
def _watched(module: nn.Module, name: str) -> Iterator[None]:
    """Look at what every layer gives: the last one hides what exploded before it."""

    def look(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        # False for NaN, too
        if not bool(output.detach().abs().max() <= _LARGEST):
            raise _insane(name)

    hooks = [layer.register_forward_hook(look) for layer in layers_of(module)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _insane(name: str) -> BadCheckpointError:
    return BadCheckpointError(
        f"With the weights in {name} the network computes values that are no numbers or explode, "
        "so it cannot fill anything; get the file again or choose another one."
    )
