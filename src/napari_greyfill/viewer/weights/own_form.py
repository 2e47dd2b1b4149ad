"""What the user says about a checkpoint file: which it is, or what weights of their own are."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from napari_greyfill.viewer.widgets.parts import button, form_layout, let_shrink, side_by_side
from napari_greyfill.viewer.widgets.texts import OWN_WEIGHTS as TEXTS
from napari_greyfill.weights.catalogue import CheckpointInfo
from napari_greyfill.weights.own import NOT_KNOWN, Own

__all__ = ["OwnForm"]


class OwnForm(QWidget):
    """Asks what a file is; hidden until there is something to ask.

    Signals
    -------
    said : str, Own
        The id of a published checkpoint (empty if it is the user's own), and what the user says.
    left
        The user wants to say nothing now.
    """

    said = Signal(str, object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.which = QComboBox()
        self.which.setToolTip(TEXTS["which"])
        let_shrink(self.which)
        self.name, self.training_data, self.licence = (
            _line(TEXTS[key]) for key in ("name", "training_data", "licence")
        )
        self.training_data.setPlaceholderText(NOT_KNOWN)
        self.licence.setPlaceholderText(NOT_KNOWN)
        self.say_button = button("Add", TEXTS["say"], self._say)
        self.leave_button = button("Not now", TEXTS["leave"], self.left.emit)
        self._fields = self._build()
        self.which.currentIndexChanged.connect(lambda _: self._show_fields())
        self.name.textChanged.connect(lambda _: self._show_fields())
        self.name.returnPressed.connect(self._say)
        self.hide()

    def _build(self) -> QFormLayout:
        fields = form_layout()
        fields.addRow("It is", self.which)
        fields.addRow("Name", self.name)
        fields.addRow("Trained on", self.training_data)
        fields.addRow("Licence", self.licence)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.question)
        layout.addLayout(fields)
        layout.addLayout(side_by_side(self.say_button, self.leave_button))
        return fields

    def ask_which(
        self, question: str, possible: Sequence[CheckpointInfo], chosen: str, name: str
    ) -> None:
        """Ask what a file is that no published hash tells.

        Parameters
        ----------
        question : str
            A sentence, shown above the fields.
        possible : sequence of CheckpointInfo
            Published checkpoints that it may be.
        chosen : str
            The id that is proposed, if it is one of them.
        name : str
            The name that is proposed for weights of the user's own.
        """
        self._ask(question, Own(name), "Add")
        for info in possible:
            self.which.addItem(info.title, info.id)
        self.which.setCurrentIndex(max(self.which.findData(chosen), 0))
        self._show_fields()

    def ask_about(self, question: str, known: Own) -> None:
        """Ask about weights that are known as the user's own.

        Parameters
        ----------
        question : str
            A sentence, shown above the fields.
        known : Own
            What is known so far.
        """
        self._ask(question, known, "Save")
        self._show_fields()

    def _ask(self, question: str, known: Own, verb: str) -> None:
        self.question.setText(question)
        self.which.clear()
        self.which.addItem("my own", "")
        self.name.setText(known.name)
        self.training_data.setText(known.training_data)
        self.licence.setText(known.licence)
        for field in (self.name, self.training_data, self.licence):
            field.setCursorPosition(0)  # or a long text shows its end
        self.say_button.setText(verb)
        self.show()

    def _show_fields(self) -> None:
        own = not self.which.currentData()
        for field in (self.name, self.training_data, self.licence):
            self._fields.setRowVisible(field, own)
        self._fields.setRowVisible(self.which, self.which.count() > 1)
        self.say_button.setEnabled(not own or bool(self.name.text().strip()))

    def _say(self) -> None:
        if not self.say_button.isEnabled():
            return
        texts = (self.training_data.text(), self.licence.text())
        said = Own(self.name.text(), training_data=texts[0], licence=texts[1])
        self.said.emit(self.which.currentData() or "", said)


def _line(tip: str) -> QLineEdit:
    line = QLineEdit()
    line.setToolTip(tip)
    line.setMinimumWidth(0)
    return line
