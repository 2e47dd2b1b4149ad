import csv

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication

import napari_greyfill
from napari_greyfill.comparison import Combination, Row
from napari_greyfill.comparison.comparing import NO_REFERENCE
from napari_greyfill.viewer.compare.layers import add_difference
from napari_greyfill.viewer.compare.table import CompareTable
from tests.inpainters import Broken
from tests.viewer.conftest import colour_ramp, ramp


@pytest.fixture
def ready(viewer):
    """Return a dock with a picture, a painted mask and the method Telea ticked."""

    def make(image=None, methods=("telea",), **kwargs):
        image = colour_ramp() if image is None else image
        layer = viewer.add_image(image, name="pic", **kwargs)
        mask = np.zeros(layer.data.shape[: layer.ndim], np.uint8)
        mask[..., 15:20, 20:40] = 1
        viewer.add_labels(mask, name="mask")
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Compare")[1]
        dock.form.methods.tick(methods)
        dock.refresh()
        return dock

    return make


def names(viewer):
    return [layer.name for layer in viewer.layers]


def shown(viewer):
    return {layer.name for layer in viewer.layers if layer.visible}


def header(dock):
    model = dock.table.model
    return [model.headerData(i, Qt.Orientation.Horizontal) for i in range(model.columnCount())]


def click(dock, row):
    view = dock.table.view
    view.setCurrentIndex(view.model().index(row, 0))


class TestReadiness:
    def test_says_what_is_missing(self, viewer, ready):
        dock = ready()
        assert dock.run_button.isEnabled()
        assert dock.status.text() == "Ready."
        dock.form.methods.tick([])
        dock.refresh()
        assert dock.status.text() == "Tick a method."
        dock.form.methods.tick(["telea"])
        dock.form.pipelines.tick([])
        dock.refresh()
        assert dock.status.text() == "Tick a pipeline."
        assert not dock.run_button.isEnabled()

    def test_without_layers(self, viewer):
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Compare")[1]
        assert dock.status.text() == "Open an image first."
        assert not dock.run_button.isEnabled()
        assert not dock.continue_button.isEnabled()

    def test_mostly_painted_asks_about_the_polarity(self, viewer, ready):
        dock = ready()
        viewer.layers["mask"].data = 1 - viewer.layers["mask"].data
        dock.refresh()
        assert "invert the mask" in dock.status.text()
        assert dock.run_button.isEnabled()

    def test_methods_that_cannot_run_are_grey_and_say_why(self, ready):
        methods = ready().form.methods
        item = methods.findItems("GMCNN, CelebA-HQ", Qt.MatchFlag.MatchExactly)[0]
        assert not item.flags() & Qt.ItemFlag.ItemIsEnabled
        assert "weights" in item.toolTip()
        methods.tick(["gmcnn-celebahq", "telea"])
        assert methods.chosen() == ("telea",)

    def test_a_grey_picture_has_no_pipelines(self, ready):
        dock = ready(ramp())
        dock.form.pipelines.tick([])
        dock.refresh()
        assert not dock.form.pipelines.isEnabled()
        assert dock.run_button.isEnabled()


