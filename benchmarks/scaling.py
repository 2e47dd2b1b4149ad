"""Does the cost follow the hole? The same scratch in a small and in a very large image."""

import numpy as np

import napari_greyfill
from benchmarks.frame import alternating, table

SIDES = (500, 2000, 10_000)


def measure(repeats: int) -> str:
    contenders = {}
    for channels in (1, 3):
        for side in SIDES:
            image, mask = _scratched(side, channels)
            contenders[channels, side] = lambda i=image, m=mask: napari_greyfill.fill(
                i, m, look="faithful"
            )
    times = alternating(contenders, repeats)
    rows = [
        (
            "grey" if channels == 1 else "RGB",
            side,
            times[channels, side].wall,
            times[channels, side].wall / times[channels, SIDES[0]].wall,
        )
        for channels, side in contenders
    ]
    return (
        "## The same scratch in images of three sizes\n\n"
        "A scratch of 50 × 3 pixels, default method and colorizer, 8 bits; median of "
        f"{repeats} runs. What grows with the image is copying it for the result and looking "
        "for painted pixels.\n\n"
        + table(("image", "side, pixels", "seconds", "times the smallest"), rows)
    )


def _scratched(side: int, channels: int) -> tuple[np.ndarray, np.ndarray]:
    tile = np.random.default_rng(0).integers(60, 190, (500, 500, channels), dtype=np.uint8)
    repeats = -(-side // 500)
    image = np.tile(tile, (repeats, repeats, 1))[:side, :side]
    mask = np.zeros((side, side), dtype=bool)
    mask[200:203, 150:200] = True
    return (image[..., 0] if channels == 1 else image).copy(), mask
