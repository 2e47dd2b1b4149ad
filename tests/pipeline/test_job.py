import json

import numpy as np
import pytest

from napari_greyfill import fill, metrics
from napari_greyfill.colorization.hybrid import Hybrid
from napari_greyfill.compute import device
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import (
    BadMaskError,
    BadParameterError,
    EmptyMaskError,
    NothingKnownError,
    ShapeMismatchError,
    UnsupportedImageError,
)
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.masks import feather, grow
from napari_greyfill.pipeline import job as job_module
from napari_greyfill.pipeline.job import device_for, prepare
from napari_greyfill.pipeline.names import PIPELINES
from napari_greyfill.pipeline.options import FillOptions


class ImageLayer:
    """What the engine looks at in a napari Image layer."""

    def __init__(self, data, rgb, multiscale=False):
        self.data, self.rgb, self.multiscale = data, rgb, multiscale


class LabelsLayer:
    """What the engine looks at in a napari Labels layer."""

    selected_label = 1

    def __init__(self, data, multiscale=False):
        self.data, self.multiscale = data, multiscale


class TestParameters:
    def test_the_defaults_fill_with_one_colour_from_surroundings(self):
        assert FillOptions().to_dict() == {
            "method": "auto",
            "look": "auto",
            "pipeline": "grey-rgb",
            "colorizer": "auto",
            "correct": "off",
            "noise": "none",
            "labels": None,
            "device": "auto",
            "seed": 0,
            "grow": 0,
            "feather": 0,
            "scale": "auto",
            "nodata": None,
            "keep_invalid": "auto",
        }

    def test_numbers_of_numpy_become_plain(self):
        given = FillOptions(
            labels=tuple(np.array([1, 2])),
            seed=np.int64(3),
            grow=np.float32(1.5),
            feather=np.int8(2),
        )
        assert json.loads(json.dumps(given.to_dict())) == given.to_dict() | {"labels": [1, 2]}
        assert given == FillOptions(labels=(1, 2), seed=3, grow=1.5, feather=2)

    @pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [
            ("device", "tpu", r"'tpu'; choose one of: auto, cpu, cuda, mps\.$"),
            ("seed", -1, r"seed is -1.*set it to 0\.$"),
            ("grow", -0.5, r"grow is -0\.5.*set it to 0\.$"),
            ("grow", float("nan"), r"grow is nan.*set it to 0\.$"),
            ("grow", float("inf"), r"grow is inf.*set it to 0\.$"),
            ("feather", -3, r"feather is -3.*set it to 0\.$"),
        ],
    )
    def test_what_is_out_of_range_is_refused_with_a_next_step(self, name, value, sentence):
        with pytest.raises(BadParameterError, match=sentence):
            FillOptions(**{name: value})


class TestPipelines:
    @pytest.mark.parametrize(
        ("pipeline", "fills_colour", "colours"),
        [("grey-rgb", False, True), ("rgb-grey-rgb", True, True), ("rgb-rgb", True, False)],
    )
    def test_they_differ_in_what_is_filled_and_whether_colour_follows(
        self, pipeline, fills_colour, colours, tissue, scratch
    ):
        job = prepare(tissue, scratch, FillOptions(pipeline=pipeline))
        assert job.fills_colour == fills_colour
        assert (job.colorizer is not None) == (job.colouring is not None) == colours
        assert job.notes == []

    @pytest.mark.parametrize("pipeline", PIPELINES)
    def test_a_grey_image_is_just_filled(self, pipeline, cell, scratch):
        job = prepare(cell, scratch, FillOptions(pipeline=pipeline))
        assert not job.fills_colour
        assert job.colorizer is None
        assert len(job.notes) == (pipeline != "grey-rgb")

    def test_a_colorizer_for_a_grey_image_is_left_out_and_said(self, cell, scratch):
        chosen = FillOptions("biharmonic", colorizer="progressive", device="cuda")
        job = prepare(cell, scratch, chosen)
        assert job.colorizer is None
        assert job.notes == [
            "The image is grey, so there is no colour to recover: only stage 1 ran."
        ]


