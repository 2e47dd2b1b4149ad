"""The checkpoint layouts of GLCIC: how each names its layers, and what it does differently.

All have the same 17 layers, the first 16 of which are normalised. Does not import torch.

``glcic-t7``, the authors' Torch7 files, has these names once they are read:

* ``model.I.weight`` and ``model.I.bias`` for I = 0, 3, ..., 45 and 48, the convolutions, by their
  place in the sequence of 50 modules, counted from 0; the weights of the two transposed ones (36
  and 42) are input channels first;
* ``model.J.weight``, ``.bias``, ``.running_mean`` and ``.running_var`` for J = I + 1, the
  normalisations; ``.num_batches_tracked`` may be there;
* ``mean``, the three numbers in [0, 1] (R, G, B) that are taken off the picture;
* ``model.modules``, the text about the modules, as `weights.torch7_tensors` makes it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LAYOUTS", "OPENMMLAB", "OTENIM", "T7", "Layout"]

_KINDS = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True)
class Layout:
    """One checkpoint layout.

    Attributes
    ----------
    name, title : str
        As in `Descriptor`.
    convolutions : tuple of str
        The names of the 17 convolutions.
    norms : tuple of str
        The names of the 16 normalisations.
    norm_last : bool
        Whether a layer is normalised after its ReLU instead of before it.
    biased : bool
        Whether the first 16 convolutions have a bias, too; the last one always has.
    signed : bool
        Whether pictures are in [-1, 1] and the last activation clips to that; otherwise they are
        in [0, 1] and it is a sigmoid.
    bgr : bool
        Whether channels are in the order B, G, R.
    mean : tuple of float
        The mean colour, in [0, 1], of a layout that needs one but does not bring it along.
    mean_key : str
        The tensor that holds the mean colour, or "" if the file never has one.
    modules_key : str
        The tensor that holds the text about modules of Torch7, or "".
    mean_off : bool
        Whether the mean is taken off the picture, so that the hole is 0; otherwise, where there
        is a mean, the hole has that colour.
    training_scale : int
        The side of the pictures it was trained on, in pixels.
    """

    name: str
    title: str
    convolutions: tuple[str, ...]
    norms: tuple[str, ...]
    norm_last: bool = False
    biased: bool = True
    signed: bool = False
    bgr: bool = False
    mean: tuple[float, ...] = ()
    mean_key: str = ""
    modules_key: str = ""
    mean_off: bool = False
    training_scale: int = 256

    @property
    def renaming(self) -> dict[str, str]:
        """The module's name of every tensor of the checkpoint."""
        parts = (("convolutions", self.convolutions), ("norms", self.norms))
        return {
            f"{name}.{kind}": f"{part}.{index}.{kind}"
            for part, names in parts
            for index, name in enumerate(names)
            for kind in _KINDS
        }


_OPENMMLAB = (
    *(f"encoder.enc{number}" for number in range(1, 7)),
    *(f"dilation_neck.dilation_convs.{number}" for number in range(4)),
    *(f"decoder.dec{number}" for number in range(1, 8)),
)

OPENMMLAB = Layout(
    name="glcic-mm",
    title="GLCIC (OpenMMLab)",
    convolutions=tuple(f"{name}.conv" for name in _OPENMMLAB),
    norms=tuple(f"{name}.bn" for name in _OPENMMLAB[:-1]),
    biased=False,
    signed=True,
    bgr=True,
)

OTENIM = Layout(
    name="glcic-otenim",
    title="GLCIC (CelebA, for PyTorch)",
    convolutions=tuple(
        f"{'deconv' if number in (13, 15) else 'conv'}{number}" for number in range(1, 18)
    ),
    norms=tuple(f"bn{number}" for number in range(1, 17)),
    norm_last=True,
    # of CelebA's pictures; the file has no mean, unless somebody adds it
    mean=(0.5062, 0.4257, 0.3828),
    mean_key="mpv",
    training_scale=160,
)

T7 = Layout(
    name="glcic-t7",
    title="GLCIC (the authors', from Torch7)",
    convolutions=tuple(f"model.{place}" for place in range(0, 49, 3)),
    norms=tuple(f"model.{place}" for place in range(1, 49, 3)),
    mean_key="mean",
    modules_key="model.modules",
    mean_off=True,
)

LAYOUTS = (OPENMMLAB, OTENIM, T7)
