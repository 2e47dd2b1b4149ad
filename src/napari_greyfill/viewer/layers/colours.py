"""The colours of what the docks draw over pictures, as red, green, blue from 0 to 1.

Those that stand beside each other are told apart by people who do not see red, green or blue:
a test looks at them as they do. The first three are of Okabe and Ito's palette
(https://jfly.uni-koeln.de/color/), the green darker, because its tone is too near to the blue
without blue cones.
"""

from __future__ import annotations

__all__ = [
    "BORROWED",
    "CLEAR",
    "COPIED",
    "CORRECTED",
    "DROPPED",
    "DUST",
    "GUESSED",
    "INFERRED",
    "MASKED",
    "RECORDED",
    "SOURCE",
    "STROKE",
    "WAITING",
    "Colour",
    "with_opacity",
]

Colour = tuple[float, float, float]

# Where the pixels of a result come from: outlines.
INFERRED: Colour = (0.337, 0.706, 0.914)  # sky blue
CORRECTED: Colour = (0.0, 0.502, 0.373)  # green
COPIED: Colour = (0.902, 0.624, 0.0)  # orange
RECORDED: Colour = (0.4, 0.0, 0.8)  # violet
BORROWED: Colour = (0.4, 0.15, 0.0)  # brown: of another channel of a stack

# What is painted: filled areas.
STROKE: Colour = (0.8, 0.2, 0.533)  # pink
WAITING: Colour = (0.902, 0.624, 0.0)  # orange
MASKED: Colour = (1.0, 0.0, 1.0)  # magenta: what Apply would mask

# What was found: outlines.
DUST: Colour = (0.8, 0.2, 0.067)  # red
DROPPED: Colour = (0.6, 0.6, 0.7)  # grey

SOURCE: Colour = (1.0, 1.0, 1.0)  # what is cloned
GUESSED: Colour = (0.45, 0.0, 0.9)  # violet: a tint, to white where a colour is sure
CLEAR = (0.0, 0.0, 0.0, 0.0)


def with_opacity(colour: Colour, opacity: float = 1.0) -> tuple[float, float, float, float]:
    """Return a colour as napari takes it.

    Parameters
    ----------
    colour : tuple of float
        Red, green and blue.
    opacity : float
        From 0, clear, to 1.
    """
    return (*colour, opacity)
