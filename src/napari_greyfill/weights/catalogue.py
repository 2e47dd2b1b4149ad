"""What there is to know about one checkpoint: `CheckpointInfo`.

Networks say which are published. That says where files are fetched from and where they are put,
so it is checked before it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from napari_greyfill.errors import BadParameterError

__all__ = [
    "CHECKPOINT_FILES",
    "PURPOSES",
    "CheckpointInfo",
    "Purpose",
    "find_checkpoint",
    "require_sound",
]

CHECKPOINT_FILES = (".pth", ".pt", ".safetensors", ".t7", ".ckpt", ".zip", ".pb")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# One name without folders, that no system takes for something else and none of ours collides with.
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(pth|pt|safetensors|t7|ckpt|zip|pb)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MD5 = re.compile(r"[0-9a-f]{32}")
_SHA256_PREFIX = re.compile(r"[0-9a-f]{8,63}")

Purpose = Literal["free-form", "box", "faces", "streets", "drawings"]
PURPOSES: dict[Purpose, str] = {
    "free-form": "scenes, free-form holes",
    "box": "scenes, one box",
    "faces": "faces",
    "streets": "streets and buildings",
    "drawings": "drawings",
}
_PURPOSES: tuple[tuple[Purpose, re.Pattern[str]], ...] = (
    ("faces", re.compile(r"\((cropped )?(faces|portraits)|\bfaces\b", re.IGNORECASE)),
    ("streets", re.compile(r"street|building|facade|paris", re.IGNORECASE)),
    ("drawings", re.compile(r"drawing|manga|anime", re.IGNORECASE)),
    (
        "box",
        re.compile(
            r"/ (one |a |square|central|centre|random )*(rectangle|square|box|centre)s?"
            r"(?!.*(stroke|free-form|irregular))",
            re.IGNORECASE,
        ),
    ),
)
_SHAPES = (
    ("strokes", re.compile(r"stroke|free-form|irregular|random shapes", re.IGNORECASE)),
    ("box", re.compile(r"(rectangle|square|box)(?!.* in the middle)", re.IGNORECASE)),
    ("middle", re.compile(r"in the middle|cent(re|er)", re.IGNORECASE)),
)
_NON_COMMERCIAL = re.compile(
    r"non-commercial|\bNC\b|research only|academic research|not[- ]for[- ]profit|for research",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CheckpointInfo:
    """One checkpoint: a published one, or the user's own.

    Attributes
    ----------
    id : str
        What scripts and the command line call it.
    network : str
        The inpainting method it belongs to, for example "edgeconnect".
    descriptor : str
        Its layout, as the networks' `Descriptor.name`; empty if nobody has looked.
    title : str
        What people read in menus.
    training_data : str
        The pictures it was trained on.
    masks : str
        The holes it was trained on.
    size : int
        Height and width of the pictures it was trained on, in pixels.
    good_for : str
        One sentence.
    file : str
        Its name in the weights folder.
    licence : str
        The licence of the weights, as found.
    citation : str
        The publication it comes from.
    url : str
        Where it can be downloaded without a browser; empty if nowhere.
    page : str
        Where it can be fetched with a browser; empty if nowhere.
    published_as : str
        The file's name where it is published; empty if not known.
    bytes : int or None
        Its size; None if not published.
    sha256 : str
        Its SHA-256 in hexadecimal digits; empty if not published.
    sha256_prefix : str
        How its SHA-256 begins, if no more is published.
    md5 : str
        Its MD5 in hexadecimal digits, where no SHA-256 is published. It tells a damaged file from
        a whole one; a forged file may have it, too.
    program : bool
        Whether the file is a TorchScript program, which runs only if its SHA-256 is published
        or the user has confirmed the one it has.
    rank : int
        Where it stands among those that are recommended, 1 for the first; 0 for all others.
    """

    id: str
    network: str
    descriptor: str
    title: str
    training_data: str
    masks: str
    size: int
    good_for: str
    file: str
    licence: str
    citation: str
    url: str = ""
    page: str = ""
    published_as: str = ""
    bytes: int | None = None
    sha256: str = ""
    sha256_prefix: str = ""
    md5: str = ""
    program: bool = False
    rank: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-able dictionary."""
        return asdict(self)

    @property
    def own(self) -> bool:
        """Whether it is the user's own: what is published comes from somewhere."""
        return not (self.url or self.page)

    @property
    def published_hash(self) -> str:
        """As much of the SHA-256 as is published; empty if nothing is."""
        return self.sha256 or self.sha256_prefix

    @property
    def purpose(self) -> Purpose:
        """What it is for, by the pictures and the holes that it was trained on."""
        for purpose, words in _PURPOSES:
            if words.search(f"{self.training_data} / {self.masks}"):
                return purpose
        return "free-form"

    @property
    def shapes(self) -> tuple[str, ...]:
        """The shapes of the holes that it was trained on, as in `Training`."""
        return tuple(shape for shape, words in _SHAPES if words.search(self.masks))

    @property
    def non_commercial(self) -> bool:
        """Whether its licence, as found, allows no commercial use of the weights or their data."""
        return _NON_COMMERCIAL.search(self.licence) is not None

    @property
    def checkable(self) -> bool:
        """Whether anything is published that tells a whole file from a damaged one."""
        return bool(self.published_hash or self.md5)

    def matches(self, sha256: str, size: int) -> bool:
        """Tell whether a file's full SHA-256 and size agree with what is published about it."""
        return sha256.startswith(self.published_hash) and self.bytes in (None, size)


