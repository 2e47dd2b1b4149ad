import json

import numpy as np

from napari_greyfill.image.geometry import Window
from napari_greyfill.pipeline.pieces import CORRECTED, FILLED, Piece


def test_what_became_of_a_piece_as_json():
    pixels = np.array([[True, False], [True, True]])
    lit = Piece(Window(1, 3, 4, 6), pixels, CORRECTED, "light passes", (0.5,), (2.0,), 1.5)
    told = json.loads(json.dumps(lit.to_dict()))
    assert told["box"] == [1, 3, 4, 6] and told["pixels"] == 3
    assert told["made"] == "corrected" and told["passes"] == [0.5] and told["adds"] == [2.0]


def test_a_piece_that_was_filled_has_no_light():
    filled = Piece(Window(0, 1, 0, 1), np.ones((1, 1), bool), FILLED, "no light passes")
    assert filled.to_dict()["made"] == "filled"
    assert filled.to_dict()["passes"] == [] and filled.to_dict()["expected_error"] is None
