"""What goes into the parts of a module and what comes out, seen as it runs."""

import torch

__all__ = ["observed"]


def observed(module: torch.nn.Module, *names: str) -> dict[str, tuple]:
    """Return a dictionary that fills with input and output of parts as the module runs."""
    seen = {}
    for name in names:
        module.get_submodule(name).register_forward_hook(
            lambda _, given, out, name=name: seen.update({name: (given[0], out)})
        )
    return seen
