import numpy as np
import pytest

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.comparison.figures import Tile, bars, contact_sheet, save_figure
from napari_greyfill.errors import BadParameterError, UnwritablePathError

SIGNATURES = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


def row(picture, method, pipeline, value):
    colorizer = "" if pipeline in ("rgb-rgb", "grey") else "propagation"
    return Row(Combination(method, pipeline, colorizer), picture, {"hole_psnr": value})


ROWS = [
    row("a.png", "telea", "grey-rgb", 20.0),
    row("a.png", "telea", "rgb-rgb", 21.0),
    row("a.png", "biharmonic", "grey-rgb", float("inf")),
    row("a.png", "biharmonic", "rgb-rgb", 19.0),
    row("b.png", "telea", "grey", 15.0),
    Row(Combination("broken", "rgb-rgb"), "a.png", error="It failed."),
]


def heights(axis):
    return [patch.get_height() for patch in axis.patches]


def test_a_panel_for_each_method_and_a_bar_for_each_number():
    axes = bars(ROWS).axes
    assert [axis.get_title(loc="left") for axis in axes] == [
        "telea + propagation",
        "biharmonic",
    ]
    telea = [height for height in heights(axes[0]) if np.isfinite(height)]
    assert sorted(telea) == [15.0, 20.0, 21.0]


def test_pictures_stand_below_and_pipelines_above():
    figure = bars(ROWS)
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == ["a", "b"]
    named = {text.get_text() for text in figure.legends[0].get_texts()}
    assert named == {"Grey-RGB", "RGB-RGB", "Grey"}


def test_nothing_measured_is_said():
    figure = bars([Row(Combination("telea", "rgb-rgb"), "a.png")])
    assert "nothing measured" in {text.get_text() for text in figure.axes[0].texts}


def test_unknown_metric():
    with pytest.raises(BadParameterError, match="choose one of"):
        bars(ROWS, "beauty")


def test_contact_sheet_has_every_picture_and_its_numbers():
    grey, colour = np.zeros((4, 6), np.uint8), np.zeros((4, 6, 3), np.uint8)
    tiles = [[Tile(grey, "one"), Tile(colour, "two", bold=True)], [Tile(None), Tile(None, "none")]]
    figure = contact_sheet(tiles, ["first", "second"])
    assert sum(len(axis.images) for axis in figure.axes) == 2
    texts = [text for axis in figure.axes for text in axis.texts if text.get_text()]
    assert [text.get_text() for text in texts] == ["one", "two", "none"]
    assert texts[1].get_fontweight() == "bold"
    assert figure.axes[1].get_title() == "second"


@pytest.mark.parametrize("kind", SIGNATURES)
def test_figures_are_written(tmp_path, kind):
    path = tmp_path / f"figure.{kind}"
    save_figure(bars(ROWS), path)
    assert path.read_bytes().startswith(SIGNATURES[kind])


def test_figures_that_cannot_be_written(tmp_path):
    with pytest.raises(BadParameterError, match="use one of"):
        save_figure(bars(ROWS), tmp_path / "figure.doc")
    with pytest.raises(UnwritablePathError, match="choose another folder"):
        save_figure(bars(ROWS), tmp_path / "none" / "figure.png")
