"""Write TorchScript programs, as networks are passed on."""

import warnings

import torch


def scripted(module, file, *inputs):
    """Write a module as a program; with inputs it is traced, without compiled."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = module.eval()
        made = torch.jit.trace(module, inputs) if inputs else torch.jit.script(module)
        made.save(str(file))
    return file
