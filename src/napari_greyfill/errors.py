"""Everything that can go wrong, as one family of exceptions.

Each message is one plain sentence, or two, and ends with what to do next; the viewer and
the command line show it as it stands.
"""

from __future__ import annotations

__all__ = [
    "BadCheckpoint",
    "BadMask",
    "BadParameter",
    "Cancelled",
    "DownloadFailed",
    "EmptyMask",
    "EveryMethodFailed",
    "GreyfillError",
    "GreyfillWarning",
    "MissingDependency",
    "MissingWeights",
    "NothingKnown",
    "OutOfMemory",
    "ShapeMismatch",
    "UnreadableFile",
    "UnsupportedImage",
    "UnusableFill",
    "UnwritablePath",
]


class GreyfillError(Exception):
    """Base class of every error this package raises on purpose."""


class BadParameter(GreyfillError, ValueError):
    """An option has a value that does not exist or is out of range."""


class UnsupportedImage(GreyfillError, ValueError):
    """The image has a shape or a data type that cannot be filled."""


class BadMask(GreyfillError, ValueError):
    """The mask is not something that tells painted from unpainted pixels."""


class EmptyMask(BadMask):
    """No pixel is painted, so there is nothing to fill."""


class ShapeMismatch(GreyfillError, ValueError):
    """Two arrays that must cover the same pixels have different shapes."""


class NothingKnown(GreyfillError, ValueError):
    """Every pixel is masked, so there is nothing to fill from."""


class MissingDependency(GreyfillError):
    """A method needs an optional package that is not installed."""


class MissingWeights(GreyfillError):
    """A network's checkpoint is not on this computer."""


class BadCheckpoint(GreyfillError):
    """A file is no checkpoint of a network we know, is damaged, or is not safe to load."""


class DownloadFailed(GreyfillError, OSError):
    """A checkpoint could not be downloaded, or what arrived is not what was published."""


class OutOfMemory(GreyfillError, MemoryError):
    """The device has too little memory for the work."""


class UnusableFill(GreyfillError):
    """A method returned values that are no numbers."""


class EveryMethodFailed(GreyfillError):
    """Several methods were asked for, and not one of them gave a result."""


class Cancelled(GreyfillError):
    """The caller asked a running computation to stop."""


class UnreadableFile(GreyfillError, OSError):
    """A file cannot be read as an image."""


class UnwritablePath(GreyfillError, OSError):
    """A result cannot be written where it was asked to go."""


class GreyfillWarning(UserWarning):
    """Something was skipped, replaced or done in addition; the result is still valid."""