class TestDevice:
    NETWORK = MethodInfo("network", "Network", "inpainter", "Mine.", uses_torch=True)
    CLOSED = MethodInfo("closed", "Closed form", "colorizer", "Mine.", takes_cuda=True)
    PLAIN = MethodInfo("plain", "Plain", "inpainter", "Mine.")

    @pytest.mark.parametrize(
        ("requested", "methods", "expected"),
        [
            ("auto", (NETWORK, CLOSED), "cuda"),
            ("auto", (PLAIN, CLOSED), "cpu"),
            ("cuda", (PLAIN, CLOSED), "cuda"),
            ("mps", (PLAIN, CLOSED), "cpu"),
            ("cuda", (PLAIN, None), "cpu"),
            ("cpu", (NETWORK, CLOSED), "cpu"),
        ],
    )
    def test_closed_forms_take_cuda_by_name_or_with_a_network(
        self, requested, methods, expected, monkeypatch
    ):
        monkeypatch.setattr(device, "_accelerators", lambda: ["cuda"])
        assert device_for(requested, *methods) == (expected, "")

    def test_cuda_that_does_not_work_is_said(self, monkeypatch):
        monkeypatch.setattr(device, "_accelerators", list)
        chosen, sentence = device_for("cuda", self.PLAIN, self.CLOSED)
        assert chosen == "cpu"
        assert "cuda does not work here" in sentence

    def test_without_torch_work_nothing_is_looked_up(self, monkeypatch):
        monkeypatch.delattr(device, "_accelerators")
        assert device_for("auto", self.PLAIN, self.CLOSED) == ("cpu", "")


