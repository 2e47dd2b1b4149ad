"""Look into modules while they run, and write pictures as references do."""

import numpy as np
import torch

__all__ = ["as_bgr", "observed", "rounded", "signed", "truncated"]


def truncated(filled: np.ndarray) -> np.ndarray:
    """Return a picture in 8 bits as the first references write it."""
    return np.trunc(np.clip(filled, 0, 1) * 255)


def rounded(filled: np.ndarray) -> np.ndarray:
    """Return a picture in 8 bits as the later references' arrays have it."""
    return np.rint(np.clip(filled, 0, 1) * 255)


def signed(filled: np.ndarray) -> np.ndarray:
    """Return a picture as a tensor in [-1, 1]."""
    return (2 * filled - 1).transpose(2, 0, 1)[None]


def as_bgr(filled: np.ndarray) -> np.ndarray:
    """Return a picture as a tensor in [-1, 1] with its channels in the order B, G, R."""
    return signed(filled[..., ::-1])


def observed(module: torch.nn.Module, *names: str) -> dict[str, tuple]:
    """Return a dictionary that fills with input and output of parts as the module runs."""
    seen = {}
    for name in names:
        module.get_submodule(name).register_forward_hook(
            lambda _, given, out, name=name: seen.update({name: (given[0], out)})
        )
    return seen
