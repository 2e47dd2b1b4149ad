"""What lies where: the widgets of a layout, and the titles of a form's rows."""

from __future__ import annotations

from collections.abc import Iterator

from qtpy.QtWidgets import QFormLayout, QLabel, QLayoutItem, QWidget

__all__ = ["rows_of", "widgets_in"]


def widgets_in(item: QLayoutItem | None) -> Iterator[QWidget]:
    """Yield the widgets of a layout, or of one place of it, which may hold a layout itself."""
    if item is None:
        return
    if item.widget() is not None:
        yield item.widget()
    elif item.layout() is not None:
        for index in range(item.layout().count()):
            yield from widgets_in(item.layout().itemAt(index))


def rows_of(form: QFormLayout) -> Iterator[tuple[str, list[QWidget]]]:
    """Yield the text of each row's label, empty if it has none, and the widgets beside it."""
    for row in range(form.rowCount()):
        item = form.itemAt(row, QFormLayout.ItemRole.LabelRole)
        label = item.widget() if item is not None else None
        text = label.text() if isinstance(label, QLabel) else ""
        yield text, list(widgets_in(form.itemAt(row, QFormLayout.ItemRole.FieldRole)))
