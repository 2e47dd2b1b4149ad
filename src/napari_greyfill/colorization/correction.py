"""The network that corrects guessed colours, and how it learns. Imports torch.

A small residual convolutional network with dilated kernels sees the grey, the guess, and the
guess as a coarser scale corrected it, and adds a gated change to the latter. It starts by changing
nothing. Tensors are float32, (N, C, H, W).
"""

from __future__ import annotations

import copy
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

__all__ = ["Adam", "CorrectionNet", "Lessons", "learn", "new_network"]

_WIDTH = 24
_DILATIONS = (1, 2, 1, 2)
_BATCH = 2
_AVERAGE = 0.9  # decay of the exponential moving average of the weights
_CHECK = 8  # steps between two looks at the held-out pixels
_DECAYS = (0.9, 0.999)  # of Adam's means of the gradient and of its square
_CLEARLY = 0.9  # a correction must bring the held-out error below this share


class CorrectionNet(nn.Module):
    """Grey features, guess and corrected guess in; the guess corrected further out.

    Parameters
    ----------
    in_channels : int
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(in_channels, _WIDTH, 3, padding=1)
        self.spread = nn.ModuleList(
            nn.Conv2d(_WIDTH, _WIDTH, 3, padding=d, dilation=d) for d in _DILATIONS
        )
        self.mix = nn.ModuleList(nn.Conv2d(_WIDTH, _WIDTH, 1) for _ in _DILATIONS)
        self.leave = nn.Conv2d(_WIDTH, 3, 1)

    def forward(self, inputs: Tensor, base: Tensor) -> Tensor:
        """Return (N, 2, H, W) chroma: `base` changed where the network knows better.

        The last input is how sure the guess is: what is sure is not changed.
        """
        x = nn.functional.leaky_relu(self.enter(inputs), 0.1)
        for spread, mix in zip(self.spread, self.mix, strict=True):
            x = x + mix(nn.functional.leaky_relu(spread(x), 0.1))
        change, gate = self.leave(x).split((2, 1), dim=1)
        doubt = 1 - inputs[:, -1:]
        corrected: Tensor = base + doubt * change * torch.sigmoid(gate)
        return corrected


def new_network(in_channels: int, random: np.random.Generator) -> CorrectionNet:
    """Return a network that changes nothing yet; its weights come from `random` alone.

    Parameters
    ----------
    in_channels : int
        Planes that it is shown.
    random : numpy.random.Generator
        Draws the weights.
    """
    with torch.device("meta"):
        network = CorrectionNet(in_channels)
    network = network.to_empty(device="cpu")
    with torch.no_grad():
        for name, values in network.named_parameters():
            if values.ndim == 1 or name.startswith("leave"):
                values.zero_()
                continue
            bound = (6 / values[0].numel()) ** 0.5 / 2
            drawn = random.uniform(-bound, bound, values.shape).astype(np.float32)
            values.copy_(torch.from_numpy(drawn))
    return network


@dataclass(frozen=True, eq=False)
class Lessons:
    """What there is to learn at one scale; the first axis counts practice holes.

    Attributes
    ----------
    inputs : (N, C, H, W) tensor
    base : (N, 2, H, W) tensor
        The chroma to correct.
    truth : (1, 2, H, W) tensor
    weight : (N, 1, H, W) tensor
        1 where there is something to learn.
    held_out : (N, 1, H, W) tensor
        1 at practice pixels that no weight is ever 1 at.
    """

    inputs: Tensor
    base: Tensor
    truth: Tensor
    weight: Tensor
    held_out: Tensor


def learn(
    network: CorrectionNet, lessons: Lessons, steps: int, rate: float, random: np.random.Generator
) -> Generator[tuple[int, CorrectionNet], None, CorrectionNet | None]:
    """Train; yield each step's number and the averaged network.

    Held-out practice decides when learning should have stopped: the network that is returned
    is the one, averaged over the last steps, that was best there. None is returned if it was not
    clearly better than no correction.

    Parameters
    ----------
    network : CorrectionNet
        Changed in place.
    lessons : Lessons
        What there is to learn, and what to test it on.
    steps : int
        How many updates of the weights.
    rate : float
        Adam's learning rate at the start; it falls to a tenth.
    random : numpy.random.Generator
        Chooses what each step sees.
    """
    optimizer = Adam(list(network.parameters()))
    average = copy.deepcopy(network).requires_grad_(False)
    least, best = _CLEARLY * _held_out_error(None, lessons), None
    for step in range(steps):
        _step(network, lessons, random)
        optimizer.step(rate * (1 - 0.9 * step / steps))
        _follow(average, network)
        yield step, average
        if (step + 1) % _CHECK == 0 or step + 1 == steps:
            error = _held_out_error(average, lessons)
            if error < least:
                least, best = error, copy.deepcopy(average)
    return best


class Adam:
    """Follows gradients after D. P. Kingma and J. Ba, ICLR 2015, arXiv 1412.6980.

    Making one of torch's own imports its compiler first: a second in which nothing can be
    cancelled.
    """

    def __init__(self, parameters: list[nn.Parameter]) -> None:
        self._parameters, self._steps = parameters, 0
        self._means = [torch.zeros_like(values) for values in parameters]
        self._squares = [torch.zeros_like(values) for values in parameters]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Change the parameters by their gradients, and forget these."""
        self._steps += 1
        short, long = (1 - decay**self._steps for decay in _DECAYS)
        for values, mean, square in zip(self._parameters, self._means, self._squares, strict=True):
            slope = values.grad
            assert slope is not None  # every parameter takes part
            mean.lerp_(slope, 1 - _DECAYS[0])
            square.lerp_(slope.square(), 1 - _DECAYS[1])
            values.addcdiv_(mean, (square / long).sqrt_().add_(1e-8), value=-rate / short)
            values.grad = None


def _step(network: CorrectionNet, lessons: Lessons, random: np.random.Generator) -> None:
    """Add up the gradients of a few lessons."""
    taught = np.flatnonzero(lessons.weight.flatten(1).any(dim=1).cpu().numpy())
    chosen = random.choice(taught, min(_BATCH, len(taught)), replace=False)
    output = network(lessons.inputs[chosen], lessons.base[chosen])
    _error(output, lessons.truth, lessons.weight[chosen]).backward()


def _follow(average: CorrectionNet, network: CorrectionNet) -> None:
    with torch.no_grad():
        for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
            slow.lerp_(fast, 1 - _AVERAGE)


@torch.no_grad()
def _held_out_error(network: CorrectionNet | None, lessons: Lessons) -> float:
    """Return the mean error over all held-out pixels, with or without a network."""
    total = 0.0
    for index in np.flatnonzero(lessons.held_out.flatten(1).any(dim=1).cpu().numpy()):
        output = lessons.base[index : index + 1]  # one at a time, to save memory
        if network is not None:
            output = network(lessons.inputs[index : index + 1], output)
        weight = lessons.held_out[index : index + 1]
        total += float(_error(output, lessons.truth, weight) * weight.sum())
    return total / max(1.0, float(lessons.held_out.sum()))


def _error(output: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Return the mean absolute error of chroma where the weight is 1."""
    size = (output - truth).abs().sum(dim=1, keepdim=True)
    return (size * weight).sum() / weight.sum().clamp(min=1.0)
