"""Regions of ImageJ (.roi, and RoiSet.zip) as masks."""

from __future__ import annotations

import struct
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.draw import ellipse, polygon

from napari_greyfill.errors import BadMaskError, MissingDependencyError, UnreadableFileError
from napari_greyfill.files.base import damaged

__all__ = ["ROI_SUFFIXES", "is_roi_file", "read_rois"]

ROI_SUFFIXES = (".roi", ".zip")


def is_roi_file(path: Path) -> bool:
    """Return whether a path is that of regions, by its suffix."""
    return path.suffix.lower() in ROI_SUFFIXES


def read_rois(path: Path, shape: tuple[int, ...] | None) -> NDArray[np.uint16]:
    """Draw the regions of a file as labels, numbered from 1 in their order.

    Parameters
    ----------
    path : Path
    shape : tuple of int or None
        Height and width of the picture, which regions do not know.

    Raises
    ------
    MissingDependencyError
        Without the package roifile.
    UnreadableFileError
        If the file is missing or damaged.
    BadMaskError
        If the size is not known, or no region has an area.
    """
    if shape is None:
        raise BadMaskError(f"{path.name} holds regions, which need a picture; give one with it.")
    mask = np.zeros(tuple(shape[:2]), np.uint16)
    for number, roi in enumerate(_regions(path), 1):
        mask[_inside(roi, mask.shape)] = number
    if not mask.any():
        raise BadMaskError(
            f"No region of {path.name} has an area in the picture; draw a closed region."
        )
    return mask


def _regions(path: Path) -> list[Any]:
    try:
        roifile: Any = import_module("roifile")
    except ImportError as error:
        raise MissingDependencyError(
            f"Reading {path.name} needs the package roifile; install it with: pip install roifile"
        ) from error
    if not path.is_file():
        raise UnreadableFileError(f"There is no file {path}; check the path.")
    try:
        found = roifile.roiread(path)
    except (ValueError, LookupError, TypeError, struct.error, zipfile.BadZipFile) as error:
        raise UnreadableFileError(damaged(path)) from error
    return found if isinstance(found, list) else [found]


def _inside(roi: Any, shape: tuple[int, ...]) -> Any:  # noqa: ANN401 - roifile's own class
    """Return the indices of the pixels in a region; those of lines and points are none."""
    kind = roi.roitype.name
    if kind == "OVAL":
        high, wide = (roi.bottom - roi.top) / 2, (roi.right - roi.left) / 2
        centre = roi.top + high - 0.5, roi.left + wide - 0.5
        return ellipse(*centre, high, wide, shape)
    if kind == "RECT" and roi.multi_coordinates is None:
        return slice(max(0, roi.top), max(0, roi.bottom)), slice(
            max(0, roi.left), max(0, roi.right)
        )
    if kind in ("LINE", "FREELINE", "POLYLINE", "NOROI", "ANGLE", "POINT"):
        return np.zeros(0, int), np.zeros(0, int)
    covered = np.zeros(shape, bool)
    for outline in roi.coordinates(multi=True):  # what two outlines enclose is out again
        ring = np.zeros(shape, bool)
        # regions are bounded by the corners of pixels, which lie half a pixel from the middles
        ring[polygon(outline[:, 1] - 0.5, outline[:, 0] - 0.5, shape)] = True
        covered ^= ring
    return covered
