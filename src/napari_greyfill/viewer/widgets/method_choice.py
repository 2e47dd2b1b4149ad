"""Choosing methods: one from a list that opens, and more to run beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from qtpy.QtCore import Qt
from qtpy.QtGui import QStandardItemModel
from qtpy.QtWidgets import (
    QComboBox,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
    QWidgetAction,
)

from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.viewer.widgets.check_list import CheckList, method_entry
from napari_greyfill.viewer.widgets.parts import let_shrink
from napari_greyfill.viewer.widgets.tips import wrapped

__all__ = ["AlsoRun", "MethodCombo"]


class MethodCombo(QComboBox):
    """The methods of a stage, auto first; those that cannot run are greyed out.

    What there is and what can run is looked up whenever the list is opened: weights may have come
    or gone meanwhile.
    """

    def __init__(self, infos: Callable[[], Sequence[MethodInfo]], auto: str) -> None:
        super().__init__()
        self._infos = infos
        self.addItem(f"Auto ({auto})", "auto")
        let_shrink(self)
        self.update_availability()

    def showPopup(self) -> None:
        """Open the list."""
        self.update_availability()
        super().showPopup()

    def update_availability(self) -> None:
        """Look anew at which methods there are, and can run here and now."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        infos = self._infos()
        self._drop_all_but({info.name for info in infos})
        for info in infos:
            index = self.findData(info.name)
            if index < 0:
                index = self.count()
                self.addItem(info.title, info.name)
            self.setItemText(index, info.title)
            tip = wrapped(method_entry(info).tip)
            self.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)
            model.item(index).setEnabled(info.available)

    def _drop_all_but(self, names: Collection[str]) -> None:
        """Take out methods that there are no more; what was chosen stays, or becomes auto."""
        if self.currentData() not in names:
            self.setCurrentIndex(0)
        for index in reversed(range(1, self.count())):
            if self.itemData(index) not in names:
                self.removeItem(index)


class AlsoRun(QPushButton):
    """A button that opens a list of methods to tick; it says what is ticked.

    What can run is looked up whenever the list is opened.
    """

    def __init__(
        self, infos: Callable[[], Sequence[MethodInfo]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._infos = infos
        self.list = CheckList()
        self.list.ticked.connect(self._show_choice)
        menu = QMenu(self)  # a list in a menu, so that ticking does not close it
        action = QWidgetAction(menu)
        action.setDefaultWidget(self.list)
        menu.addAction(action)
        menu.aboutToShow.connect(self.update_availability)
        self.setMenu(menu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(0)
        self.update_availability()

    def chosen(self) -> tuple[str, ...]:
        """Return the names of the ticked methods."""
        return self.list.chosen()

    def choose(self, names: Sequence[str]) -> None:
        """Tick these methods and no others."""
        self.list.tick(names)

    def update_availability(self) -> None:
        """Look anew at which methods can run here and now."""
        self.list.fill(map(method_entry, self._infos()), self.list.chosen())
        self.list.show_all()
        self._show_choice()

    def _show_choice(self) -> None:
        titles = self.list.chosen_titles()
        more = f" + {len(titles) - 1}" if len(titles) > 1 else ""
        self.setText(f"{titles[0]}{more}" if titles else "No other method")
