import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from napari_greyfill.weights.kinds import HEAD, is_safetensors, is_text, other_kind


def told(data, name="weights.pth"):
    return other_kind(data[:HEAD], len(data), name)


def picture(form):
    stream = io.BytesIO()
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(stream, form)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"])
def test_pictures(form):
    assert told(picture(form)).startswith("is a picture")


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><title>Sign in</title>",
        "  \n<html>",
        "<!-- made by x -->\n<HTML lang=en>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_web_pages(text, encoding):
    assert "is a web page" in told(text.encode(encoding))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b"\0" * 5000, "nothing but zeros"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS pointer"),
        (b'<?xml version="1.0"?><Error/>', "answer of a server (XML)"),
        (b'{"error": "quota"}', "text (JSON)"),
        (b"\x1f\x8b\x08" + b"x" * 99, "gzip"),
        (b"x" * 257 + b"ustar" + b"x" * 99, "tar"),
        (b"\x89HDF\r\n\x1a\n" + b"x" * 99, "Keras or HDF5"),
    ],
)
def test_other_files_are_called_what_they_are_and_end_with_advice(data, what):
    sentence = told(data)
    assert what in sentence
    assert sentence.endswith(".")


def test_parts_for_tensorflow_are_told_by_their_name():
    assert "TensorFlow" in told(b"\x01\x02\x03" * 99, "model.ckpt.data-00000-of-00001")


def test_what_may_be_a_checkpoint_is_not_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}.")
    assert told(stream.getvalue()) == ""
    assert told(b"\x80\x02}q\x00." * 9) == ""


def test_safetensors_are_told_by_their_header():
    header = json.dumps({"a": {}}).encode()
    data = len(header).to_bytes(8, "little") + header
    assert is_safetensors(data, len(data))
    assert not is_safetensors(data, len(data) - 1)
    assert told(data) == ""


@pytest.mark.parametrize(
    ("head", "answer"),
    [(b"not found, sorry\n", True), (b"short", False), (b"\x80\x02}q\x00.tensors", False)],
)
def test_text_can_be_read(head, answer):
    assert is_text(head) is answer
