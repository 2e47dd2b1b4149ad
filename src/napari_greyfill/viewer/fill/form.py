"""The controls of the Fill dock. It knows nothing of running: it holds choices.

Its rows are made from `FillOptions`, but for layers, and for what only windows show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QCollapsible

from napari_greyfill.colorization import COLORIZERS, colorizers
from napari_greyfill.inpaint import methods
from napari_greyfill.pipeline.options import ONE_FILL, SHARED, FillOptions
from napari_greyfill.viewer.fill.stack_form import StackForm
from napari_greyfill.viewer.masks.hole_form import HoleForm
from napari_greyfill.viewer.widgets.method_choice import AlsoRun, MethodCombo
from napari_greyfill.viewer.widgets.parts import layer_choice, let_shrink
from napari_greyfill.viewer.widgets.texts import FILL as TEXTS

if TYPE_CHECKING:
    from napari.layers import Image, Points

__all__ = ["FillForm"]

_WHOLE_ROW = "(no title)"
_LABEL_CHOICES = {"all": "All painted labels", "selected": "The selected label"}
_OWN = ("method", "colorizer", "labels")  # options with a control of their own
Row = tuple[str, str, Any]  # title, tooltip, and a widget or a layout


class FillForm(HoleForm):
    """Image, mask and how to fill.

    Signals
    -------
    new_mask_wanted
    weights_wanted
    """

    new_mask_wanted = Signal()
    weights_wanted = Signal()

    def __init__(self, device: str = "auto", parent: QWidget | None = None) -> None:
        super().__init__((n for n in (*ONE_FILL, *SHARED) if n not in _OWN), device, parent)
        self.reference_choice = layer_choice("napari.layers.Image", nullable=True)
        self.hints_choice = layer_choice("napari.layers.Points", nullable=True)
        self.new_mask = QPushButton("New mask")
        self.weights = QPushButton("Weights")
        self.stack = StackForm()
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
        return self.reference_choice.value

    @property
    def hints_layer(self) -> Points | None:
        """Return the points whose colours are hints, if any."""
        return self.hints_choice.value if self.hints_choice.enabled else None

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
        self.hints_choice.enabled = recovered
        self.confidence.setEnabled(recovered)
        self.colorizer.setEnabled(recovered)

    def restore_defaults(self, device: str) -> None:
        """Set everything but the layers to what it was when the dock opened."""
        for combo in (self.method, self.colorizer, self.labels):
            combo.setCurrentIndex(0)
        for each in self.fields.values():
            each.reset()
        self.fields["device"].value = device
        self.hints_choice.value = None
        self.stack.restore_defaults()
        self.also.choose(())
        for box, checked in (
            (self.intermediates, False),
            (self.confidence, False),
            (self.preview, True),
            (self.keep, False),
        ):
            box.setChecked(checked)

    def _layer_choices(self) -> tuple:
        return (*super()._layer_choices(), self.reference_choice, self.hints_choice)

    # ------------------------------------------------------------ layout

    def _arrange(self) -> None:
        basic: list[Row] = [
            ("Image", TEXTS["image"], self.image_choice.native),
            ("Mask", TEXTS["mask"], _beside(self.mask_choice.native, self.new_mask)),
            (_WHOLE_ROW, "", self.mask_bar),
            (_WHOLE_ROW, "", self.stack),
            *self._rows(advanced=False),
        ]
        rest: list[Row] = [
            *self._rows(advanced=True),
            ("Reference", TEXTS["reference"], self.reference_choice.native),
            ("Colour hints", TEXTS["hints"], self.hints_choice.native),
            ("", TEXTS["intermediates"], self.intermediates),
            ("", TEXTS["confidence"], self.confidence),
            ("", TEXTS["preview"], self.preview),
            ("", TEXTS["keep"], self.keep),
        ]
        self.advanced = QCollapsible("Advanced")
        self.advanced.setDuration(0)
        content = QWidget()
        content.setLayout(_form(rest))
        self.advanced.setContent(content)
        self.advanced.collapse(animate=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(_form(basic))
        layout.addWidget(self.advanced)
        self.mask_choice.native.setToolTip(TEXTS["mask"])
        self.new_mask.setToolTip(TEXTS["new_mask"])
        self.weights.setToolTip(TEXTS["weights"])

    def _rows(self, *, advanced: bool) -> Iterator[Row]:
        """Yield the rows of the options, and what belongs beside or below them."""
        own = {
            "method": _beside(self.method, self.weights) if not advanced else None,
            "colorizer": self.colorizer,
            "labels": self.labels,
        }
        for option in FillOptions.options():
            if option.advanced != advanced:
                continue
            yield option.title, option.tip, self.fields.get(option.name) or own[option.name]
            if option.name == "look":
                yield "Also run", TEXTS["also"], self.also

    def _connect(self) -> None:
        self.stack.changed.connect(lambda: self.changed.emit())
        self.new_mask.clicked.connect(lambda: self.new_mask_wanted.emit())
        self.weights.clicked.connect(lambda: self.weights_wanted.emit())
        self.reference_choice.changed.connect(lambda _: self.changed.emit())
        for combo in (self.method, self.colorizer, self.labels):
            combo.currentIndexChanged.connect(lambda _: self.changed.emit())


def _form(rows: Sequence[Row]) -> QFormLayout:
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for title, tip, field in rows:
        if title == _WHOLE_ROW:
            form.addRow(field)
            continue
        form.addRow(title, field)
        label = form.labelForField(field)
        for widget in (label, field):
            if isinstance(widget, QWidget):
                widget.setToolTip(tip)
        if isinstance(field, QHBoxLayout):
            field.itemAt(0).widget().setToolTip(tip)
    return form


def _beside(first: QWidget, second: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(first, stretch=1)
    row.addWidget(second)
    return row


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