class TestPrepare:
    def test_a_job_has_what_the_parameters_name(self, tissue, scratch):
        job = prepare(tissue, scratch, FillOptions(seed=7))
        assert type(job.inpainter) is Blend
        assert type(job.colorizer) is Hybrid
        assert (job.method.name, job.colouring.name) == ("blend", "hybrid")
        assert job.compute.seed == job.inpainter.compute.seed == job.colorizer.compute.seed == 7
        assert job.compute.device == "cpu"

    @pytest.mark.torch
    def test_the_device_is_chosen_for_networks_only(self, tissue, scratch, monkeypatch):
        monkeypatch.setattr(job_module, "choose_device", lambda name: ("mps", f"Chosen: {name}."))
        plain = prepare(tissue, scratch, FillOptions(device="auto"))
        network = prepare(tissue, scratch, FillOptions(device="auto", colorizer="progressive"))
        assert (plain.compute.device, plain.notes) == ("cpu", [])
        assert (network.compute.device, network.notes) == ("mps", ["Chosen: auto."])
        assert network.on_cpu().compute.device == "cpu"
        assert network.on_cpu().colorizer.compute.device == "cpu"
        assert network.grey_share < plain.grey_share < 1

    def test_the_mask_is_grown_before_and_feathered_inside(self, cell, scratch):
        job = prepare(cell, scratch, FillOptions(grow=3, feather=2))
        np.testing.assert_array_equal(job.picture.hole, grow(scratch, 3))
        np.testing.assert_array_equal(job.picture.blend, feather(grow(scratch, 3), 2))

    def test_chosen_labels_make_the_hole(self, cell, scratch):
        labels = scratch.astype(int)
        labels[0, 0] = 5
        job = prepare(cell, labels, FillOptions(labels=(5,)))
        assert np.argwhere(job.picture.hole).tolist() == [[0, 0]]

    def test_invalid_pixels_are_counted_in_a_note(self, cell, scratch):
        image = cell.astype(float)
        image[0, :4] = np.nan, np.inf, -np.inf, 3
        image[scratch] = np.nan
        job = prepare(image, scratch, FillOptions())
        assert job.notes == [
            "3 pixels outside the mask were NaN or infinite; they were filled as well."
        ]

    @pytest.mark.parametrize("multiscale", [False, True])
    def test_layers_of_napari_are_as_good_as_their_arrays(self, multiscale, tissue, scratch):
        def levels(array):
            return [array, array[::2, ::2]] if multiscale else array

        image = ImageLayer(levels(tissue), rgb=True, multiscale=multiscale)
        labels = LabelsLayer(levels(scratch.astype(int)), multiscale=multiscale)
        job = prepare(image, labels, FillOptions())
        np.testing.assert_array_equal(job.picture.original, tissue)
        np.testing.assert_array_equal(job.picture.hole, scratch)

    def test_a_layer_knows_whether_it_is_colour(self, scratch):
        stack = np.ones((96, 120, 3))
        assert prepare(ImageLayer(stack, rgb=True), scratch, FillOptions()).picture.is_colour
        with pytest.raises(UnsupportedImageError):
            prepare(ImageLayer(stack, rgb=False), scratch, FillOptions())

    def test_lists_are_images_too(self):
        job = prepare([[1, 2], [3, 4]], [[0, 1], [0, 0]], FillOptions())
        assert job.picture.hole.sum() == 1

    @pytest.mark.parametrize(
        ("image", "mask", "error"),
        [
            (np.ones((5, 6)), np.zeros((5, 6)), EmptyMaskError),
            (np.ones((5, 6)), np.ones((5, 6)), NothingKnownError),
            (np.ones((5, 6)), np.eye(6, 5), ShapeMismatchError),
            (np.ones((5, 6)), np.ones((1, 6)), ShapeMismatchError),
            (np.ones((5, 6, 7)), np.eye(5, 6), UnsupportedImageError),
            (np.ones((2, 5, 6, 3)), np.eye(5, 6), UnsupportedImageError),
            (np.ones((5, 6), complex), np.eye(5, 6), UnsupportedImageError),
            (np.ones((0, 6)), np.eye(5, 6), UnsupportedImageError),
            (np.ones((5, 6)), np.ones((5, 6, 3)), BadMaskError),
            (np.ones((5, 6)), np.arange(30).reshape(5, 6) / 30, BadMaskError),
        ],
    )
    @pytest.mark.parametrize("grown", [0, 2])
    def test_wrong_images_and_masks_are_refused(self, image, mask, error, grown):
        with pytest.raises(error, match=r"; (choose|pass|paint|leave|convert|decide) ") as caught:
            prepare(image, mask, FillOptions(grow=grown))
        assert isinstance(caught.value, ValueError)

    def test_growing_may_leave_nothing_known(self):
        mask = np.eye(5, 6)
        with pytest.raises(NothingKnownError):
            prepare(np.ones((5, 6)), mask, FillOptions(grow=9))


@pytest.mark.parametrize("shape", [(1, 9, 8), (1, 1, 9, 8), (9, 8, 1)])
@pytest.mark.parametrize("of_mask", [(9, 8), (1, 9, 8), (1, 9, 8, 1)])
def test_axes_of_length_one_do_not_matter(shape, of_mask):
    image = np.arange(72, dtype=np.uint8).reshape(9, 8)
    hole = np.zeros((9, 8), bool)
    hole[3:5, 3:5] = True
    expected = fill(image, hole, method="biharmonic")
    result = fill(image.reshape(shape), hole.reshape(of_mask), method="biharmonic")
    assert result.image.shape == shape
    np.testing.assert_array_equal(result.image.reshape(9, 8), expected.image)
    np.testing.assert_array_equal(result.hole, expected.hole)
    assert metrics(result.image, image.reshape(shape), hole) == metrics(
        expected.image, image, hole
    )


def test_a_colour_picture_with_an_axis_more_is_one():
    image = np.random.default_rng(0).integers(0, 255, (9, 8, 3), dtype=np.uint8)
    hole = np.zeros((9, 8), bool)
    hole[3:5, 3:5] = True
    expected = fill(image, hole, method="biharmonic").image
    np.testing.assert_array_equal(fill(image[None], hole, method="biharmonic").image[0], expected)


def test_stacks_are_still_refused():
    with pytest.raises(UnsupportedImageError, match="one plane"):
        prepare(np.zeros((2, 9, 8)), np.eye(9, 8), FillOptions())
