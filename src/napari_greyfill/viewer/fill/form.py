"""The controls of the Fill dock. It knows nothing of running: it holds choices.

Its rows are made from `FillOptions`, but for layers, and for what only windows show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.colorization import COLORIZERS, colorizers
from napari_greyfill.inpaint import methods
from napari_greyfill.pipeline.options import ONE_FILL, SHARED, FillOptions
from napari_greyfill.pipeline.presets import PRESETS, preset_of
from napari_greyfill.viewer.fill.preset_choice import PresetChoice
from napari_greyfill.viewer.fill.stack_form import StackForm
from napari_greyfill.viewer.masks.hole_form import HoleForm
from napari_greyfill.viewer.widgets.fold import Fold
from napari_greyfill.viewer.widgets.layer_combo import LayerCombo
from napari_greyfill.viewer.widgets.method_choice import AlsoRun, MethodCombo
from napari_greyfill.viewer.widgets.parts import button, form_layout, let_shrink, side_by_side
from napari_greyfill.viewer.widgets.texts import FILL as TEXTS

if TYPE_CHECKING:
    from napari.layers import Image, Points
    from napari.viewer import Viewer

__all__ = ["FillForm"]

_WHOLE_ROW = "(no title)"
_LABEL_CHOICES = {"all": "All painted labels", "selected": "The selected label"}
_OWN = ("preset", "method", "colorizer", "labels")  # options with a control of their own
Row = tuple[str, str, QWidget]  # title, tooltip, control


class FillForm(HoleForm):
    """Image, mask and how to fill.

    Signals
    -------
    new_mask_wanted
    weights_wanted
    """

    new_mask_wanted = Signal()
    weights_wanted = Signal()

    def __init__(
        self, viewer: Viewer, device: str = "auto", parent: QWidget | None = None
    ) -> None:
        names = (name for name in (*ONE_FILL, *SHARED) if name not in _OWN)
        super().__init__(viewer, names, device, parent)
        self.reference_choice = LayerCombo(viewer, "Image", none="None")
        self.hints_choice = LayerCombo(viewer, "Points", none="None")
        self.new_mask = button("New mask", TEXTS["new_mask"], self.new_mask_wanted.emit)
        self.weights = button("Weights…", TEXTS["weights"], self.weights_wanted.emit)
        self.stack = StackForm()
        self.preset = PresetChoice()
        self.method = MethodCombo(methods, "by look")
        self.also = AlsoRun(methods)
        self.colorizer = MethodCombo(colorizers, COLORIZERS.auto)
        self.labels = _combo(_LABEL_CHOICES)
        self.intermediates = _check("Show intermediates", checked=False)
        self.confidence = _check("Show colour confidence", checked=False)
        self.preview = _check("Show previews", checked=True)
        self.keep = _check("Keep earlier results", checked=False)
        self._arrange()
        self._connect()

    # ------------------------------------------------------------ choices

    @property
    def reference_layer(self) -> Image | None:
        """Return the layer to measure against, if any."""
        return self.reference_choice.layer

    @property
    def hints_layer(self) -> Points | None:
        """Return the points whose colours are hints, if any."""
        return self.hints_choice.layer if self.hints_choice.isEnabled() else None

    def chosen_labels(self) -> tuple[int, ...] | None:
        """Return the labels that count; None for all."""
        mask = self.mask_layer
        if self.labels.currentData() == "all" or mask is None:
            return None
        return (int(mask.selected_label),)

    def chosen_methods(self) -> tuple[str, ...]:
        """Return all methods that are chosen."""
        return tuple(dict.fromkeys((self.method.currentData(), *self.also.chosen())))

    def options(self) -> FillOptions:
        """Return the choices as the engine takes them."""
        return FillOptions(
            method=self.method.currentData(),
            colorizer=self.colorizer.currentData(),
            labels=self.chosen_labels(),
            **{name: each.value for name, each in self.fields.items()},
        )

    def choose(self, options: FillOptions) -> None:
        """Show options, such as those of an earlier fill; layers and labels stay."""
        for combo, name in ((self.method, options.method), (self.colorizer, options.colorizer)):
            combo.setCurrentIndex(max(0, combo.findData(name)))
        for name, each in self.fields.items():
            each.value = getattr(options, name)
        self._show_preset()

    def _take_preset(self, name: str) -> None:
        """Choose what a preset stands for."""
        preset = PRESETS[name]
        for combo, wanted in ((self.method, preset.method), (self.colorizer, preset.colorizer)):
            combo.setCurrentIndex(combo.findData(wanted))
        self.fields["look"].value = preset.look
        self._show_preset()

    def _show_preset(self) -> None:
        method, colorizer = self.method.currentData(), self.colorizer.currentData()
        self.preset.show_choice(preset_of(method, self.fields["look"].value, colorizer))

    def enable_colour(self) -> None:
        """Offer only what makes a difference.

        A grey image has no colour to recover, and a method that was chosen has its own look.
        """
        image = self.image_layer
        colour = image is None or bool(image.rgb)
        pipeline = self.fields["pipeline"]
        pipeline.setEnabled(colour)
        self.fields["look"].setEnabled(self.method.currentData() == "auto")
        recovered = colour and pipeline.value != "rgb-rgb"
        self.hints_choice.setEnabled(recovered)
        self.confidence.setEnabled(recovered)
        self.colorizer.setEnabled(recovered)

    def restore_defaults(self, device: str) -> None:
        """Set everything but the layers to what it was when the dock opened."""
        for combo in (self.method, self.colorizer, self.labels):
            combo.setCurrentIndex(0)
        for each in self.fields.values():
            each.reset()
        self.fields["device"].value = device
        self.hints_choice.choose(None)
        self.stack.restore_defaults()
        self.also.choose(())
        for box, checked in (
            (self.intermediates, False),
            (self.confidence, False),
            (self.preview, True),
            (self.keep, False),
        ):
            box.setChecked(checked)

    def _layer_choices(self) -> tuple[LayerCombo, ...]:
        return (*super()._layer_choices(), self.reference_choice, self.hints_choice)

    # ------------------------------------------------------------ layout

    def _arrange(self) -> None:
        self.mask_bar.begin_with(self.new_mask)
        basic: list[Row] = [
            ("Image", TEXTS["image"], self.image_choice),
            ("Mask", TEXTS["mask"], self.mask_choice),
            (_WHOLE_ROW, "", self.mask_bar),
            (_WHOLE_ROW, "", self.stack),
            *self._rows(advanced=False),
        ]
        rest: list[Row] = [
            *self._rows(advanced=True),
            ("Reference", TEXTS["reference"], self.reference_choice),
            ("Colour hints", TEXTS["hints"], self.hints_choice),
            (_WHOLE_ROW, TEXTS["intermediates"], self.intermediates),
            (_WHOLE_ROW, TEXTS["confidence"], self.confidence),
            (_WHOLE_ROW, TEXTS["preview"], self.preview),
            (_WHOLE_ROW, TEXTS["keep"], self.keep),
        ]
        content = QWidget()
        self._rest = QVBoxLayout(content)
        self._rest.setContentsMargins(0, 0, 0, 0)
        self._rest.addLayout(_form(rest))
        self.advanced = Fold("Advanced", TEXTS["advanced"], content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(_form(basic))
        layout.addWidget(self.advanced)

    def add_below(self, *buttons: QPushButton) -> None:
        """Put buttons below all that is folded up."""
        self._rest.addLayout(side_by_side(*buttons))

    def _rows(self, *, advanced: bool) -> Iterator[Row]:
        """Yield the rows of the options, and what belongs beside or below them."""
        own = {
            "preset": self.preset,
            "method": self.method,
            "colorizer": self.colorizer,
            "labels": self.labels,
        }
        for option in FillOptions.options():
            if option.advanced != advanced:
                continue
            yield option.title, option.tip, self.fields.get(option.name) or own[option.name]
            if option.name == "method":
                yield "", TEXTS["weights"], self.weights
                yield "Also run", TEXTS["also"], self.also

    def _connect(self) -> None:
        self.stack.changed.connect(lambda: self.changed.emit())
        self.reference_choice.chosen.connect(self.changed.emit)
        self.preset.taken.connect(self._take_preset)
        self.fields["look"].changed.connect(self._show_preset)
        for stage in (self.method, self.colorizer):
            stage.currentIndexChanged.connect(lambda _: self._show_preset())
        for combo in (self.method, self.colorizer, self.labels):
            combo.currentIndexChanged.connect(lambda _: self.changed.emit())


def _form(rows: Sequence[Row]) -> QFormLayout:
    form = form_layout()
    for title, tip, field in rows:
        if title == _WHOLE_ROW:
            form.addRow(field)
            field.setToolTip(tip)
            continue
        form.addRow(title, field)
        label = form.labelForField(field)
        for widget in (label, field):
            if isinstance(widget, QWidget):
                widget.setToolTip(tip)
    return form


def _combo(titles: dict[str, str]) -> QComboBox:
    combo = QComboBox()
    for name, title in titles.items():
        combo.addItem(title, name)
    let_shrink(combo)
    return combo


def _check(text: str, *, checked: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setChecked(checked)
    return box
