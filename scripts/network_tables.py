"""Write what the networks say about themselves into docs/weights.md."""

from __future__ import annotations

from pathlib import Path

from napari_greyfill.inpaint.networks import NETWORKS
from napari_greyfill.inpaint.networks.description import Network, Variant
from napari_greyfill.weights.catalogue import CheckpointInfo

PAGE = Path(__file__).parents[1] / "docs" / "weights.md"
BEGIN = "<!-- Written by scripts/network_tables.py from the networks' own descriptions. -->"
END = "<!-- End of what scripts/network_tables.py writes. -->"


def sections(networks: tuple[Network, ...] = NETWORKS) -> str:
    """Return a section for each network, in Markdown."""
    return "\n\n".join(map(_section, networks))


def page(text: str, networks: tuple[Network, ...] = NETWORKS) -> str:
    """Return a page with the part between the two comments written anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{sections(networks)}\n\n{END}{after}"


def _section(network: Network) -> str:
    parts = [f"### {network.title}", network.summary, network.note, _table(network)]
    if network.default_method:
        parts.append(f"Begin with `{network.default_method}`.")
    parts += [_sizes(network), f"Please cite {network.citation}. {_code(network)}"]
    return "\n\n".join(part for part in parts if part)


def _table(network: Network) -> str:
    if not network.checkpoints:
        return "Nothing is published; it runs with [weights of your own](#weights-of-your-own)."
    rows = [
        _row(network.published(variant, data_set))
        for variant in network.variants
        for data_set in network.data_sets(variant)
    ]
    titles = ("id", "trained on", "masks", "where", "licence of the weights")
    head = [f"| {' | '.join(titles)} |", f"| {' | '.join('---' for _ in titles)} |"]
    return "\n".join([*head, *rows])


def _row(checkpoints: tuple[CheckpointInfo, ...]) -> str:
    first = checkpoints[0]
    ids = ", ".join(f"`{each.id}`" for each in checkpoints)
    where = ", ".join(dict.fromkeys(map(_where, checkpoints)))
    return f"| {ids} | {first.training_data} | {first.masks} | {where} | {first.licence} |"


def _where(info: CheckpointInfo) -> str:
    return "`weights get`" if info.url else f"[{info.published_as or 'page'}]({info.page})"


def _sizes(network: Network) -> str:
    return "\n".join(_size(variant) for variant in network.variants)


def _size(variant: Variant) -> str:
    padded = f"padded to at least {variant.minimum} and to multiples of {variant.multiple_of}"
    if variant.minimum == variant.multiple_of == 1:
        padded = "taken as they are"
    return (
        f"- {variant.title}: trained on {variant.training_scale} × {variant.training_scale} "
        f"pixels; windows are {padded}."
    )


def _code(network: Network) -> str:
    licence = network.code_licence
    return f"The authors' [code]({network.code}) is not used here; its licence: {licence}."


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
