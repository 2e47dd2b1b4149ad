"""Write the options of a fill, and of a stack, into docs/usage.md and docs/cli.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.main import get_command

from napari_greyfill.cli.app import app
from napari_greyfill.options import Option
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.options import StackOptions

DOCS = Path(__file__).parents[1] / "docs"
BEGIN = "<!-- Written by scripts/option_tables.py from {}. -->"
END = "<!-- End of what scripts/option_tables.py writes. -->"
UNITS = {"px": "pixels"}
# of the command, besides what `StackOptions` has
AROUND_STACKS = {"axes": "letters", "jobs": "a whole number, from 1", "scheduler": "an address"}


def usage_table() -> str:
    """Return the options as the dock and Python take them, in Markdown."""
    rows = [
        (each.title, f"`{each.name}`", f"`{each.default!r}`", _titled_values(each), each.tip)
        for each in FillOptions.options()
    ]
    return _table(("option", "name", "default", "values", "what it does"), rows)


def cli_table() -> str:
    """Return the options as the command `fill` takes them, in Markdown."""
    said = _said()
    rows = [_row(said[option.name], _values(option)) for option in FillOptions.options()]
    return _table(("option", "default", "values", "what it does"), rows)


def cli_stack_table() -> str:
    """Return the options for stacks as the command `fill` takes them, in Markdown."""
    said = _said()
    rows = [_row(said[option.name], _values(option)) for option in StackOptions.options()]
    rows += [_row(said[name], values) for name, values in AROUND_STACKS.items()]
    return _table(("option", "default", "values", "what it does"), rows)


TABLES: dict[str, dict[str, Callable[[], str]]] = {
    "usage.md": {"FillOptions": usage_table},
    "cli.md": {"FillOptions": cli_table, "StackOptions": cli_stack_table},
}


def page(text: str, source: str, table: str) -> str:
    """Return a page with the table of one source, between two comments, written anew."""
    begin = BEGIN.format(source)
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(END)
    return f"{before}{begin}\n\n{table}\n\n{END}{after}"


def _said() -> dict[str, Any]:
    return {each.name: each for each in get_command(app).commands["fill"].params}  # type: ignore[attr-defined]


def _row(given: Any, values: str) -> tuple[str, ...]:  # noqa: ANN401 - a parameter of typer's
    default = f"`{given.default}`"
    if isinstance(given.show_default, str):
        default = given.show_default
    if given.is_flag:
        default = "on" if given.default else "off"
    return f"`{given.opts[0]}`", default, values, given.help


def _titled_values(option: Option) -> str:
    """Return the values with what the dock shows in their place."""
    titled = (f"`{choice}`: {title}" for choice, title in option.entries.items())
    return "<br>".join(titled) or _values(option)


def _values(option: Option) -> str:
    if isinstance(option.default, bool):
        return "on or off"
    if option.name == "planes":
        return "numbers and ranges"
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
    for name, tables in TABLES.items():
        path = DOCS / name
        for source, table in tables.items():
            path.write_text(page(path.read_text("utf-8"), source, table()), "utf-8")
