import hashlib

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import ndimage

import napari_greyfill
from napari_greyfill.errors import BadParameterError, ShapeMismatchError
from napari_greyfill.masks import IRREGULAR_BINS, RANDOM_KINDS, random_mask

KINDS = list(RANDOM_KINDS)
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=15)  # of each kind
sizes = st.tuples(st.integers(8, 120), st.integers(8, 120))


def tolerance(shape):
    """Half a percent or half a row or column, and the pixel that rounding costs."""
    return max(0.005, 0.5 / min(shape)) + 1 / np.prod(shape)


@pytest.mark.parametrize("kind", KINDS)
@few
@given(shape=sizes, share=st.floats(0.01, 0.9), seed=seeds)
def test_share_is_met_and_seed_repeats(kind, shape, share, seed):
    assume(kind != "half" or share * min(shape) > 1)
    mask = random_mask(shape, kind, share=share, seed=seed)
    assert mask.dtype == bool
    assert mask.shape == shape
    assert mask.any()
    assert abs(mask.mean() - share) <= tolerance(shape)
    np.testing.assert_array_equal(mask, random_mask(shape, kind, share=share, seed=seed))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "centre"])
def test_other_seeds_give_other_masks(kind):
    masks = {random_mask((64, 48), kind, seed=seed).tobytes() for seed in range(12)}
    assert len(masks) > 3  # there are but four halves


@pytest.mark.parametrize("kind", KINDS)
@few
@given(shape=sizes, border=st.integers(1, 12), seed=seeds)
def test_border_stays_free(kind, shape, border, seed):
    room = (shape[0] - 2 * border) * (shape[1] - 2 * border) / np.prod(shape)
    assume(min(shape) > 2 * border + 2)
    mask = random_mask(shape, kind, share=room / 2, seed=seed, free_border=border)
    inner = np.zeros(shape, bool)
    inner[border:-border, border:-border] = True
    assert not mask[~inner].any()
    assert abs(mask.mean() - room / 2) <= tolerance(shape)


@pytest.mark.parametrize("kind", KINDS)
@few
@given(seed=seeds)
def test_keeps_clear_of_another_mask(kind, seed):
    other = random_mask((60, 70), "free-form", share=0.2, seed=seed).astype(np.uint8) * 7
    mask = random_mask((60, 70), kind, share=0.05, seed=seed, keep_clear_of=other)
    assert not (mask & (other != 0)).any()
    assert abs(mask.mean() - 0.05) <= tolerance((60, 70))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
