"""Write a page for each dock with what each control does: docs/docks/.

The docks are opened without a viewer's window, and asked for their controls and tooltips in the
order in which they lie there, so that a page says what the dock says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import itertools

from napari.components import ViewerModel
from qtpy.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QTabWidget,
    QToolButton,
    QWidget,
)

from napari_greyfill.masks.detection import DETECTORS
from napari_greyfill.viewer.compare.dock import CompareDock
from napari_greyfill.viewer.fill.dock import FillDock
from napari_greyfill.viewer.heal.dock import HealDock
from napari_greyfill.viewer.masks.dock import MasksDock
from napari_greyfill.viewer.weights.dock import WeightsDock
from napari_greyfill.viewer.widgets.fold import Fold
from napari_greyfill.viewer.widgets.laid_out import rows_of, widgets_in
from napari_greyfill.viewer.widgets.naming import CONTROLS

PAGES = Path(__file__).parents[1] / "docs" / "docks"
DOCKS = {
    "fill": (FillDock, "Fill", "fills a painted hole", "../usage.md", "dock.png"),
    "heal": (HealDock, "Heal", "fills each stroke of a brush", "../heal.md", "heal_dust.png"),
    "masks": (MasksDock, "Masks", "makes masks", "../masks.md", "masks_dock.png"),
    "compare": (
        CompareDock,
        "Compare",
        "fills a hole in several ways",
        "../comparison.md#the-dock",
        "compare-dock.png",
    ),
    "weights": (
        WeightsDock,
        "Weights",
        "gets the published networks' weights",
        "../weights.md",
        "weights_dock.png",
    ),
}
_LEAVES = (*CONTROLS, QProgressBar)


# What controls are called that have neither a label nor a name.
_NAMELESS = {
    QAbstractItemView: "(table)",
    QProgressBar: "(progress)",
    QAbstractSlider: "(slider)",
    QAbstractSpinBox: "(number)",
    QComboBox: "(list)",
}


@dataclass(frozen=True)
class Control:
    """What can be clicked or typed into.

    Attributes
    ----------
    part : str
        The tab or the fold that it lies in; empty for the dock itself.
    title : str
        What stands on it or beside it.
    tip : str
        What it does.
    values : tuple of str
        What can be chosen, where that does not depend on layers or methods.
    """

    part: str
    title: str
    tip: str
    values: tuple[str, ...] = ()


@cache
def _application() -> QApplication:
    """Return the one application, which must stay."""
    return QApplication.instance() or QApplication([])


def dock(name: str) -> QWidget:
    """Return a dock of its own, as it opens on an empty viewer."""
    _application()
    kind = DOCKS[name][0]
    return kind() if kind is WeightsDock else kind(ViewerModel())


def controls(widget: QWidget) -> list[Control]:
    """Return the controls of a dock, from top to bottom."""
    found = (_control(each, widget) for each in _leaves(widget))
    return list(dict.fromkeys(each for each in found if each is not None))


def _leaves(widget: QWidget) -> Iterator[QWidget]:
    """Yield the smallest widgets that can be used, as they lie."""
    if isinstance(widget, _LEAVES) and not isinstance(widget, QTabWidget):
        yield widget
        return
    inside = _children(widget)
    if not inside and widget.toolTip():
        yield widget
    for each in inside:
        yield from _leaves(each)


def _children(widget: QWidget) -> list[QWidget]:
    """Return what lies in a widget: by its layout, then what is in none."""
    if isinstance(widget, QScrollArea):
        return [widget.widget()] if widget.widget() else []
    if isinstance(widget, QTabWidget):
        return [widget.widget(index) for index in range(widget.count())]
    laid = list(widgets_in(widget.layout()))
    own = [each for each in widget.children() if isinstance(each, QWidget) and each not in laid]
    return list(dict.fromkeys([*laid, *own]))


def _control(leaf: QWidget, top: QWidget) -> Control | None:
    around = [leaf, *_around(leaf, top)]
    tip = next((each.toolTip() for each in around if each.toolTip()), "")
    title = _title(leaf, around)
    if not tip or not title:
        return None
    return Control(_part(around), title, " ".join(tip.split()), _values(leaf))


def _around(leaf: QWidget, top: QWidget) -> Iterator[QWidget]:
    """Yield what a widget lies in, without the dock."""
    parent = leaf.parentWidget()
    while parent is not None and parent is not top:
        yield parent
        parent = parent.parentWidget()


def _title(leaf: QWidget, around: list[QWidget]) -> str:
    if type(leaf) in (QCheckBox, QPushButton, QRadioButton, QToolButton) and leaf.text():
        return str(leaf.text()).replace("&", "").lstrip("▸ ")  # of what is folded up
    for inner, outer in itertools.pairwise(around):
        for form in outer.findChildren(QFormLayout):
            label = _label(form, inner)
            if label:
                return label
        if isinstance(leaf, QAbstractItemView) and (heading := _heading(inner, outer)):
            return heading
    if leaf.accessibleName():
        return str(leaf.accessibleName())
    if isinstance(leaf, QLineEdit) and leaf.placeholderText():
        return str(leaf.placeholderText())
    return next((name for kind, name in _NAMELESS.items() if isinstance(leaf, kind)), "")


def _label(form: QFormLayout, widget: QWidget) -> str:
    """Return what stands beside a widget in a form, or beside the row it goes on from."""
    title = ""
    for label, widgets in rows_of(form):
        title = label or title
        if widget in widgets:
            return title
    return ""


def _heading(widget: QWidget, outer: QWidget) -> str:
    """Return the label right above a widget, or nothing if there is none."""
    laid = list(widgets_in(outer.layout()))
    above = laid[laid.index(widget) - 1] if widget in laid[1:] else None
    text = above.text() if isinstance(above, QLabel) else ""
    return text if 0 < len(text) < 20 else ""


def _part(around: list[QWidget]) -> str:
    """Return the tab or the fold that something lies in."""
    for inner, outer in itertools.pairwise(around):
        if isinstance(outer, Fold) and inner is not outer.button:
            return outer.title
        tabs = outer.parentWidget()
        if isinstance(tabs, QTabWidget) and tabs.indexOf(inner) >= 0:
            return str(tabs.tabText(tabs.indexOf(inner)))
    return ""


def _values(leaf: QWidget) -> tuple[str, ...]:
    """Return the entries of a short list, but not those that stand for layers or methods."""
    if type(leaf) is not QComboBox or not 1 < leaf.count() < 9:
        return ()
    entries = tuple(leaf.itemText(index) for index in range(leaf.count()))
    return () if any(not entry.strip("-") for entry in entries) else entries


def page(name: str) -> str:
    """Return the page of a dock, in Markdown."""
    _, title, does, guide, picture = DOCKS[name]
    lines = [f"# The dock {title}", "", f"It {does}; [the guide]({guide}) says how to use it. "]
    lines[-1] += "Here is what each of its controls does, as their tooltips say it."
    lines += ["", f"![The dock {title}](../images/{picture})", ""]
    part = None
    made = dock(name)
    for each in controls(made):
        if each.part != part:
            part = each.part
            if part:
                lines += ["", f"## {part}", ""]
            elif "| control | what it does |" in lines:
                lines += ["", "## Below that", ""]
            lines += ["| control | what it does |", "| --- | --- |"]
        choices = f"<br>*{' · '.join(each.values)}*" if each.values else ""
        lines.append(f"| **{_cell(each.title)}** | {_cell(each.tip)}{_cell(choices)} |")
    made.deleteLater()
    if name == "masks":
        lines += ["", *_detectors()]
    return "\n".join(lines) + "\n"


def _detectors() -> Iterator[str]:
    """Yield what the tab Picture shows for each thing to find."""
    yield "## What can be found in the picture"
    for detector in DETECTORS.values():
        yield from ("", f"### {detector.title}", "", detector.summary, "")
        yield from ("| control | what it does |", "| --- | --- |") if detector.options else ()
        for option in detector.options:
            yield f"| **{_cell(option.title)}** | {_cell(option.tip)} |"


def index() -> str:
    """Return the page that lists the docks."""
    lines = ["# The docks", "", "What each control of each dock does.", "", "```{toctree}", ""]
    return "\n".join([*lines, *DOCKS, "```"]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def write() -> None:
    """Write all pages, each only if it has changed."""
    PAGES.mkdir(exist_ok=True)
    for name, text in {"index": index(), **{name: page(name) for name in DOCKS}}.items():
        path = PAGES / f"{name}.md"
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


if __name__ == "__main__":
    write()
