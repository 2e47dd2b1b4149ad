"""What the pipelines are called: by programs, in the study this project follows, by people.

A pipeline says what is filled, and how the colour comes back.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "GREY",
    "PIPELINES",
    "PIPELINE_NAMES",
    "PipelineNames",
    "pipeline_title",
    "resolve_pipeline",
]

GREY = "grey"  # what stands in place of a pipeline for pictures without colour


@dataclass(frozen=True)
class PipelineNames:
    """The names of one pipeline.

    Attributes
    ----------
    name : str
        What programs use.
    alias : str
        What Wang, Ouyang and Chen, CVPR 2021, call it.
    title : str
        What people read, in forms as in tables.
    explanation : str
        One sentence.
    """

    name: str
    alias: str
    title: str
    explanation: str


PIPELINE_NAMES = (
    PipelineNames(
        "grey-rgb",
        "G2G2RGB",
        "Grey-RGB",
        "Fill the luma, then recover the colour: the monochromic bottleneck.",
    ),
    PipelineNames(
        "rgb-grey-rgb",
        "RGB2G2RGB",
        "RGB-Grey-RGB",
        "Fill in colour, keep only the luma, recover the colour anew.",
    ),
    PipelineNames("rgb-rgb", "RGB2RGB", "RGB-RGB", "Fill in colour, done."),
)
PIPELINES = tuple(one.name for one in PIPELINE_NAMES)


def pipeline_title(pipeline: str) -> str:
    """Return what tables show; "Grey" for a picture without colour.

    Parameters
    ----------
    pipeline : str
        One of `PIPELINES`, or `GREY`.
    """
    titles = {one.name: one.title for one in PIPELINE_NAMES}
    return titles.get(pipeline, "Grey")


def resolve_pipeline(name: str) -> str:
    """Return a pipeline's own name from its name or alias, whatever their case.

    Raises
    ------
    BadParameterError
        If there is no such pipeline.
    """
    from napari_greyfill.checks import choice_of  # and numpy with it

    lower = name.lower() if isinstance(name, str) else name
    aliases = {one.alias.lower(): one.name for one in PIPELINE_NAMES}
    found = aliases.get(lower, lower) if isinstance(lower, str) else lower
    return choice_of("pipeline", found if found in PIPELINES else name, PIPELINES)
