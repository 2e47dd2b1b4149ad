"""The dock Compare: fill one hole in many ways, look at the results, and measure them.

`CompareDock` connects parts that do not know each other: the form (`CompareForm`), the runs
(`CompareRunner`), the layers (`ComparedLayers`), the table (`CompareTable`) and the viewing tools
(`LookBar`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_greyfill.comparison import Combination, Comparison, MaskComparison, Row
from napari_greyfill.compute.events import Event, Note, Result
from napari_greyfill.masks import about_hole
from napari_greyfill.measure.partner import ReferenceAdvice
from napari_greyfill.pipeline.names import pipeline_title
from napari_greyfill.viewer.compare.adviser import Adviser, ToAdvise, partners_of
from napari_greyfill.viewer.compare.form import CompareForm
from napari_greyfill.viewer.compare.layers import ComparedLayers
from napari_greyfill.viewer.compare.look_bar import LookBar
from napari_greyfill.viewer.compare.table import CompareTable
from napari_greyfill.viewer.compare.worker import CompareRequest, CompareRunner
from napari_greyfill.viewer.layers import planes
from napari_greyfill.viewer.layers.models import PlaneSource
from napari_greyfill.viewer.settings import preferred_device
from napari_greyfill.viewer.weights.news import NEWS
from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.run_dock import RunDock, removed
from napari_greyfill.viewer.widgets.texts import COMPARE as TEXTS

if TYPE_CHECKING:
    from collections.abc import Hashable

    import napari.viewer
    from napari.layers import Image, Labels

__all__ = ["CompareDock"]


class CompareDock(RunDock):
    """Fills the painted hole of an image layer in every ticked way.

    Parameters
    ----------
    napari_viewer : napari.viewer.Viewer
    """

    runner: CompareRunner
    form: CompareForm

    def __init__(self, napari_viewer: napari.viewer.Viewer) -> None:
        super().__init__(napari_viewer, CompareRunner(), TEXTS)
        self.form = CompareForm(napari_viewer, preferred_device())
        self.table = CompareTable()
        self.results = ComparedLayers(napari_viewer)
        self.look = LookBar(napari_viewer, self.results)
        self.adviser = Adviser(self)
        self._run_once_advised = False
        self._request: CompareRequest | None = None
        self._placement: planes.Placement | None = None
        self._interrupted = False
        self._each: tuple[Row, ...] = ()  # every fill of random masks
        self._build()
        self._connect()
        self._follow(NEWS.changed, self._look_at_weights)
        self.refresh()

    def _build(self) -> None:
        self.continue_button = button("Continue", TEXTS["continue"], self.go_on)
        layout = self._scrolled()
        layout.addWidget(self.form)
        layout.addLayout(side_by_side(self.run_button, self.cancel_button, self.continue_button))
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        layout.addWidget(self.table, stretch=1)
        layout.addWidget(self.look)

    def _connect(self) -> None:
        self.form.changed.connect(self._settle.start)
        self.form.mask_bar.bind(
            self.viewer,
            lambda: self.form.image_layer,
            lambda: self.form.mask_layer,
            self.form.choose_mask,
        )
        self.form.mask_bar.inverted.connect(self._settle.start)
        self.table.chosen.connect(self._show_chosen)
        self.adviser.advised.connect(self._follow_advice)
        self.runner.progressed.connect(self._show_progress)
        self.runner.stepped.connect(self._show_step)
        self.runner.finished.connect(self._show_comparison)

    def _list_layers(self) -> None:
        self.form.reset_choices()
        self.look.reset_choices()

    def _let_go(self) -> None:
        super()._let_go()
        self.adviser.leave()
        self.look.stop()

    def _look_at_weights(self) -> None:
        """Offer the methods whose weights have come, and no more those whose have gone."""
        self.form.refresh_methods()
        self.refresh()

    def showEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's event
        """Look again at which methods can run: weights may have arrived meanwhile."""
        super().showEvent(event)
        self.form.refresh_methods()

    # ------------------------------------------------------------ readiness

    def why_not(self) -> str:
        """Return why Run is disabled, or an empty string."""
        if self.running:
            return "A comparison is running."
        image, mask = self.form.image_layer, self.form.mask_layer
        to_mask = "Add a labels layer and paint over what is to be filled."
        lying = image if mask is None and self.form.random.count else mask  # random ones need none
        reason = planes.not_ready(self.viewer, image, lying, to_mask)
        if reason:
            return reason
        return self._why_not_reference() or self._why_not_ways() or self._why_not_mask()

    def _why_not_reference(self) -> str:
        if self.form.random.count:
            return ""
        if self.form.reference_kind == "layer" and self.form.reference_layer is None:
            return "Choose the reference layer, or another kind of reference."
        layer, image = self.form.reference_layer, self.form.image_layer
        return planes.why_no_plane(layer, self.viewer, image)

    def _why_not_ways(self) -> str:
        image = self.form.image_layer
        if not self.form.methods.chosen():
            return "Tick a method."
        if image.rgb and not self.form.pipelines.chosen():
            return "Tick a pipeline."
        if image.rgb and not self.form.colorizers.chosen():
            return "Tick a colorizer."
        return ""

    @property
    def chosen_layers(self) -> tuple[Image | None, Labels | None]:
        """Return the chosen image and mask."""
        return self.form.image_layer, self.form.mask_layer

    def _chosen(self) -> Hashable:
        form = self.form
        ticked = form.methods.chosen(), form.pipelines.chosen(), form.colorizers.chosen()
        random = form.random.count, form.random.kind
        return super()._chosen(), ticked, form.reference_kind, form.options(), random

    def painted_plane(self) -> NDArray[Any]:
        """Return the labels painted on the plane in view; random masks need none."""
        image = self.form.image_layer
        if self.form.mask_layer is None and image is not None:
            return np.zeros(planes.plane_size(image), np.uint8)
        return super().painted_plane()

    def _why_not_mask(self) -> str:
        painted = self.painted_plane() != 0
        if painted.all():
            return "Everything is painted: leave some of the picture to fill from."
        if painted.any() or self.form.random.count:
            return ""
        return "The mask is empty here: paint over what is to be filled."

    def refresh(self) -> None:
        """Bring buttons and the sentence beside them up to date."""
        self._ask_for_advice()
        self.form.enable_colour()
        self.form.mask_bar.refresh()
        super().refresh()
        self.continue_button.setEnabled(self._interrupted and not self.running)

    def _ready(self) -> str:
        if about_hole(self.painted_plane() != 0):
            return "Ready; if the mask is the wrong way round, invert the mask first."
        return super()._ready()

    # ------------------------------------------------------------ the reference

    def _ask_for_advice(self) -> None:
        """Have it looked up what to measure against; what is known already is shown anew."""
        image, mask = self.form.image_layer, self.form.mask_layer
        unready = planes.not_ready(self.viewer, image, mask, "No mask.") or self._why_not_mask()
        if unready or self.form.random.count:
            self.form.suggest(ReferenceAdvice(), None)
            return
        index = planes.plane_index(image, self.viewer)
        listed = self.form.reference_layer_choice.layers
        partners = partners_of(image, listed, index)
        nodata = self.form.options().nodata
        self.adviser.ask(
            (super()._chosen(), nodata, tuple((p.unique_id, id(p.data)) for p in partners)),
            ToAdvise(
                planes.plane_at(image, index),
                self.painted_plane() != 0,
                {str(p.unique_id): planes.plane_at(p, index, image) for p in partners},
                nodata,
            ),
        )
        if not self.adviser.busy:
            self._show_advice()

    def _show_advice(self) -> None:
        advice = self.adviser.advice
        listed = self.form.reference_layer_choice.layers
        partner = next((p for p in listed if str(p.unique_id) == advice.partner), None)
        self.form.suggest(advice, partner)

    def _follow_advice(self) -> None:
        if self.closed:
            return
        wanted, self._run_once_advised = self._run_once_advised, False
        self._show_advice()
        self.refresh()
        if wanted:
            self.run()

    # ------------------------------------------------------------ actions

    def run(self) -> None:
        """Start a comparison of what is ticked; the rows before make room.

        What to measure against is looked up before.
        """
        if self.why_not():
            self.refresh()
            return
        self._ask_for_advice()
        if self.adviser.busy:
            self._run_once_advised = True
            return
        image = self.form.image_layer
        self.look.stop()
        self._request, self._run_of = self._make_request(), self._chosen()
        self._placement = planes.Placement.of(image, self._request.image.index)
        self._each = ()
        if not self._request.random:
            self.results.begin(image.unique_id, self._placement.index)
        self.table.clear()
        self.table.about(self._request.image, self._request.truth)
        self._start(())

    def go_on(self) -> None:
        """Go on with the comparison that was cancelled; failed rows are tried again."""
        if self._interrupted and not self.running:
            assert self._request is not None
            done = self._each if self._request.random else self.table.rows
            self._start(tuple(row for row in done if not row.error))

    def _start(self, done: tuple[Row, ...]) -> None:
        assert self._request is not None
        self._interrupted = False
        self.runner.start(self._request, done)
        self._show_start()

    def _make_request(self) -> CompareRequest:
        form, image = self.form, self.form.image_layer
        index = planes.plane_index(image, self.viewer)
        reference = form.reference_layer
        return CompareRequest(
            image=planes.plane_at(image, index),
            # a copy: painting goes on while the comparison runs
            mask=PlaneSource(np.array(self.painted_plane()), ()),
            rgb=bool(image.rgb),
            image_name=image.name,
            mask_name="" if form.mask_layer is None else form.mask_layer.name,
            methods=form.methods.chosen(),
            pipelines=form.pipelines.chosen(),
            colorizers=form.colorizers.chosen(),
            reference=None if reference is None else planes.plane_at(reference, index, image),
            measured=form.reference_kind != "none",
            options=form.options(),
            random=form.random.count,
            kind=form.random.kind,
        )

    def _show_chosen(self, combination: Combination) -> None:
        row = next(row for row in self.table.rows if row.combination == combination)
        if row.error:
            self.status.setText(f"{combination.title} failed: {row.error}")
            return
        if self._request is not None and self._request.random:
            self.status.setText(f"{combination.title}: a mean over masks has no picture.")
            return
        layer = self.results.find(combination)
        if layer is None:
            self.status.setText("That result is no longer among the layers.")
        elif not self.look.put_right(layer):
            self.results.show_only(combination)

    # ------------------------------------------------------------ the run's news

    def _show_progress(self, news: Event) -> None:
        self._show_share(news.fraction, news.text)

    def _show_step(self, event: Event) -> None:
        if isinstance(event, Result) and isinstance(event.value, MaskComparison):
            self._each = event.value.each
            self.table.show_means(event.value.rows)
        elif isinstance(event, Result):
            self._show_row(event.value)
        if self.runner.cancelling:
            return
        if isinstance(event, Note):
            from napari.utils.notifications import show_warning

            show_warning(event.text)
            return
        self._show_progress(event)

    def _show_row(self, row: Row) -> None:
        """Show a row even when cancelling: it is finished, and is not filled again."""
        assert self._placement is not None
        if row.image is not None:
            self.results.add(row, self._placement, self._name_of(row.combination))
        self.table.add(row)

    def _name_of(self, combination: Combination) -> str:
        """Return a short name, for the layer list and the grid have little room."""
        assert self._request is not None
        name = f"{combination.method}, {pipeline_title(combination.pipeline)}"
        several = len(self._request.colorizers) > 1 and combination.colorizer
        return f"{name}, {combination.colorizer}" if several else name

    def _show_comparison(self, comparison: Comparison) -> None:
        failed = [row.combination for row in comparison.rows if row.error]
        self._interrupted = bool(failed)
        if isinstance(comparison, MaskComparison):
            self._outcome = comparison.summary()
            return
        text = f"{len(comparison.rows)} results" + (f", {len(failed)} failed" if failed else "")
        self._outcome = " ".join(part for part in (f"{text}.", comparison.why_no_metrics) if part)
        self._outcome += removed(self.results.finish(failed))

    def _show_cancelled(self) -> None:
        self._interrupted = True
        if self._each:
            masks = len({row.picture for row in self._each})
            self._outcome = f"Cancelled after {masks} masks; Continue goes on."
            return
        self._outcome = f"Cancelled with {len(self.table.rows)} results; Continue goes on."
