"""Inpainters that tests register."""

from napari_greyfill.inpaint import Inpainter


class Broken(Inpainter):
    """Fails in the middle of its work."""

    def run(self, plane, hole, unknown=None):
        yield 0.5
        raise RuntimeError("a bug")
