"""A report as a list of parts that can be written in Markdown or as a page for a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from napari_greyfill.comparison.tables import markdown_table

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


@dataclass(frozen=True)
class Table:
    """Cells of plain text.

    Attributes
    ----------
    numeric : tuple of bool
        Which columns align right.
    bold : frozenset of (line, column)
    """

    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    bold: frozenset[tuple[int, int]] = frozenset()


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
    lines = [
        [
            f"**{_in_cell(cell)}**" if (line, column) in part.bold else _in_cell(cell)
            for column, cell in enumerate(cells)
        ]
        for line, cells in enumerate(part.lines)
    ]
    return markdown_table(part.header, lines, part.numeric)


def _in_cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def _html(part: Part) -> str:
    if isinstance(part, Heading):
        return f"<h{part.level}>{escape(part.text)}</h{part.level}>"
    if isinstance(part, Picture):
        return f'<img src="{escape(part.path)}" alt="{escape(part.text)}">'
    if isinstance(part, Text):
        return f"<p>{escape(part.text)}</p>"
    head = "".join(
        _cell("th", text, right) for text, right in zip(part.header, part.numeric, strict=True)
    )
    lines = "\n".join(
        f"<tr>{''.join(_html_cell(part, line, column) for column in range(len(cells)))}</tr>"
        for line, cells in enumerate(part.lines)
    )
    return (
        f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{lines}\n</tbody>\n</table></div>"
    )


def _html_cell(table: Table, line: int, column: int) -> str:
    text = escape(table.lines[line][column])
    marked = f"<strong>{text}</strong>" if (line, column) in table.bold else text
    return _cell("td", marked, table.numeric[column], safe=True)


def _cell(tag: str, text: str, right: bool, *, safe: bool = False) -> str:
    kind = ' class="number"' if right else ""
    return f"<{tag}{kind}>{text if safe else escape(text)}</{tag}>"
