import numpy as np
import pytest

from napari_greyfill.comparison import Combination, Row
from napari_greyfill.comparison.bars import bars
from napari_greyfill.comparison.figures import Tile, contact_sheet, save_figure
from napari_greyfill.errors import BadParameterError, UnwritablePathError

SIGNATURES = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


ROWS = [Row(Combination("telea", "rgb-rgb"), "", {"hole_psnr": 20.0})]


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
