"""Write a mask and both masked images under stable names, with a small JSON beside them."""

from __future__ import annotations

import json
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_greyfill.atomic import write_text
from napari_greyfill.compute.versions import __version__
from napari_greyfill.errors import GreyfillWarning, UnwritablePathError
from napari_greyfill.files.base import ImageFile, says_upright
from napari_greyfill.files.suffixes import lossless_suffix
from napari_greyfill.files.writing import make_folder, require_writable, write_image
from napari_greyfill.masks import MaskedImages, hole_from_mask, masked_images, mostly_masked
from napari_greyfill.masks.outputs import HoleValue

__all__ = ["Triple", "require_new", "triple_paths", "warn_if_mostly_masked", "write_triple"]

_ROLES = ("mask", "grey_masked", "colour_masked")


@dataclass(frozen=True)
class Triple:
    """The files that belong to one picture and its mask.

    Attributes
    ----------
    mask, grey_masked, colour_masked : Path
    description : Path
        JSON: sizes, share, how the mask was made.
    """

    mask: Path
    grey_masked: Path
    colour_masked: Path
    description: Path

    def all(self) -> tuple[Path, ...]:
        """Return the four paths."""
        return self.mask, self.grey_masked, self.colour_masked, self.description


def triple_paths(folder: str | os.PathLike[str], name: str, dtype: np.dtype[Any]) -> Triple:
    """Return where the files of a picture go.

    The mask is a PNG; the images are too, unless PNG cannot hold their type: then TIFF.

    Parameters
    ----------
    folder : path
        Where the files go.
    name : str
        What they are called after, without suffix.
    dtype : numpy.dtype
        Of the picture.
    """
    folder = Path(folder)
    suffix = lossless_suffix(dtype)
    return Triple(
        folder / f"{name}_mask.png",
        folder / f"{name}_grey_masked{suffix}",
        folder / f"{name}_colour_masked{suffix}",
        folder / f"{name}_mask.json",
    )


def write_triple(
    folder: str | os.PathLike[str],
    name: str,
    image: ArrayLike | ImageFile,
    mask: ArrayLike,
    *,
    value: HoleValue = "black",
    rgb: bool | None = None,
    made_by: dict[str, Any] | None = None,
    force: bool = False,
) -> Triple:
    """Write mask, grey-masked and colour-masked image and a JSON that describes them.

    Parameters
    ----------
    folder : path
        Made if it is missing.
    name : str
        Beginning of the files' names.
    image : array or ImageFile
        With an image file, what it carried (profile, resolution, the alpha of a grey picture)
        is written again.
    mask : (H, W) array
        Painted pixels are not 0; in the file they are white.
    value, rgb
        As in `masked_images`.
    made_by : dict, optional
        How the mask was made; goes into the JSON.
    force : bool
        Whether existing files may be overwritten.

    Returns
    -------
    Triple

    Raises
    ------
    UnwritablePathError
        If a file exists and `force` is not set, or the folder cannot be written to. Nothing is
        written then.
    GreyfillError
        As in `masked_images`.
    """
    source = image if isinstance(image, ImageFile) else None
    array = image.array if isinstance(image, ImageFile) else np.asarray(image)
    hole = hole_from_mask(mask)
    made = masked_images(array, hole, value=value, rgb=rgb)
    paths = triple_paths(folder, name, made.colour.dtype)
    make_folder(folder)
    require_new(paths, force=force)
    grey, colour = (_storable(plane) for plane in made)
    turned = source is not None and source.orientation != 1
    write_image(paths.mask, hole, says_upright(paths.mask, hole) if turned else None)
    write_image(paths.grey_masked, grey, source)
    write_image(paths.colour_masked, colour, source)
    _write_description(paths, _description(paths, source, made, hole, value, made_by))
    return paths


def require_new(paths: Triple, *, force: bool) -> None:
    """Check that the files can be written, and do not exist unless `force` is set.

    Parameters
    ----------
    paths : Triple
        Where the files go.
    force : bool
        Whether files that exist may be replaced.

    Raises
    ------
    UnwritablePathError
    """
    existing = [path for path in paths.all() if path.exists()]
    if existing and not force:
        raise UnwritablePathError(
            f"{existing[0]} exists; allow to overwrite it (--force) or choose another folder."
        )
    for path in paths.all()[:3]:
        require_writable(path)


def warn_if_mostly_masked(name: str, hole: NDArray[np.bool_]) -> None:
    """Warn of a mask that covers most of the picture: it may be the wrong way round.

    Parameters
    ----------
    name : str
        What the sentence calls the picture.
    hole : (H, W) bool array
        True where it is masked.

    Warns
    -----
    GreyfillWarning
    """
    sentence = mostly_masked(hole)
    if sentence:
        warnings.warn(f"{name}: {sentence}", GreyfillWarning, stacklevel=2)


def _storable(image: NDArray[Any]) -> NDArray[Any]:
    """Return colours of one bit, which no file holds, as 8 bits."""
    if image.dtype.kind == "b" and image.ndim == 3:
        return image.astype(np.uint8) * np.uint8(255)
    return image


def _description(
    paths: Triple,
    source: ImageFile | None,
    made: MaskedImages,
    hole: NDArray[np.bool_],
    value: HoleValue,
    made_by: dict[str, Any] | None,
) -> dict[str, Any]:
    return {
        "image": source.path.name if source is not None else None,
        "height": hole.shape[0],
        "width": hole.shape[1],
        "type": made.colour.dtype.name,
        "masked_pixels": int(np.count_nonzero(hole)),
        "share": float(hole.mean()),
        "hole_value": value if isinstance(value, str) or np.isfinite(value) else str(value),
        "made_by": made_by or {},
        "files": {role: path.name for role, path in zip(_ROLES, paths.all(), strict=False)},
        "version": __version__,
    }


def _write_description(paths: Triple, description: dict[str, Any]) -> None:
    text = json.dumps(description, indent=2, allow_nan=False)
    write_text(paths.description, f"{text}\n")
