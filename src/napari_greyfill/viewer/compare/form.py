"""The controls of the Compare dock: what is compared, on which layers. It holds choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qtpy.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.measure.partner import ReferenceAdvice
from napari_greyfill.pipeline.names import PIPELINE_NAMES, PIPELINES
from napari_greyfill.pipeline.options import SHARED, FillOptions
from napari_greyfill.viewer.compare.adviser import is_like
from napari_greyfill.viewer.compare.random_choice import RandomChoice
from napari_greyfill.viewer.masks.hole_form import HoleForm
from napari_greyfill.viewer.widgets.check_list import CheckList, Entry, method_entry
from napari_greyfill.viewer.widgets.fold import Fold
from napari_greyfill.viewer.widgets.layer_combo import LayerCombo
from napari_greyfill.viewer.widgets.parts import form_layout, let_shrink
from napari_greyfill.viewer.widgets.texts import COMPARE as TEXTS

if TYPE_CHECKING:
    from napari.layers import Image
    from napari.viewer import Viewer

__all__ = ["CompareForm"]

_REFERENCES = {
    "image": "The image itself",
    "layer": "Another layer",
    "none": "None",
}

_RANDOM = "Random masks are measured against the image itself."


class CompareForm(HoleForm):
    """Image, mask and reference, and the methods, pipelines and colorizers to compare."""

    def __init__(
        self, viewer: Viewer, device: str = "auto", parent: QWidget | None = None
    ) -> None:
        # all that is painted counts, whatever its label
        super().__init__(viewer, (name for name in SHARED if name != "labels"), device, parent)
        # a picture that comes later and is like the chosen one is to be its reference
        self.following.leaves = is_like
        self.reference_layer_choice = LayerCombo(viewer, "Image")
        self.reference = QComboBox()
        for name, title in _REFERENCES.items():
            self.reference.addItem(title, name)
        self.reference_note = QLabel()
        self.reference_note.setWordWrap(True)
        self.reference_note.hide()
        self._by_hand = self._suggesting = False
        self.random = RandomChoice(self)
        self.methods = CheckList(TEXTS["methods"])
        self.pipelines = CheckList(TEXTS["pipelines"])
        self.colorizers = CheckList(TEXTS["colorizers"])
        self._list_choices()
        self._arrange()
        self._connect()

    # ------------------------------------------------------------ choices

    @property
    def reference_kind(self) -> str:
        """Return "image", "layer" or "none"."""
        return str(self.reference.currentData())

    @property
    def reference_layer(self) -> Image | None:
        """Return the layer to measure against; None unless another layer is wanted."""
        return self.reference_layer_choice.layer if self.reference_kind == "layer" else None

    def suggest(self, advice: ReferenceAdvice, partner: Image | None) -> None:
        """Choose the reference that is advised, unless one was chosen by hand; say why.

        Parameters
        ----------
        advice : ReferenceAdvice
            On the image and mask that are chosen.
        partner : Image or None
            The layer that the advice is about.
        """
        kind = advice.kind if partner is not None or advice.kind != "layer" else "none"
        if not self._by_hand:
            self._suggesting = True
            self.reference.setCurrentIndex(self.reference.findData(kind))
            if partner is not None and partner in self.reference_layer_choice.layers:
                self.reference_layer_choice.choose(partner)
            self._suggesting = False
        note = "" if self.reference_kind == "layer" else advice.damage
        if partner is not None and self.reference_layer == partner:
            note = f"{partner.name} is this image without the damage."
        self._say(note)

    def _say(self, note: str) -> None:
        self.reference_note.setText(note)
        self.reference_note.setVisible(bool(note))

    def reset_choices(self) -> None:
        """List the layers anew; a reference that jumps to another layer was not chosen by hand."""
        self._suggesting = True
        super().reset_choices()
        self._suggesting = False

    def _choose_by_hand(self) -> None:
        if not self._suggesting:
            self._by_hand = True
            self.changed.emit()

    def _begin_anew(self) -> None:
        """Follow the advice on another image, whatever was chosen for the one before."""
        self._by_hand = False

    def options(self) -> FillOptions:
        """Return the options that all fills share."""
        return FillOptions(**{name: each.value for name, each in self.fields.items()})

    def _layer_choices(self) -> tuple[LayerCombo, ...]:
        return (*super()._layer_choices(), self.reference_layer_choice)

    def refresh_methods(self) -> None:
        """Look again at which methods can run here; ticks stay."""
        self._fill_methods(self.methods.chosen())

    def enable_colour(self) -> None:
        """Offer only what makes a difference: a grey image has no colour to recover."""
        colour = self.image_layer is None or bool(self.image_layer.rgb)
        self.pipelines.setEnabled(colour)
        self.colorizers.setEnabled(colour and self.pipelines.chosen() != ("rgb-rgb",))
        own = bool(self.random.count)  # random masks are measured against the image itself
        self.reference.setEnabled(not own)
        self.reference_layer_choice.setVisible(self.reference_kind == "layer" and not own)
        if own:
            self._say(_RANDOM)

    # ------------------------------------------------------------ layout

    def _list_choices(self) -> None:
        self._fill_methods([INPAINTERS.info("auto").name])
        titles = [Entry(one.name, one.title, one.explanation) for one in PIPELINE_NAMES]
        self.pipelines.fill(titles, PIPELINES)
        colorizers = COLORIZERS.infos()
        self.colorizers.fill(map(method_entry, colorizers), [COLORIZERS.info("auto").name])

    def _fill_methods(self, ticked: Sequence[str]) -> None:
        self.methods.fill(map(method_entry, INPAINTERS.infos()), ticked)

    def _arrange(self) -> None:
        form = form_layout()
        rows = (
            ("Image", "image", self.image_choice),
            ("Mask", "mask", self.mask_choice),
            ("Random", "random", self.random.number),
            ("", "random_kind", self.random.kinds),
            ("Reference", "reference", self.reference),
            ("", "reference", self.reference_layer_choice),
            ("", "reference", self.reference_note),
        )
        for title, key, widget in rows:
            form.addRow(title, widget)
            widget.setToolTip(TEXTS[key])
        self._add_fields(form, advanced=False)
        form.insertRow(2, self.mask_bar)
        let_shrink(self.reference)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self._advanced())
        for title, checks in (
            ("Methods", self.methods),
            ("Pipelines", self.pipelines),
            ("Colorizers", self.colorizers),
        ):
            layout.addWidget(QLabel(title))
            layout.addWidget(checks)

    def _advanced(self) -> Fold:
        """Return the options that only some look at, folded up."""
        rest = form_layout()
        self._add_fields(rest, advanced=True)
        content = QWidget()
        content.setLayout(rest)
        self.advanced = Fold("Advanced", TEXTS["advanced"], content)
        return self.advanced

    def _add_fields(self, form: QFormLayout, *, advanced: bool) -> None:
        for each in self.fields.values():
            if each.option.advanced == advanced:
                form.addRow(each.option.title, each)
                form.labelForField(each).setToolTip(each.option.tip)

    def _connect(self) -> None:
        self.reference_layer_choice.chosen.connect(self._choose_by_hand)
        self.image_choice.chosen.connect(self._begin_anew)
        self.random.changed.connect(self.changed.emit)
        for checks in (self.methods, self.pipelines, self.colorizers):
            checks.ticked.connect(self.changed.emit)
        self.reference.currentIndexChanged.connect(lambda _: self._choose_by_hand())
