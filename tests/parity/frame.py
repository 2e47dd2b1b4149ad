"""Subjects of the comparison, and how one is compared.

A subject names a file of reference arrays and the function that computes ours. Checkpoints are
written as they are published, and come back by the way that users' files take.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.weights.loading import load_state_dict
from tests import golden
from tests.parity.comparison import TENSORS, Comparison, Tolerance, error, tolerance_of

__all__ = ["INPUTS", "PICTURES", "Arrays", "Reference", "Subject", "compare_all", "comparisons"]

Arrays = dict[str, np.ndarray]

PICTURES = ("a", "b", "g")
_MOST_STATES = 4  # whose tensors stay in memory; the largest have 300 MB
INPUTS = (
    "image",
    "mask",
    "ca_unit_in",
    "ca_unit_mask",
    "sn_sigma_module",
    "edge_canny_sigma2_full_image",
)


class Reference:
    """The references' arrays, and our networks from checkpoint files made for them.

    Parameters
    ----------
    source : Path
        The folder of NAME.json and NAME.npz.
    folder : Path
        Where checkpoint files are written.
    """

    def __init__(self, source: Path, folder: Path):
        self.source, self.folder = source, folder
        self._states: dict[str, dict[str, torch.Tensor]] = {}

    def arrays(self, name: str, case: str) -> Arrays:
        return golden.arrays(name, case, self.source)

    def names(self, name: str) -> list[str]:
        return golden.names(name, self.source)

    def state(self, name: str) -> dict[str, torch.Tensor]:
        """Return what the project's loader reads from a checkpoint file."""
        if name not in self._states:
            while len(self._states) >= _MOST_STATES:
                del self._states[next(iter(self._states))]
            path = golden.checkpoint(name, self.folder, source=self.source)
            self._states[name] = load_state_dict(path)
            path.unlink()
        return self._states[name]

    def module(self, name: str, layout: str) -> torch.nn.Module:
        """Return the module that the descriptor makes which recognises the file."""
        descriptor = detect(self.state(name))
        assert descriptor.name == layout, f"{name} was taken for {descriptor.name}"
        return descriptor.build(self.state(name))


@dataclass(frozen=True)
class Subject:
    """What is run and which of the references' arrays it is compared with.

    Attributes
    ----------
    network, layout, variant : str
        As in `Comparison`.
    file : str
        The name of the references' file.
    compute : callable
        Returns our arrays by name, from a `Reference` and the arrays of a case.
    ours : callable
        Returns our name of an array of the file, None if the array is not of this subject.
    cases : tuple of str
        Those of them that the file has are run.
    tensors : Tolerance
        Of tensors that have none of their own.
    """

    network: str
    layout: str
    variant: str
    file: str
    compute: Callable[[Reference, Arrays], Arrays]
    ours: Callable[[str], str | None] = str
    cases: tuple[str, ...] = PICTURES
    tensors: Tolerance = TENSORS

    def wanted(self, reference: Reference) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield each case and in it, by the file's names of the arrays, ours."""
        for case in self.cases:
            found = {}
            for full in reference.names(self.file):
                start, _, name = full.rpartition(".")
                our_name = self.ours(name)
                if start == case and name not in INPUTS and our_name:
                    found[name] = our_name
            if found:
                yield case, found


def comparisons(subject: Subject, case: str, reference: Reference) -> list[Comparison]:
    """Run a subject on a case and compare all of the case's arrays."""
    expected = reference.arrays(subject.file, case)
    # a part of the set keeps what two files share in one of them
    shared = reference.arrays("edgeconnect", case) if "edgeconnect" in subject.file else {}
    inputs = {**shared, **expected}
    ours = subject.compute(reference, inputs)
    found = []
    for name, our_name in dict(subject.wanted(reference))[case].items():
        tolerance = tolerance_of(our_name, subject.tensors)
        pair = np.asarray(ours[our_name]), expected[name]
        if tolerance.in_hole:
            pair = tuple(in_hole(array, inputs["mask"]) for array in pair)
        off = error(*pair, tolerance)
        names = subject.network, subject.layout, subject.variant, case, name
        found.append(Comparison(*names, off, tolerance))
    return found


def compare_all(subjects: tuple[Subject, ...], reference: Reference) -> list[Comparison]:
    """Return the comparisons of all subjects on all their cases.

    Raises
    ------
    ValueError
        If there is nothing to compare one of them with.
    """
    found = []
    for subject in subjects:
        cases = [case for case, _ in subject.wanted(reference)]
        if not cases:
            raise ValueError(f"{reference.source} holds no arrays of {subject.layout}")
        for case in cases:
            found += comparisons(subject, case, reference)
    return found


def in_hole(array: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the hole's values of a picture (H, W[, 3]) or a tensor (1, 3, H, W)."""
    height, width = array.shape[2:] if array.ndim == 4 else array.shape[:2]
    hole = mask[:height, :width] > 127
    return array[..., hole] if array.ndim == 4 else array[hole]
