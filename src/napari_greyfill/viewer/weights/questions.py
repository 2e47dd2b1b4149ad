"""What the dock Weights asks in windows of their own."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QMessageBox, QWidget

from napari_greyfill.weights.stored import StoredCheckpoint

__all__ = ["ask_for_file", "may_be_removed", "may_run"]

_FILES = "Checkpoints (*.pth *.pt *.safetensors *.t7 *.ckpt *.zip *.pb);;All files (*)"


def may_run(parent: QWidget, program: StoredCheckpoint, sha256: str) -> bool:
    """Ask whether a program may run.

    Parameters
    ----------
    parent : QWidget
        What the window belongs to.
    program : StoredCheckpoint
        The program, which is here.
    sha256 : str
        Of its file.
    """
    question = (
        f"{program.path.name} is a program (TorchScript): it can do anything that you can. "
        f"It came from\n{program.info.url or program.info.page}\nand no SHA-256 of it is "
        f"published. The one it has is\n{sha256}\n\nLet it run?"
    )
    return _agreed(parent, "Confirm a program", question)


def may_be_removed(parent: QWidget, stored: StoredCheckpoint) -> bool:
    """Ask whether a checkpoint may be deleted."""
    question = f"Delete {stored.path.name} from the weights folder?"
    return _agreed(parent, "Remove weights", question)


def ask_for_file(parent: QWidget) -> Path | None:
    """Ask for a checkpoint to add; None if the user wants none."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "Add a checkpoint", "", _FILES)
    return Path(chosen) if chosen else None


def _agreed(parent: QWidget, title: str, question: str) -> bool:
    answer = QMessageBox.question(parent, title, question)
    return bool(answer == QMessageBox.StandardButton.Yes)
