import numpy as np
import pytest

from napari_greyfill.colorization import Colorizer, Colours
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError
from napari_greyfill.image.colour import luma
from napari_greyfill.image.geometry import Window


class Grey(Colorizer):
    """Gives every pixel its grey."""

    def run(self, colour, grey, hole, hints=None):
        yield from ()
        return Colours(np.repeat(grey[..., None], 3, axis=-1))


def test_a_colorizer_has_to_say_how_it_colours():
    with pytest.raises(TypeError, match="abstract"):
        Colorizer()


def test_colours_alone_say_neither_how_sure_they_are_nor_anything_to_the_user():
    found = exhaust(Grey().run(np.zeros((2, 3, 3)), np.ones((2, 3)), np.ones((2, 3), bool)))
    assert (found.plane == 1).all()
    assert (found.confidence, found.notes) == (None, ())


def test_the_luma_given_and_the_chroma_found_make_a_colour(astronaut):
    colour = (astronaut / 255).astype(np.float32)
    grey = luma(colour)
    frame = Window(10, 30, 20, 50)
    chroma = np.stack([colour[..., 2] - grey, colour[..., 0] - grey], axis=-1)
    wrong = colour.copy()
    wrong[frame.slices] = 0
    made = Grey().with_chroma(wrong, grey, frame, chroma[frame.slices])
    np.testing.assert_allclose(made, colour, atol=1e-5)


def test_fractions_are_told_as_levels():
    def work():
        yield 0.0
        yield 0.5
        return "done"

    levels = []
    assert exhaust(Grey().reported(work(), "solving", 0.2, 0.6), levels.append) == "done"
    assert [(level.name, level.fraction) for level in levels] == [
        ("solving", 0.2),
        ("solving", pytest.approx(0.4)),
    ]


def test_work_that_is_told_can_be_cancelled():
    colorizer = Grey(Compute(cancelled=lambda: True))
    with pytest.raises(CancelledError):
        exhaust(colorizer.reported(iter([0.5]), "solving"))
