import numpy as np
import pytest

from napari_greyfill.compute.registry import Training
from napari_greyfill.inpaint.networks.store import catalogue
from napari_greyfill.masks import random_mask
from napari_greyfill.study.training import (
    by_purpose,
    foreign_to,
    shape_of_hole,
    shapes_of_kind,
)

BOX = Training("scenes, one box", "Places365", "one box of up to 128 pixels", ("box",), 256)


def test_networks_stand_with_those_of_the_same_purpose():
    names = ["telea", "lama-places2", "gmcnn-celebahq", "migan-places2", "no-such-method"]
    found = by_purpose(names)
    assert {purpose: [info.name for info in infos] for purpose, infos in found.items()} == {
        "scenes, free-form holes": ["lama-places2", "migan-places2"],
        "faces": ["gmcnn-celebahq"],
    }


@pytest.mark.parametrize(
    ("kind", "shape"), [("box", "box"), ("centre", "middle"), ("free-form", "strokes")]
)
def test_a_random_mask_has_the_shape_its_kind_says(kind, shape):
    seeds = range(4) if kind != "box" else [1]  # which is not in the middle by chance
    for seed in seeds:
        assert shape_of_hole(random_mask((96, 120), kind, share=0.1, seed=seed)) == shape
    assert shapes_of_kind(kind) == {shape}


def test_strokes_are_foreign_to_what_was_trained_on_boxes():
    (note,) = foreign_to(BOX, {"strokes", "middle"}, {(256, 300)})
    assert note == (
        "It was trained on one box of up to 128 pixels, not on strokes and other irregular shapes."
    )
    assert foreign_to(BOX, {"box", "middle"}, {(256, 300)}) == []


def test_pictures_of_another_size_are_foreign():
    (note,) = foreign_to(BOX, {"box"}, [(600, 512), (256, 256)])
    assert "trained on 256 × 256 pixels" in note
    assert "some pictures" in note
    (note,) = foreign_to(BOX, {"box"}, [(100, 512)])
    assert "all pictures" in note
    assert "100 × 512" in note


def test_a_network_that_saw_no_holes_is_not_warned_about_them():
    training = Training("scenes", "ImageNet", "none", (), 224)
    assert foreign_to(training, {"box"}, {(224, 224)}) == []


def test_every_published_checkpoint_for_filling_says_its_shapes():
    silent = [info.id for info in catalogue() if not info.shapes]
    assert silent == ["msnps-vgg19-imagenet"]
    shapes = {info.id: info.shapes for info in catalogue()}
    assert shapes["contextencoder-t7-imagenet"] == ("middle",)
    assert shapes["lama-places2"] == ("strokes", "box")
    assert np.all([set(each) <= {"strokes", "box", "middle"} for each in shapes.values()])
