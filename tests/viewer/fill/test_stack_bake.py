"""Bake, with real clicks; only the file dialog is answered for the user."""

import threading

import dask.array
import numpy as np
import pytest
import tifffile
import zarr
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog

from napari_greyfill.viewer.fill import stack_bake
from tests.viewer.stacks import choose, method, stack_of


@pytest.fixture
def filled(ready, run):
    """Return a dock whose stack was filled."""

    def make(stack, **kwargs):
        dock = ready(stack, **kwargs)
        method(dock, "telea")
        choose(dock, "all", context="none")
        run(dock)
        return dock

    return make


@pytest.fixture
def answer(monkeypatch):
    def answered(path, kind="TIFF (*.tif *.tiff)"):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))

    return answered


def bake(dock, qtbot):
    with qtbot.waitSignal(dock.baking.ended, timeout=30_000):
        qtbot.mouseClick(dock.baking.bake_button, Qt.MouseButton.LeftButton)


def test_is_there_only_with_a_filled_stack(ready, run):
    dock = ready(stack_of(3))
    assert dock.baking.isHidden()
    method(dock, "telea")
    choose(dock, "all", context="none")
    run(dock)
    assert not dock.baking.isHidden()
    assert dock.baking.progress.isHidden()


def test_a_tiff(viewer, filled, answer, qtbot, tmp_path):
    dock = filled(stack_of(3), scale=(2, 0.5, 0.5), axis_labels=("z", "y", "x"))
    answer(tmp_path / "copy.tif")
    bake(dock, qtbot)
    with tifffile.TiffFile(tmp_path / "copy.tif") as tiff:
        np.testing.assert_array_equal(tiff.asarray(), viewer.layers["pic filled"].data)
        assert tiff.series[0].axes == "ZYX"
        assert tiff.imagej_metadata["spacing"] == 2
    assert dock.status.text() == f"Wrote copy.tif in {tmp_path}."


def test_an_ome_zarr_of_a_lazy_stack(viewer, filled, answer, qtbot, tmp_path):
    stack = stack_of(3)
    dock = filled(dask.array.from_array(stack, chunks=(1, 40, 48)))
    answer(tmp_path / "copy", "OME-Zarr (*.ome.zarr)")
    bake(dock, qtbot)
    written = zarr.open(str(tmp_path / "copy.ome.zarr"), mode="r")["0"]
    np.testing.assert_array_equal(written[:], np.asarray(viewer.layers["pic filled"].data))


def test_a_folder_that_is_there_is_not_written_over(filled, answer, qtbot, tmp_path, messages):
    dock = filled(stack_of(3))
    (tmp_path / "copy.ome.zarr").mkdir()
    answer(tmp_path / "copy.ome.zarr")
    bake(dock, qtbot)
    assert "exists already" in messages["error"][0]
    assert list((tmp_path / "copy.ome.zarr").iterdir()) == []


def test_cancel_leaves_nothing(filled, answer, qtbot, tmp_path, monkeypatch):
    go, begun = threading.Event(), threading.Event()

    def slow(image, axes, path, place, *, cancelled):
        for _ in stack_bake_tiff(image, axes, path, place, cancelled=cancelled):
            begun.set()
            go.wait(0.05)
            yield 0.1

    stack_bake_tiff = stack_bake.bake_tiff
    monkeypatch.setattr(stack_bake, "bake_tiff", slow)
    dock = filled(stack_of(40))
    answer(tmp_path / "copy.tif")
    qtbot.mouseClick(dock.baking.bake_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(begun.is_set, timeout=20_000)
    assert not dock.baking.bake_button.isEnabled()
    with qtbot.waitSignal(dock.baking.ended, timeout=20_000):
        qtbot.mouseClick(dock.baking.cancel_button, Qt.MouseButton.LeftButton)
    assert list(tmp_path.iterdir()) == []
    assert dock.status.text() == "Cancelled; nothing was written."
    assert dock.baking.bake_button.isEnabled()


def test_the_selected_result_is_the_one_that_is_written(viewer, filled, run):
    dock = filled(stack_of(3))
    first = viewer.layers["pic filled"]
    dock.form.keep.setChecked(True)
    run(dock)
    assert dock.baking.target().name == "pic filled [1]"
    viewer.layers.selection.active = first
    assert dock.baking.target().name == "pic filled"
    viewer.layers.selection.active = viewer.layers["pic"]
    assert dock.baking.target().name == "pic filled [1]"


def test_closing_the_dock_stops_it(viewer, filled, answer, qtbot, tmp_path, monkeypatch):
    ended = threading.Event()

    def slow(image, axes, path, place, *, cancelled):
        try:
            while not cancelled():
                ended.wait(0.01)
                yield 0.1
        finally:
            ended.set()

    monkeypatch.setattr(stack_bake, "bake_tiff", slow)
    dock = filled(stack_of(3))
    answer(tmp_path / "copy.tif")
    qtbot.mouseClick(dock.baking.bake_button, Qt.MouseButton.LeftButton)
    viewer.window.remove_dock_widget(dock)
    qtbot.waitUntil(ended.is_set, timeout=20_000)
