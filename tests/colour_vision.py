"""How far apart colours are, for people who see all three kinds of light and for those who don't.

The matrices are those of Machado, Oliveira and Fernandes 2009, doi 10.1109/TVCG.2009.113, table 1
for a severity of 1; they act on linear light. Distances are CIEDE2000: 2 is just to be seen side
by side, 10 is plainly another colour.
"""

import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab

VISIONS = {
    "normal": np.eye(3),
    "without red": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "without green": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "without blue": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def seen(colour, vision):
    """Return a colour, red, green and blue from 0 to 1, as somebody sees it."""
    light = np.asarray(colour, dtype=float)
    light = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    light = np.clip(VISIONS[vision] @ light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def distance(one, other, vision):
    """Return how different two colours look to somebody."""
    return float(deltaE_ciede2000(*(rgb2lab(seen(each, vision)) for each in (one, other))))
