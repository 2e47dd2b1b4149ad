"""The dock Fill: choose image and mask, run, watch, compare, measure.

`FillDock` connects four parts that do not know each other: the form with the choices
(`FillForm`), the runs (`FillRunner`), the layers (`ResultLayers`) and the table
(`MetricsTable`).
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from qtpy.QtGui import QGuiApplication

from napari_greyfill.compute.events import Preview, Progress
from napari_greyfill.errors import GreyfillError
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.pipeline.result import FillResult
from napari_greyfill.pipeline.suggest import possible_methods
from napari_greyfill.stack.result import StackResult
from napari_greyfill.viewer.fill.aftermath import HOLD_KEY, bind_keys, hand_back, holding
from napari_greyfill.viewer.fill.asking import request_of
from napari_greyfill.viewer.fill.bars import BarRow
from napari_greyfill.viewer.fill.form import FillForm
from napari_greyfill.viewer.fill.runner import FillRunner
from napari_greyfill.viewer.fill.saving import Saving, ask_where, source_path
from napari_greyfill.viewer.fill.stack_bake import BakeBar
from napari_greyfill.viewer.fill.stack_runs import StackRuns
from napari_greyfill.viewer.fill.stack_worker import stack_as_python
from napari_greyfill.viewer.fill.table import MetricsTable
from napari_greyfill.viewer.fill.words import row_of, summary_of, why_not_mask
from napari_greyfill.viewer.fill.worker import Finished, Part
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.layers.keeping import Original
from napari_greyfill.viewer.layers.models import FillRequest, as_python
from napari_greyfill.viewer.layers.results import PROVENANCE, REGION, ResultLayers
from napari_greyfill.viewer.settings import preferred_device
from napari_greyfill.viewer.threads.background import Background
from napari_greyfill.viewer.weights.news import NEWS
from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.run_dock import RunDock, removed
from napari_greyfill.viewer.widgets.texts import FILL as TEXTS

if TYPE_CHECKING:
    import napari.viewer
    from napari.layers import Image, Labels

__all__ = ["FillDock"]


class FillDock(RunDock):
    """Fills the painted hole of an image layer; the results come as new layers.

    Parameters
    ----------
    napari_viewer : napari.viewer.Viewer
    """

    runner: FillRunner
    form: FillForm

    def __init__(self, napari_viewer: napari.viewer.Viewer) -> None:
        super().__init__(napari_viewer, FillRunner(), TEXTS)
        self.form = FillForm(napari_viewer, preferred_device())
        self.table = MetricsTable()
        self.stacks = StackRuns(napari_viewer, self.form)
        self.results = ResultLayers(napari_viewer)
        self._request: FillRequest | None = None
        self._python = ""  # lines that repeat the last run
        self._placement: planes.Placement | None = None
        self._result: tuple[str, FillResult] | None = None  # the last one, and its layer's id
        self.background = Background(self)
        self._mask = ""  # unique id of the mask of the last run
        self._source = ""  # unique id of the image layer of the last run
        self._run_layers: dict[int, str] = {}  # run -> unique id of its result
        self._runs = 0
        self._done = 0  # methods of this run that gave a result
        self._again = False  # this run is another try
        self._by_chance = False  # another seed would make another result of the last run
        self._shown: set[tuple[str, str]] = set()  # labels and roles of this run's layers
        self._original = Original(napari_viewer)
        self._build()
        self._connect()
        self.refresh()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.another_button = button("Another try", TEXTS["another"], self.try_again)
        self.original_button = button("Show original", TEXTS["original"])
        self.save_button = button("Save as…", TEXTS["save"], self.save)
        self.python_button = button("Copy as Python", TEXTS["python"])
        self.heal_button = button("Heal as you paint", TEXTS["heal"], self.open_heal)
        self.defaults_button = button("Restore defaults", TEXTS["defaults"])
        self.settings_button = button("Load settings", TEXTS["settings"])
        self.baking = BakeBar(self.viewer, lambda: self.stacks.shown)
        self.bars = BarRow(self.viewer)
        self.progress.setToolTip(TEXTS["progress"])
        layout = self._scrolled()
        layout.addWidget(self.form)
        self.form.add_below(self.settings_button, self.defaults_button)
        layout.addLayout(side_by_side(self.run_button, self.cancel_button))
        layout.addWidget(self.another_button)  # above what changes its height while it runs
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        layout.addLayout(side_by_side(self.original_button, self.python_button))
        layout.addLayout(side_by_side(self.save_button, self.heal_button))
        layout.addWidget(self.baking)
        layout.addWidget(self.bars)
        layout.addWidget(self.table, stretch=1)

    def _connect(self) -> None:
        form = self.form
        form.changed.connect(self._settle.start)
        form.mask_bar.bind(
            self.viewer,
            lambda: form.image_layer,
            lambda: form.mask_layer,
            form.choose_mask,
        )
        form.mask_bar.inverted.connect(self._settle.start)
        self.form.new_mask_wanted.connect(self.new_mask)
        self.form.weights_wanted.connect(self._open_weights)
        self.original_button.pressed.connect(self.hold_original)
        self.original_button.released.connect(self.release_original)
        self.python_button.clicked.connect(lambda: self.copy_as_python())
        self.defaults_button.clicked.connect(
            lambda: self.form.restore_defaults(preferred_device())
        )
        self.settings_button.clicked.connect(lambda: self.load_settings())
        self.table.run_chosen.connect(self._select_run)
        self.runner.progressed.connect(self._show_progress)
        self.runner.previewed.connect(self._show_preview)
        self.runner.noted.connect(self._show_note)
        self.runner.finished.connect(self._show_result)
        self.background.failed.connect(self._show_failure)
        self.baking.told.connect(self.status.setText)
        self.baking.failed.connect(self._show_failure)
        self._follow(self.viewer.layers.selection.events.active, self._changed)

        self._follow(NEWS.changed, self._look_at_weights)

    def _look_at_weights(self) -> None:
        """Offer the methods whose weights have come, and no more those whose have gone."""
        self.form.method.update_availability()
        self.form.also.update_availability()
        self.refresh()

    def open_heal(self) -> None:
        """Open the dock Heal with the chosen image, and the brush in hand."""
        _, dock = self.viewer.window.add_plugin_dock_widget("napari-greyfill", "Heal", tabify=True)
        image = self.form.image_layer
        if image is not None:
            dock.take_up(image)

    def _list_layers(self) -> None:
        self.form.reset_choices()

    def _let_go(self) -> None:
        super()._let_go()
        self.background.leave()
        self.baking.leave()
        self.bars.leave()
        self.results.remove_preview()
        self.release_original()

    # ------------------------------------------------------------ readiness

    def why_not(self) -> str:
        """Return why Run is disabled, or an empty string."""
        if self.running:
            return "A fill is running."
        image, mask = self.form.image_layer, self.form.mask_layer
        reason = planes.not_ready(self.viewer, image, mask)
        if reason:
            return reason
        if self.form.stack.together and not self.form.stack.one:
            return self.stacks.why_not()
        if self.form.stack.together and (reason := self.stacks.why_not()):
            return reason
        unfit = planes.why_no_plane(self.form.reference_layer, self.viewer, image)
        return unfit or why_not_mask(self.painted_plane(), self.form.chosen_labels())

    @property
    def chosen_layers(self) -> tuple[Image | None, Labels | None]:
        """Return the chosen image and mask."""
        return self.form.image_layer, self.form.mask_layer

    def _chosen(self) -> Hashable:
        form = self.form
        if form.stack.together:
            return self.stacks.chosen(self._request_index())
        return super()._chosen(), form.options(), form.chosen_methods()

    def refresh(self) -> None:
        """Bring buttons and the sentence beside them up to date."""
        self.form.enable_colour()
        self.stacks.follow()
        self.form.mask_bar.refresh()
        super().refresh()
        kept = self.form.stack.together and self.stacks.goes_on(self._chosen())
        self.run_button.setText("Continue" if kept and not self.running else "Run")
        self.form.new_mask.setEnabled(self.form.image_layer is not None)
        self.original_button.setEnabled(self.form.image_layer is not None)
        self.baking.refresh()
        self.python_button.setEnabled(bool(self._python))
        self.save_button.setEnabled(self._result is not None and not self.background.busy)
        self.another_button.setVisible(self._by_chance)
        self.another_button.setEnabled(self._by_chance and self._unchanged)

    def _ready(self) -> str:
        together = self.form.stack.together
        return (self.stacks.ready() if together else "") or super()._ready()

    # ------------------------------------------------------------ actions

    def new_mask(self) -> None:
        """Add a mask to paint on and choose it."""
        image = self.form.image_layer
        if image is None:
            return
        each = self.form.stack.axes is not None and self.form.stack.each.isChecked()
        mask = planes.new_mask(self.viewer, image, each_plane=each)
        self.form.choose_mask(mask)
        self.refresh()

    def _open_weights(self) -> None:
        self.viewer.window.add_plugin_dock_widget("napari-greyfill", "Weights", tabify=True)

    def run(self) -> None:
        """Start a fill of what is chosen, in a thread of its own."""
        self._run()

    def try_again(self) -> None:
        """Fill the same again with the seed after that of the last result, which stays."""
        self.refresh()  # something may have been painted since
        if not self.another_button.isEnabled():
            return
        assert self._result is not None
        (option,) = FillOptions.options(["seed"])
        seed = self._result[1].provenance["parameters"]["seed"]
        self.form.fields["seed"].value = 0 if seed == option.high else seed + 1
        self._run(again=True)

    def _run(self, *, again: bool = False) -> None:
        if self.why_not():
            self.refresh()
            return
        self._again = again
        if self.form.stack.together:
            self._run_of, keep = self._chosen(), self.form.keep.isChecked()
            goes_on = self.stacks.goes_on(self._run_of)
            self._source, self._done = self.form.image_layer.unique_id, 0
            self._mask = self.form.mask_layer.unique_id
            self.runner.start(self.stacks.begin(self._request_index(), keep=keep))
            self._show_start(continued=goes_on)
            return
        image = self.form.image_layer
        self._run_of = self._chosen()
        after = None if self._result is None else self._result[1]
        self._request = request_of(self.form, self._request_index(), after)
        self._source, self._mask = image.unique_id, self.form.mask_layer.unique_id
        self._placement = planes.Placement.of(image, self._request.image.index)
        self._done = 0
        self._shown.clear()
        self.runner.start(self._request)
        self._show_start()

    def copy_as_python(self) -> None:
        """Put lines that repeat the last run on the clipboard."""
        QGuiApplication.clipboard().setText(self._python)

    def save(self) -> None:
        """Ask where to, and write the last result and its mask in a thread."""
        if self._result is None:
            return
        shown, result = self._result
        layer = planes.find(self.viewer, shown)
        source = source_path(planes.find(self.viewer, self._source))
        path = ask_where(self, source, "filled" if layer is None else layer.name)
        if path is None:
            return
        self.status.setText(f"Saving {path.name}…")

        def work() -> str:
            return Saving(result.image, result.hole, path, source).write()

        self.background.ask("save", work, self.status.setText)

    def load_settings(self) -> None:
        """Choose what the fill of the selected layer was made with."""
        layer = self.viewer.layers.selection.active
        provenance = {} if layer is None else layer.metadata.get(PROVENANCE, {})
        if "parameters" not in provenance:
            self.status.setText("Select a layer with the result of a fill first.")
            return
        try:
            left = self.form.stack.choose(provenance["parameters"])
            self.form.choose(FillOptions.from_dict(left))
        except GreyfillError as error:
            self.status.setText(str(error))
            return
        self.status.setText(f"The settings are those of {layer.name}.")

    def hold_original(self) -> None:
        """Show the image without what lies over it, until `release_original`."""
        self._original.hold(planes.find(self.viewer, self._source) or self.form.image_layer)

    def release_original(self) -> None:
        """Put the layers back as they were before `hold_original`."""
        self._original.release()

    def _request_index(self) -> tuple[int, ...]:
        return planes.plane_index(self.form.image_layer, self.viewer)

    # ------------------------------------------------------------ the run's news

    def _show_progress(self, news: Progress | Preview) -> None:
        self._show_share(news.fraction, news.text)

    def _show_preview(self, news: Any) -> None:  # noqa: ANN401 - of a plane or of a stack
        if not isinstance(news, Part):
            self.stacks.show(news)
            return
        assert self._placement is not None
        self.results.show_preview(news.image, self._placement, news.window)

    def _show_note(self, text: str) -> None:
        from napari.utils.notifications import show_warning

        show_warning(text)

    def _show_stack(self, result: StackResult) -> None:
        layer = self.stacks.finish(result)
        self._by_chance = False
        self._python = stack_as_python(self.stacks.request, self.stacks.path)
        layer.bind_key(HOLD_KEY, holding(self._original, self._source), overwrite=True)
        self._outcome = self.stacks.summary(result)
        self._runs += 1
        self._run_layers[self._runs] = layer.unique_id
        self.table.add(self.stacks.row(result, self._runs))

    def _show_result(self, outcome: Finished | StackResult) -> None:
        if isinstance(outcome, StackResult):
            self._show_stack(outcome)
            return
        self.results.remove_preview()
        assert self._request is not None
        assert self._placement is not None
        request, result = self._request, outcome.result
        self._python = as_python(request)
        provenance = {
            **result.provenance,
            "image": request.image_name,
            "mask": request.mask_name,
            "plane": list(self._placement.index),
        }
        label = result.method if request.several else ""
        if not self._done and (self._again or self.form.keep.isChecked()):
            same = REGION if self._again else ""
            self.results.leave_earlier(self._source, self._placement, but=same)
        layer = self.results.show(
            self._source,
            self._placement,
            outcome.images,
            outcome.region,
            provenance,
            label=label,
        )
        self._shown |= {(label, image.role) for image in outcome.images}
        if outcome.region is not None:
            self._shown.add(("", REGION))
        bind_keys((layer, planes.find(self.viewer, self._mask)), self._original, self._source)
        self._outcome = f"{summary_of(outcome, request.rgb)} {result.reason}".strip()
        self._by_chance = result.by_chance or (self._by_chance and self._done > 0)
        self._done += 1
        if self._done > 1:
            self._outcome = f"{self._done} methods are done. {result.method}: {self._outcome}"
        self._result = layer.unique_id, result
        self.bars.offer(result, self._source, self._placement, provenance)
        self._runs += 1
        self._run_layers[self._runs] = layer.unique_id
        self.table.add(row_of(result, request, self._placement.index, self._runs))

    def _show_cancelled(self) -> None:
        if self._request is None:
            self._outcome = self.stacks.keep(self._run_of)
            return
        self._outcome = "Cancelled; no layer was changed."
        if self._done:
            self._outcome = f"Cancelled; the results of {self._done} finished methods stay."

    def _end(self) -> None:
        self.results.remove_preview()
        if self._done and self._complete:
            self._remove_others()
        if self._done:
            hand_back(self.viewer, planes.find(self.viewer, self._mask), self._source)
        self._request = None
        super()._end()

    def _remove_others(self) -> None:
        """Remove what earlier runs left on the plane and this one did not update; say so."""
        assert self._request is not None
        assert self._placement is not None
        request = self._request
        labels = possible_methods(request.methods) if request.several else ("",)
        gone = self.results.remove_others(self._source, self._placement, self._shown, labels)
        self._outcome += removed(gone)

    def _select_run(self, run: int) -> None:
        layer = planes.find(self.viewer, self._run_layers[run])
        if layer is not None:
            layer.visible = True
            self.viewer.layers.selection.active = layer
        else:
            self.status.setText(f"The result of run {run} is no longer among the layers.")