class TestRun:
    def test_rows_and_layers_are_those_of_the_script(self, viewer, ready, run):
        dock = ready(methods=("telea", "biharmonic"))
        before, painted = colour_ramp(), viewer.layers["mask"].data.copy()
        run(dock)
        expected = napari_greyfill.compare(before, painted, methods=["biharmonic", "telea"])
        assert [row.combination for row in dock.table.rows] == [
            row.combination for row in expected.rows
        ]
        for row, layer in zip(expected.rows, list(viewer.layers)[2:], strict=True):
            np.testing.assert_array_equal(layer.data, row.image)
            assert layer.metadata["greyfill"]["metrics"] == row.metrics
            assert layer.rgb
        assert names(viewer)[2:4] == ["biharmonic, Grey-RGB", "biharmonic, RGB-Grey-RGB"]
        np.testing.assert_array_equal(viewer.layers["pic"].data, before)
        np.testing.assert_array_equal(viewer.layers["mask"].data, painted)
        assert dock.status.text() == "6 results."

    def test_results_lie_where_the_image_lies(self, viewer, ready, run):
        dock = ready(np.stack([ramp()] * 3), scale=(2, 3, 4), translate=(1, 2, 3))
        viewer.dims.set_point(0, 2 * 1 + 1)
        run(dock)
        layer = viewer.layers["telea, Grey"]
        assert layer.data.shape == (1, 40, 60)
        np.testing.assert_allclose(layer.translate, (3, 2, 3))
        np.testing.assert_allclose(layer.scale, (2, 3, 4))

    def test_a_second_run_replaces_the_first(self, viewer, ready, run):
        dock = ready()
        run(dock)
        dock.form.pipelines.tick(["rgb-rgb"])
        run(dock)
        assert names(viewer) == ["pic", "mask", "telea, RGB-RGB"]
        assert len(dock.table.rows) == 1

    def test_it_is_said_how_many_layers_made_room(self, viewer, ready, run):
        dock = ready()
        run(dock)
        run(dock)
        assert dock.status.text() == "3 results."
        dock.form.pipelines.tick(["rgb-rgb"])
        run(dock)
        assert dock.status.text() == "1 results. 2 layers of an earlier run made room."

    def test_a_cancelled_run_takes_nothing_away(self, viewer, ready, run, gated, qtbot):
        dock = ready()
        run(dock)
        before = [(layer.name, layer.unique_id) for layer in viewer.layers]
        dock.form.methods.tick(["gated"])
        dock.refresh()
        with qtbot.waitSignal(dock.runner.progressed):
            dock.run_button.click()
        with qtbot.waitSignal(dock.run_ended, timeout=30_000):
            dock.cancel_button.click()
        assert [(layer.name, layer.unique_id) for layer in viewer.layers] == before

    def test_what_the_user_changed_stays(self, viewer, ready, run):
        dock = ready()
        run(dock)
        viewer.layers["telea, Grey-RGB"].name = "mine"
        changed = viewer.layers["telea, RGB-RGB"]
        changed.data[0, 0] = 255
        run(dock)
        assert names(viewer).count("mine") == 1
        assert (changed.data[0, 0] == 255).all()
        assert len(viewer.layers) == 7

    def test_results_of_other_planes_and_pictures_stay(self, viewer, ready, run, qtbot):
        dock = ready(np.stack([ramp(), ramp() + 1]))
        for step in (0, 1):
            viewer.dims.set_current_step(0, step)
            run(dock)
        assert names(viewer)[2:] == ["telea, Grey", "telea, Grey [1]"]
        viewer.add_image(ramp() + 2, name="other")
        viewer.add_labels(viewer.layers["mask"].data[0], name="flat")
        dock.form.image_choice.choose(viewer.layers["other"])
        dock.form.mask_choice.choose(viewer.layers["flat"])
        run(dock)
        assert names(viewer)[-1] == "telea, Grey [2]"
        assert len(viewer.layers) == 7

    def test_results_that_come_keep_the_selection(self, viewer, ready, run):
        dock = ready()
        viewer.layers.selection.active = viewer.layers["mask"]
        run(dock)
        assert viewer.layers.selection.active == viewer.layers["mask"]

    def test_the_sentence_is_about_what_is_chosen_now(self, viewer, ready, run, qtbot):
        dock = ready()
        run(dock)
        assert dock.status.text() == "3 results."
        viewer.layers["mask"].paint((3, 3), 1)
        qtbot.waitUntil(lambda: dock.status.text() == "Mask changed: Run to update.")
        viewer.layers["mask"].data = np.zeros((40, 60), np.uint8)
        qtbot.waitUntil(lambda: dock.status.text().startswith("The mask is empty here"))
        assert not dock.run_button.isEnabled()

    def test_a_failing_method_has_a_row(self, ready, run, add_method):
        add_method("broken", Broken)
        dock = ready(methods=("telea", "broken"))
        run(dock)
        assert [bool(row.error) for row in dock.table.rows] == [False] * 3 + [True] * 3
        assert dock.status.text() == "6 results, 3 failed."
        assert dock.continue_button.isEnabled()
        click(dock, 3)
        assert "a bug" in dock.status.text()

    def test_no_reference_and_another_reference(self, viewer, ready, run):
        dock = ready()
        dock.form.reference.setCurrentIndex(dock.form.reference.findData("none"))
        run(dock)
        assert all(row.metrics == {} for row in dock.table.rows)
        assert NO_REFERENCE in dock.status.text()
        viewer.add_image(colour_ramp() + 1, name="truth", rgb=True)
        dock.form.reference.setCurrentIndex(dock.form.reference.findData("layer"))
        dock.form.reference_layer_choice.choose(viewer.layers["truth"])
        viewer.layers.selection.active = viewer.layers["pic"]  # the new one was followed
        run(dock)
        assert all(row.metrics["psnr"] < 60 for row in dock.table.rows)

    def test_an_error_is_shown(self, viewer, ready, run, messages):
        dock = ready()
        viewer.add_image(colour_ramp(50, 60), name="truth", rgb=True)
        dock.form.reference.setCurrentIndex(dock.form.reference.findData("layer"))
        dock.form.reference_layer_choice.choose(viewer.layers["truth"])
        viewer.layers.selection.active = viewer.layers["pic"]  # the new one was followed
        run(dock)
        assert "choose a reference" in messages["error"][0]
        assert dock.status.text().startswith("Failed")

    def test_cancelled_and_continued(self, viewer, ready, qtbot, gated):
        dock = ready(methods=("telea", "gated"))
        dock.form.pipelines.tick(["grey-rgb"])  # the gated method fills grey planes only
        dock.run_button.click()
        qtbot.waitUntil(lambda: len(dock.table.rows) == 1, timeout=30_000)
        assert dock.progress.isVisibleTo(dock)
        with qtbot.waitSignal(dock.run_ended, timeout=30_000):
            dock.cancel_button.click()
        assert "Cancelled with 1 results" in dock.status.text()
        first = [row.image for row in dock.table.rows]
        gated.set()
        with qtbot.waitSignal(dock.run_ended, timeout=30_000):
            dock.continue_button.click()
        assert len(dock.table.rows) == 2
        assert [row.image for row in dock.table.rows[:1]] == first
        assert not dock.continue_button.isEnabled()