@few
@given(shape=sizes, seed=seeds, walls=st.booleans())
def test_a_block_is_one_piece(share, shape, seed, walls):
    other = None
    if walls:
        other = np.zeros(shape, bool)
        other[:: shape[0] // 2 + 1, 2:] = other[:, -1] = True
    mask = random_mask(shape, "semantic", share=share, seed=seed, keep_clear_of=other)
    assert ndimage.label(mask)[1] == 1


@given(shape=sizes, share=st.floats(0.01, 0.9), seed=seeds)
def test_a_box_is_a_box(shape, share, seed):
    mask = random_mask(shape, "box", share=share, seed=seed)
    rows, columns = mask.any(axis=1), mask.any(axis=0)
    np.testing.assert_array_equal(mask, rows[:, None] & columns[None, :])
    assert ndimage.label(mask)[1] == 1


def test_a_centre_is_in_the_middle():
    mask = random_mask((101, 151), "centre", share=0.3)
    rows, columns = np.nonzero(mask)
    assert abs(rows.mean() - 50) <= 0.5
    assert abs(columns.mean() - 75) <= 0.5


@pytest.mark.parametrize("low_high", IRREGULAR_BINS)
@few
@given(seed=seeds)
def test_a_bin_holds_its_masks(low_high, seed):
    mask = random_mask((64, 64), "irregular", share=low_high, seed=seed)
    assert low_high[0] - 1e-3 <= mask.mean() <= low_high[1] + 1e-3


def test_whole_picture_can_be_masked():
    for kind in KINDS:
        assert random_mask((20, 30), kind, share=1).all()


@pytest.mark.parametrize("kind", KINDS)
def test_tiny_pictures(kind):
    for shape in [(1, 1), (1, 7), (3, 2)]:
        assert random_mask(shape, kind).shape == shape


def test_free_form_strokes_are_thick_and_dots_are_not():
    strokes = random_mask((256, 256), "free-form", share=0.25, seed=3)
    dots = random_mask((256, 256), "dots", share=0.25, seed=3)
    depths = [ndimage.distance_transform_edt(mask).max() for mask in (strokes, dots)]
    assert depths[0] >= 6  # half of the thinnest brush at this size
    assert ndimage.label(dots)[1] > 20 * ndimage.label(strokes)[1]


def horseshoe():
    labels = np.zeros((40, 40), np.uint16)
    labels[5:35, 5:30] = 9
    labels[12:35, 12:23] = 0
    return labels


@given(seed=seeds)
def test_object_keeps_shape_and_size(seed):
    labels = horseshoe()
    mask = random_mask((90, 70), "semantic", objects=labels, seed=seed)
    rows, columns = np.nonzero(mask)
    found = mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    np.testing.assert_array_equal(found, labels[5:35, 5:30] == 9)


@given(seed=seeds, share=st.floats(0.02, 0.4))
def test_object_is_scaled_to_the_share(seed, share):
    mask = random_mask((90, 90), "semantic", objects=horseshoe(), seed=seed, share=share)
    assert abs(mask.mean() - share) <= tolerance((90, 90))
    assert ndimage.binary_fill_holes(mask).sum() == mask.sum()  # the shoe stays open


def test_one_of_several_objects_is_drawn():
    labels = np.zeros((30, 30), int)
    labels[:3, :3], labels[10:15, 10:15], labels[20:22, 5:15] = 1, 2, 5
    sizes = {
        int(random_mask((30, 30), "semantic", objects=labels, seed=s).sum()) for s in range(30)
    }
    assert sizes == {9, 25, 20}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"kind": "circles"}, "choose one of: free-form, dots"),
        ({"share": 0}, "not between 0 and 1"),
        ({"share": 1.2}, "not between 0 and 1"),
        ({"share": (0.4, 0.2)}, "0.4 to 0.2"),
        ({"share": float("nan")}, "not between 0 and 1"),
        ({"seed": -1}, "seed is -1"),
        ({"free_border": -2}, "free_border is -2"),
        ({"share": 0.9, "free_border": 5}, "only 25.0% may be"),
        ({"share": 0.1, "free_border": 50}, "only 0.0% may be"),
        ({"kind": "box", "objects": np.ones((3, 3), int)}, "takes no objects"),
        ({"kind": "semantic", "objects": np.zeros((3, 3), int)}, "holds no object"),
        ({"kind": "semantic", "objects": np.ones((3, 3))}, "label image"),
        ({"kind": "semantic", "objects": np.ones((30, 3), int)}, "finds no place"),
        ({"kind": "semantic", "keep_clear_of": np.eye(20) + np.eye(20, k=1), "share": 0.6},
         "no room for one block"),
        ({"kind": "box", "keep_clear_of": np.eye(20), "share": 0.6}, "no room for a box"),
    ],
)  # fmt: skip
def test_impossible_wishes_are_explained(arguments, sentence):
    with pytest.raises(BadParameterError, match=sentence):
        random_mask((20, 20), **arguments)


def test_size_must_be_one():
    for shape in [(5,), (0, 4)]:
        with pytest.raises(BadParameterError, match="height and width"):
            random_mask(shape)
    with pytest.raises(ShapeMismatchError, match="same size"):
        random_mask((20, 20), keep_clear_of=np.ones((20, 21)))


def test_colours_of_a_shape_are_not_looked_at():
    assert random_mask((20, 30, 3)).shape == (20, 30)
    assert napari_greyfill.random_mask is random_mask


def test_masks_stay_what_they_were():
    """A seed names a mask in papers and file names, so it must go on meaning the same."""
    digest = hashlib.sha256()
    for kind in ("box", "centre", "half"):  # integers only: the same on every processor
        digest.update(np.packbits(random_mask((64, 64), kind, seed=1)).tobytes())
    assert digest.hexdigest()[:16] == "65ca1d524580bf72"
