"""Which ways of filling are compared: methods, pipelines and colorizers, each with each.

Names are checked and resolved here, and what would give the same image is listed once: no colour
is recovered by the pipeline rgb-rgb, and nothing but stage 1 runs on a grey picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from napari_greyfill.checks import names_of
from napari_greyfill.colorization import COLORIZERS
from napari_greyfill.compute.pytorch import require_torch
from napari_greyfill.errors import BadParameterError, MissingWeightsError
from napari_greyfill.inpaint import INPAINTERS
from napari_greyfill.pipeline.names import GREY, PIPELINES, pipeline_title, resolve_pipeline

__all__ = [
    "GROUPS",
    "Choices",
    "Combination",
    "Names",
    "combinations",
    "resolved_methods",
    "usual_methods",
]

Names: TypeAlias = "str | Iterable[str] | None"
GROUPS = ("all", "networks")  # names that stand for several methods


@dataclass(frozen=True, order=True)
class Combination:
    """One way of filling.

    Attributes
    ----------
    method : str
    pipeline : str
        One of `PIPELINES`, or "grey" for pictures without colour.
    colorizer : str
        Empty where no colour is recovered.

    Examples
    --------
    >>> Combination("biharmonic", "rgb-rgb").title
    'biharmonic, RGB-RGB'
    """

    method: str
    pipeline: str
    colorizer: str = ""

    @property
    def title(self) -> str:
        """Return the names in one line, for people."""
        how = f"{self.method} + {self.colorizer}" if self.colorizer else self.method
        return f"{how}, {pipeline_title(self.pipeline)}"

    @property
    def fills_colour(self) -> bool:
        """Return whether stage 1 works on colour planes."""
        return self.pipeline in ("rgb-grey-rgb", "rgb-rgb")


@dataclass(frozen=True)
class Choices:
    """What goes into a comparison, by resolved names without repetitions.

    Attributes
    ----------
    methods, pipelines, colorizers : tuple of str
    """

    methods: tuple[str, ...]
    pipelines: tuple[str, ...]
    colorizers: tuple[str, ...]

    @classmethod
    def of(
        cls,
        methods: Names = None,
        pipelines: Names = None,
        colorizers: Names = None,
    ) -> Choices:
        """Check names and resolve them.

        Parameters
        ----------
        methods : str or iterable of str, optional
            By default every method that can run here, but the slow ones; "all" is these too, and
            "networks" those whose weights are here.
        pipelines : str or iterable of str, optional
            By default all three.
        colorizers : str or iterable of str, optional
            By default the one that "auto" stands for.

        Raises
        ------
        BadParameterError
            If a name does not exist, or a list is empty.
        MissingWeightsError
            If none of the methods can run here, or "networks" are asked for and none has weights.
        """
        chosen = cls(
            _resolved("method", _without_groups(methods), usual_methods(), _name_of),
            _resolved("pipeline", pipelines, PIPELINES, resolve_pipeline),
            _resolved("colorizer", colorizers, ["auto"], lambda name: COLORIZERS.info(name).name),
        )
        infos = [INPAINTERS.info(name) for name in chosen.methods]
        if not any(info.available for info in infos):
            reasons = " ".join(f"{info.title} cannot run: {info.why_not}." for info in infos)
            raise MissingWeightsError(f"{reasons} Choose a method that can run here.")
        return chosen


def combinations(choices: Choices, *, colour: bool) -> list[Combination]:
    """Return every combination for a picture, in the order of the choices.

    Parameters
    ----------
    choices : Choices
        Methods, pipelines and colorizers to combine.
    colour : bool
        Whether the picture has colour; a grey one has a single combination for each method.
    """
    if not colour:
        return [Combination(method, GREY) for method in choices.methods]
    found = (
        Combination(method, pipeline, "" if pipeline == "rgb-rgb" else colorizer)
        for method, pipeline, colorizer in product(
            choices.methods, choices.pipelines, choices.colorizers
        )
    )
    return list(dict.fromkeys(found))


def resolved_methods(names: Names) -> tuple[str, ...]:
    """Return the methods that names stand for, each once; "auto" stays, for the hole decides.

    Raises
    ------
    BadParameterError
        If there is no name, or no method of one of the names.
    """
    return _resolved("method", _without_groups(names), (), _name_or_auto)


def usual_methods() -> list[str]:
    """Return the methods that are compared if none is named: all that can run, but slow ones."""
    return [info.name for info in INPAINTERS.infos() if info.available and not info.slow]


def _without_groups(names: Names) -> Names:
    """Return names with groups of methods replaced by those in them."""
    if names is None:
        return None
    given = names_of("method", names)
    return [name for each in given for name in (_group(each) if each in GROUPS else [each])]


def _group(name: str) -> list[str]:
    """Return the methods in a group; raises if there are no networks, with what they lack."""
    if name == "networks":
        require_torch("Every network")
    here = [info for info in INPAINTERS.infos() if info.available]
    if name == "all":
        return [info.name for info in here]
    networks = [info.name for info in here if info.training is not None and not info.slow]
    if not networks:
        raise MissingWeightsError(
            "No network has its weights here; get some first, as with: napari-greyfill weights "
            "get lama-places2"
        )
    return networks


def _name_of(name: str) -> str:
    return INPAINTERS.info(name).name


def _name_or_auto(name: str) -> str:
    return name if name == "auto" else _name_of(name)


def _resolved(
    kind: str, names: Names, otherwise: Iterable[str], resolve: Callable[[str], str]
) -> tuple[str, ...]:
    """Return what names stand for, each once, whether one was given, several or none."""
    given = otherwise if names is None else names_of(kind, names)
    found = tuple(dict.fromkeys(map(resolve, given)))
    if not found:
        raise BadParameterError(f"No {kind} is chosen; choose at least one.")
    return found
