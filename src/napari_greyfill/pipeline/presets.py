"""Names for what people want of a fill, in place of a method, a look and a colorizer.

A preset is a way to write these three, and nothing else: a fill by a preset is the fill by what it
stands for. Importing this module imports neither numpy nor torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from napari_greyfill.options import option_field

__all__ = ["CUSTOM", "PRESET", "PRESETS", "Preset", "PresetName", "preset_of"]

PresetName = Literal["auto", "quick", "faithful", "texture"]
CUSTOM = "custom"  # what stands in place of a preset where none fits


@dataclass(frozen=True)
class Preset:
    """What one name stands for.

    Attributes
    ----------
    title : str
        What people read.
    tip : str
        When to take it; a sentence.
    method, look, colorizer : str
        Options of a fill.
    """

    title: str
    tip: str
    method: str = "auto"
    look: str = "auto"
    colorizer: str = "auto"

    @property
    def choices(self) -> dict[str, str]:
        """Return the options it stands for."""
        return {"method": self.method, "look": self.look, "colorizer": self.colorizer}


PRESETS: dict[str, Preset] = {
    "auto": Preset("As suggested", "As suggested looks at the picture and at the hole."),
    "quick": Preset(
        "Quick",
        "Quick continues the surroundings smoothly, in about a tenth of the time: for scratches, "
        "specks and a first look.",
        method="biharmonic",
        colorizer="propagation",
    ),
    "faithful": Preset(
        "Faithful (for measuring)",
        "Faithful has the smallest error, and is smooth in large holes.",
        look="faithful",
    ),
    "texture": Preset(
        "Texture (for looking)",
        "Texture looks like the surroundings, but is made up.",
        look="texture",
    ),
}
assert tuple(PRESETS) == get_args(PresetName)


# The argument of `FillOptions`, described as its fields are.
PRESET = option_field(
    "auto",
    "Preset",
    "What the fill is for, in place of method, look and colorizer; what is chosen of these "
    f"besides counts. {' '.join(preset.tip for preset in PRESETS.values())}",
    choices=tuple(PRESETS),
    titles=tuple(preset.title for preset in PRESETS.values()),
    by_name=True,
)


def preset_of(method: str, look: str, colorizer: str) -> str:
    """Return the name of the preset that stands for three options, `CUSTOM` if none does.

    Parameters
    ----------
    method, look, colorizer : str
        Options of a fill.
    """
    chosen = {"method": method, "look": look, "colorizer": colorizer}
    return next((name for name, preset in PRESETS.items() if preset.choices == chosen), CUSTOM)
