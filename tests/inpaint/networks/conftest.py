"""The fixtures of `fixtures.py`, where there is PyTorch to make networks with."""

from napari_greyfill.compute.pytorch import lacking_torch

if not lacking_torch():
    from tests.inpaint.networks.fixtures import (  # noqa: F401 - fixtures
        noise,
        rebuilt,
        reference,
        small,
        small_inpainter,
    )
