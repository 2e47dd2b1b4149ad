import numpy as np
import pytest
from napari.components import ViewerModel

from napari_greyfill.viewer.layers.keeping import Original, kept_selection, same_plane


@pytest.fixture
def viewer():
    viewer = ViewerModel()
    for name in ("a", "b", "c"):
        viewer.add_image(np.zeros((3, 4, 5)), name=name)
    return viewer


@pytest.mark.parametrize("names", [(), ("b",), ("a", "c")])
def test_selection_stays_when_a_layer_comes_and_goes(viewer, names):
    wanted = {viewer.layers[name] for name in names}
    viewer.layers.selection.clear()
    viewer.layers.selection.update(wanted)
    active = viewer.layers.selection.active
    with kept_selection(viewer):
        added = viewer.add_image(np.zeros((3, 4, 5)))
    assert set(viewer.layers.selection) == wanted
    assert viewer.layers.selection.active == active
    with kept_selection(viewer):
        viewer.layers.remove(added)
    assert set(viewer.layers.selection) == wanted


def test_a_selected_layer_that_goes_is_not_missed(viewer):
    with kept_selection(viewer):
        viewer.layers.remove("c")
    assert not viewer.layers.selection


def test_plane_stays(viewer):
    viewer.dims.set_current_step(0, 0)
    with same_plane(viewer):
        viewer.add_image(np.zeros((9, 4, 5)), translate=(20, 0, 0))
    assert viewer.dims.point[0] == 0


def test_original_is_held_once_and_put_back(viewer):
    original = Original(viewer)
    viewer.layers["b"].visible = False
    for _ in range(2):  # by a button and by a key
        original.hold(viewer.layers["a"])
        assert [layer.visible for layer in viewer.layers] == [True, False, False]
    original.release()
    assert [layer.visible for layer in viewer.layers] == [True, False, True]
    gone = viewer.layers.pop(0)
    original.hold(gone)
    original.hold(None)
    assert [layer.visible for layer in viewer.layers] == [False, True]