class TestTable:
    def test_a_combination_has_one_row_and_the_best_is_bold(self, qtbot, qtmodeltester):
        table = CompareTable()
        qtbot.addWidget(table)
        model = table.model
        for method, psnr in (("a", 20.0), ("b", 30.0), ("c", float("nan"))):
            table.add(Row(Combination(method, "rgb-rgb"), metrics={"psnr": psnr}, seconds=1.0))
        qtmodeltester.check(model)
        column = 2
        assert model.headerData(column, Qt.Orientation.Horizontal) == "PSNR"
        fonts = [model.data(model.index(r, column), Qt.ItemDataRole.FontRole) for r in range(3)]
        assert [font is not None and font.bold() for font in fonts] == [False, True, False]
        table.add(Row(Combination("b", "rgb-rgb"), metrics={"psnr": 10.0}, seconds=1.0))
        assert model.rowCount() == 3
        assert model.data(model.index(0, column), Qt.ItemDataRole.FontRole).bold()

    def test_sorted_filtered_copied_and_saved(self, ready, run, tmp_path):
        dock = ready(methods=("telea", "biharmonic"))
        run(dock)
        dock.table.view.sortByColumn(header(dock).index("PSNR"), Qt.SortOrder.DescendingOrder)
        values = [row.metrics["psnr"] for row in dock.table.shown_rows()]
        assert values == sorted(values, reverse=True)
        dock.table.filter.setText("TELEA")
        assert {row.combination.method for row in dock.table.shown_rows()} == {"telea"}
        dock.table.copy()
        assert len(QGuiApplication.clipboard().text().splitlines()) == 4
        for name in ("table.csv", "table.md", "table.tex", "table.html"):
            dock.table.save(tmp_path / name)
        with (tmp_path / "table.csv").open(encoding="utf-8") as file:
            assert len(list(csv.DictReader(file))) == 3
        dock.table.draw(tmp_path / "figure.png")
        assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")

    def test_a_click_shows_that_result_alone(self, viewer, ready, run):
        dock = ready()
        run(dock)
        click(dock, 0)
        assert shown(viewer) == {"pic", "mask", "telea, Grey-RGB"}
        assert viewer.layers.selection.active.name == "telea, Grey-RGB"
        assert dock.look.right.layer.name == "telea, Grey-RGB"
        viewer.layers.remove("telea, RGB-RGB")
        click(dock, 2)
        assert "no longer among the layers" in dock.status.text()


class TestLooking:
    def test_the_grid_shows_image_and_results_and_goes_back(self, viewer, ready, run):
        dock = ready()
        run(dock)
        click(dock, 1)
        before = shown(viewer)
        camera = viewer.scene.camera
        camera.zoom = 3.0
        dock.look.grid_button.click()
        assert viewer.canvas.grid.enabled
        assert "mask" not in shown(viewer)
        assert len(shown(viewer)) == 4
        assert viewer.layers["telea, Grey-RGB"].name_overlay.visible
        viewer.layers["telea, Grey-RGB"].opacity = 0.5
        assert viewer.layers["telea, RGB-RGB"].opacity == 0.5
        dock.look.grid_button.click()
        assert not viewer.canvas.grid.enabled
        assert shown(viewer) == before
        assert camera.zoom == 3.0
        viewer.layers["telea, Grey-RGB"].opacity = 0.7
        assert viewer.layers["telea, RGB-RGB"].opacity == 0.5
        assert not viewer.layers["telea, Grey-RGB"].name_overlay.visible

    def test_no_results_no_grid(self, ready):
        dock = ready()
        dock.look.grid_button.click()
        assert not dock.look.grid_button.isChecked()
        assert not dock.viewer.canvas.grid.enabled

    def test_a_new_run_ends_the_grid(self, viewer, ready, run):
        dock = ready()
        run(dock)
        dock.look.grid_button.click()
        run(dock)
        assert not viewer.canvas.grid.enabled
        assert not dock.look.grid_button.isChecked()

    def test_difference(self, viewer, ready):
        dock = ready()
        other = colour_ramp().astype(int)
        other[5, 7] = other[5, 7] - [3, 9, 1]
        viewer.add_image(other.astype(np.uint8), name="other", rgb=True)
        dock.look.left.choose(viewer.layers["pic"])
        dock.look.right.choose(viewer.layers["other"])
        dock.look.difference_button.click()
        layer = viewer.layers["difference: pic, other"]
        assert layer.data[5, 7] == 9
        assert np.count_nonzero(layer.data) == 1
        assert not layer.rgb

    def test_layers_of_other_shapes_have_no_difference(self, viewer):
        first = viewer.add_image(ramp(), name="a")
        second = viewer.add_image(ramp(41), name="b")
        with pytest.raises(napari_greyfill.GreyfillError, match="two layers of one image"):
            add_difference(viewer, first, second)
