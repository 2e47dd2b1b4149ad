import numpy as np
import pytest
from scipy import ndimage

import napari_greyfill
from napari_greyfill.errors import BadParameterError


def noisy(dtype=np.uint16, seed=0):
    rng = np.random.default_rng(seed)
    level = 30 + 40 * ndimage.gaussian_filter(rng.random((140, 140)), 10)
    return rng.poisson(level).astype(dtype)


def hole():
    found = np.zeros((140, 140), bool)
    found[50:86, 50:86] = True
    return found


def filled(image, **options):
    with pytest.warns(match="Noise like that of the surroundings"):
        return napari_greyfill.fill(image, hole(), method="spectral", noise="match", **options)


def grain(image, where):
    rest = image - ndimage.uniform_filter(image.astype(float), 3)
    return rest[where].var()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_the_fill_gets_the_grain_of_the_picture(dtype):
    image = noisy(dtype)
    plain = napari_greyfill.fill(image, hole(), method="spectral")
    result = filled(image)
    inner = ndimage.binary_erosion(hole(), iterations=2)
    around = ndimage.binary_dilation(hole(), iterations=12) & ~hole()
    assert grain(plain.image, inner) < 0.2 * grain(image, around)
    assert grain(result.image, inner) == pytest.approx(grain(image, around), rel=0.35)
    np.testing.assert_array_equal(result.image[~hole()], image[~hole()])
    assert result.image.dtype == dtype


def test_it_is_the_same_for_the_same_seed_and_is_told():
    image = noisy()
    first, again, other = (filled(image, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.image, again.image)
    assert (first.image != other.image).any()
    assert any("Noise like" in note for note in first.provenance["notes"])
    assert first.provenance["parameters"]["noise"] == "match"


def test_colour_pictures_get_it_too():
    image = np.stack([noisy(np.uint8, 0), noisy(np.uint8, 1), noisy(np.uint8, 2)], axis=-1)
    result = filled(image)
    inner = ndimage.binary_erosion(hole(), iterations=2)
    for channel in range(3):
        assert grain(result.image[..., channel], inner) > 0.5 * grain(image[..., channel], inner)


def test_by_default_there_is_none():
    result = napari_greyfill.fill(noisy(), hole(), method="spectral")
    assert not any("Noise" in note for note in result.notes)


def test_what_copies_has_it_already():
    with pytest.warns(match="copies the noise"):
        napari_greyfill.fill(noisy(np.uint8), hole(), method="texture", noise="match")


def test_specks_share_what_is_measured():
    image, specks = noisy(), np.zeros((140, 140), bool)
    specks[20:120:25, 20:120:25] = True
    specks |= np.roll(specks, 1, axis=1)
    with pytest.warns(match="Noise like"):
        result = napari_greyfill.fill(image, specks, method="spectral", noise="match")
    np.testing.assert_array_equal(result.image[~specks], image[~specks])
    assert result.provenance["specks"] > 0


def test_too_little_known():
    image, most = noisy()[:40, :40], np.ones((40, 40), bool)
    most[:4] = False
    with pytest.warns() as said:
        napari_greyfill.fill(image, most, method="biharmonic", noise="match")
    assert any("no noise was added" in str(each.message) for each in said)


def test_planes_of_a_stack_get_noise_of_their_own():
    stack = np.stack([noisy(seed=seed) for seed in range(3)])
    with pytest.warns(match="Noise like"):
        result = napari_greyfill.fill(
            stack, hole(), method="spectral", noise="match", context="none"
        )
    inner = ndimage.binary_erosion(hole(), iterations=2)
    rests = [
        (plane - ndimage.uniform_filter(plane.astype(float), 3))[inner] for plane in result.image
    ]
    assert min(rest.var() for rest in rests) > 0.4 * grain(stack[0], ~hole())
    assert abs(np.corrcoef(rests[0], rests[1])[0, 1]) < 0.2


def test_only_two_ways():
    with pytest.raises(BadParameterError, match="noise"):
        napari_greyfill.fill(noisy(), hole(), noise="lots")
