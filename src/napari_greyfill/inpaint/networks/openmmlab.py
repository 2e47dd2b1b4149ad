"""The checkpoints that OpenMMLab trained, of several networks.

Their names end in how the SHA-256 of the file begins, which is all that is published of it; their
sizes are not.
"""

from __future__ import annotations

from napari_greyfill.weights.catalogue import CheckpointInfo

__all__ = ["openmmlab_checkpoint"]

_FILES = "https://download.openmmlab.com/mmediting/inpainting/"
_CONFIGS = "https://github.com/open-mmlab/mmagic/tree/main/configs/"
# For each data set: what people call it, with and without what it shows.
_DATA = {
    "places365": ("Places365", "Places365 (scenes)"),
    "celebahq": ("CelebA-HQ", "CelebA-HQ (faces)"),
}


def openmmlab_checkpoint(
    descriptor: str,
    data_set: str,
    title: str,
    path: str,
    *,
    configs: str,
    masks: str,
    good_for: str,
    citation: str,
    size: int = 256,
) -> CheckpointInfo:
    """Return what there is to know about a checkpoint.

    Parameters
    ----------
    descriptor : str
        Its layout, "NETWORK-mm".
    data_set : {"places365", "celebahq"}
        What it was trained on.
    title : str
        What people call the network.
    path : str
        Where the file is below the folder of all of them.
    configs : str
        The folder of the project that describes the training.
    masks, good_for, citation : str
        As in `CheckpointInfo`.
    size : int
        Height and width of the pictures it was trained on, in pixels.
    """
    name, training_data = _DATA[data_set]
    file = path.rpartition("/")[2]
    return CheckpointInfo(
        id=f"{descriptor}-{data_set}",
        network=descriptor.removesuffix("-mm"),
        descriptor=descriptor,
        title=f"{title} (OpenMMLab), {name}",
        training_data=training_data,
        masks=masks,
        size=size,
        good_for=good_for,
        url=f"{_FILES}{path}",
        page=f"{_CONFIGS}{configs}",
        published_as=file,
        file=file,
        sha256_prefix=file.removesuffix(".pth").rpartition("-")[2],
        licence="Apache-2.0 (stated for the project, nothing separate for the weights); "
        f"{name} is for research only",
        citation=citation,
    )
