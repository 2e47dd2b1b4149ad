"""What a file is that is no checkpoint, told by how it begins, and what to do about it."""

from __future__ import annotations

import re
import struct

__all__ = ["HEAD", "is_graph", "is_safetensors", "is_text", "is_torch7", "other_kind"]

_SHORTEST_TEXT = 8  # letters; less may be the beginning of anything
HEAD = 4096  # bytes to look at

_CHOOSE = "choose a file that ends in .pth, .pt or .safetensors"
_AGAIN = "open the address in a browser, and check that it leads to the file"
# What begins like this, and the next step.
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)", _CHOOSE),
    (b"\xff\xd8\xff", "a picture (JPEG)", _CHOOSE),
    (b"GIF8", "a picture (GIF)", _CHOOSE),
    (b"II*\x00", "a picture (TIFF)", _CHOOSE),
    (b"MM\x00*", "a picture (TIFF)", _CHOOSE),
    (b"BM", "a picture (BMP)", _CHOOSE),
    (b"%PDF-", "a PDF document", _CHOOSE),
    (b"\x1f\x8b", "a compressed archive (gzip)", "unpack it and choose the file in it"),
    (b"BZh", "a compressed archive (bzip2)", "unpack it and choose the file in it"),
    (b"\xfd7zXZ\x00", "a compressed archive (xz)", "unpack it and choose the file in it"),
    (b"\x28\xb5\x2f\xfd", "a compressed archive (zstd)", "unpack it and choose the file in it"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed archive (7z)", "unpack it and choose the file in it"),
    (b"Rar!\x1a\x07", "a compressed archive (RAR)", "unpack it and choose the file in it"),
    (b"PK\x05\x06", "an empty archive (zip)", "get it again"),
    (b"\x89HDF\r\n\x1a\n", "a file of Keras or HDF5", "choose the checkpoint for PyTorch"),
    (b"\x93NUMPY", "a file of numpy", _CHOOSE),
    (b"GGUF", "a file of a language model (GGUF)", _CHOOSE),
)
_WEB = re.compile(rb"<(!doctype\s+html|html|head|body|script|meta|title)\b", re.IGNORECASE)
_XML = re.compile(rb"<(\?xml|[a-z][\w:.-]*[\s/>])", re.IGNORECASE)
_COMMENTS = re.compile(rb"\A(\s*<!--.*?-->)+", re.DOTALL)
_TORCH7_TABLE, _TORCH7_OBJECT, _TORCH7_LEAST = 3, 4, 20  # kinds, and bytes that tell them
_TORCH7_TEXT = re.compile(rb"[34]\n1\n\d+\n")
_POINTER = b"version https://git-lfs.github.com/spec/"
_COREML = (".mlmodel", ".mlpackage")  # only the name tells
_TENSORFLOW = re.compile(r"\.(data-\d+-of-\d+|index|meta)$")
_ONNX = re.compile(rb"\x08[\x01-\x10](\x12.[A-Za-z]|\x3a)", re.DOTALL)
# A frozen graph of TensorFlow: a node with a name, and what it does.
_LENGTH = rb"([\x80-\xff]{1,4}[\x01-\x7f]|[\x02-\x7f])"
_GRAPH = re.compile(rb"\x0a" + _LENGTH + rb"\x0a[\x01-\x7f][A-Za-z0-9.]", re.DOTALL)
_GRAPH_OPERATION = re.compile(rb"\x12[\x01-\x40][A-Z][A-Za-z0-9]{1,62}[\x1a\x22\x2a\x0a]")
_BYTE_ORDERS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def other_kind(head: bytes, size: int, name: str = "") -> str:
    """Return what a file is and what to do; empty if it may be a checkpoint.

    Parameters
    ----------
    head : bytes
        The first `HEAD` bytes, or as many as there are.
    size : int
        Bytes of the whole file.
    name : str
        The file's name, which alone tells some kinds.

    Returns
    -------
    str
        The rest of a sentence that begins with the file's name.
    """
    if not size:
        return "is empty (0 bytes); get it again."
    if is_safetensors(head, size) or is_graph(head) or is_torch7(head):
        return ""
    if _TENSORFLOW.search(name):
        return _not("a part of a checkpoint for TensorFlow", "choose the one for PyTorch")
    if name.lower().endswith(_COREML):
        return _not("a model for Apple's CoreML", "choose the one for PyTorch")
    if not head.strip(b"\0"):
        return "holds nothing but zeros, as an unfinished download does; get it again."
    for beginning, what, advice in _BEGINNINGS:
        if head.startswith(beginning):
            return _not(what, advice)
    return _of_text(_text(head).lstrip()) or _of_numbers(head)


