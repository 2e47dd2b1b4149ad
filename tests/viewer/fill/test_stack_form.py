import pytest

from napari_greyfill.stack.axes import Axes
from napari_greyfill.viewer.fill.stack_form import StackForm


@pytest.fixture
def form(qtbot):
    made = StackForm()
    qtbot.addWidget(made)
    made.follow(Axes(("T", "Z", "Y", "X"), (1, 4, 8, 8)))
    return made


def choose(form, name):
    form.planes.setCurrentIndex(form.planes.findData(name))


def test_ranges_count_along_the_first_axis_with_several_planes(form):
    choose(form, "range")
    form.first.setValue(1)
    assert form.first.maximum() == 3
    assert form.options((0, 2)).planes == {1: slice(1, 4)}
    assert not form.why_not()


def test_the_plane_in_view(form):
    assert not form.together
    choose(form, "this")
    assert form.together
    assert form.one
    assert form.options((0, 2)).planes == {0: 0, 1: 2}


def test_fits_a_narrow_dock(form):
    choose(form, "range")
    assert form.minimumSizeHint().width() <= 230


def test_defaults_come_back(form):
    choose(form, "all")
    form.fields["context"].value = "z"
    form.restore_defaults()
    assert not form.together
    assert form.fields["context"].value == "auto"
    assert form.last.value() == 3


def test_other_stacks_have_other_ranges(form):
    form.follow(Axes(("Z", "Y", "X"), (9, 8, 8)))
    assert (form.first.value(), form.last.value()) == (0, 8)
    form.follow(None)
    assert form.isHidden()
    assert not form.together
