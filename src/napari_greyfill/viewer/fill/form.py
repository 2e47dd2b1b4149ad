"""The controls of the Fill dock. It knows nothing of running: it holds choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from superqt import QCollapsible

from napari_greyfill.colorization import COLORIZERS, colorizers
from napari_greyfill.compute.device import DEVICES
from napari_greyfill.inpaint import INPAINTERS, methods
from napari_greyfill.pipeline.job import FillParameters
from napari_greyfill.pipeline.names import PIPELINE_NAMES
from napari_greyfill.pipeline.suggest import methods_of_look
from napari_greyfill.viewer.masks.sources import MaskBar
from napari_greyfill.viewer.widgets.method_choice import AlsoRun, MethodCombo
from napari_greyfill.viewer.widgets.parts import layer_choice, let_shrink
from napari_greyfill.viewer.widgets.texts import FILL as TEXTS

if TYPE_CHECKING:
    from napari.layers import Image, Labels, Points

__all__ = ["FillForm"]

_LOOK_TITLES = {
    "suggested": "As suggested",
    "faithful": "Faithful (for measuring)",
    "texture": "Texture (for looking)",
    "both": "Both",
}
_SCALE_TITLES = {"auto": "Auto", "native": "As it is", "training": "As in training"}
_WHOLE_ROW = "(no title)"
_LABEL_CHOICES = {"all": "All painted labels", "selected": "The selected label"}
_DEVICE_TITLES = {"auto": "Auto", "cpu": "CPU", "cuda": "CUDA (NVIDIA)", "mps": "MPS (Apple)"}


class FillForm(QWidget):
    """Image, mask and how to fill.

    Signals
    -------
    changed
        A choice changed that may decide whether a fill can start.
    new_mask_wanted
    weights_wanted
    """

    changed = Signal()
    new_mask_wanted = Signal()
    weights_wanted = Signal()

    def __init__(self, device: str = "auto", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image_choice = layer_choice("napari.layers.Image")
        self.mask_choice = layer_choice("napari.layers.Labels")
        self.reference_choice = layer_choice("napari.layers.Image", nullable=True)
        self.hints_choice = layer_choice("napari.layers.Points", nullable=True)
        self.new_mask = QPushButton("New mask")
        self.mask_bar = MaskBar()
        self.weights = QPushButton("Weights")
        self.method = MethodCombo(methods, INPAINTERS.auto)
        self.look = _combo(_LOOK_TITLES)
        self.also = AlsoRun(methods)
        self.colorizer = MethodCombo(colorizers, COLORIZERS.auto)
        self.pipeline = _combo({one.name: one.steps for one in PIPELINE_NAMES})
        self.labels = _combo(_LABEL_CHOICES)
        self.scale = _combo(_SCALE_TITLES)
        self.device = _combo({name: _DEVICE_TITLES[name] for name in DEVICES}, device)
        self.grow = _pixels(2)
        self.feather = _pixels(0)
        self.seed = QSpinBox()
        self.seed.setMaximum(2**31 - 1)
        self.intermediates = _check("Keep intermediate images", checked=True)
        self.confidence = _check("Show colour confidence", checked=False)
        self.preview = _check("Show previews", checked=True)
        self.keep = _check("Keep earlier results", checked=False)
        self._arrange()
        self._connect()

    # ------------------------------------------------------------ choices

    @property
    def image_layer(self) -> Image | None:
        """Return the chosen image layer."""
        return self.image_choice.value

    @property
    def mask_layer(self) -> Labels | None:
        """Return the chosen mask layer."""
        return self.mask_choice.value

    @property
    def reference_layer(self) -> Image | None:
        """Return the layer to measure against, if any."""
        return self.reference_choice.value

    def chosen_labels(self) -> tuple[int, ...] | None:
        """Return the labels that count; None for all."""
        mask = self.mask_layer
        if self.labels.currentData() == "all" or mask is None:
            return None
        return (int(mask.selected_label),)

    def chosen_look(self) -> str:
        """Return the look; empty unless the method is left to it."""
        return self.look.currentData() if self.method.currentData() == "auto" else ""

    def chosen_methods(self) -> tuple[str, ...]:
        """Return all methods that are chosen; the look may add to them when it is known."""
        look = self.chosen_look()
        if look == "suggested":
            return self.also.chosen()
        first = methods_of_look(look) if look else (self.method.currentData(),)
        return (*first, *self.also.chosen())

    @property
    def hints_layer(self) -> Points | None:
        """Return the points whose colours are hints, if any."""
        return self.hints_choice.value if self.hints_choice.enabled else None

    def parameters(self) -> FillParameters:
        """Return the choices as the engine takes them."""
        return FillParameters(
            method=next(iter(self.chosen_methods()), "auto"),
            pipeline=self.pipeline.currentData(),
            colorizer=self.colorizer.currentData(),
            labels=self.chosen_labels(),
            device=self.device.currentData(),
            seed=self.seed.value(),
            grow=self.grow.value(),
            feather=self.feather.value(),
            scale=self.scale.currentData(),
        )

    def enable_colour(self) -> None:
        """Offer only what makes a difference.

        A grey image has no colour to recover, and a method that was chosen has its own look.
        """
        image = self.image_layer
        colour = image is None or bool(image.rgb)
        self.pipeline.setEnabled(colour)
        self.look.setEnabled(self.method.currentData() == "auto")
        recovered = colour and self.pipeline.currentData() != "rgb-rgb"
        self.hints_choice.enabled = recovered
        self.confidence.setEnabled(recovered)
        self.colorizer.setEnabled(recovered)

    def restore_defaults(self, device: str) -> None:
        """Set everything but the layers to what it was when the dock opened."""
        for combo in (
            self.method,
            self.look,
            self.colorizer,
            self.pipeline,
            self.labels,
            self.scale,
        ):
            combo.setCurrentIndex(0)
        self.hints_choice.value = None
        self.also.choose(())
        self.device.setCurrentIndex(self.device.findData(device))
        self.grow.setValue(2)
        self.feather.setValue(0)
        self.seed.setValue(0)
        for box, checked in (
            (self.intermediates, True),
            (self.confidence, False),
            (self.preview, True),
            (self.keep, False),
        ):
            box.setChecked(checked)

    def reset_choices(self) -> None:
        """List the layers anew; napari calls it through the dock when layers change."""
        for combo in (
            self.image_choice,
            self.mask_choice,
            self.reference_choice,
            self.hints_choice,
        ):
            combo.reset_choices()
        self.changed.emit()

    def choose_mask(self, mask: Labels) -> None:
        """Choose a labels layer as the mask."""
        self.reset_choices()
        self.mask_choice.value = mask

    # ------------------------------------------------------------ layout

    def _arrange(self) -> None:
        mask_row = QHBoxLayout()
        mask_row.addWidget(self.mask_choice.native, stretch=1)
        mask_row.addWidget(self.new_mask)
        method_row = QHBoxLayout()
        method_row.addWidget(self.method, stretch=1)
        method_row.addWidget(self.weights)
        basic: list[tuple[str, str, Any]] = [
            ("Image", "image", self.image_choice.native),
            ("Mask", "mask", mask_row),
            (_WHOLE_ROW, "", self.mask_bar),
            ("Method", "method", method_row),
            ("Look", "look", self.look),
            ("Also run", "also", self.also),
            ("Colorizer", "colorizer", self.colorizer),
            ("Grow by", "grow", self.grow),
        ]
        advanced: list[tuple[str, str, Any]] = [
            ("Pipeline", "pipeline", self.pipeline),
            ("Labels", "labels", self.labels),
            ("Feather", "feather", self.feather),
            ("Scale", "scale", self.scale),
            ("Device", "device", self.device),
            ("Seed", "seed", self.seed),
            ("Reference", "reference", self.reference_choice.native),
            ("Colour hints", "hints", self.hints_choice.native),
            ("", "intermediates", self.intermediates),
            ("", "confidence", self.confidence),
            ("", "preview", self.preview),
            ("", "keep", self.keep),
        ]
        self.advanced = QCollapsible("Advanced")
        self.advanced.setDuration(0)
        content = QWidget()
        content.setLayout(_form(advanced))
        self.advanced.setContent(content)
        self.advanced.collapse(animate=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(_form(basic))
        layout.addWidget(self.advanced)
        self.mask_choice.native.setToolTip(TEXTS["mask"])
        self.new_mask.setToolTip(TEXTS["new_mask"])
        self.method.setToolTip(TEXTS["method"])
        self.weights.setToolTip(TEXTS["weights"])

    def _connect(self) -> None:
        self.new_mask.clicked.connect(lambda: self.new_mask_wanted.emit())
        self.weights.clicked.connect(lambda: self.weights_wanted.emit())
        for choice in (self.image_choice, self.mask_choice, self.reference_choice):
            choice.changed.connect(lambda _: self.changed.emit())
        for combo in (self.method, self.look, self.colorizer, self.pipeline, self.labels):
            combo.currentIndexChanged.connect(lambda _: self.changed.emit())


def _form(rows: Sequence[tuple[str, str, Any]]) -> QFormLayout:
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for title, key, field in rows:
        if title == _WHOLE_ROW:
            form.addRow(field)
            continue
        form.addRow(title, field)
        label = form.labelForField(field)
        for widget in (label, field):
            if isinstance(widget, QWidget):
                widget.setToolTip(TEXTS[key])
    return form


def _combo(titles: dict[str, str], chosen: str = "") -> QComboBox:
    combo = QComboBox()
    for name, title in titles.items():
        combo.addItem(title, name)
    combo.setCurrentIndex(max(0, combo.findData(chosen)))
    let_shrink(combo)
    return combo


def _pixels(value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setDecimals(1)
    box.setSingleStep(1.0)
    box.setMaximum(999.0)
    box.setSuffix(" px")
    box.setValue(value)
    return box


def _check(text: str, *, checked: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setChecked(checked)
    return box
