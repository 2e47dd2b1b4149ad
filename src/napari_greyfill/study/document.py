"""A report as a list of parts that can be written in Markdown or as a page for a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from napari_greyfill.comparison.tables import Table

__all__ = ["Heading", "Part", "Picture", "Table", "Text", "as_html", "as_markdown"]

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #222; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .7rem; text-align: left; border-bottom: 1px solid #ddd; }
th { border-bottom: 2px solid #888; }
.number { text-align: right; }
.wide { overflow-x: auto; }
img { max-width: 100%; }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #1c1c1e; } td { border-color: #444; }
  img { background: #fff; }
}
"""


@dataclass(frozen=True)
class Heading:
    """A title; level 1 is the report's own."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A picture file beside the report."""

    path: str
    text: str


Part = Heading | Text | Picture | Table


def as_markdown(parts: Sequence[Part]) -> str:
    """Return the report in Markdown."""
    return "\n".join(_markdown(part) for part in parts)


def as_html(parts: Sequence[Part]) -> str:
    """Return the report as a page that needs nothing but its pictures."""
    title = next((part.text for part in parts if isinstance(part, Heading)), "Report")
    body = "\n".join(_html(part) for part in parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _markdown(part: Part) -> str:
    if isinstance(part, Heading):
        return f"{'#' * part.level} {part.text}\n"
    if isinstance(part, Picture):
        return f"![{part.text}]({part.path})\n"
    if isinstance(part, Text):
        return f"{part.text}\n"
    return part.to_markdown()


def _html(part: Part) -> str:
    if isinstance(part, Heading):
        return f"<h{part.level}>{escape(part.text)}</h{part.level}>"
    if isinstance(part, Picture):
        return f'<img src="{escape(part.path)}" alt="{escape(part.text)}">'
    if isinstance(part, Text):
        return f"<p>{escape(part.text)}</p>"
    return f'<div class="wide">{part.to_html()}</div>'
