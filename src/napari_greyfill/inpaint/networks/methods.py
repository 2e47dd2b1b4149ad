"""The networks as inpainting methods: one for each set of checkpoints.

A method is a variant of a network with the weights of one data set, for example
``edgeconnect-places2``, or with the user's own, for example ``edgeconnect@mine``. It can run once
all of its checkpoints are on this computer. Importing this module imports no torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.pytorch import lacking_torch
from napari_greyfill.compute.registry import Method, MethodInfo, Training
from napari_greyfill.errors import MissingWeightsError
from napari_greyfill.inpaint.base import Inpainter
from napari_greyfill.inpaint.networks import NETWORKS
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.description import Network
from napari_greyfill.inpaint.networks.loaded import LOADED, Loaded, signature
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.inpaint.networks.trial import require_sane
from napari_greyfill.inpaint.networks.variants import Descriptor, Variant
from napari_greyfill.weights.catalogue import PURPOSES, CheckpointInfo
from napari_greyfill.weights.own import SEPARATOR
from napari_greyfill.weights.store import WeightsStore

__all__ = ["NetworkMethod", "method_of", "network_methods", "own_methods"]


@dataclass(frozen=True)
class NetworkMethod:
    """A variant of a network and the checkpoints that make it a method.

    Attributes
    ----------
    network : Network
    variant : Variant
    info : MethodInfo
    checkpoints : tuple of CheckpointInfo
        One for each of the variant's layouts.
    """

    network: Network
    variant: Variant
    info: MethodInfo
    checkpoints: tuple[CheckpointInfo, ...]

    def registered(self) -> Method[Inpainter]:
        """Return what the registry of methods takes."""
        return Method(self.info, self.create, self.why_not, MissingWeightsError)

    def why_not(self) -> str:
        """Return what is missing, or an empty string."""
        return lacking_torch() or self._missing()

    def create(self, compute: Compute) -> NetworkInpainter:
        """Return the network, ready to fill; its checkpoints are loaded unless they still are.

        Parameters
        ----------
        compute : Compute
            Device and seed of the run, and whether it was cancelled.

        Raises
        ------
        MissingWeightsError, BadCheckpointError
            If a checkpoint is not here, damaged, or of another network.
        """
        store = network_weights()
        files = tuple(signature(store.path(checkpoint.id)) for checkpoint in self.checkpoints)
        key = (self.info.name, compute.device, files)
        loaded = LOADED.get(key, lambda: self._loaded(store, compute))
        weights = [_facts(store, checkpoint) for checkpoint in self.checkpoints]
        inpainter = self.network.inpainter()
        return inpainter(compute, loaded.modules, self.variant, loaded.half, weights)

    def _loaded(self, store: WeightsStore, compute: Compute) -> Loaded:
        modules = {}
        for checkpoint, layout in zip(self.checkpoints, self.variant.descriptors, strict=True):
            compute.check()
            state = store.load(checkpoint.id, compute.cancelled)
            module = layout.build(state).to(compute.device)
            require_sane(module, checkpoint.file, compute)
            modules[layout.name] = module
        return Loaded(modules)

    def _missing(self) -> str:
        store = network_weights()
        lacking = [store.stored(each) for each in self.checkpoints]
        lacking = [stored for stored in lacking if stored.state != "ready"]
        if not lacking:
            return ""
        if lacking[0].problem:
            return lacking[0].problem
        wanted = lacking[0].info
        if lacking[0].state == "unconfirmed":
            return (
                "its file is a program that nobody has confirmed; "
                f"see: napari-greyfill weights confirm {wanted.id}"
            )
        if wanted.own:
            name = wanted.id.partition(SEPARATOR)[2]
            return (
                f"there are no weights {wanted.id}, which it needs too; "
                f"add them with: napari-greyfill weights add FILE --name {name}"
            )
        return f"its weights are not here; get them with: napari-greyfill weights get {wanted.id}"


def _facts(store: WeightsStore, checkpoint: CheckpointInfo) -> dict[str, Any]:
    """Return what is known about the weights of a fill, for its provenance."""
    return {
        "id": checkpoint.id,
        "file": checkpoint.file,
        "sha256": store.folder.sha256(checkpoint),
        "identity": store.folder.identity(checkpoint),
        "training_data": checkpoint.training_data,
        "licence": checkpoint.licence,
    }


# ------------------------------------------------------------ published ones


def network_methods() -> list[NetworkMethod]:
    """Return every method that published checkpoints make."""
    return [
        _published(network, variant, data_set)
        for network in NETWORKS
        for variant in network.variants
        for data_set in network.data_sets(variant)
    ]


def _published(network: Network, variant: Variant, data_set: str) -> NetworkMethod:
    checkpoints = network.published(variant, data_set)
    first = checkpoints[0]
    info = MethodInfo(
        f"{variant.name}-{data_set}",
        f"{variant.title}, {first.training_data.split(' (')[0]}",
        "inpainter",
        summary=f"{_warning(checkpoints)}{checkpoints[-1].good_for} Trained on "
        f"{first.training_data}, {first.masks}, at {first.size} pixels.",
        licence=first.licence,
        citation=first.citation,
        uses_torch=True,
        slow=network.slow,
        training=_training(first),
        non_commercial=any(each.non_commercial for each in checkpoints),
    )
    return NetworkMethod(network, variant, info, checkpoints)


def _training(checkpoint: CheckpointInfo) -> Training:
    return Training(
        PURPOSES[checkpoint.purpose],
        checkpoint.training_data,
        checkpoint.masks,
        checkpoint.shapes,
        checkpoint.size,
    )


def _warning(checkpoints: Sequence[CheckpointInfo]) -> str:
    """Return what people should know before they use weights for the first time."""
    return "Not for commercial use. " if any(c.non_commercial for c in checkpoints) else ""


# ------------------------------------------------------------ the user's own


def own_methods() -> Iterator[NetworkMethod]:
    """Yield every method that the user's own weights make, also if one of two files is missing."""
    own = network_weights().own()
    for network in NETWORKS:
        for variant in network.variants:
            names = [layout.name for layout in variant.descriptors]
            theirs = [each for each in own if each.descriptor in names]
            for name in dict.fromkeys(each.id.partition(SEPARATOR)[2] for each in theirs):
                yield _own(network, variant, name, theirs)


