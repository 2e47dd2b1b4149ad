"""How far one array of ours is from the reference's, and how far it may be."""

from dataclasses import dataclass

import numpy as np

__all__ = ["TENSORS", "Comparison", "Tolerance", "error", "tolerance_of"]


@dataclass(frozen=True)
class Tolerance:
    """The largest error allowed.

    Attributes
    ----------
    limit : float
    unit : str
        "" for values of tensors; "levels" for 8-bit pictures, compared in the hole alone;
        "of its size" where errors are divided by the reference's values.
    in_hole : bool
        Whether only the pixels of the hole are compared.
    """

    limit: float
    unit: str = ""
    in_hole: bool = False


@dataclass(frozen=True)
class Comparison:
    """One array of one case, ours against the reference's.

    Attributes
    ----------
    network, layout, variant : str
        What was run: a network, one of its checkpoint layouts, and in which way; "" if there
        is only one.
    case : str
        The picture; "" for what depends on none.
    array : str
        Its name in the reference's file, without the case.
    error : float
        The largest of all elements.
    tolerance : Tolerance
    """

    network: str
    layout: str
    variant: str
    case: str
    array: str
    error: float
    tolerance: Tolerance

    @property
    def within(self) -> bool:
        """Whether the error is no number that is too large, and a number."""
        return self.error <= self.tolerance.limit


TENSORS = Tolerance(1e-4)
_EXACT = Tolerance(0)
# Grey is a sum of three products in float64, stored in float32; a norm is a sum of thousands.
_SPECIAL = {
    "gray": Tolerance(1e-7),
    "canny": _EXACT,
    "att_argmax_index": _EXACT,
    "shift_flag": _EXACT,
    "shift_masked_index": _EXACT,
    "shift_source_index": _EXACT,
    "net_input_edge": _EXACT,
    "sn_sigma": Tolerance(1e-5, "of its size"),
    # a weight after the softmax of tenfold scores: the reference's own rounding is 6e-5
    "att_max_score": Tolerance(2e-4),
    # values up to 134: the reference's own rounding is 7.4e-5, ours on top of it depends on the
    # processor, 1.07e-4 at most where it was run
    "model_22_local_ch0_8": Tolerance(2e-4),
    "model_22_global_ch0_8": Tolerance(2e-4),
    "composite": Tolerance(1, "levels", in_hole=True),
    "composite_uint8_reference_truncating": Tolerance(1, "levels", in_hole=True),
    "composite_float": Tolerance(1e-4, in_hole=True),
}


def tolerance_of(name: str, tensors: Tolerance = TENSORS) -> Tolerance:
    """Return how far an array may be off, by our name for it, or else as all tensors may be."""
    if name.startswith(("half_", "full_to_eighth_")):  # rows that are picked
        return _EXACT
    return _SPECIAL.get(name, tensors)


def error(ours: np.ndarray, reference: np.ndarray, tolerance: Tolerance) -> float:
    """Return the largest error in the tolerance's unit; NaN where either has a NaN.

    Raises
    ------
    ValueError
        If the shapes differ, or there is nothing to compare.
    """
    if ours.shape != reference.shape or not ours.size:
        raise ValueError(f"ours has the shape {ours.shape}, the reference {reference.shape}")
    difference = np.abs(ours.astype(np.float64) - reference.astype(np.float64))
    if tolerance.unit == "of its size":
        difference /= np.abs(reference)
    return float(difference.max())
