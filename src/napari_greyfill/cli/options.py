"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Device", "Force", "Grow", "Invert", "MaskFrame", "Quiet", "Seed"]

Device = Annotated[
    str, typer.Option(help="Where to run, if the method can choose: auto, cpu, cuda or mps.")
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same pixels.")]
Grow = Annotated[float, typer.Option(min=0, help="Fill around the mask as well, in pixels.")]
Invert = Annotated[bool, typer.Option("--invert", help="Fill where the mask is not painted.")]
MaskFrame = Annotated[
    str,
    typer.Option(
        help="How the mask lies on a picture that its file stores turned: auto, shown (as most "
        "programs turn it) or stored (as napari shows it)."
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print notes, warnings and errors only.")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")]
