"""What is in a file: tensors, a program, an archive, or what must not be loaded."""

from __future__ import annotations

import zipfile
from io import BytesIO

from .archives import only_checkpoint, pickles_in, require_honest
from .pickles import require_sound
from .refusal import DAMAGED, RefusedError

__all__ = ["inspect"]

_LONGEST_PROBLEM = 1000  # letters
_PICKLES = 5  # stand before the numbers in torch's old format


def inspect(content: bytes) -> dict[str, str]:
    """Tell what is in a file, or why it must not be loaded.

    Parameters
    ----------
    content : bytes
        The whole file.

    Returns
    -------
    dict
        With "problem", the rest of a sentence that begins with the file's name, or with "kind":
        "tensors", "program" (TorchScript), "archive" (which holds one checkpoint, the "member")
        or "damaged". With tensors, "names" are those of things of training that a reader has to
        put something in the place of.
    """
    try:
        if content.startswith(b"PK\x03\x04"):
            return _archive(content)
        return _of_tensors(require_sound([BytesIO(content)] * _PICKLES, len(content)))
    except RefusedError as refusal:
        return {"problem": str(refusal)[:_LONGEST_PROBLEM]}  # which a pipe takes at once
    except DAMAGED:
        return {"kind": "damaged"}


def _of_tensors(names: list[str]) -> dict[str, str]:
    return {"kind": "tensors", "names": " ".join(names)}


def _archive(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        require_honest(archive, len(content))
        members = archive.infolist()
        names = [member.filename for member in members]
        if not any(name.endswith("data.pkl") for name in names):
            return {"kind": "archive", "member": only_checkpoint(names)}
        if any(name.endswith("constants.pkl") or "/code/" in name for name in names):
            return {"kind": "program"}
        claimed = sum(member.file_size for member in members)
        return _of_tensors(require_sound(pickles_in(archive), claimed))
