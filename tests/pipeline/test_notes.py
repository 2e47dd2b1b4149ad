from dataclasses import replace

import numpy as np
import pytest

from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.pipeline.notes import notes_of
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.pipeline.picture import read_picture


@pytest.fixture
def picture():
    image = np.random.default_rng(0).integers(0, 255, (40, 40), dtype=np.uint8)
    mask = np.zeros((40, 40), bool)
    mask[10:14, 10:14] = True
    return read_picture(image, mask, FillOptions())


def test_plain_fills_have_nothing_to_say(picture):
    assert notes_of(picture, FillOptions(), INPAINTERS.info("telea")) == []


def test_weights_that_are_not_for_commercial_use_say_so(picture):
    info = INPAINTERS.info("gmcnn-celebahq")
    (note,) = notes_of(picture, FillOptions(), info)
    assert note.startswith(
        f"The weights of {info.title} are not for commercial use; their licence"
    )
    assert info.licence in note
    assert notes_of(picture, FillOptions(), replace(info, non_commercial=False)) == []
    assert notes_of(picture, FillOptions(), INPAINTERS.info("lama-places2")) == []


def test_what_grey_pictures_have_no_use_for_is_said(picture):
    (note,) = notes_of(picture, FillOptions(pipeline="rgb-rgb"), INPAINTERS.info("telea"))
    assert "no colour to recover" in note
