"""Tooltips that are wrapped: only rich text is, plain text is one line as wide as the screen."""

from __future__ import annotations

import html

from qtpy.QtWidgets import QWidget

__all__ = ["is_wrapped", "wrap_tips", "wrapped"]

_BEGIN = "<qt>"


def wrapped(text: str) -> str:
    """Return a text as a tooltip that is wrapped; one that is wrapped already stays as it is.

    Parameters
    ----------
    text : str
        A plain sentence or more, with line breaks or without.
    """
    if not text or is_wrapped(text):
        return text
    return f"{_BEGIN}{html.escape(text, quote=False).replace(chr(10), '<br>')}</qt>"


def is_wrapped(text: str) -> bool:
    """Return whether a tooltip is rich text already."""
    return text.startswith(_BEGIN)


def wrap_tips(widget: QWidget) -> None:
    """Have the tooltips of a widget and of all that is in it wrapped.

    The plain text becomes the description for screen readers where there is none.
    """
    for each in (widget, *widget.findChildren(QWidget)):
        tip = each.toolTip()
        if not tip or is_wrapped(tip):
            continue
        if not each.accessibleDescription():
            each.setAccessibleDescription(tip)
        each.setToolTip(wrapped(tip))
