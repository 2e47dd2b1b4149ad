"""Axes in any order are stored in the one that OME-Zarr has."""

import pytest

from napari_greyfill.errors import UnsupportedImageError
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.ome import Place, stored_axes


@pytest.mark.parametrize(
    ("own", "names", "types"),
    [
        ("YX", "y x", "space space"),
        ("XYZ", "z y x", "space space space"),
        ("TZCYX", "t c z y x", "time channel space space space"),
        ("ZYXS", "c z y x", "channel space space space"),
        ("?YX", "plane y x", "- space space"),
        ("??YX", "plane z y x", "- space space space"),
        ("?Z?YX", "plane t z y x", None),
        ("QYX", "q y x", "- space space"),
        ("CYXS", "c s y x", "channel - space space"),
    ],
)
def test_names_and_order(own, names, types):
    axes = Axes(tuple(name.strip("?") for name in own), tuple(range(2, 2 + len(own))))
    stored = stored_axes(axes)
    if types is not None:
        assert " ".join(stored.names) == names
        assert " ".join(kind or "-" for kind in stored.types) == types
    assert sorted(stored.order) == list(range(len(own)))
    assert [stored.order[i] for i in stored.back] == list(range(len(own)))
    assert stored.names[-2:] == ("y", "x")
    assert "time" not in stored.types[1:]


@pytest.mark.parametrize("own", ["PQYX", "TTYX", "TCZQYX", "??????YX"])
def test_what_no_ome_zarr_can_have(own):
    axes = Axes(tuple(name.strip("?") for name in own), (2,) * len(own))
    if own == "PQYX":  # two of other kinds: the last counts as z
        assert stored_axes(axes).names == ("p", "z", "y", "x")
        return
    with pytest.raises(UnsupportedImageError, match="with fewer axes"):
        stored_axes(axes)


def test_without_colour():
    stored = stored_axes(Axes(("Z", "S", "Y", "X"), (4, 3, 5, 6)))
    plain = stored.without(1)
    assert plain.names == ("z", "y", "x")
    assert plain.order == (0, 1, 2)
    assert stored.without(None) is stored


def test_pixels_are_of_length_one_where_nobody_says():
    place = Place.of(Axes(("Y", "X"), (2, 2)), units=("micrometer", ""))
    assert place == Place((1.0, 1.0), (0.0, 0.0), ("micrometer", ""))
