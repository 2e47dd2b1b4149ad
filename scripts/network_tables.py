"""Write what the networks say about themselves: docs/networks/, docs/weights.md and README.md."""

from __future__ import annotations

from pathlib import Path

from napari_greyfill.inpaint.networks import NETWORKS
from napari_greyfill.inpaint.networks.description import Network, Variant
from napari_greyfill.weights.catalogue import PURPOSES, CheckpointInfo

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = DOCS / "networks"
BENCHMARKS = DOCS / "benchmarks.md"
# Pages with a table of all networks, and how the networks' own pages are reached from there.
TABLES = {DOCS / "weights.md": "networks", ROOT / "README.md": "docs/networks"}
BEGIN = "<!-- Written by scripts/network_tables.py from the networks' own descriptions. -->"
END = "<!-- End of what scripts/network_tables.py writes. -->"
_OWN = "[weights of your own](../weights.md#weights-of-your-own)"


def pages(networks: tuple[Network, ...] = NETWORKS) -> dict[Path, str]:
    """Return the text of every page that is written as a whole, by its file."""
    found = {PAGES / f"{network.name}.md": network_page(network) for network in networks}
    return {**found, PAGES / "index.md": _index(networks)}


def with_table(text: str, folder: str, networks: tuple[Network, ...] = NETWORKS) -> str:
    """Return a page with the table between the two comments written anew.

    Parameters
    ----------
    text : str
        The page as it is.
    folder : str
        Where the networks' own pages are, seen from it.
    networks : tuple of Network
        Those that are in it.
    """
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{overview(folder, networks)}\n\n{END}{after}"


def overview(folder: str, networks: tuple[Network, ...] = NETWORKS) -> str:
    """Return the table of all networks, in Markdown."""
    rows = [
        (
            f"[{network.title}]({folder}/{network.name}.md)",
            "; ".join(_purposes(network)) or "what you train it for",
            ", ".join(map(str, sorted({v.training_scale for v in network.variants}))),
            _ways(network),
            f"`{network.default_method}`" if network.default_method else "–",
        )
        for network in networks
    ]
    return _table(("network", "for", "trained on, pixels", "weights", "begin with"), rows)


