"""A fill of few shifts: every pixel of the hole is a copy of the picture moved by one of them."""

from napari_greyfill.inpaint.shifts.fill import ShiftMap

__all__ = ["ShiftMap"]
