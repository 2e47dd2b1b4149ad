"""A checksum of what was read changes with what was read, and with nothing else."""

import json

import numpy as np
import pytest

from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.seen import Seen, Witness

WINDOW, OTHER = Window(0, 4, 2, 8), Window(1, 5, 2, 8)
VALUES = np.arange(24, dtype=np.uint16).reshape(4, 6)
HOLE = VALUES > 20


def noted(values=VALUES, hole=HOLE, window=WINDOW, index=(1, 2), more=VALUES):
    witness = Witness()
    witness.image(index, window, values)
    witness.image((1, 3), window, VALUES)
    witness.mask((2,), WINDOW, hole)
    witness.more("gain", more)
    return witness.seen


def test_the_order_does_not_matter():
    witness = Witness()
    witness.more("gain", VALUES)
    witness.mask((2,), WINDOW, HOLE)
    witness.image((1, 3), WINDOW, VALUES)
    witness.image((1, 2), WINDOW, VALUES)
    witness.image((1, 2), WINDOW, VALUES)
    assert witness.seen == noted()
    assert noted().image == ((WINDOW, ((1, 2), (1, 3))),)


@pytest.mark.parametrize(
    "changed",
    [
        {"values": VALUES + 1},
        {"values": np.ma.MaskedArray(VALUES, mask=HOLE)},
        {"hole": ~HOLE},
        {"window": OTHER},
        {"index": (0, 2)},
        {"more": VALUES + 1},
    ],
)
def test_whatever_changes_shows(changed):
    assert noted(**changed).digest != noted().digest


def test_json_holds_it():
    again = Seen.from_dict(json.loads(json.dumps(noted().to_dict())))
    assert again == noted()


@pytest.mark.parametrize("damaged", [{}, {"image": 1, "mask": [], "digest": ""}, {"image": [[]]}])
def test_what_is_damaged_is_told(damaged):
    with pytest.raises((LookupError, TypeError, ValueError)):
        Seen.from_dict(damaged)
