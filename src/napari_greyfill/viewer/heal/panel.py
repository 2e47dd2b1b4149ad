"""What one sees of the dock Heal: buttons, and the sentences that say what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_greyfill.pipeline.healing import Healing
from napari_greyfill.pipeline.origin import invented
from napari_greyfill.viewer.fill.saving import Saving, ask_where, source_path
from napari_greyfill.viewer.heal.dust import Dust
from napari_greyfill.viewer.heal.form import CLONE, RESTORE, HealForm
from napari_greyfill.viewer.heal.hand import Hand
from napari_greyfill.viewer.heal.layers import HealLayers
from napari_greyfill.viewer.heal.queue import Queue
from napari_greyfill.viewer.heal.worker import HealRunner
from napari_greyfill.viewer.threads.background import Background
from napari_greyfill.viewer.widgets.dock import Dock
from napari_greyfill.viewer.widgets.failures import show_failure
from napari_greyfill.viewer.widgets.how_far import ShareBar
from napari_greyfill.viewer.widgets.parts import button, side_by_side
from napari_greyfill.viewer.widgets.scroll import VerticalScroll
from napari_greyfill.viewer.widgets.sentence import Sentence
from napari_greyfill.viewer.widgets.texts import HEAL as TEXTS

if TYPE_CHECKING:
    from napari.layers import Image
    from napari.viewer import Viewer

__all__ = ["HealPanel"]


class HealPanel(Dock):
    """Shows what there is to do; the dock does it.

    Parameters
    ----------
    viewer : napari.viewer.Viewer

    Attributes
    ----------
    layers : HealLayers or None
        None while nothing is healed.
    hand : Hand or None
        The same.
    """

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self.viewer = viewer
        self.form = HealForm(viewer)
        self.queue = Queue(self)
        self.layers: HealLayers | None = None
        self.hand: Hand | None = None
        self.background = Background(self)
        self.background.failed.connect(show_failure)

    def _build(self, dust: Dust) -> None:
        self.take_button = button("Take the brush", TEXTS["take"], self.take_brush)
        self.undo_button = button("Undo", TEXTS["undo"], self.undo)
        self.redo_button = button("Redo", TEXTS["redo"], self.redo)
        self.run_button = button("Run", TEXTS["run"], self.run)
        self.cancel_button = button("Cancel", TEXTS["cancel"], self.cancel)
        self.mask_button = button("Mask as layer", TEXTS["mask"], self.add_mask)
        self.save_button = button("Save as…", TEXTS["save"], self.save)
        self.status, self.count = Sentence(), Sentence()
        self.progress = ShareBar()
        self.progress.setToolTip(TEXTS["progress"])
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.addWidget(self.form)
        layout.addWidget(self.take_button)
        layout.addLayout(side_by_side(self.undo_button, self.redo_button))
        layout.addLayout(side_by_side(self.run_button, self.cancel_button))
        layout.addWidget(dust.form)
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        layout.addWidget(self.count)
        layout.addLayout(side_by_side(self.save_button, self.mask_button))
        layout.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(VerticalScroll(inner))

    # ------------------------------------------------------------ what the dock does

    @property
    def runner(self) -> HealRunner:
        """Return what runs the better fills."""
        return self.queue.runner

    @property
    def zoom(self) -> float:
        """Return how many pixels of the screen one unit of the scene takes."""
        scene = getattr(self.viewer, "scene", self.viewer)  # napari 0.10 and before
        return float(scene.camera.zoom)

    @property
    def image(self) -> Image | None:
        """Return the image that is healed, unless it is gone."""
        raise NotImplementedError

    @property
    def session(self) -> Healing | None:
        """Return the healing of the plane in view."""
        raise NotImplementedError

    def why_not(self) -> str:
        """Return why nothing can be healed now, or an empty string."""
        raise NotImplementedError

    def take_brush(self) -> None:
        """Select the brush's layer and paint."""
        raise NotImplementedError

    def undo(self) -> None:
        """Take back what was done last."""
        raise NotImplementedError

    def redo(self) -> None:
        """Do it again."""
        raise NotImplementedError

    def run(self) -> None:
        """Fill what waits."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Stop what runs."""
        raise NotImplementedError

    def add_mask(self) -> None:
        """Add what is invented as a layer."""
        raise NotImplementedError

    # ------------------------------------------------------------ taking it home

    def save(self) -> None:
        """Ask where to, and write the plane in view and what is invented of it in a thread."""
        session, image = self.session, self.image
        if session is None or image is None:
            return
        source = source_path(image)
        path = ask_where(self, source, f"{image.name} healed")
        if path is None:
            return
        self.status.setText(f"Saving {path.name}…")
        saving = Saving(session.result.copy(), session.origins > 0, path, source)
        self.background.ask("save", saving.write, self.status.setText)

    # ------------------------------------------------------------ what is said

    def refresh(self) -> None:
        """Bring buttons and sentences up to date."""
        reason, session = self.why_not(), self.session
        waiting = self.hand is not None and self.hand.waits
        self.take_button.setEnabled(self.form.image.layer is not None)
        self.undo_button.setEnabled(waiting or (session is not None and bool(session.edits)))
        self.redo_button.setEnabled(session is not None and session.can_redo)
        self.mask_button.setEnabled(session is not None and session.invented > 0)
        done = not (self.queue.busy or self.background.busy)
        self.save_button.setEnabled(done and session is not None and session.invented > 0)
        self.run_button.setEnabled(waiting and not reason)
        self.cancel_button.setEnabled(self.queue.busy or waiting)
        self.progress.setVisible(self.queue.slow)
        made = None if session is None else invented(session.invented, session.origins.size)
        self.count.setText(made or "")
        self.form.blended.setVisible(self.form.tool == CLONE)
        if reason:
            self.status.setText(reason)
        elif waiting:
            self.status.setText("A large stroke waits: press Run (Ctrl+Enter) to fill it.")
        else:
            self.status.setText(self._hint())

    def _hint(self) -> str:
        if self.form.tool == RESTORE:
            return "Paint to bring the original back."
        if self.form.tool == CLONE:
            sourced = self.hand is not None and self.hand.has_source
            return (
                "Paint to clone. Drag the dashed outline to copy from another place."
                if sourced
                else "Hold Alt and click a place to copy from."
            )
        return "Paint over a blemish: it is filled when the brush is lifted."