def method_of(own: CheckpointInfo) -> str:
    """Return the name of the method that weights of the user's own make, or are a part of."""
    variants = (variant for network in NETWORKS for variant in network.variants)
    for variant in variants:
        if own.descriptor in [layout.name for layout in variant.descriptors]:
            return f"{variant.name}{SEPARATOR}{own.id.partition(SEPARATOR)[2]}"
    return ""


def _own(
    network: Network, variant: Variant, name: str, own: Sequence[CheckpointInfo]
) -> NetworkMethod:
    here = {each.id: each for each in own}
    stand_in = next(each for each in own if each.id.partition(SEPARATOR)[2] == name)
    checkpoints = tuple(
        here.get(f"{layout.name}{SEPARATOR}{name}") or _absent(stand_in, layout, name)
        for layout in variant.descriptors
    )
    first = stand_in
    info = MethodInfo(
        f"{variant.name}{SEPARATOR}{name}",
        f"{variant.title}, {name} (own weights)",
        "inpainter",
        summary=f"{first.good_for} Training data: {first.training_data}.",
        licence=first.licence,
        citation=first.citation,
        uses_torch=True,
        slow=network.slow,
        training=_training(first),
        non_commercial=first.non_commercial,
    )
    return NetworkMethod(network, variant, info, checkpoints)


def _absent(other: CheckpointInfo, layout: Descriptor, name: str) -> CheckpointInfo:
    """Return the second file that a method needs, which is not here."""
    wanted = f"{layout.name}{SEPARATOR}{name}"
    return replace(other, id=wanted, descriptor=layout.name, file=f"{wanted}.pth")
