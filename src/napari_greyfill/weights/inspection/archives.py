"""What is in a zip archive: torch's own, or one that a checkpoint was packed into."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from .refusal import LARGEST, RefusedError, too_much

__all__ = ["only_checkpoint", "pickles_in", "require_honest"]

_RATIO = 10  # times its own size that an archive may claim to hold; torch does not compress
_ENDINGS = (".pth", ".pt", ".safetensors", ".ckpt", ".pb")
_PACKAGES = {
    "a model for Apple's CoreML": re.compile(r"\.mlmodel$|\.mlpackage/|com\.apple\.CoreML"),
    "a model for ONNX": re.compile(r"\.onnx$"),
    "a model for TensorFlow Lite": re.compile(r"\.tflite$"),
    "a model of Keras": re.compile(r"model\.weights\.h5$"),
    "a program for Java": re.compile(r"^META-INF/"),
}
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MEMBERS = 100_000  # files in an archive
_LONGEST_PICKLE = 1 << 26  # bytes


def require_honest(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse an archive that claims too much, before anything in it is unpacked.

    Parameters
    ----------
    archive : zipfile.ZipFile
        Nobody vouches for it.
    size : int
        Its own, in bytes.

    Raises
    ------
    RefusedError
    ValueError
        If torch writes no such archive.
    """
    members = archive.infolist()
    claimed = sum(member.file_size for member in members)
    if claimed > min(LARGEST, _RATIO * size):
        raise RefusedError(
            f"claims to hold {claimed / 1e6:,.1f} MB in {size / 1e6:,.1f} MB, which no checkpoint "
            "does, so it was refused; choose another file."
        )
    if len(members) > _MEMBERS:
        raise RefusedError(
            f"is an archive of {len(members):,} files, which no checkpoint is, so it was refused; "
            "choose another file."
        )
    if archive.comment or any(m.compress_type not in _COMPRESSIONS for m in members):
        raise ValueError("torch writes no such archive")


def pickles_in(archive: zipfile.ZipFile) -> list[BytesIO]:
    """Return the pickles in an archive of torch's; raises `RefusedError` if one is too long."""
    pickles = [m for m in archive.infolist() if m.filename.lower().endswith("data.pkl")]
    if any(member.file_size > _LONGEST_PICKLE for member in pickles):
        raise too_much()
    return [BytesIO(archive.read(member)) for member in pickles]


def only_checkpoint(members: list[str]) -> str:
    """Return the checkpoint in an archive; raises `RefusedError` if there is not one alone."""
    inside = [member for member in members if member.lower().endswith(_ENDINGS)]
    if len(inside) == 1:
        return inside[0]
    for what, found in _PACKAGES.items():
        if any(found.search(member) for member in members):
            raise RefusedError(f"is {what}, not the checkpoint; choose the one for PyTorch.")
    if inside:
        raise RefusedError(
            "is an archive of checkpoints; unpack it and choose one of the files in it: "
            f"{', '.join(inside[:8])}."
        )
    if any(member.lower().endswith(".zip") for member in members):
        raise RefusedError(
            "is an archive of archives (zip); unpack it, and the ones in it, and choose the "
            "checkpoint."
        )
    raise RefusedError("is an archive without a checkpoint; choose another file.")
