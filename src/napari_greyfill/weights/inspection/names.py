"""What pickles of tensors refer to by name, and which of it may be called."""

from __future__ import annotations

import re

__all__ = ["CALLED", "ENCODINGS", "OF_TENSORS", "OF_TRAINING", "is_name"]

# What a pickle of tensors refers to.
OF_TENSORS = re.compile(
    r"torch\.(\w+Storage|\w*Tensor|Size|device|bool|half|double|long|short|char|byte)"
    r"|torch\.(b?float|q?u?int|complex)[\dx_]*"
    r"|torch\.(storage|cuda)\.\w+Storage|torch\._utils\._rebuild_\w+"
    r"|torch\.nn\.parameter\.Parameter|torch\._tensor\._rebuild_from_type_v2"
    r"|torch\.serialization\._get_layout|collections\.(OrderedDict|Counter)|_codecs\.encode"
)
# Those of them that may be called: the others make room for as many numbers as the file names.
CALLED = re.compile(
    r"torch\.(Size|device)|torch\.nn\.parameter\.Parameter"
    r"|torch\._utils\._rebuild_(tensor(_v[23])?|parameter(_with_state)?"
    r"|sparse_tensor|meta_tensor_no_storage)"
    r"|torch\._tensor\._rebuild_from_type_v2|torch\.serialization\._get_layout"
    r"|collections\.(OrderedDict|Counter)|_codecs\.encode"
)
# What programs for training leave in their checkpoints beside the tensors. It is neither imported
# nor made: in its place comes a thing that does nothing.
OF_TRAINING = re.compile(
    r"(pytorch_lightning|lightning|lightning_fabric|omegaconf|torchmetrics)\.[\w.]+"
    r"|numpy\.(core|_core)\.multiarray\.scalar|numpy\.dtype|typing\.Any"
    r"|collections\.defaultdict"
)
ENCODINGS = ("latin1", "latin-1", "utf8", "utf-8", "ascii")  # others take very long


def is_name(reference: str) -> bool:
    """Tell a name from what looks like one where a file is no pickle at all."""
    return all(part.isidentifier() for part in reference.split("."))
