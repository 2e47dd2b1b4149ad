from types import SimpleNamespace

import pytest

from napari_greyfill.viewer.fill.words import combination_of, name_of_plane, summary_of

RESULT = SimpleNamespace(
    method="blend",
    pipeline="grey-rgb",
    colorizer="",
    provenance={"filled_pixels": 1234},
    seconds=2,
    hole=SimpleNamespace(size=12_340),
    about_pieces="",
    memory=None,
)


@pytest.mark.parametrize(("index", "name"), [((), "pic"), ((1, 2), "pic [1, 2]")])
def test_names_of_planes(index, name):
    assert name_of_plane("pic", index) == name


def test_grey_planes_have_no_way_of_colours():
    assert combination_of(RESULT, rgb=True).pipeline == "grey-rgb"
    assert combination_of(RESULT, rgb=False).pipeline != "grey-rgb"


def test_a_summary_has_the_remark_as_a_sentence():
    outcome = SimpleNamespace(result=RESULT, remark="two levels")
    said = "1,234 invented pixels, 10.0 % of this plane, corrected by a network. Filled in 2.0 s."
    assert summary_of(outcome, rgb=True) == f"{said} Two levels."
    assert "grey" in summary_of(outcome, rgb=False)


@pytest.mark.parametrize(
    ("anew", "said"),
    [
        (41, "Filled in 2.0 s."),
        (3, "3 of 41 regions filled again in 2.0 s."),
        (0, "Nothing has changed since the last run, so nothing was filled again."),
    ],
)
def test_how_much_was_filled_again_is_said(anew, said):
    memory = SimpleNamespace(anew=anew, regions=41)
    result = SimpleNamespace(**{**vars(RESULT), "memory": memory})
    assert said in summary_of(SimpleNamespace(result=result, remark=""), rgb=True)
