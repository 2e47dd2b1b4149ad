"""Make the table of "Which method when" of what docs/benchmarks.md has measured."""

from __future__ import annotations

from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HOLES = {
    "scratches": "thin scratches, 3 %",
    "dots": "dots, 5 %",
    "strokes": "strokes, 30 %",
    "block": "one block",
    "blob": "one blob, 8 %",
}
METHODS = {
    "blend": "Faithful blend (`blend`)",
    "correction": "Correction (`correction`)",
    "spectral": "Spectral (`spectral`)",
    "frequency-selective": "Frequency-selective (`frequency-selective`)",
    "biharmonic": "Biharmonic (`biharmonic`)",
    "texture": "Texture (`texture`)",
    "telea": "Telea (`telea`)",
    "navier-stokes": "Navier-Stokes (`navier-stokes`)",
}


def measured(column: str) -> dict[str, list[str]]:
    """Return a column of the benchmark of the grey stage: for each method, a value for each hole.

    Parameters
    ----------
    column : str
        Its title there.

    Raises
    ------
    LookupError
        If the benchmark has no such column or method any more.
    """
    text = BENCHMARKS.read_text("utf-8")
    grey = text.partition("<!-- begin grey -->")[2].partition("<!-- end grey -->")[0]
    found: dict[str, list[str]] = {name: [] for name in METHODS}
    for hole in HOLES:
        part = grey.partition(f"### Masks: {hole}\n")[2].partition("\n###")[0]
        rows = [_cells(line) for line in part.splitlines() if line.startswith("|")]
        if not rows or column not in rows[0]:
            raise LookupError(f"docs/benchmarks.md has no column {column!r} for {hole}")
        at = rows[0].index(column)
        by_name = {row[0]: row[at] for row in rows[2:]}
        for name in METHODS:
            found[name].append(by_name[name])
    return found


def table(column: str) -> str:
    """Return that column in Markdown, with a column for each kind of hole.

    Parameters
    ----------
    column : str
        As in `measured`.
    """
    titles = ["method", *HOLES.values()]
    lines = [titles, ["---", *["---:"] * len(HOLES)]]
    lines += [[METHODS[name], *values] for name, values in measured(column).items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page() -> str:
    """Return the measured part of the page "Which method when"."""
    said = {
        "gain": "**Error**: how much smaller it is than that of scikit-image's biharmonic, in dB; "
        "the median of fifty pictures. Larger is better.",
        "gradient distance": "**Looks**: distance of the gradients from the true ones, 0 to 1. "
        "Smaller is better; a smear has a large one.",
        "CPU s": "**Time**: CPU seconds for a picture of at most 256 × 256 pixels.",
    }
    return "\n\n".join(f"{text}\n\n{table(column)}" for column, text in said.items())


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


if __name__ == "__main__":
    print(page())
