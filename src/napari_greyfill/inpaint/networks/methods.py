"""The published networks as inpainting methods: one for each set of checkpoints.

A method is a network trained on one set of pictures, for example ``edgeconnect-places2``. It can
run once all of its checkpoints are on this computer. Importing this module imports no torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.registry import MethodInfo, installed
from napari_greyfill.inpaint.networks.base import NetworkInpainter
from napari_greyfill.inpaint.networks.deepfillv2 import DeepFillV2Inpainter
from napari_greyfill.inpaint.networks.detection import DESCRIPTORS
from napari_greyfill.inpaint.networks.edgeconnect import EdgeConnectInpainter
from napari_greyfill.inpaint.networks.gmcnn import GMCNNInpainter
from napari_greyfill.inpaint.networks.loaded import LOADED, Loaded, signature
from napari_greyfill.inpaint.networks.trial import require_sane
from napari_greyfill.weights.catalogue import CheckpointInfo, catalogue
from napari_greyfill.weights.store import WeightsStore

__all__ = ["NetworkMethod", "network_methods"]

_BUILDERS = {descriptor.name: descriptor.build for descriptor in DESCRIPTORS}

# The checkpoint layouts that each kind of method is made of, the inpainter, and its title.
_KINDS: tuple[tuple[tuple[str, ...], type[NetworkInpainter], str], ...] = (
    (("gmcnn",), GMCNNInpainter, "GMCNN"),
    (("edgeconnect-edge", "edgeconnect-inpaint"), EdgeConnectInpainter, "EdgeConnect"),
    (("deepfillv2-pt",), DeepFillV2Inpainter, "DeepFill v2 (PyTorch)"),
    (("deepfillv2-tf",), DeepFillV2Inpainter, "DeepFill v2 (TensorFlow)"),
    (("deepfillv2-mm",), DeepFillV2Inpainter, "DeepFill v2 (OpenMMLab)"),
)


@dataclass(frozen=True)
class NetworkMethod:
    """A network and the checkpoints that make it a method.

    Attributes
    ----------
    info : MethodInfo
    inpainter : type
    checkpoints : tuple of CheckpointInfo
    """

    info: MethodInfo
    inpainter: type[NetworkInpainter]
    checkpoints: tuple[CheckpointInfo, ...]

    def why_not(self) -> str:
        """Return what is missing, or an empty string."""
        return installed("torch", "torch")() or self._missing()

    def create(self, compute: Compute) -> NetworkInpainter:
        """Return the network, ready to fill; its checkpoints are loaded unless they still are.

        Raises
        ------
        MissingWeightsError, BadCheckpointError
            If a checkpoint is not here, damaged, or of another network.
        """
        store = WeightsStore()
        files = tuple(signature(store.path(checkpoint.id)) for checkpoint in self.checkpoints)
        key = (self.info.name, compute.device, files)
        loaded = LOADED.get(key, lambda: self._loaded(store, compute))
        inpainter = self.inpainter(compute, loaded.modules, loaded.half)
        inpainter.origin = " and ".join(checkpoint.file for checkpoint in self.checkpoints)
        return inpainter

    def _loaded(self, store: WeightsStore, compute: Compute) -> Loaded:
        modules = {}
        for checkpoint in self.checkpoints:
            compute.check()
            state = store.load(checkpoint.id, compute.cancelled)
            module = _BUILDERS[checkpoint.descriptor](state).to(compute.device)
            require_sane(module, checkpoint.file, compute)
            modules[checkpoint.descriptor] = module
        return Loaded(modules)

    def _missing(self) -> str:
        store = WeightsStore(entries=self.checkpoints)
        lacking = [stored for stored in store.list() if stored.state != "ready"]
        if not lacking:
            return ""
        if lacking[0].problem:
            return lacking[0].problem
        wanted = [stored.info.id for stored in lacking]
        return f"its weights are not here; get them with: napari-greyfill weights get {wanted[0]}"


def network_methods() -> list[NetworkMethod]:
    """Return every network method the catalogue has checkpoints for."""
    entries = catalogue()
    found = []
    for layouts, inpainter, title in _KINDS:
        for data in _data_sets(layouts[0], entries):
            ids = [f"{layout}-{data}" for layout in layouts]
            chosen = tuple(entry for name in ids for entry in entries if entry.id == name)
            found.append(NetworkMethod(_info(layouts, data, title, chosen), inpainter, chosen))
    return found


def _data_sets(layout: str, entries: tuple[CheckpointInfo, ...]) -> list[str]:
    """Return the names of the data sets a layout has checkpoints of, from their ids."""
    return [e.id.removeprefix(f"{layout}-") for e in entries if e.descriptor == layout]


def _info(
    layouts: tuple[str, ...], data: str, title: str, checkpoints: tuple[CheckpointInfo, ...]
) -> MethodInfo:
    name = layouts[0] if len(layouts) == 1 else checkpoints[0].network
    first = checkpoints[0]
    return MethodInfo(
        f"{name}-{data}",
        f"{title}, {first.training_data.split(' (')[0]}",
        "inpainter",
        summary=f"{checkpoints[-1].good_for} Trained on {first.training_data}, {first.masks}, "
        f"at {first.size} pixels.",
        licence=first.licence,
        citation=first.citation,
        uses_torch=True,
    )