def require_sound(entries: Sequence[CheckpointInfo]) -> None:
    """Check descriptions of published checkpoints, before anything is fetched or looked for.

    Parameters
    ----------
    entries : sequence of CheckpointInfo
        All that are published, since ids and files must differ.

    Raises
    ------
    BadParameterError
        If one could lead to a wrong file, a wrong place or an unprotected connection.
    """
    for info in entries:
        for field, sound, advice in _RULES:
            if not sound(getattr(info, field)):
                raise _wrong(info.id, field, advice)
        if info.own:
            raise _wrong(info.id, "url, page", "give at least one of them")
        if info.sha256 and info.sha256_prefix:
            raise _wrong(info.id, "sha256, sha256_prefix", "give only the longer one")
    _require_unique("id", [info.id for info in entries])
    # Windows and macOS do not tell capitals from small letters in file names.
    _require_unique("file", [info.file.lower() for info in entries])


def find_checkpoint(name: str, entries: Iterable[CheckpointInfo]) -> CheckpointInfo:
    """Return the checkpoint with an id.

    Parameters
    ----------
    name : str
        The id, such as "gmcnn-celebahq".
    entries : iterable of CheckpointInfo
        Where to look.

    Raises
    ------
    BadParameterError
        If there is none.
    """
    known = {info.id: info for info in entries}
    if name not in known:
        raise BadParameterError(
            f"There is no checkpoint {name!r}; choose one of: {', '.join(known)}."
        )
    return known[name]


def _wrong(name: str, field: str, advice: str) -> BadParameterError:
    return BadParameterError(f"The checkpoint {name!r} is wrong in {field}; {advice}.")


def _require_unique(field: str, values: list[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise _wrong(value, field, f"two checkpoints have it, so change one {field}")


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _matching(pattern: re.Pattern[str], *, optional: bool = False) -> Callable[[object], bool]:
    def sound(value: object) -> bool:
        if not isinstance(value, str):
            return False
        return (optional and not value) or pattern.fullmatch(value) is not None

    return sound


def _positive(value: object) -> bool:
    return type(value) is int and value > 0


def _https(value: object) -> bool:
    """Accept nothing, or an address that is protected on its way and carries no password."""
    if not isinstance(value, str):
        return False
    if not value:
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


_RULES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("id", _matching(_ID), "use small letters and digits with hyphens between"),
    ("file", _matching(_FILE), "give a plain file name that ends as checkpoints do"),
    ("url", _https, "give an address that begins with https://"),
    ("page", _https, "give an address that begins with https://"),
    ("sha256", _matching(_SHA256, optional=True), "give 64 small hexadecimal digits"),
    ("sha256_prefix", _matching(_SHA256_PREFIX, optional=True), "give 8 to 63 such digits"),
    ("md5", _matching(_MD5, optional=True), "give 32 small hexadecimal digits"),
    ("bytes", lambda value: value is None or _positive(value), "give a whole number above 0"),
    ("size", _positive, "give a whole number above 0"),
    ("published_as", _matching(_FILE, optional=True), "give a plain file name"),
    *(
        (field, _text, "write something")
        for field in (
            "network",
            "descriptor",
            "title",
            "training_data",
            "masks",
            "good_for",
            "licence",
            "citation",
        )
    ),
)
