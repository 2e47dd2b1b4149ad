import pytest

from napari_greyfill.pipeline.origin import Origin, invented, origin_of


@pytest.mark.parametrize(
    ("method", "origin"),
    [
        ("biharmonic", Origin.INFERRED),
        ("spectral", Origin.INFERRED),
        ("correction", Origin.CORRECTED),
        ("blend", Origin.CORRECTED),
        ("auto", Origin.CORRECTED),
        ("texture", Origin.COPIED),
        ("edgeconnect-places2", Origin.CORRECTED),
    ],
)
def test_where_pixels_come_from_follows_from_the_method(method, origin):
    assert origin_of(method) == origin


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


def test_how_they_were_made_up_is_said():
    assert invented(5, 100, Origin.COPIED).endswith("% of this plane, copied from elsewhere.")