def network_page(network: Network) -> str:
    """Return the page of a network, in Markdown."""
    parts = [f"# {network.title}", BEGIN, network.summary, network.note]
    parts += ["## What is published", _published(network)]
    if network.default_method:
        parts.append(f"Begin with `{network.default_method}`. {_get(network)}")
    parts += ["## What it is bad at", network.bad_at]
    if network.slow:
        parts.append(f"It takes {network.slow}, and runs only where it was chosen.")
    parts += ["## Layouts and sizes", _layouts(network)]
    parts += ["## Time and memory", _measured(network)]
    parts += ["## Where it comes from", f"Please cite {network.citation}. {_code(network)}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _index(networks: tuple[Network, ...]) -> str:
    names = "\n".join(network.name for network in networks)
    return (
        f"# The networks\n\n{BEGIN}\n\nEvery network that this package computes, each with what "
        "is published of it, what it was trained on and what it is bad at. [Getting the weights]"
        "(../weights.md) says how weights come to your computer, [parity](../parity.md) how near "
        f"each is to its reference.\n\n{overview('.', networks)}\n\n"
        "All of them run in one comparison. Here each has made-up weights, so that what it fills "
        "is noise, and shows no more than that it runs and that nothing outside the hole "
        "changes:\n\n"
        "![Nineteen networks with made-up weights, and the blend, in the dock Compare]"
        "(../images/networks-made-up.png)\n\n"
        f"```{{toctree}}\n:hidden:\n\n{names}\n```\n"
    )


def _table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [titles, tuple("---" for _ in titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# ------------------------------------------------------------ what is published


def _purposes(network: Network) -> list[str]:
    found = {each.purpose for each in network.checkpoints}
    return [title for purpose, title in PURPOSES.items() if purpose in found]


def _ways(network: Network) -> str:
    """Return how weights can be had."""
    ways = [
        way
        for way, has in (
            ("download", any(each.url for each in network.checkpoints)),
            ("browser", any(not each.url for each in network.checkpoints)),
        )
        if has
    ]
    return " or ".join(ways) or "your own only"


def _published(network: Network) -> str:
    if not network.checkpoints:
        return f"Nothing is published; it runs with {_OWN}."
    rows = [
        _row(network.published(variant, data_set))
        for variant in network.variants
        for data_set in network.data_sets(variant)
    ]
    titles = ("id", "for", "trained on", "masks", "pixels", "where", "licence of the weights")
    return _table(titles, rows)


def _row(checkpoints: tuple[CheckpointInfo, ...]) -> tuple[str, ...]:
    first = checkpoints[0]
    ids = ", ".join(f"`{each.id}`" for each in checkpoints)
    where = ", ".join(dict.fromkeys(map(_where, checkpoints)))
    warning = "**Not for commercial use**: " if any(c.non_commercial for c in checkpoints) else ""
    return (
        ids,
        PURPOSES[first.purpose],
        first.training_data,
        first.masks,
        str(first.size),
        where,
        f"{warning}{first.licence}",
    )


def _where(info: CheckpointInfo) -> str:
    return "`weights get`" if info.url else f"[{info.published_as or 'page'}]({info.page})"


def _get(network: Network) -> str:
    """Return how the weights to begin with are had."""
    first = next(
        c
        for variant in network.variants
        for data_set in network.data_sets(variant)
        if f"{variant.name}-{data_set}" == network.default_method
        for c in network.published(variant, data_set)
    )
    if first.url:
        return f"`napari-greyfill weights get {first.id}` downloads it."
    return (
        f"Fetch it [with a browser](../weights.md#with-a-browser), and add it with "
        f"`napari-greyfill weights add FILE --id {first.id}`."
    )


# ------------------------------------------------------------ sizes and costs


def _layouts(network: Network) -> str:
    lines = "\n".join(map(_size, network.variants))
    return f"{lines}\n\nWeights of your own of these layouts are known by their tensors."


def _size(variant: Variant) -> str:
    padded = f"padded to at least {variant.minimum} and to multiples of {variant.multiple_of}"
    if variant.minimum == variant.multiple_of == 1:
        padded = "taken as they are"
    files = " and ".join(f"`{layout.name}`" for layout in variant.descriptors)
    return (
        f"- {variant.title} ({files}): trained on {variant.training_scale} × "
        f"{variant.training_scale} pixels; windows are {padded}."
    )


def _measured(network: Network) -> str:
    """Return the lines of docs/benchmarks.md about a network, under their tables' headers."""
    tables: dict[str, list[str]] = {}
    header: list[str] = []
    for line in _benchmarks().splitlines():
        if not line.startswith("|"):
            header = []
        elif len(header) < 2:  # titles and rule
            header.append(line)
        elif line.split("|")[1].strip().startswith(tuple(_beginnings(network))):
            tables.setdefault("\n".join(header), []).append(line)
    found = ["\n".join([head, *lines]) for head, lines in tables.items()]
    if not found:
        return "Not measured. [Benchmarks](../benchmarks.md#the-published-networks) has others."
    return "\n\n".join(found) + (
        "\n\nWith made-up weights, whose numbers cost the same; "
        "[Benchmarks](../benchmarks.md#the-published-networks) says how it was measured."
    )


def _beginnings(network: Network) -> list[str]:
    return [f"{variant.name}{sign}" for variant in network.variants for sign in "-@"]


def _benchmarks() -> str:
    """Return the section of docs/benchmarks.md about networks."""
    text = BENCHMARKS.read_text("utf-8")
    return text.partition("<!-- begin networks -->")[2].partition("<!-- end networks -->")[0]


def _code(network: Network) -> str:
    licence = network.code_licence
    return f"The authors' [code]({network.code}) is not used here; its licence: {licence}."


def write() -> None:
    """Write every page and every table."""
    PAGES.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, "utf-8")
    for path, folder in TABLES.items():
        path.write_text(with_table(path.read_text("utf-8"), folder), "utf-8")


if __name__ == "__main__":
    write()
