"""What a study was asked for, as plain data that a folder can remember."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from napari_greyfill.checks import choice_of, is_number, number_of, whole_of
from napari_greyfill.comparison import Choices
from napari_greyfill.compute.device import DEVICES
from napari_greyfill.errors import BadParameterError
from napari_greyfill.masks import RANDOM_KINDS

__all__ = ["StudySettings"]


@dataclass(frozen=True)
class StudySettings:
    """What goes into a study.

    Attributes
    ----------
    dataset : str
        A folder of pictures, searched with its subfolders.
    choices : Choices
        Methods, pipelines and colorizers.
    masks : str
        A folder with a mask for each picture, by name; empty to generate masks.
    mask_kind : str
        The kind of generated masks.
    share : float
        The share of the picture that generated masks cover.
    invert : bool
        Whether masks from the folder are painted where pictures are kept.
    mask_frame : str
        How masks from the folder lie on pictures that are stored turned, as in `read_mask`.
    count : int
        How many pictures, chosen by the seed; 0 for all.
    seed : int
        For the choice of pictures, generated masks and networks.
    grow : float
        As in `fill`.
    device : str
        As in `fill`.
    """

    dataset: str
    choices: Choices
    masks: str = ""
    mask_kind: str = "centre"
    share: float = 0.15
    invert: bool = False
    mask_frame: str = "auto"
    count: int = 0
    seed: int = 0
    grow: float = 0.0
    device: str = "auto"

    def __post_init__(self) -> None:
        """Check what can be checked without looking at files."""
        if not is_number(self.share) or not 0 < self.share < 1:
            raise BadParameterError(
                f"The share of the mask is {self.share}, but it must lie between 0 and 1; "
                "set it to 0.15."
            )
        whole_of("The number of pictures", self.count)
        whole_of("The seed", self.seed)
        number_of("grow", self.grow, unit=" pixels")
        choice_of("device", self.device, DEVICES)
        choice_of("kind of mask", self.mask_kind, RANDOM_KINDS)
        if self.invert and not self.masks:
            raise BadParameterError(
                "Only masks from a folder can be inverted; give a folder of masks."
            )

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> StudySettings:
        """Return the settings that `to_dict` described."""
        choices = {name: tuple(names) for name, names in values["choices"].items()}
        known = {field.name for field in fields(cls)} - {"choices"}
        return cls(
            choices=Choices(**choices), **{name: values[name] for name in known if name in values}
        )

    def differences(self, other: StudySettings) -> list[str]:
        """Return the names of settings that make rows of the two not go together.

        The number of pictures does not: a study may go on with more.
        """
        mine, theirs = self.to_dict(), other.to_dict()
        return [name for name in mine if name != "count" and mine[name] != theirs[name]]

    @property
    def dataset_path(self) -> Path:
        """Return the folder of pictures."""
        return Path(self.dataset)
