from itertools import combinations

import numpy as np
import pytest

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.comparison.bars import bars
from napari_greyfill.errors import BadParameterError
from tests.colour_vision import VISIONS, distance


def row(picture, method, pipeline, value, **metrics):
    colorizer = "" if pipeline in ("rgb-rgb", "grey") else "propagation"
    return Row(Combination(method, pipeline, colorizer), picture, {"hole_psnr": value, **metrics})


ROWS = [
    row("a.png", "telea", "grey-rgb", 20.0),
    row("a.png", "telea", "rgb-rgb", 21.0),
    row("a.png", "biharmonic", "grey-rgb", float("inf")),
    row("a.png", "biharmonic", "rgb-rgb", 19.0),
    row("b.png", "telea", "grey", 15.0),
    Row(Combination("broken", "rgb-rgb"), "a.png", error="It failed."),
]
ONE = [
    row("", "telea", "grey-rgb", 20.0, hole_ssim=0.5),
    row("", "telea", "rgb-rgb", 21.0, hole_ssim=0.4),
    row("", "blend", "grey-rgb", 30.0, hole_ssim=0.9),
]


def texts(axis):
    return [text.get_text() for text in axis.texts]


class TestSeveralPictures:
    def test_a_panel_for_each_method_and_a_bar_for_each_number(self):
        axes = bars(ROWS).axes
        assert [axis.get_title(loc="left") for axis in axes] == [
            "telea + propagation",
            "biharmonic",
        ]
        heights = [patch.get_height() for patch in axes[0].patches]
        assert sorted(filter(np.isfinite, heights)) == [15.0, 20.0, 21.0]

    def test_panels_have_one_axis(self):
        first, second = bars(ROWS).axes
        assert first.get_ylim() == second.get_ylim()
        assert first.get_ylim()[1] > 21

    def test_metrics_stand_side_by_side_each_with_its_own_axis(self):
        rows = [
            row(picture, method, "grey-rgb", psnr, hole_ssim=psnr / 40)
            for method, psnr in (("telea", 20.0), ("blend", 30.0))
            for picture in ("a.png", "b.png")
        ]
        axes = bars(rows).axes
        limits = [axis.get_ylim()[1] for axis in axes]
        assert limits == [limits[0], limits[1]] * 2
        assert limits[0] > 30 > 1 > limits[1]

    def test_pictures_stand_below_and_pipelines_above(self):
        figure = bars(ROWS)
        labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
        assert labels == ["a", "b"]
        named = {text.get_text() for text in figure.legends[0].get_texts()}
        assert named == {"Grey-RGB", "RGB-RGB", "Grey"}


class TestOnePicture:
    def test_decibels_and_ssim_side_by_side(self):
        psnr, ssim = bars(ONE).axes
        assert [patch.get_width() for patch in psnr.patches] == [20.0, 21.0, 30.0]
        assert [patch.get_width() for patch in ssim.patches] == [0.5, 0.4, 0.9]
        assert "dB" in psnr.get_xlabel()
        assert "SSIM" in ssim.get_xlabel()

    def test_methods_are_named_once_and_the_first_is_on_top(self):
        psnr, ssim = bars(ONE).axes
        names = [label.get_text() for label in psnr.get_yticklabels()]
        assert names == ["telea + propagation", "blend + propagation"]
        assert psnr.yaxis_inverted()
        assert not any(
            label.get_visible() and label.get_text() for label in ssim.get_yticklabels()
        )

    def test_numbers_are_written_and_the_best_is_bold(self):
        psnr, _ = bars(ONE).axes
        assert texts(psnr) == ["20.00", "21.00", "30.00"]
        assert [text.get_fontweight() for text in psnr.texts] == ["normal", "normal", "bold"]

    def test_means_have_whiskers(self):
        mean = Row(Combination("telea", "grey"), "", {"hole_psnr": 20.0}, count=5)
        spread = Row(
            mean.combination, "", mean.metrics, count=5, intervals={"hole_psnr": (18.0, 23.0)}
        )
        for each, lines in ((mean, 0), (spread, 1)):
            (axis,) = bars([each]).axes
            assert len(axis.collections) == lines
        (whisker,) = axis.collections
        assert whisker.get_segments()[0][:, 0].tolist() == [18.0, 23.0]

    def test_nothing_measured_is_said(self):
        figure = bars([Row(Combination("telea", "rgb-rgb"), "a.png")])
        assert "nothing measured" in texts(figure.axes[0])
        assert bars([]).axes


def test_unknown_metric():
    with pytest.raises(BadParameterError, match="choose one of"):
        bars(ROWS, "beauty")


@pytest.mark.parametrize("vision", VISIONS)
def test_bars_of_pipelines_are_told_apart_whatever_colours_one_sees(vision):
    pipelines = ("grey-rgb", "rgb-grey-rgb", "rgb-rgb", "grey")
    figure = bars([row("", "telea", each, 20.0) for each in pipelines], "hole_psnr")
    faces = {bar.get_facecolor()[:3] for axis in figure.axes for bar in axis.patches}
    assert len(faces) == 4
    for one, other in combinations(sorted(faces), 2):
        assert distance(one, other, vision) > 10
