import pytest

from napari_greyfill.viewer.fill.aftermath import invented


@pytest.mark.parametrize(
    ("pixels", "size", "said"),
    [
        (9958, 312_000, "9,958 invented pixels, 3.2 % of this plane."),
        (1, 1000, "1 invented pixel, 0.1 % of this plane."),
        (3, 1_000_000, "3 invented pixels, 0.0003 % of this plane."),
    ],
)
def test_how_much_is_invented_is_said(pixels, size, said):
    assert invented(pixels, size) == said
