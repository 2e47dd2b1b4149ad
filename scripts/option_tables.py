"""Write the options of a fill into docs/usage.md and docs/cli.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typer.main import get_command

from napari_greyfill.cli.app import app
from napari_greyfill.options import Option
from napari_greyfill.pipeline.options import FillOptions

DOCS = Path(__file__).parents[1] / "docs"
BEGIN = "<!-- Written by scripts/option_tables.py from FillOptions. -->"
END = "<!-- End of what scripts/option_tables.py writes. -->"
UNITS = {"px": "pixels"}


def usage_table() -> str:
    """Return the options as the dock and Python take them, in Markdown."""
    rows = [
        (each.title, f"`{each.name}`", f"`{each.default!r}`", _titled_values(each), each.tip)
        for each in FillOptions.options()
    ]
    return _table(("option", "name", "default", "values", "what it does"), rows)


def cli_table() -> str:
    """Return the options as the command `fill` takes them, in Markdown."""
    said = {each.name: each for each in get_command(app).commands["fill"].params}  # type: ignore[attr-defined]
    rows = []
    for option in FillOptions.options():
        given = said[option.name]
        default = f"`{given.default}`"
        if isinstance(given.show_default, str):
            default = given.show_default
        rows.append((f"`{given.opts[0]}`", default, _values(option), given.help))
    return _table(("option", "default", "values", "what it does"), rows)


TABLES: dict[str, Callable[[], str]] = {"usage.md": usage_table, "cli.md": cli_table}


def page(text: str, table: str) -> str:
    """Return a page with the part between the two comments written anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def _titled_values(option: Option) -> str:
    """Return the values with what the dock shows in their place."""
    titled = (f"`{choice}`: {title}" for choice, title in option.entries.items())
    return "<br>".join(titled) or _values(option)


def _values(option: Option) -> str:
    if option.choices:
        return ", ".join(f"`{choice}`" for choice in option.choices)
    if isinstance(option.default, str):
        return "a name"
    if option.name == "labels":
        return "whole numbers"
    if option.default is None:
        return "a number"
    kind = "a whole number" if isinstance(option.default, int) else "a number"
    unit = UNITS.get(option.unit, option.unit)
    return f"{kind}{f' of {unit}' if unit else ''}, from {option.low:g}"


def _table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [titles, ("---",) * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    for name, table in TABLES.items():
        path = DOCS / name
        path.write_text(page(path.read_text("utf-8"), table()), "utf-8")
