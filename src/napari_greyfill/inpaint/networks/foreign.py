"""What checkpoints are that are of none of our networks, as far as it can be told by names."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["looks_like"]

# How the names of tensors begin, all of these, and what such a file is.
_SIGNS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("model.diffusion_model.",), "a checkpoint of Stable Diffusion, which is no such network"),
    (("features.0.", "classifier.0."), "a classifier (VGG), which fills nothing"),
    (("layer1.0.conv1.", "layer4.0.conv1."), "a classifier (ResNet), which fills nothing"),
    (("synthesis.", "mapping."), "a generator of the StyleGAN family, which is not known here"),
    (("features.", "lin0."), "a measure of likeness (LPIPS), which fills nothing"),
)
_CRITICS = ("disc.", "discriminator.", "netD.", "netD_", "D.", "critic.")
_CRITIC = "a discriminator, which only training needs; there should be a file of the generator"


def looks_like(names: Iterable[str]) -> str:
    """Return what a checkpoint seems to be, or an empty string.

    Parameters
    ----------
    names : iterable of str
        The names of its tensors.
    """
    names = list(names)
    if names and all(name.startswith(_CRITICS) for name in names):
        return _CRITIC
    for starts, what in _SIGNS:
        if all(any(name.startswith(start) for name in names) for start in starts):
            return what
    return ""
