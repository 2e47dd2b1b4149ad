"""Torch modules: built from a checkpoint's tensors, and applied to arrays.

Torch is imported by the functions that need it, not by this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.compute.device import Compute, most_threads
from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.tensors import StateDict, shape_of

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["Channels", "applied", "built", "layers_of", "with_counters"]

Channels = NDArray[np.float32]


def built(make: Callable[[], nn.Module], state: StateDict, title: str) -> nn.Module:
    """Make a module that holds exactly the tensors of a state dict, in evaluation mode.

    Parameters
    ----------
    make : callable
        Makes the module, with any weights.
    state : mapping of str to tensor
        Tensors of any floating type; the module has them as float32.
    title : str
        What error messages call the network.

    Raises
    ------
    BadCheckpointError
        If a tensor is missing, left over or of another shape than the module's.
    """
    import torch

    # Without memory at first: nothing is allocated for a file that does not fit, and no random
    # numbers are drawn for weights that are replaced anyway.
    with torch.device("meta"):
        module = make()
    misfit = _misfit(module, state)
    if misfit:
        raise BadCheckpointError(
            f"This checkpoint of {title} {misfit}; choose the file as it was published."
        )
    module.to_empty(device="cpu").load_state_dict(state)
    return module.requires_grad_(False).eval()


def with_counters(state: StateDict) -> dict[str, Tensor]:
    """Return a state dict in which every batch normalisation counts its batches.

    Files that were written before PyTorch 0.4.1 have no such counters, and nothing depends on
    them.
    """
    import torch

    layers = [key.rpartition(".")[0] for key in state if key.endswith(".running_var")]
    counters = {f"{layer}.num_batches_tracked": torch.tensor(0) for layer in layers}
    return {**counters, **state}


def _misfit(module: nn.Module, state: StateDict) -> str:
    """Return what keeps a state dict from fitting a module, or an empty string."""
    wanted = module.state_dict()
    lacking = [key for key in wanted if key not in state]
    extra = [key for key in state if key not in wanted]
    other = [key for key in wanted if key in state and shape_of(state, key) != wanted[key].shape]
    for what, keys in (
        ("lacks the tensor", lacking),
        ("has an unknown tensor", extra),
        ("has another shape than we know for the tensor", other),
    ):
        if keys:
            more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
            return f"{what} {keys[0]}{more}"
    return ""


def applied(
    module: nn.Module, channels: Channels, compute: Compute, *, half: bool = False
) -> Channels:
    """Run a module on pictures, and stop between its layers if the computation is cancelled.

    Parameters
    ----------
    module : torch module
        On the device of `compute`; takes and returns (N, C, H, W) tensors.
    channels : (N, H, W, C) array
        What the module takes.
    compute : Compute
        Says where to run, and when to stop.
    half : bool
        Whether layers that gain from it may compute in half precision.

    Returns
    -------
    (N, H, W, C) float32 array
    """
    import torch

    array = np.ascontiguousarray(channels.transpose(0, 3, 1, 2), dtype=np.float32)
    last = compute.device == "cuda"  # its convolutions are quicker with channels last in memory
    if last:
        module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    with (
        torch.inference_mode(),
        _asking(module, compute),
        _precision(compute, half),
        _threads(compute),
    ):
        tensor = torch.from_numpy(array).to(compute.device)
        if last:
            tensor = tensor.contiguous(memory_format=torch.channels_last)
        output = module(tensor)
    return np.ascontiguousarray(output.float().permute(0, 2, 3, 1).cpu().numpy())


@contextmanager
def _threads(compute: Compute) -> Iterator[None]:
    """Leave a core to the window, if there is one, while a network computes on the CPU.

    The number is one for the whole process: it is changed only where it is too large, so that of
    two runs at the same time the one that ends last restores what the first one found.
    """
    import torch

    before, most = torch.get_num_threads(), most_threads(compute.device)
    if most is None or before <= most:
        yield
        return
    torch.set_num_threads(most)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def layers_of(module: nn.Module) -> list[nn.Module]:
    """Return the parts of a module that have none themselves; a TorchScript program is one."""
    from torch.jit import ScriptModule

    def parts(layer: nn.Module) -> list[nn.Module]:
        return [part for part in layer.children() if not isinstance(part, ScriptModule)]

    layers = [layer for layer in module.modules() if not isinstance(layer, ScriptModule)]
    return [layer for layer in layers if not parts(layer)]


def _precision(compute: Compute, half: bool) -> AbstractContextManager[object]:
    import torch

    # processors have no fast float16, but bfloat16
    number = torch.bfloat16 if compute.device == "cpu" else torch.float16
    return torch.autocast(compute.device, dtype=number) if half else nullcontext()


@contextmanager
def _asking(module: nn.Module, compute: Compute) -> Iterator[None]:
    """Ask after every layer whether to go on: a large window takes many seconds on a CPU."""

    def ask(*_: object) -> None:
        compute.check()

    hooks = [layer.register_forward_hook(ask) for layer in layers_of(module)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
