"""Choosing methods: one from a list that opens, and more to run beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qtpy.QtCore import QSize, Qt, Signal
from qtpy.QtGui import QStandardItemModel
from qtpy.QtWidgets import (
    QComboBox,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
    QWidgetAction,
)

from napari_greyfill.methodinfo import MethodInfo

__all__ = ["AlsoRun", "MethodCombo", "let_shrink"]


class MethodCombo(QComboBox):
    """The methods of a stage, auto first; those that cannot run are greyed out.

    What can run is looked up whenever the list is opened: weights may have come meanwhile.
    """

    def __init__(self, infos: Callable[[], Sequence[MethodInfo]], auto: str) -> None:
        super().__init__()
        self._infos = infos
        self.addItem(f"Auto ({auto})", "auto")
        for info in infos():
            self.addItem(info.title, info.name)
        let_shrink(self)
        self.update_availability()

    def showPopup(self) -> None:
        """Open the list."""
        self.update_availability()
        super().showPopup()

    def update_availability(self) -> None:
        """Look anew at which methods can run here and now."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        for info in self._infos():
            index = self.findData(info.name)
            self.setItemData(index, _tip(info), Qt.ItemDataRole.ToolTipRole)
            model.item(index).setEnabled(info.available)


class AlsoRun(QPushButton):
    """A button that opens a list of methods to tick; it says what is ticked.

    Signals
    -------
    changed
    """

    changed = Signal()

    def __init__(
        self, infos: Callable[[], Sequence[MethodInfo]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._infos = infos
        self.list = QListWidget()
        for info in infos():
            item = QListWidgetItem(info.title)
            item.setData(Qt.ItemDataRole.UserRole, info.name)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self._fit_list()
        self.list.itemChanged.connect(self._show_choice)
        menu = QMenu(self)  # a list in a menu, so that ticking does not close it
        action = QWidgetAction(menu)
        action.setDefaultWidget(self.list)
        menu.addAction(action)
        menu.aboutToShow.connect(self.update_availability)
        self.setMenu(menu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(0)
        self.update_availability()
        self._show_choice()

    def chosen(self) -> tuple[str, ...]:
        """Return the names of the ticked methods."""
        return tuple(
            item.data(Qt.ItemDataRole.UserRole)
            for item in self._items()
            if item.checkState() == Qt.CheckState.Checked
        )

    def choose(self, names: Sequence[str]) -> None:
        """Tick these methods and no others."""
        for item in self._items():
            wanted = item.data(Qt.ItemDataRole.UserRole) in names
            item.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)

    def update_availability(self) -> None:
        """Look anew at which methods can run here and now."""
        infos = {info.name: info for info in self._infos()}
        for item in self._items():
            info = infos[item.data(Qt.ItemDataRole.UserRole)]
            flags = Qt.ItemFlag.ItemIsUserCheckable
            item.setFlags(flags | Qt.ItemFlag.ItemIsEnabled if info.available else flags)
            item.setToolTip(_tip(info))

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _show_choice(self, item: QListWidgetItem | None = None) -> None:
        titles = [i.text() for i in self._items() if i.checkState() == Qt.CheckState.Checked]
        more = f" + {len(titles) - 1}" if len(titles) > 1 else ""
        self.setText(f"{titles[0]}{more}" if titles else "No other method")
        self.changed.emit()

    def _fit_list(self) -> None:
        """Make the list as large as its content, which a menu does not do by itself."""
        rows = self.list.sizeHintForRow(0) * self.list.count() + 2 * self.list.frameWidth()
        columns = self.list.sizeHintForColumn(0) + 2 * self.list.frameWidth() + 24
        self.list.setMinimumSize(columns, rows)


def _tip(info: MethodInfo) -> str:
    return info.summary if info.available else f"{info.summary} Now {info.why_not}"


def let_shrink(combo: QComboBox) -> None:
    """Keep long names from making the dock wide."""
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(6)
    combo.setMinimumSize(QSize(0, 0))
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
