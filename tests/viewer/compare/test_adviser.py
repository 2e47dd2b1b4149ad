import numpy as np
import pytest
from skimage import data

from napari_greyfill.comparison.comparing import NO_REFERENCE
from napari_greyfill.measure.partner import ReferenceAdvice
from napari_greyfill.viewer import samples
from napari_greyfill.viewer.compare.adviser import Adviser, ToAdvise, partners_of
from napari_greyfill.viewer.layers.models import PlaneSource


@pytest.fixture
def pair():
    """Return a scratched picture, the intact one and the mask."""
    intact = data.camera()[:80, :120]
    hole = np.zeros(intact.shape, bool)
    hole[30:36, 20:100] = True
    return np.where(hole, np.uint8(255), intact), intact, hole


@pytest.fixture
def opened(viewer, qtbot, pair):
    """Open the dock on the scratched picture, with other layers if some are given."""

    def make(**others):
        viewer.add_image(pair[0], name="scratched")
        for name, image in others.items():
            viewer.add_image(image, name=name)
        viewer.add_labels(pair[2].astype(np.uint8), name="mask")
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Compare")[1]
        dock.form.image_choice.choose(viewer.layers["scratched"])
        dock.form.methods.tick(["telea"])
        advised(dock, qtbot)
        return dock

    return make


def advised(dock, qtbot):
    dock.refresh()
    qtbot.waitUntil(lambda: not dock.adviser.busy)


def choose(dock, kind):
    dock.form.reference.setCurrentIndex(dock.form.reference.findData(kind))


class TestDefault:
    def test_the_intact_partner_is_chosen_and_measured_against(self, viewer, opened, pair, run):
        dock = opened(moon=data.moon()[:80, :120], intact=pair[1])
        assert dock.form.reference_kind == "layer"
        assert dock.form.reference_layer == viewer.layers["intact"]
        assert dock.form.reference_note.text() == "intact is this image without the damage."
        assert dock.form.reference_note.isVisibleTo(dock)
        run(dock)
        (row,) = dock.table.rows
        expected = np.mean((row.image[pair[2]].astype(float) - pair[1][pair[2]]) ** 2)
        assert row.metrics["hole_psnr"] == pytest.approx(10 * np.log10(255**2 / expected))

    def test_without_a_partner_nothing_is_measured_against_damage(self, opened, run):
        dock = opened()
        assert dock.form.reference_kind == "none"
        assert "choose the intact image" in dock.form.reference_note.text()
        run(dock)
        assert dock.table.rows[0].metrics == {}
        assert NO_REFERENCE in dock.status.text()

    def test_run_waits_for_the_advice(self, viewer, pair, run):
        viewer.add_image(pair[0], name="scratched")
        viewer.add_labels(pair[2].astype(np.uint8), name="mask")
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Compare")[1]
        dock.form.methods.tick(["telea"])
        run(dock)
        assert dock.table.rows[0].metrics == {}

    def test_an_intact_image_is_its_own_reference(self, viewer, opened, pair, qtbot):
        dock = opened()
        viewer.layers["scratched"].data = pair[1]
        advised(dock, qtbot)
        assert dock.form.reference_kind == "image"
        assert not dock.form.reference_note.isVisibleTo(dock)

    def test_a_partner_that_comes_later_is_found(self, viewer, opened, pair, qtbot):
        dock = opened()
        viewer.add_image(pair[1], name="late")
        advised(dock, qtbot)
        qtbot.wait(10)  # napari has selected it, which the image follows otherwise
        assert dock.form.image_layer == viewer.layers["scratched"]
        assert dock.form.reference_layer == viewer.layers["late"]
        viewer.layers.remove("late")
        advised(dock, qtbot)
        assert dock.form.reference_kind == "none"

    @pytest.mark.parametrize(
        "sample", [samples.scratched_photo, samples.dusty_histology, samples.scratched_cells]
    )
    def test_samples_are_measured_against_their_intact_layers(self, viewer, sample, qtbot):
        for layer in sample():
            viewer.add_layer(_as_layer(layer))
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Compare")[1]
        dock.form.image_choice.choose(viewer.layers[0])
        advised(dock, qtbot)
        assert dock.form.reference_layer == viewer.layers[1]

    def test_so_is_each_frame_of_the_film(self, viewer, qtbot):
        for layer in samples.damaged_stack():
            viewer.add_layer(_as_layer(layer))
        dock = viewer.window.add_plugin_dock_widget("napari-greyfill", "Compare")[1]
        dock.form.image_choice.choose(viewer.layers[0])
        for frame in (2, 5):
            viewer.dims.set_current_step(0, frame)
            advised(dock, qtbot)
            assert dock.form.reference_layer == viewer.layers[1]


class TestByHand:
    def test_a_choice_stays_and_is_warned_of(self, viewer, opened, pair, run, messages, qtbot):
        dock = opened(intact=pair[1])
        choose(dock, "image")
        advised(dock, qtbot)
        assert dock.form.reference_kind == "image"
        assert "The mask covers damage" in dock.form.reference_note.text()
        run(dock)
        assert "choose the intact image" in messages["warning"][0]
        assert dock.table.rows[0].metrics["hole_psnr"] < 20

    def test_another_image_is_advised_on_anew(self, viewer, opened, pair, qtbot):
        dock = opened(other=pair[1])
        choose(dock, "none")
        dock.form.image_choice.choose(viewer.layers["other"])
        advised(dock, qtbot)
        assert dock.form.reference_kind == "image"


def test_results_and_other_kinds_are_no_partners(viewer, pair):
    image = viewer.add_image(pair[0], name="scratched")
    partner = viewer.add_image(pair[1], name="intact")
    viewer.add_image(pair[1], name="filled", metadata={"greyfill": {"method": "telea"}})
    viewer.add_image(pair[1].astype(np.uint16), name="other type")
    viewer.add_image(pair[1][:40], name="other size")
    assert partners_of(image, list(viewer.layers), ()) == [partner]


def test_advice_is_asked_for_once(qtbot, pair):
    adviser = Adviser()
    wanted = ToAdvise(PlaneSource(pair[0]), pair[2], {"intact": PlaneSource(pair[1])})
    with qtbot.waitSignal(adviser.advised):
        adviser.ask(1, wanted)
    assert adviser.advice.partner == "intact"
    adviser.ask(1, ToAdvise(PlaneSource(pair[1]), pair[2]))
    assert not adviser.busy


def test_what_cannot_be_read_is_left_to_the_run(qtbot, pair):
    adviser = Adviser()
    adviser.advice = ReferenceAdvice("none")
    with qtbot.waitSignal(adviser.advised):
        adviser.ask(1, ToAdvise(PlaneSource(pair[0][:5]), pair[2]))
    assert adviser.advice == ReferenceAdvice()


def _as_layer(layer):
    from napari.layers import Layer

    return Layer.create(*layer)
