import numpy as np
import pytest

from napari_greyfill.inpaint.marks.mark import Mark, Scene, grey_of, like


def mark_of(cover, passes=(0.5,), adds=(0.0,), black=0.0, **more):
    return Mark(cover, np.array(passes), np.array(adds), black, **more)


@pytest.mark.parametrize("colours", [1, 3])
def test_what_is_behind_a_mark_is_what_was_laid_under_it(colours):
    rng = np.random.default_rng(0)
    plane = rng.random((20, 30, colours)).squeeze().astype(np.float32)
    cover = rng.random((20, 30))
    passes, adds = np.linspace(0.3, 0.8, colours), np.linspace(0, 0.2, colours)
    mark = mark_of(cover, passes, adds, 0.1)
    np.testing.assert_allclose(mark.behind(mark.over(plane)), plane, atol=1e-6)
    assert np.abs(mark.over(plane) - plane).max() > 0.05


def test_a_share_of_its_own_at_every_place_counts_as_well():
    plane = np.full((8, 8), 0.8, np.float32)
    evens = np.full((8, 8), 0.5)
    beside = mark_of(np.ones((8, 8)), evens=evens)
    np.testing.assert_allclose(beside.over(plane), 0.2)
    alone = mark_of(np.ones((8, 8)), evens=evens, replaces=True)
    np.testing.assert_allclose(alone.over(plane), 0.4)


def test_a_scene_with_its_mark_elsewhere(marked):
    scene = marked().scene
    assert scene.has_room(50, 0)
    assert not scene.has_room(10, 0)  # it would lie on itself
    assert not scene.has_room(100, 0)  # and leave the picture
    cover = scene.own.astype(float)
    moved = scene.moved(50, 0, mark_of(cover))
    there = np.roll(scene.own, 50, 0)
    np.testing.assert_array_equal(moved.own, there)
    np.testing.assert_array_equal(moved.lost, scene.own)
    # halves are rounded to grey levels of 8 bits
    np.testing.assert_allclose(moved.recorded[there], scene.recorded[there] / 2, atol=0.51 / 255)
    levels = moved.recorded[there] * 255
    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-3)
    np.testing.assert_array_equal(moved.recorded[~there], scene.recorded[~there])


def test_grey_is_the_mean_of_the_channels_and_masks_fit_colours():
    colours = np.array([[[0.0, 0.5, 1.0]]], np.float32)
    assert grey_of(colours) == pytest.approx(0.5)
    assert grey_of(colours[..., 0]).shape == (1, 1)
    mask = np.ones((1, 1), bool)
    assert like(mask, colours).shape == (1, 1, 1)
    assert like(mask, colours[..., 0]).shape == (1, 1)


def test_a_scene_of_floats_is_not_rounded(marked):
    scene = marked().scene
    floats = Scene(scene.recorded, scene.own, scene.lost)
    moved = floats.moved(50, 0, mark_of(scene.own.astype(float), (0.37,)))
    there = np.roll(scene.own, 50, 0)
    np.testing.assert_allclose(moved.recorded[there], 0.37 * scene.recorded[there], rtol=1e-5)
