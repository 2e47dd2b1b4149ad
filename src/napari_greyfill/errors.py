"""Everything that can go wrong, as one family of exceptions.

Each message is one plain sentence, or two, and ends with what to do next; the viewer and
the command line show it as it stands.
"""

from __future__ import annotations

__all__ = [
    "BadCheckpointError",
    "BadMaskError",
    "BadParameterError",
    "BrokenMethodError",
    "CancelledError",
    "ClusterError",
    "DownloadError",
    "EmptyMaskError",
    "EveryMethodFailedError",
    "GapTooWideError",
    "GreyfillError",
    "GreyfillWarning",
    "MissingDependencyError",
    "MissingWeightsError",
    "NothingKnownError",
    "OutOfMemoryError",
    "ShapeMismatchError",
    "UnidentifiedCheckpointError",
    "UnreadableFileError",
    "UnsupportedImageError",
    "UnusableFillError",
    "UnwritablePathError",
]


class GreyfillError(Exception):
    """Base class of every error this package raises on purpose."""


class BadParameterError(GreyfillError, ValueError):
    """An option has a value that does not exist or is out of range."""


class UnsupportedImageError(GreyfillError, ValueError):
    """The image has a shape or a data type that cannot be filled."""


class BadMaskError(GreyfillError, ValueError):
    """The mask is not something that tells painted from unpainted pixels."""


class EmptyMaskError(BadMaskError):
    """No pixel is painted, so there is nothing to fill."""


class ShapeMismatchError(GreyfillError, ValueError):
    """Two arrays that must cover the same pixels have different shapes."""


class NothingKnownError(GreyfillError, ValueError):
    """Every pixel is masked, so there is nothing to fill from."""


class MissingDependencyError(GreyfillError):
    """A method needs an optional package that is not installed."""


class BrokenMethodError(GreyfillError):
    """A method that another package brings cannot be loaded or made."""


class MissingWeightsError(GreyfillError):
    """A network's checkpoint is not on this computer."""


class BadCheckpointError(GreyfillError):
    """A file is no checkpoint of a network we know, is damaged, or is not safe to load."""


class UnidentifiedCheckpointError(BadCheckpointError):
    """Nothing tells which published checkpoint a file is, or whether it is one.

    Parameters
    ----------
    message : str
    layout : str
        The layout that its tensors have.
    possible : tuple of str
        The ids of published checkpoints that it may be.
    """

    def __init__(self, message: str, *, layout: str, possible: tuple[str, ...]) -> None:
        super().__init__(message)
        self.layout, self.possible = layout, possible


class DownloadError(GreyfillError, OSError):
    """A checkpoint could not be downloaded, or what arrived is not what was published."""


class OutOfMemoryError(GreyfillError, MemoryError):
    """The device has too little memory for the work."""


class UnusableFillError(GreyfillError):
    """A method returned values that are no numbers."""


class EveryMethodFailedError(GreyfillError):
    """Several methods were asked for, and not one of them gave a result."""


class GapTooWideError(GreyfillError):
    """The planes on either side of missing ones tell too little about them."""


class CancelledError(GreyfillError):
    """The caller asked a running computation to stop."""


class ClusterError(GreyfillError, ConnectionError):
    """A cluster of processes or machines cannot be reached, or its workers are killed."""


class UnreadableFileError(GreyfillError, OSError):
    """A file cannot be read as an image."""


class UnwritablePathError(GreyfillError, OSError):
    """A result cannot be written where it was asked to go."""


class GreyfillWarning(UserWarning):
    """Something was skipped, replaced or done in addition; the result is still valid."""
