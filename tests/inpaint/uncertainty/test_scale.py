import numpy as np
from scipy import ndimage

from napari_greyfill.inpaint.uncertainty.scale import local_scale


def hole(shape=(64, 64)):
    missing = np.zeros(shape, bool)
    missing[20:44, 20:44] = True
    return missing


def test_it_grows_with_depth():
    missing = hole()
    noise = np.random.default_rng(0).normal(0, 1, (64, 64))
    plane = ndimage.gaussian_filter(noise, 3.0).astype(np.float32)  # neither edges nor steps
    found = local_scale(plane, missing)
    ring = missing & ~ndimage.binary_erosion(missing, iterations=3)
    assert np.median(found[30:34, 30:34]) > np.median(found[ring])
    assert (found[~missing] == 1).all()


def test_it_grows_with_the_contrast_around():
    missing = hole()
    noise = np.random.default_rng(0).normal(0, 1, (64, 64)).astype(np.float32)
    calm, rough = (np.where(missing, 0.5, 0.5 + size * noise) for size in (0.01, 0.2))
    found = [
        local_scale(each.astype(np.float32), missing)[missing].mean() for each in (calm, rough)
    ]
    assert found[1] > 1.3 * found[0]


def test_each_channel_has_its_own():
    missing = hole()
    noise = np.random.default_rng(0).normal(0, 0.2, (64, 64)).astype(np.float32)
    flat = np.full((64, 64), 0.5, np.float32)
    plane = np.stack([np.where(missing, flat, flat + noise), flat, flat], axis=-1)
    found = local_scale(plane, missing)
    assert found.shape == (64, 64, 3)
    assert found[missing][:, 0].mean() > found[missing][:, 1].mean()


def test_nothing_missing():
    assert (local_scale(np.zeros((9, 9), np.float32), np.zeros((9, 9), bool)) == 1).all()
