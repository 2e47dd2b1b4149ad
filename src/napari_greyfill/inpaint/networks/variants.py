"""The checkpoint layouts of a network, and which of them fill together.

Torch is imported by the functions that build modules, not by this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from napari_greyfill.inpaint.networks.tensors import StateDict

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Descriptor", "Variant"]


class _Layout(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...


L = TypeVar("L", bound=_Layout)


@dataclass(frozen=True)
class Descriptor:
    """One checkpoint layout of one network.

    Attributes
    ----------
    name : str
        The layout's name, for example "edgeconnect-edge" or "deepfillv2-tf".
    title : str
        For people.
    detect : callable
        Tells whether a state dict (keys without a "module." prefix) has this layout. It looks
        at names and shapes only and never raises.
    build : callable
        Makes the module, in evaluation mode on the CPU, from a state dict it detected, taking
        hyper-parameters from the tensors' shapes.
    """

    name: str
    title: str
    detect: Callable[[StateDict], bool]
    build: Callable[[StateDict], nn.Module]

    @classmethod
    def of(
        cls,
        layout: L,
        detect: Callable[[L, StateDict], bool],
        build: Callable[[L, StateDict], nn.Module],
    ) -> Descriptor:
        """Return the descriptor of one of several layouts that differ only in what they say.

        Parameters
        ----------
        layout : object with a name and a title
            The one in question.
        detect, build : callable
            As the attributes of those names, given the layout first.
        """
        return cls(layout.name, layout.title, partial(detect, layout), partial(build, layout))


@dataclass(frozen=True)
class Variant:
    """Checkpoint layouts that fill together, and the sizes of pictures they take.

    Attributes
    ----------
    name : str
        How the names of its methods begin: "edgeconnect" for "edgeconnect-places2".
    title : str
        For people.
    descriptors : tuple of Descriptor
        One for each file that it needs.
    minimum : int
        Smallest height and width in pixels; smaller pictures are padded.
    multiple_of : int
        Height and width must be multiples of this; pictures are padded.
    training_scale : int
        The side of the pictures it was trained on, in pixels.
    unit : bool
        Whether it needs pictures in [0, 1].
    """

    name: str
    title: str
    descriptors: tuple[Descriptor, ...]
    minimum: int
    multiple_of: int
    training_scale: int = 256
    unit: bool = True

    @classmethod
    def of(
        cls,
        descriptor: Descriptor,
        *,
        title: str = "",
        minimum: int,
        multiple_of: int,
        training_scale: int = 256,
    ) -> Variant:
        """Return the variant that one layout makes by itself, under the layout's name.

        Parameters
        ----------
        descriptor : Descriptor
            The layout.
        title : str
            For people, if not the layout's.
        minimum, multiple_of, training_scale : int
            As the attributes of those names.
        """
        return cls(
            descriptor.name,
            title or descriptor.title,
            (descriptor,),
            minimum,
            multiple_of,
            training_scale,
        )
