"""Write files as Torch7 does, from arrays and from PyTorch's layers."""

import struct

import numpy as np
import torch
from torch import nn

__all__ = ["Obj", "in_a_row", "module", "written"]


class Obj:
    """An object of a class of Torch7."""

    def __init__(self, name, fields):
        self.name, self.fields = name, fields


class _Writer:
    def __init__(self):
        self.parts, self.indices, self.kept = [], {}, []

    def ints(self, *values):
        self.parts.append(struct.pack(f"<{len(values)}i", *values))

    def longs(self, *values):
        self.parts.append(struct.pack(f"<{len(values)}q", *values))

    def text(self, text):
        self.ints(len(text))
        self.parts.append(text.encode("latin-1"))

    def index(self, value):
        """Write the place of a value; return whether it was written before."""
        known = id(value) in self.indices
        self.kept.append(value)  # so that no other value gets its id
        self.ints(self.indices.setdefault(id(value), len(self.indices) + 1))
        return known

    def value(self, value):
        if value is None:
            self.ints(0)
        elif isinstance(value, bool):
            self.ints(5, value)
        elif isinstance(value, int | float):
            self.ints(1)
            self.parts.append(struct.pack("<d", value))
        elif isinstance(value, str):
            self.ints(2)
            self.text(value)
        elif isinstance(value, dict):
            self.ints(3)
            if not self.index(value):
                self.ints(len(value))
                for key, inner in value.items():
                    self.value(key)
                    self.value(inner)
        else:
            self.ints(4)
            if not self.index(value):
                self.text("V 1")
                self.object(value)

    def object(self, value):
        if isinstance(value, Obj):
            self.text(value.name)
            self.value(value.fields)
            return
        array = np.asarray(value)
        kind = {"f4": "Float", "f8": "Double", "i8": "Long", "u1": "Byte"}[array.dtype.str[1:]]
        self.text(f"torch.{kind}Tensor")
        self.ints(array.ndim)
        strides = [step // array.itemsize for step in np.ascontiguousarray(array).strides]
        self.longs(*array.shape, *strides, 1)
        self.ints(4)
        self.index(object())
        self.text("V 1")
        self.text(f"torch.{kind}Storage")
        self.longs(array.size)
        self.parts.append(array.tobytes())


def written(value):
    """Return the bytes of a file that holds a value."""
    writer = _Writer()
    writer.value(value)
    return b"".join(writer.parts)


_NAMES = {
    "Conv2d": "nn.SpatialConvolution",
    "ConvTranspose2d": "nn.SpatialFullConvolution",
    "BatchNorm2d": "nn.SpatialBatchNormalization",
}


def module(layer):
    """Return a layer as an object of Torch7."""
    kind = type(layer).__name__
    fields = {
        name: tensor.detach().numpy()
        for name, tensor in layer.state_dict().items()
        if tensor.dtype == torch.float32
    }
    fields |= {"train": False, "gradWeight": np.zeros(3, np.float32), "output": None}
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        (high, wide), (top, side) = layer.stride, layer.padding
        fields |= {"dH": high, "dW": wide, "padH": top, "padW": side}
        fields |= {"dilationH": layer.dilation[0], "dilationW": layer.dilation[1]}
        if isinstance(layer, nn.Conv2d) and layer.dilation != (1, 1):
            return Obj("nn.SpatialDilatedConvolution", fields)
    if isinstance(layer, nn.BatchNorm2d):
        fields |= {"eps": layer.eps, "momentum": 0.1, "affine": True}
    if isinstance(layer, nn.LeakyReLU):
        fields |= {"negval": layer.negative_slope, "inplace": True}
    return Obj(_NAMES.get(kind, f"nn.{kind}"), fields)


def in_a_row(*modules):
    """Return modules, or layers, as a sequence of Torch7."""
    objects = [each if isinstance(each, Obj) else module(each) for each in modules]
    return Obj("nn.Sequential", {"modules": dict(enumerate(objects, 1)), "train": False})
