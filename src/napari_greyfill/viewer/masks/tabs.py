"""The four tabs of the Masks dock. They hold choices and tell what was pressed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.masks import (
    DETECTORS,
    IRREGULAR_BINS,
    RANDOM_KINDS,
    Detector,
    RandomKind,
)
from napari_greyfill.masks.random import Share
from napari_greyfill.viewer.masks.option_form import OptionForm, percent_slider
from napari_greyfill.viewer.widgets.layer_combo import LayerCombo
from napari_greyfill.viewer.widgets.parts import button, form_layout, let_shrink, side_by_side
from napari_greyfill.viewer.widgets.texts import MASKS as TEXTS
from napari_greyfill.viewer.widgets.tips import wrapped

if TYPE_CHECKING:
    from napari.viewer import Viewer

__all__ = ["EditTab", "HandTab", "PictureTab", "RandomTab"]

# Title, tooltip key and what is sent, in the order of the grid.
_TOOLS = (
    ("Brush", "paint"),
    ("Eraser", "erase"),
    ("Polygon", "polygon"),
    ("Bucket", "fill"),
)
_EDITS = (
    ("Grow", "grow"),
    ("Shrink", "shrink"),
    ("Smooth", "smooth"),
    ("Fill holes", "fill_holes"),
    ("Remove specks", "specks"),
    ("Invert", "invert"),
    ("Clear", "clear"),
)
_TOOLTIP = Qt.ItemDataRole.ToolTipRole
_COMBINATIONS = (
    ("Union", "union"),
    ("Intersection", "intersection"),
    ("Difference", "difference"),
)


class HandTab(QWidget):
    """Tools to paint with, and masks made of other layers.

    Signals
    -------
    tool_wanted : str
        A mode of labels layers.
    rectangle_wanted : bool
        Whether the next drag over the picture is to draw a rectangle.
    shapes_wanted, labels_wanted
    """

    tool_wanted = Signal(str)
    rectangle_wanted = Signal(bool)
    shapes_wanted = Signal()
    labels_wanted = Signal()

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self.tools = {
            name: button(title, TEXTS[name], partial(self.tool_wanted.emit, name))
            for title, name in _TOOLS
        }
        self.rectangle = button("Rectangle", TEXTS["rectangle"])
        self.rectangle.setCheckable(True)
        self.rectangle.toggled.connect(self.rectangle_wanted.emit)
        self.shapes = LayerCombo(viewer, "Shapes")
        self.paint_shapes = button("Apply", TEXTS["shapes"], self.shapes_wanted.emit)
        self.labels = LayerCombo(viewer, "Labels")
        self.names = QLineEdit()
        self.names.setPlaceholderText("all, or as in 1, 3-5")
        self.names.setToolTip(TEXTS["names"])
        self.paint_labels = button("Apply", TEXTS["labels"], self.labels_wanted.emit)
        layout = QVBoxLayout(self)
        grid = _grid([*self.tools.values(), self.rectangle])
        layout.addLayout(grid)
        layout.addWidget(_group("From shapes", (self.shapes, self.paint_shapes)))
        layout.addWidget(_group("From labels", (self.labels,), (self.names, self.paint_labels)))
        layout.addStretch()

    def refresh(self) -> None:
        """List the layers anew."""
        self.shapes.refresh()
        self.labels.refresh()
        self.paint_shapes.setEnabled(self.shapes.layer is not None)
        self.paint_labels.setEnabled(self.labels.layer is not None)


class PictureTab(QWidget):
    """Which detector, with which options.

    Signals
    -------
    changed
        What is to be found is something else now.
    picking : bool
        Whether clicks on the picture choose the pixel of the magic wand.
    """

    changed = Signal()
    picking = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.detector = _kinds(DETECTORS.values())
        self.detector.setToolTip(TEXTS["detector"])
        self.summary = _small_print()
        self.pick = button("Click on the picture", TEXTS["pick"])
        self.pick.setCheckable(True)
        self.pick.toggled.connect(self.picking.emit)
        self.pixel: tuple[int, int] | None = None
        self.preview = _preview_box()
        self.preview.toggled.connect(lambda _: self.changed.emit())
        self.form = OptionForm(())
        form = form_layout()
        form.addRow("Find", self.detector)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(form)
        self._layout.addWidget(self.summary)
        self._layout.addWidget(self.form)
        self._layout.addWidget(self.pick)
        self._layout.addWidget(self.preview)
        self._layout.addStretch()
        self.detector.currentIndexChanged.connect(lambda _: self._show_options())
        self._show_options()

    @property
    def kind(self) -> str:
        """Return the name of the detector."""
        return str(self.detector.currentData())

    def options(self) -> dict[str, Any] | None:
        """Return the detector's options, or None while a pixel has to be chosen first."""
        if not DETECTORS[self.kind].at_a_pixel:
            return self.form.values()
        return None if self.pixel is None else {**self.form.values(), "at": self.pixel}

    def set_pixel(self, pixel: tuple[int, int] | None) -> None:
        """Choose the pixel for the magic wand."""
        self.pixel = pixel
        self.changed.emit()

    def _show_options(self) -> None:
        detector = DETECTORS[self.kind]
        self.summary.setText(detector.summary)
        form = OptionForm(detector.options)
        form.changed.connect(self.changed.emit)
        self._layout.replaceWidget(self.form, form)
        self.form.deleteLater()
        self.form = form
        self.pick.setVisible(detector.at_a_pixel)
        self.pick.setChecked(detector.at_a_pixel)
        self.changed.emit()


