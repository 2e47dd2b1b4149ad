"""Compare the modules that a Torch7 file names with the layers that its tensors go into.

Imports torch only when it compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from napari_greyfill.errors import BadCheckpointError

if TYPE_CHECKING:
    from torch import nn

__all__ = ["require_same_modules"]

# What Torch7 calls our layers; convolutions have several names.
_TYPES = {
    "Conv2d": ("SpatialConvolution", "SpatialConvolutionMM", "SpatialDilatedConvolution"),
    "ConvTranspose2d": ("SpatialFullConvolution",),
    "BatchNorm2d": ("SpatialBatchNormalization",),
}
_CLOSE = 1e-9


def require_same_modules(
    layers: Iterable[nn.Module], modules: list[dict[str, Any]], title: str
) -> None:
    """Raise unless a file's modules are of the same types, and work by the same numbers.

    Parameters
    ----------
    layers : iterable of torch modules
        Ours, in the order of the file.
    modules : list of dict
        What the file says about its own.
    title : str
        What messages call the network.

    Raises
    ------
    BadCheckpointError
    """
    ours = list(layers)
    if len(ours) != len(modules):
        raise BadCheckpointError(
            f"This Torch7 file has {len(modules)} modules, and {title} has {len(ours)}; choose "
            "the file as it was published."
        )
    for number, (layer, module) in enumerate(zip(ours, modules, strict=True), 1):
        kind = type(layer).__name__
        if module.get("type") not in _TYPES.get(kind, (kind,)):
            raise BadCheckpointError(
                f"This Torch7 file has {module.get('type')} as module {number} where {title} has "
                f"{kind}, so it is another network; choose the file as it was published."
            )
        for name, value in _numbers(layer).items():
            if abs(module.get(name, value) - value) > _CLOSE:
                raise BadCheckpointError(
                    f"This Torch7 file has {name} = {module[name]:g} in module {number} where "
                    f"{title} has {value:g}, so it is another network; choose the file as it was "
                    "published."
                )


def _numbers(layer: nn.Module) -> dict[str, float]:
    """Return the numbers by which one of our layers works, by Torch7's names."""
    from torch import nn

    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        pairs = {
            "d": layer.stride,
            "pad": layer.padding,
            "dilation": layer.dilation,
            "adj": layer.output_padding,
        }
        return {
            f"{name}{axis}": float(pair[place])
            for name, pair in pairs.items()
            for place, axis in enumerate("HW")
        }
    if isinstance(layer, nn.BatchNorm2d):
        return {"eps": layer.eps}
    if isinstance(layer, nn.LeakyReLU):
        return {"negval": layer.negative_slope}
    return {}
