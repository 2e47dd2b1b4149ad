"""Weights of the user's own: what is said about them, and what they are called.

A layout is recognised by names and shapes of tensors; training data and licence are not. They
are not known until the user tells them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath

from napari_greyfill.errors import BadParameterError
from napari_greyfill.weights.catalogue import CHECKPOINT_FILES, CheckpointInfo

__all__ = ["NOT_KNOWN", "SEPARATOR", "LayoutInfo", "Own", "layouts_of", "name_of", "require_name"]

NOT_KNOWN = "not known"
SEPARATOR = "@"  # between network and name; it may stand in names of files everywhere
_NAME = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")
_LONGEST = 40
_LONGEST_TEXT = 1000


@dataclass(frozen=True)
class Own:
    """What is known about a file that is no published one.

    Attributes
    ----------
    name : str
        What the user calls the weights; files of one network with the same name go together.
    layout : str
        The name of its checkpoint layout, recognised from its tensors.
    training_data : str
        What the user says it was trained on; empty if nothing.
    licence : str
        What the user says its licence is; empty if nothing.
    original : str
        The file's name where it was added from.
    found : bool
        Whether it was put into the folder by hand, so that nobody has said anything about it.
    """

    name: str
    layout: str = ""
    training_data: str = ""
    licence: str = ""
    original: str = ""
    found: bool = False

    @property
    def sound(self) -> bool:
        """Whether what a file says about it can be used."""
        values = asdict(self)
        found = values.pop("found")
        texts = all(isinstance(v, str) and len(v) <= _LONGEST_TEXT for v in values.values())
        return texts and isinstance(found, bool) and is_name(self.name)


@dataclass(frozen=True)
class LayoutInfo:
    """What weights of one layout have in common, whoever trained them.

    Attributes
    ----------
    network : str
        The network they belong to.
    name : str
        The layout's name.
    title : str
        For people.
    size : int
        The side of the pictures that the published ones were trained on, in pixels.
    citation : str
        The publication of the network.
    """

    network: str
    name: str
    title: str
    size: int
    citation: str

    def info(self, own: Own, file: str) -> CheckpointInfo:
        """Return what there is to know about weights of one's own.

        Parameters
        ----------
        own : Own
            Their name, and what the user says about them.
        file : str
            The file's name in the weights folder.
        """
        return CheckpointInfo(
            id=f"{self.name}{SEPARATOR}{own.name}",
            network=self.network,
            descriptor=self.name,
            title=f"{self.title}, {own.name}",
            training_data=own.training_data or NOT_KNOWN,
            masks=NOT_KNOWN,
            size=self.size,
            good_for="Recognised by its layout only: put into the folder by hand."
            if own.found
            else "Weights of your own.",
            file=file,
            licence=own.licence or NOT_KNOWN,
            citation=self.citation,
        )

    def file(self, own: Own) -> str:
        """Return the name under which weights that are added are kept."""
        suffix = PurePath(own.original).suffix.lower()
        ending = suffix if suffix in CHECKPOINT_FILES else CHECKPOINT_FILES[0]
        return f"own_{self.name}_{own.name}{ending}"


def layouts_of(entries: Iterable[CheckpointInfo]) -> dict[str, LayoutInfo]:
    """Return the layouts of published checkpoints, by name."""
    return {
        each.descriptor: LayoutInfo(
            each.network, each.descriptor, each.network, each.size, each.citation
        )
        for each in entries
    }


def is_name(text: object) -> bool:
    """Tell whether weights may be called so."""
    return isinstance(text, str) and len(text) <= _LONGEST and bool(_NAME.fullmatch(text))


def require_name(own: Own) -> Own:
    """Return what the user says, without spaces around it.

    Raises
    ------
    BadParameterError
        If the name cannot be part of a method's and a file's name, or a text is too long.
    """
    neat = replace(
        own,
        name=own.name.strip(),
        training_data=" ".join(own.training_data.split()),
        licence=" ".join(own.licence.split()),
    )
    if not is_name(neat.name):
        raise BadParameterError(
            f"Weights cannot be called {own.name!r:.60}; use up to {_LONGEST} small letters and "
            "digits, with hyphens, underscores or dots between."
        )
    if not neat.sound:
        raise BadParameterError(
            f"Training data or licence is longer than {_LONGEST_TEXT} letters; say it shorter."
        )
    return neat


def name_of(file: str, layout: str, taken: Mapping[str, object] | Iterable[str] = ()) -> str:
    """Return a name for weights that were put into the folder by hand, made from their file's.

    Parameters
    ----------
    file : str
        The file's name.
    layout : str
        The name of the layout that its tensors have.
    taken : iterable of str
        Ids that there are already.
    """
    stem = re.sub(r"[^a-z0-9]+", "-", PurePath(file).stem.lower()).strip("-")
    first = stem[: _LONGEST - 4].strip("-") or "unnamed"
    ids, number, name = set(taken), 1, first
    while f"{layout}{SEPARATOR}{name}" in ids:
        number += 1
        name = f"{first}-{number}"
    return name