class RandomTab(QWidget):
    """Which kind of random mask, and how much of it.

    Signals
    -------
    changed
    """

    changed = Signal()

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self.kind = _kinds(RANDOM_KINDS.values())
        self.share = percent_slider(0.005, 0.9, 0.25)
        self.bin = QComboBox()
        for low, high in IRREGULAR_BINS:
            self.bin.addItem(f"{low:.0%} to {high:.0%}")
        self.own_size = QCheckBox("Keep the object's size")
        self.objects = LayerCombo(viewer, "Labels", none="Made up")
        self.seed = QSpinBox()
        self.seed.setMaximum(2**31 - 1)
        self.another = button("Another", TEXTS["another"])
        self.another.clicked.connect(lambda: self.seed.setValue(self.seed.value() + 1))
        self.border = QSpinBox()
        self.border.setMaximum(9999)
        self.border.setSuffix(" px")
        self.clear_of = LayerCombo(viewer, "Labels", none="Nothing")
        self.preview = _preview_box()
        self._arrange()
        self._connect()
        self._choose_kind()

    def _arrange(self) -> None:
        self._form = form_layout()
        rows: list[tuple[str, Any, str]] = [
            ("Kind", self.kind, "kind"),
            ("Share (%)", self.share, "share"),
            ("Share", self.bin, "bin"),
            ("Object", self.objects, "objects"),
            ("", self.own_size, "own_size"),
            ("Seed", side_by_side(self.seed, self.another), "random_seed"),
            ("Free border", self.border, "border"),
            ("Keep clear of", self.clear_of, "clear_of"),
        ]
        for title, field, key in rows:
            self._form.addRow(title, field)
            for widget in (self._form.labelForField(field), field):
                if isinstance(widget, QWidget):
                    widget.setToolTip(TEXTS[key])
        self.seed.setToolTip(TEXTS["random_seed"])
        layout = QVBoxLayout(self)
        layout.addLayout(self._form)
        layout.addWidget(self.preview)
        layout.addStretch()

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(lambda _: self._choose_kind())
        self.objects.chosen.connect(self._choose_rows)
        for signal in (
            self.share.valueChanged,
            self.bin.currentIndexChanged,
            self.seed.valueChanged,
            self.border.valueChanged,
            self.own_size.toggled,
            self.preview.toggled,
        ):
            signal.connect(lambda _: self.changed.emit())
        self.clear_of.chosen.connect(self.changed.emit)

    def refresh(self) -> None:
        """List the layers anew."""
        self.objects.refresh()
        self.clear_of.refresh()

    def chosen_share(self) -> Share:
        """Return the share as `random_mask` takes it."""
        if self.kind.currentData() == "irregular":
            return IRREGULAR_BINS[self.bin.currentIndex()]
        objects = self.kind.currentData() == "semantic" and self.objects.layer is not None
        return None if objects and self.own_size.isChecked() else self.share.value() / 100

    def _choose_kind(self) -> None:
        """Set the share that is usual for the kind."""
        usual = RANDOM_KINDS[self.kind.currentData()].share
        if isinstance(usual, tuple):
            self.bin.setCurrentIndex(IRREGULAR_BINS.index(usual))
        else:
            self.share.setValue(100 * usual)
        self._choose_rows()

    def _choose_rows(self) -> None:
        kind = self.kind.currentData()
        objects = kind == "semantic"
        self._form.setRowVisible(self.share, kind != "irregular")
        self._form.setRowVisible(self.bin, kind == "irregular")
        self._form.setRowVisible(self.objects, objects)
        self._form.setRowVisible(self.own_size, objects and self.objects.layer is not None)
        self.changed.emit()


