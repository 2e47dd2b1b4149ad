"""How far something is."""

import pytest

from napari_greyfill.viewer.widgets.how_far import ShareBar, going_on


@pytest.mark.parametrize(("share", "shown"), [(0, 0), (0.25, 0.25), (1, 1), (1 / 3, 0.333)])
def test_a_bar_shows_a_share_and_no_number(qtbot, share, shown):
    bar = ShareBar()
    qtbot.addWidget(bar)
    bar.show_share(share)
    assert bar.value() == shown * bar.maximum()
    assert not bar.isTextVisible()


@pytest.mark.parametrize(
    ("text", "left", "sentence"),
    [
        ("filling by blend", "", "Filling by blend…"),
        ("RGB first", "9 s left", "RGB first, 9 s left…"),
        ("", "", "…"),
    ],
)
def test_work_that_goes_on_is_a_sentence_that_is_not_over(text, left, sentence):
    assert going_on(text, left) == sentence
