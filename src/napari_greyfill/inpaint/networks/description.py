"""What there is to know about a published network: `Network`, its variants and their layouts.

Each network's folder has one `Network`. Which checkpoints it takes, what they are recognised by,
how large pictures must be and what is published are read from there and from nowhere else. Torch
is imported by the functions that build modules, not by this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from napari_greyfill.weights.catalogue import CheckpointInfo

if TYPE_CHECKING:
    from torch import Tensor, nn

    from napari_greyfill.inpaint.networks.base import NetworkInpainter

__all__ = ["COLOURS", "Descriptor", "Network", "StateDict", "Variant", "shape_of", "within"]

StateDict: TypeAlias = "Mapping[str, Tensor]"

# The channels of a picture that first layers take and last layers give: those of the published
# checkpoints, or one where a network was trained anew on grey.
COLOURS = (3, 1)


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


@dataclass(frozen=True)
class Network:
    """A published network.

    Attributes
    ----------
    name : str
        What its folder is called.
    title : str
        What people read in menus and messages.
    summary : str
        A sentence or two: how it works and what it is good for.
    citation : str
        The publication it comes from.
    code : str
        The address of its authors' code.
    code_licence : str
        The licence of that code, none of which is used here.
    variants : tuple of Variant
    inpainter : callable
        Returns the class of the inpainter that runs it; imported when it is asked for.
    checkpoints : tuple of CheckpointInfo
        What is published.
    default_method : str
        Which of its methods to begin with; empty if nothing is published.
    note : str
        What people should know before they fetch checkpoints, in Markdown, for the docs.
    bad_at : str
        What it does badly, in a sentence or two, for the docs.
    slow : str
        How long it takes, if so long that it runs only where somebody has chosen it.
    """

    name: str
    title: str
    summary: str
    citation: str
    code: str
    code_licence: str
    variants: tuple[Variant, ...]
    inpainter: Callable[[], type[NetworkInpainter]]
    checkpoints: tuple[CheckpointInfo, ...] = ()
    default_method: str = ""
    note: str = ""
    bad_at: str = ""
    slow: str = ""

    @property
    def descriptors(self) -> tuple[Descriptor, ...]:
        """Every checkpoint layout."""
        return tuple(layout for variant in self.variants for layout in variant.descriptors)

    def data_sets(self, variant: Variant) -> list[str]:
        """Return the names of the data sets that a variant has checkpoints of, from their ids."""
        first = variant.descriptors[0].name
        found = [each.id for each in self.checkpoints if each.descriptor == first]
        return [name.removeprefix(f"{first}-") for name in found]

    def published(self, variant: Variant, data_set: str) -> tuple[CheckpointInfo, ...]:
        """Return the checkpoints that make a variant a method, one for each layout."""
        wanted = [f"{layout.name}-{data_set}" for layout in variant.descriptors]
        by_id = {each.id: each for each in self.checkpoints}
        return tuple(by_id[name] for name in wanted)


def shape_of(state: StateDict, key: str) -> tuple[int, ...]:
    """Return the shape of a tensor, or ``()`` if there is none of that name."""
    return tuple(getattr(state.get(key), "shape", ()))


def within(state: StateDict, prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names have a prefix, without it; all of them if none has it.

    Files of training programs hold discriminators and more beside the generator.

    Parameters
    ----------
    state : mapping of str to tensor
        The tensors by name.
    prefix : str
        For example "generator.".
    """
    if not any(key.startswith(prefix) for key in state):
        return dict(state)
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
