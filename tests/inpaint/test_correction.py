import struct
from importlib.resources import files

import numpy as np
import pytest
from safetensors.numpy import load
from skimage import data

from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.inpaint.correction import Correction, corrected, inpainter
from napari_greyfill.inpaint.correction.features import CHANNELS, features, spread
from napari_greyfill.inpaint.correction.network import BLOCKS, MULTIPLE_OF, Network
from napari_greyfill.inpaint.spectral import Spectral

WEIGHTS = files("napari_greyfill.inpaint.correction") / "correction.safetensors"


@pytest.fixture
def case(astronaut, scratch):
    """Three fills of a grey photograph, and the hole."""
    grey = astronaut[..., 0].astype(np.float32) / 255
    rng = np.random.default_rng(0)
    fills = [np.where(scratch, rng.random(grey.shape, np.float32), grey) for _ in range(3)]
    return *fills, scratch


def test_the_weights_in_the_package_are_small_and_complete():
    content = WEIGHTS.read_bytes()
    assert len(content) <= 2 * 2**20
    (length,) = struct.unpack("<Q", content[:8])
    assert content[8 : 8 + length].lstrip().startswith(b"{")
    weights = load(content)
    assert {name.split(".")[0] for name in weights} >= {f"{block}a" for block in BLOCKS}
    assert 300_000 < sum(w.size for w in weights.values()) < 1_000_000
    assert all(np.isfinite(w).all() for w in weights.values())


def test_numpy_and_torch_run_the_same_layers():
    torch = pytest.importorskip("torch")
    from training.network import CorrectionNetwork

    theirs = CorrectionNetwork()
    weights = load(WEIGHTS.read_bytes())
    theirs.load_state_dict({name: torch.from_numpy(w).float() for name, w in weights.items()})
    seen = np.random.default_rng(1).normal(size=(CHANNELS, 48, 64)).astype(np.float32)
    with torch.no_grad():
        expected = theirs(torch.from_numpy(seen)[None])[0, 0].numpy()
    np.testing.assert_allclose(Network(weights)(seen), expected, atol=1e-4)
    assert np.abs(expected).max() > 1e-3


def test_features_do_not_know_brightness_or_contrast(case):
    *fills, hole = case
    first = features(*fills, hole)
    assert first.shape == (CHANNELS, *hole.shape)
    second = features(*(0.3 * fill - 5 for fill in fills), hole)
    np.testing.assert_allclose(second, first, atol=1e-4)
    assert (first[1:3, ~hole] == 0).all()
    assert (first[1:3, hole] != 0).any(axis=1).all()
    np.testing.assert_array_equal(first[3] > 0, hole)
    np.testing.assert_array_equal(first[4] > 0, hole)


def test_a_flat_plane_has_a_spread_to_divide_by():
    mean, deviation = spread(np.full((4, 4), 0.7, np.float32), np.zeros((4, 4), bool))
    assert mean == np.float32(0.7)
    assert deviation > 0


@pytest.mark.parametrize("scale", [0.01, 1.0, 40.0])
def test_the_correction_follows_the_contrast(case, scale):
    *fills, hole = case
    plain = exhaust(corrected(*fills, hole, Compute())) - fills[0]
    scaled = [np.float32(scale) * fill for fill in fills]
    change = exhaust(corrected(*scaled, hole, Compute())) - scaled[0]
    assert np.abs(plain).max() > 1e-3
    assert (plain[~hole] == 0).all()
    np.testing.assert_allclose(change / scale, plain, atol=1e-3)


def test_tiles_see_enough_of_each_other(case, monkeypatch):
    whole = exhaust(corrected(*case, Compute()))
    monkeypatch.setattr(inpainter, "TILE", 48)
    tiled = exhaust(corrected(*case, Compute()))
    spectral, *_, hole = case
    assert np.std((tiled - whole)[hole]) < 0.5 * np.std((whole - spectral)[hole])


def test_sides_need_not_suit_the_network(case):
    *fills, hole = (part[:37, :51] for part in case)
    hole = hole.copy()
    hole[10:14, 10:30] = True
    assert hole.shape[0] % MULTIPLE_OF
    assert np.isfinite(exhaust(corrected(*fills, hole, Compute()))).all()


def test_it_corrects_more_than_it_spoils():
    """On pictures that the weights were not trained with."""
    gains = []
    rng = np.random.default_rng(4)
    for name in ("chelsea", "astronaut", "coins", "rocket"):
        picture = getattr(data, name)()[100:228, 100:228].astype(np.float32) / 255
        grey = picture if picture.ndim == 2 else picture @ np.float32([0.299, 0.587, 0.114])
        hole = np.zeros(grey.shape, bool)
        for y, x in rng.integers(0, 110, (16, 2)):
            hole[y : y + 16, x : x + 9] = True
        plane = np.where(hole, np.float32(0), grey)
        errors = [
            np.mean((method().fill(plane, hole) - grey)[hole] ** 2)
            for method in (Spectral, Correction)
        ]
        gains.append(10 * np.log10(errors[0] / errors[1]))
    assert np.mean(gains) > 0
