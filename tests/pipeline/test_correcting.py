import json

import numpy as np
import pytest
from skimage import data

from napari_greyfill import fill
from napari_greyfill.errors import BadParameterError
from napari_greyfill.pipeline.origin import Origin

CHOSEN = {"method": "spectral", "pipeline": "rgb-rgb"}


@pytest.fixture(scope="module")
def case():
    """A picture with one mark that lets light pass, one thing that does not, and a speck."""
    truth = data.immunohistochemistry()[:192, :256].copy()
    image, mask = truth.copy(), np.zeros(truth.shape[:2], bool)
    image[80:112, 70:120] = np.rint(truth[80:112, 70:120] * np.array([0.5, 0.6, 0.8]))
    image[20:40, 180:220] = (200, 20, 30)
    mask[78:114, 68:122] = True
    mask[20:40, 180:220] = True
    mask[150:153, 20:23] = True
    return image, mask, truth


def off(image, truth):
    part = np.s_[78:114, 68:122]
    return float(np.sqrt(np.mean((image[part].astype(float) - truth[part]) ** 2)))


def test_what_is_under_the_mask_is_not_looked_at_unless_it_is_asked_for(case):
    image, mask, _ = case
    plain = fill(image, mask, **CHOSEN)
    empty = fill(np.where(mask[..., None], 0, image).astype(np.uint8), mask, **CHOSEN)
    np.testing.assert_array_equal(plain.image, empty.image)
    assert plain.pieces == ()
    assert plain.about_pieces == ""
    assert plain.provenance["pieces"] == []


def test_each_region_is_corrected_or_filled_and_says_which(case):
    image, mask, truth = case
    plain, result = fill(image, mask, **CHOSEN), fill(image, mask, correct="auto", **CHOSEN)
    assert result.about_pieces == "1 region corrected, 2 filled."
    assert off(result.image, truth) < 0.6 * off(plain.image, truth)
    np.testing.assert_array_equal(result.image[~mask], image[~mask])
    elsewhere = mask.copy()
    elsewhere[78:114, 68:122] = False
    np.testing.assert_array_equal(result.image[elsewhere], plain.image[elsewhere])
    labels = next(data for data, _, kind in result.to_layers() if kind == "labels")
    assert (labels[78:114, 68:122] == Origin.RECORDED).all()
    assert (labels[elsewhere] == 1).all()
    assert not labels[~mask].any()
    told = json.loads(json.dumps(result.provenance["pieces"]))
    (corrected,) = (piece for piece in told if piece["made"] == "corrected")
    np.testing.assert_allclose(corrected["passes"], (0.5, 0.6, 0.8), rtol=0.1)
    assert corrected["box"] == [78, 114, 68, 122]
    assert all(piece["why"] for piece in told)


@pytest.mark.parametrize("kind", ["uint16", "float32"])
def test_other_types_and_scales(case, kind):
    image, mask, truth = case
    grey, whole = (plane[..., 1].astype(np.float64) for plane in (image, truth))
    scale = 200 if kind == "uint16" else 0.01
    given, expected = ((plane * scale).astype(kind) for plane in (grey, whole))
    result = fill(given, mask, method="spectral", correct="auto")
    plain = fill(given, mask, method="spectral")
    assert result.image.dtype == given.dtype
    assert "1 region corrected" in result.about_pieces
    assert off(result.image[..., None], expected[..., None]) < off(
        plain.image[..., None], expected[..., None]
    )


def test_pixels_without_a_value_are_filled(case):
    image, mask, _ = case
    grey = image[..., 1].astype(np.float32)
    grey[90, 90] = np.nan
    result = fill(grey, mask, method="spectral", correct="auto")
    assert result.about_pieces == "0 regions corrected, 3 filled."
    assert np.isfinite(result.image).all()


def test_a_picture_that_is_its_own_reference_has_nothing_to_correct(case):
    image, mask, _ = case
    with pytest.raises(BadParameterError, match="nothing to correct"):
        fill(image, mask, correct="auto", reference="image")


def test_stacks_are_refused_with_a_sentence():
    with pytest.raises(BadParameterError, match="not in a stack"):
        fill(np.zeros((3, 40, 40)), np.eye(40, dtype=bool), correct="on", rgb=False)


@pytest.mark.parametrize("covers", [0, 255])
def test_a_mark_that_hides_everything_is_filled(covers):
    y, x = np.mgrid[:64, :64] / 64
    image = (120 + 60 * np.sin(6 * x + 3 * y)).astype(np.uint8)
    mask = np.zeros(image.shape, bool)
    mask[21:29, 16:48] = True
    hidden = np.where(mask, np.uint8(covers), image)
    corrected = fill(hidden, mask, method="spectral", correct="on")  # warnings are errors
    np.testing.assert_array_equal(corrected.image, fill(hidden, mask, method="spectral").image)
