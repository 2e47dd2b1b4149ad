"""How a hole is filled, as the user chooses it: every option with what there is to say about it.

The Fill dock, the command line, comparisons, studies, provenance and the documentation are made
from the fields of `FillOptions`; what is wrong with a value is said here and nowhere else.
Importing this module imports neither numpy nor torch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import MISSING, InitVar, asdict, dataclass, fields
from typing import Any, Literal, TypedDict, get_args

from napari_greyfill.errors import BadParameterError
from napari_greyfill.options import Option, option_field
from napari_greyfill.pipeline.names import PIPELINE_NAMES, PIPELINES, resolve_pipeline
from napari_greyfill.pipeline.presets import CUSTOM, PRESET, PRESETS, PresetName, preset_of

__all__ = [
    "LOOKS",
    "ONE_FILL",
    "SHARED",
    "ComputeChoices",
    "CorrectName",
    "DeviceName",
    "FillChoices",
    "FillOptions",
    "KeepInvalid",
    "LookName",
    "MaskChoices",
    "NoiseName",
    "PipelineName",
    "ScaleName",
    "SharedChoices",
    "described_fields",
]

PipelineName = Literal["grey-rgb", "rgb-grey-rgb", "rgb-rgb"]
LookName = Literal["auto", "faithful", "texture"]
CorrectName = Literal["off", "auto", "on"]
DeviceName = Literal["auto", "cpu", "cuda", "mps"]
ScaleName = Literal["auto", "native", "training"]
KeepInvalid = Literal["auto", "keep", "fill"]
NoiseName = Literal["none", "match"]

LOOKS: tuple[str, ...] = get_args(LookName)


class MaskChoices(TypedDict, total=False):
    """The options that say what is to be filled."""

    labels: Collection[int] | None
    grow: float
    nodata: float | None
    keep_invalid: KeepInvalid


class ComputeChoices(TypedDict, total=False):
    """The options that say where and how it is computed."""

    device: DeviceName
    seed: int


class SharedChoices(MaskChoices, ComputeChoices, total=False):
    """The options that a comparison of methods takes as well."""

    feather: float
    scale: ScaleName
    noise: NoiseName


class FillChoices(SharedChoices, total=False):
    """The options of `fill`."""

    preset: PresetName
    method: str
    look: LookName
    pipeline: str
    colorizer: str
    correct: CorrectName


@dataclass(frozen=True)
class FillOptions:
    """What the user chose; the fields are keyword arguments of `fill`.

    A preset is turned into what it stands for, and is no field: options by a preset equal those
    that name its method, look and colorizer.

    Raises
    ------
    BadParameterError
        With a sentence, if a value is none that its option takes.

    Examples
    --------
    >>> options = FillOptions(method="spectral", grow=2)
    >>> options.changed()
    {'method': 'spectral', 'grow': 2.0}
    >>> FillOptions.from_dict(options.to_dict()) == options
    True
    """

    preset: InitVar[PresetName] = PRESET
    method: str = option_field(
        "auto",
        "Method",
        "How the hole is filled, by a name that `methods` lists. Auto needs no download; the "
        "look decides.",
        type="str",
        advanced=True,
    )
    look: LookName = option_field(
        "auto",
        "Look",
        "What the method auto stands for. Faithful has the smallest error and can be measured, "
        "but is smooth in large holes; texture looks like the surroundings, but is made up. Auto "
        "looks at the width of the hole and at what a faithful fill would lose; grey, 16-bit and "
        "float pictures, whose values may be measured, get no texture from it.",
        choices=LOOKS,
        titles=("As suggested", "Faithful (for measuring)", "Texture (for looking)"),
        advanced=True,
    )
    colorizer: str = option_field(
        "auto",
        "Colorizer",
        "How the filled grey gets its colour back, by a name that `colorizers` lists. Auto takes "
        "the fast closed form.",
        type="str",
        advanced=True,
    )
    grow: float = option_field(
        0.0,
        "Grow by",
        "Fill this many pixels around the mask as well. A mask painted slightly too small is the "
        "commonest cause of a bad fill.",
        high=999.0,
        unit="px",
    )
    correct: CorrectName = option_field(
        "off",
        "Correct marks",
        "Whether marks that let light pass, such as pen, dust or a shadow, are corrected instead "
        "of filled. Off never looks at what is under the mask. Auto corrects a region where "
        "structure shows through and a trial elsewhere in the picture says that it is better; on "
        "wherever it is possible. One method at a time, and no stacks.",
        choices=get_args(CorrectName),
        titles=("Off (always fill)", "Auto (where it is better)", "On (where possible)"),
        advanced=True,
    )
    pipeline: PipelineName = option_field(
        "grey-rgb",
        "Pipeline",
        "What is filled: the grey, whose colour is then recovered (G2G2RGB, the monochromic "
        "bottleneck); colours, of which only the grey is kept (RGB2G2RGB); or colours, and done "
        "(RGB2RGB). Grey images are filled as they are.",
        choices=PIPELINES,
        titles=tuple(one.title for one in PIPELINE_NAMES),
        advanced=True,
    )
    labels: tuple[int, ...] | None = option_field(
        None,
        "Labels",
        "Which labels of the mask count as painted; by default all but 0.",
        type="collection of int, optional",
        advanced=True,
    )
    feather: float = option_field(
        0.0,
        "Feather",
        "Blend the fill with what the image holds over this many pixels inside the edge of the "
        "hole. 0 shows nothing but the fill.",
        high=999.0,
        unit="px",
        advanced=True,
    )
    scale: ScaleName = option_field(
        "auto",
        "Scale",
        "At which size networks see the surroundings of the hole: native, as they are; training, "
        "reduced to the size the networks were trained at, with the detail put back afterwards; "
        "or auto, reduced only if the hole is larger than those they were trained on.",
        choices=get_args(ScaleName),
        titles=("Auto", "As it is", "As in training"),
        advanced=True,
    )
    noise: NoiseName = option_field(
        "none",
        "Noise",
        "Whether a faithful fill, which is smooth, gets noise like that of the picture around it, "
        "of the same strength at the same brightness and of the same grain. None is right for "
        "measuring; match is for montages, and for what takes a quiet place for an object.",
        choices=get_args(NoiseName),
        titles=("None (for measuring)", "Like the surroundings"),
        advanced=True,
    )
    nodata: float | None = option_field(
        None,
        "No data",
        "A value that stands for none, such as -9999; a colour pixel has it in all channels.",
        type="float, optional",
        advanced=True,
    )
    keep_invalid: KeepInvalid = option_field(
        "auto",
        "Invalid pixels",
        "What becomes of unpainted pixels without a value: keep leaves them as they are, fill "
        "fills them as well. Auto keeps areas of them that touch the border of the image and are "
        "larger than the mask, as around the footprint of a mosaic, and fills the others.",
        choices=get_args(KeepInvalid),
        titles=("Auto", "Keep", "Fill"),
        advanced=True,
    )
    device: DeviceName = option_field(
        "auto",
        "Device",
        "Where networks run. Auto takes the graphics card if there is one. Without a network the "
        "CPU is used, unless cuda is chosen: it quickens large holes.",
        choices=get_args(DeviceName),
        titles=("Auto", "CPU", "CUDA (NVIDIA)", "MPS (Apple)"),
        advanced=True,
    )
    seed: int = option_field(
        0,
        "Seed",
        "The same seed on the same device gives the same pixels. Another one is another try, "
        "where texture is copied, noise is added or a network learns the colours.",
        high=2**31 - 1,
        advanced=True,
    )

    def __post_init__(self, preset: PresetName) -> None:
        """Check what can be checked without an image; keep plain numbers, as JSON needs them."""
        from napari_greyfill.checks import choice_of, labels_of, number_of, whole_of
        from napari_greyfill.image.validity import nodata_of

        for name, meant in PRESETS[choice_of("preset", preset, tuple(PRESETS))].choices.items():
            if getattr(self, name) == "auto":
                object.__setattr__(self, name, meant)
        for name in ("method", "colorizer"):
            if not isinstance(getattr(self, name), str):
                raise BadParameterError(
                    f"The {name} is {getattr(self, name)!r}, but it must be a name such as "
                    f"'auto'; napari_greyfill.{name}s() lists them."
                )
        for option in self.options():
            if option.choices and option.name not in ("preset", "pipeline"):
                choice_of(option.name, getattr(self, option.name), option.choices)
        checked = {
            "pipeline": resolve_pipeline(self.pipeline),
            "seed": whole_of("The seed", self.seed),
            "grow": number_of("grow", self.grow, unit=" pixels"),
            "feather": number_of("feather", self.feather, unit=" pixels"),
            "labels": labels_of(self.labels),
            "nodata": nodata_of(self.nodata),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @classmethod
    def options(cls, names: Iterable[str] | None = None) -> tuple[Option, ...]:
        """Return what there is to say about each option, or about those of some names."""
        wanted = None if names is None else set(names)
        return tuple(
            Option(each.name, default=_default(each), **_without(each.metadata, "type"))
            for each in described_fields()
            if wanted is None or each.name in wanted
        )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> FillOptions:
        """Return the options that `to_dict` described, such as those in a provenance.

        Raises
        ------
        BadParameterError
            If it names an option that does not exist, or a value is none.
        """
        unknown = values.keys() - {each.name for each in described_fields()}
        if unknown:
            raise BadParameterError(
                f"There is no option {', '.join(sorted(unknown))}; the settings come from another "
                "version: choose them anew."
            )
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)

    @property
    def preset_name(self) -> str:
        """Return which preset stands for method, look and colorizer; "custom" if none does."""
        return preset_of(self.method, self.look, self.colorizer)

    def changed(self) -> dict[str, Any]:
        """Return the options that are not as they are by default; a preset in place of three."""
        name = self.preset_name
        meant = {} if name in ("auto", CUSTOM) else {"preset": name}
        return meant | {
            each.name: value
            for each in fields(self)
            if (value := getattr(self, each.name)) != each.default
            and not (meant and each.name in PRESETS[name].choices)
        }

    def shared(self) -> SharedChoices:
        """Return the options that a comparison takes as well."""
        return {name: getattr(self, name) for name in SHARED}  # type: ignore[return-value]


ONE_FILL = ("preset", "method", "look", "pipeline", "colorizer", "correct")
SHARED = tuple(each.name for each in fields(FillOptions) if each.name not in ONE_FILL)


def described_fields() -> list[Any]:
    """Return what describes each option: the fields, and the preset, which is none."""
    return [PRESET, *fields(FillOptions)]


def _default(each: Any) -> Any:  # noqa: ANN401 - a field of a dataclass
    assert each.default is not MISSING  # every option has one
    return each.default


def _without(values: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 - a mapping proxy
    return {key: value for key, value in values.items() if key != name}
