import numpy as np
import pytest
from napari.components import ViewerModel

from napari_greyfill.viewer.masks.changing import MaskChanges
from napari_greyfill.viewer.masks.form import MasksForm
from napari_greyfill.viewer.threads.background import Background


@pytest.fixture
def changes(qtbot):
    viewer = ViewerModel()
    viewer.add_image(np.zeros((20, 30)), name="picture")
    form = MasksForm(viewer)
    qtbot.addWidget(form)
    return MaskChanges(viewer, form, Background(form), form)


def found():
    mask = np.zeros((20, 30), bool)
    mask[5:9, 5:9] = True
    return mask


def test_what_was_found_goes_into_a_new_mask_where_there_is_none(changes):
    told = []
    changes.changed.connect(lambda: told.append("changed"))
    changes.used.connect(lambda: told.append("used"))
    changes.use(found())
    mask = changes.form.target.layer
    np.testing.assert_array_equal(mask.data != 0, found())
    assert told == ["changed", "used"]
    assert changes.form.status.text().startswith("Masked: 16 pixels (2.7%).")


def test_it_adds_replaces_and_removes_as_one_step_of_undo(changes):
    changes.use(found())
    mask = changes.form.target.layer
    changes.use(~found(), "add")
    assert (mask.data != 0).all()
    changes.use(found(), "remove")
    np.testing.assert_array_equal(mask.data != 0, ~found())
    mask.undo()
    assert (mask.data != 0).all()


def test_a_mask_that_does_not_fit_is_left_alone(changes):
    other = changes.viewer.add_labels(np.zeros((5, 5), int), name="small")
    changes.choose(other)
    assert changes.why_not(other)
    changes.use(found())
    assert not other.data.any()


def test_a_slow_change_is_made_anew_if_the_mask_was_painted_on(changes, qtbot):
    changes.use(found())
    mask = changes.form.target.layer
    with qtbot.waitSignal(changes.changed, timeout=20_000):
        changes.edit("grow", 1)
        mask.data_setitem((np.array([15]), np.array([20])), 1)
    painted = mask.data != 0
    assert painted[14, 20]  # the stroke has grown as well
    assert painted[4, 6]