class EditTab(QWidget):
    """Changes to what is masked already.

    Signals
    -------
    edit_wanted : str, float
        Name of the edit and its size in pixels.
    combination_wanted : str
    """

    edit_wanted = Signal(str, float)
    combination_wanted = Signal(str)

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self.distance = QDoubleSpinBox()
        self.distance.setRange(0.5, 500)
        self.distance.setDecimals(1)
        self.distance.setValue(2)
        self.distance.setSuffix(" px")
        self.distance.setToolTip(TEXTS["size"])
        self.specks = QSpinBox()
        self.specks.setRange(2, 10**6)
        self.specks.setValue(20)
        self.specks.setSuffix(" px")
        self.specks.setToolTip(TEXTS["specks_size"])
        self.buttons = {
            name: button(title, TEXTS[name], partial(self._ask, name)) for title, name in _EDITS
        }
        self.other = LayerCombo(viewer, "Labels")
        self.other.setToolTip(TEXTS["other"])
        self.combine = {
            name: button(title, TEXTS[name], partial(self.combination_wanted.emit, name))
            for title, name in _COMBINATIONS
        }
        form = form_layout()
        form.addRow("Distance", self.distance)
        form.addRow("Specks below", self.specks)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addLayout(_grid(list(self.buttons.values())))
        union, *others = self.combine.values()  # three beside each other are too wide
        layout.addWidget(_group("Combine with", (self.other,), (union,), tuple(others)))
        layout.addStretch()

    def refresh(self) -> None:
        """List the layers anew."""
        self.other.refresh()

    def _ask(self, name: str) -> None:
        size = self.specks.value() if name == "specks" else self.distance.value()
        self.edit_wanted.emit(name, float(size))


def _grid(buttons: list[QPushButton]) -> QGridLayout:
    grid = QGridLayout()
    for index, made in enumerate(buttons):
        grid.addWidget(made, index // 2, index % 2)
    return grid


def _group(title: str, *rows: tuple[QWidget, ...]) -> QGroupBox:
    group = QGroupBox(title)
    layout = QVBoxLayout(group)
    for row in rows:
        layout.addLayout(side_by_side(*row))
    return group


def _kinds(kinds: Iterable[Detector | RandomKind]) -> QComboBox:
    """Return a combo box of kinds of masks."""
    combo = QComboBox()
    for index, kind in enumerate(kinds):
        combo.addItem(kind.title, kind.name)
        combo.setItemData(index, wrapped(kind.summary), _TOOLTIP)
    let_shrink(combo)
    return combo


def _preview_box() -> QCheckBox:
    box = QCheckBox("Preview")
    box.setChecked(True)
    box.setToolTip(TEXTS["preview"])
    return box


def _small_print() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    return label