def _not(what: str, advice: str) -> str:
    return f"is {what}, not the checkpoint; {advice}."


def _text(head: bytes) -> bytes:
    """Return text as UTF-8 without the mark of its byte order."""
    for mark, encoding in _BYTE_ORDERS:
        if head.startswith(mark):
            return head.removeprefix(mark).decode(encoding, "replace").encode()
    return head


def _of_text(text: bytes) -> str:
    if text.startswith(_POINTER):
        return _not("a Git LFS pointer", "run git lfs pull where it came from")
    plain = _COMMENTS.sub(b"", text).lstrip()
    if _XML.match(plain) or _WEB.match(plain) or plain.startswith(b"<!"):
        if _WEB.search(plain):
            return _not("a web page", "open the address in a browser and confirm the download")
        return _not("an answer of a server (XML)", _AGAIN)
    if re.match(rb'[{\[]\s*("|[{\[\]}])', plain):
        return _not("text (JSON), perhaps the answer of a server", _AGAIN)
    if _TORCH7_TEXT.match(plain):
        return _not("a Torch7 file written as text", "save it in Torch7's binary form")
    if plain.startswith(b"model_checkpoint_path:"):
        return _not("a part of a checkpoint for TensorFlow", "choose the one for PyTorch")
    return ""


def _of_numbers(head: bytes) -> str:
    if head[257:262] == b"ustar":
        return _not("an archive (tar)", "unpack it and choose the file in it")
    if head[4:8] == b"ftyp":
        return _not("a video or a picture", _CHOOSE)
    if head[:4] == b"RIFF":
        return _not("a picture or a sound (RIFF)", _CHOOSE)
    if _ONNX.match(head):
        return _not("a model for ONNX or TensorFlow", "choose the checkpoint for PyTorch")
    if head[4:8] == b"TFL3":
        return _not("a file of TensorFlow Lite", "choose the checkpoint for PyTorch")
    if head[:2] == b"\0\0" and head[3:5] == b"\x08\x01":
        return _not("a part of a checkpoint for TensorFlow", "choose the one for PyTorch")
    return ""


def is_safetensors(head: bytes, size: int) -> bool:
    """Look for the length of a header in JSON, and its beginning."""
    length = int.from_bytes(head[:8], "little")
    return head[8:9] == b"{" and length + 8 <= size


def is_graph(head: bytes) -> bool:
    """Tell whether a file begins as a graph does: a node with a name and what it does.

    Parameters
    ----------
    head : bytes
        Some thousand bytes.
    """
    return bool(_GRAPH.match(head)) and bool(_GRAPH_OPERATION.search(head[:512]))


def is_torch7(head: bytes) -> bool:
    """Tell whether a file begins as a table or an object of Torch7, for Lua, does."""
    if len(head) < _TORCH7_LEAST:
        return False
    kind, index, size = struct.unpack("<3i", head[:12])
    if (kind, index) == (_TORCH7_OBJECT, 1):
        return head[12:14] == b"V " or head[12:18] in (b"torch.", b"nn.Seq")
    first_key_is_plain = head[12] in (1, 2)  # a number or a text
    return (kind, index) == (_TORCH7_TABLE, 1) and size > 0 and first_key_is_plain


def is_text(head: bytes) -> bool:
    """Tell whether the beginning of a file can be read; the oldest pickles can be, too."""
    text = _text(head).decode("utf-8", "ignore")
    return len(text) >= _SHORTEST_TEXT and all(
        sign.isprintable() or sign in "\t\r\n\f" for sign in text
    )
