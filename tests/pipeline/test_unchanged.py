"""Only what changed is filled again, and what is kept is what a fresh fill would give."""

import numpy as np
import pytest

from napari_greyfill import BadParameterError, ColourHints, fill, fill_steps
from napari_greyfill.compute.events import Preview
from napari_greyfill.image.geometry import Window
from napari_greyfill.image.lazy import LazyPlane
from napari_greyfill.inpaint import methods
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.pipeline.picture import read_picture
from napari_greyfill.pipeline.run import fill_steps as one_fill
from napari_greyfill.pipeline.unchanged import Done, Memory, key_of

METHODS = [info.name for info in methods() if info.available and not info.uses_torch]
SHAPE = 90, 330


def picture(dtype=np.uint8, colour=False):
    rng = np.random.default_rng(0)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    grey = 120 + 60 * np.sin(x / 9 + y / 23) + 40 * np.cos(y / 13) + rng.normal(0, 5, SHAPE)
    planes = np.stack([grey, grey[::-1], grey[:, ::-1]], axis=-1) if colour else grey
    if np.dtype(dtype) == np.uint16:
        return (planes * 10 + 300).clip(0).astype(dtype)
    return planes.clip(0, 255).astype(dtype)


def strokes(*, more=(), specks=False):
    """Return a mask of two holes that do not see each other, and others."""
    mask = np.zeros(SHAPE, dtype=bool)
    mask[20:23, 20:50] = mask[20:24, 280:300] = True
    if specks:
        mask[40:43, 160:163] = mask[60:63, 30:34] = True
    for box in more:
        mask[box] = True
    return mask


MORE = (slice(26, 29), slice(285, 305))


@pytest.fixture
def filled(monkeypatch):
    """Note the windows that inpainters fill."""
    from napari_greyfill.inpaint import Inpainter

    seen = []
    original = Inpainter.run_together

    def counted(self, planes, holes, unknown=None):
        seen.append(len(planes))
        return original(self, planes, holes, unknown)

    monkeypatch.setattr(Inpainter, "run_together", counted)
    return seen


@pytest.mark.parametrize("colour", [False, True], ids=["grey", "colour"])
@pytest.mark.parametrize("method", METHODS)
def test_what_is_kept_is_what_a_fresh_fill_gives(method, colour):
    image = picture(colour=colour)
    first = fill(image, strokes(), method=method)
    again = fill(image, strokes(more=[MORE]), method=method, after=first)
    fresh = fill(image, strokes(more=[MORE]), method=method)
    assert (again.memory.anew, again.memory.regions) == (1, 2)
    np.testing.assert_array_equal(again.image, fresh.image)
    assert again.expected_error == fresh.expected_error
    assert again.notes == fresh.notes
    if fresh.confidence is not None:
        np.testing.assert_array_equal(again.confidence, fresh.confidence)
    assert again.provenance["regions"] == {"all": 2, "filled": 1}


def test_a_hole_that_grew_is_filled_again_and_no_other(filled):
    image = picture()
    first = fill(image, strokes(), method="biharmonic")
    filled.clear()
    mask = strokes(more=[MORE])
    again = fill(image, mask, method="biharmonic", after=first)
    assert filled == [1]
    np.testing.assert_array_equal(again.image, fill(image, mask, method="biharmonic").image)


def test_where_the_mask_shrinks_the_original_comes_back():
    image = picture()
    first = fill(image, strokes(more=[MORE]), method="biharmonic")
    again = fill(image, strokes(), method="biharmonic", after=first)
    assert again.memory.anew == 1
    np.testing.assert_array_equal(again.image[MORE], image[MORE])
    assert (first.image[MORE] != image[MORE]).any()


def test_nothing_is_filled_again_if_nothing_changed(filled):
    image = picture()
    first = fill(image, strokes(), method="correction")
    filled.clear()
    again = fill(image, strokes(), method="correction", after=first)
    assert not filled
    np.testing.assert_array_equal(again.image, first.image)
    assert not again.memory._earlier  # of all fills before, only the last one's is held
    thrice = fill(image, strokes(), method="correction", after=again)
    assert thrice.memory.anew == 0


@pytest.mark.parametrize(
    "changed", [{"method": "spectral"}, {"seed": 3}, {"scale": "native"}, {"grow": 2}]
)
def test_another_way_of_filling_fills_everything(changed):
    image = picture()
    first = fill(image, strokes(), method="biharmonic")
    again = fill(image, strokes(), **{"method": "biharmonic", **changed}, after=first)
    assert again.memory.anew == again.memory.regions == 2


def test_a_feather_needs_no_other_fill():
    image = picture()
    first = fill(image, strokes(), method="biharmonic")
    again = fill(image, strokes(), method="biharmonic", feather=2, after=first)
    assert again.memory.anew == 0
    fresh = fill(image, strokes(), method="biharmonic", feather=2)
    np.testing.assert_array_equal(again.image, fresh.image)
    assert (again.image != first.image).any()


def test_pixels_that_changed_in_place_are_noticed():
    image = picture()
    first = fill(image, strokes(), method="biharmonic")
    image[30:35, 30:35] = 7
    again = fill(image, strokes(), method="biharmonic", after=first)
    assert again.memory.anew == 1
    np.testing.assert_array_equal(again.image, fill(image, strokes(), method="biharmonic").image)


def test_a_region_sees_what_changed_in_the_one_before():
    """A long scratch is cut into pieces, each of which sees those before."""
    image = np.add.outer(np.arange(110), np.arange(2300)).astype(np.float32)
    mask = np.zeros(image.shape, dtype=bool)
    columns = np.arange(20, 2280)
    mask[columns // 23, columns] = True
    more = mask.copy()
    more[1100 // 23 + 3, 1090:1110] = True
    first = fill(image, mask, method="biharmonic")
    assert first.memory.regions > 2
    again = fill(image, more, method="biharmonic", after=first)
    fresh = fill(image, more, method="biharmonic")
    assert 1 <= again.memory.anew <= again.memory.regions
    np.testing.assert_array_equal(again.image, fresh.image)


def test_specks_are_filled_anew_and_what_sees_them_is_the_same():
    image = picture()
    first = fill(image, strokes(specks=True))
    mask = strokes(specks=True, more=[(slice(70, 73), slice(200, 203))])
    again, fresh = fill(image, mask, after=first), fill(image, mask)
    np.testing.assert_array_equal(again.image, fresh.image)
    assert again.expected_error == fresh.expected_error


def test_colours_are_kept_with_their_hints():
    image = picture(colour=True)
    hints = [ColourHints([(21, 30)], [(1.0, 0.0, 0.0)]), ColourHints([(21, 30)], [(0.0, 0, 1.0)])]
    first = fill(image, strokes(), method="biharmonic", hints=hints[0])
    same = fill(image, strokes(), method="biharmonic", hints=hints[0], after=first)
    assert same.memory.anew == 0
    np.testing.assert_array_equal(same.image, first.image)
    other = fill(image, strokes(), method="biharmonic", hints=hints[1], after=first)
    assert other.memory.anew == 1
    fresh = fill(image, strokes(), method="biharmonic", hints=hints[1])
    np.testing.assert_array_equal(other.image, fresh.image)


def test_what_a_colorizer_showed_on_its_way_is_shown_again(small_networks):
    image, mask = picture(colour=True)[:, :96], np.zeros((90, 96), dtype=bool)
    mask[40:48, 40:60] = True
    chosen = {"method": "biharmonic", "colorizer": "progressive"}
    first = fill(image, mask, **chosen)
    again = fill(image, mask, **chosen, after=first)
    assert again.memory.anew == 0
    assert [step.name for step in again.steps] == [step.name for step in first.steps]
    for one, other in zip(again.steps, first.steps, strict=True):
        np.testing.assert_array_equal(one.image, other.image)


def test_a_scale_that_moves_a_little_is_kept():
    """The largest value is masked, so that the scale of a fresh fill would be another."""
    image = picture(np.uint16)
    image[27, 300] = image.max() + 40
    first = fill(image, strokes(), method="biharmonic")
    again = fill(image, strokes(more=[MORE]), method="biharmonic", after=first)
    fresh = fill(image, strokes(more=[MORE]), method="biharmonic")
    assert again.provenance["value_range"] == first.provenance["value_range"]
    assert again.provenance["value_range"] != fresh.provenance["value_range"]
    assert again.memory.anew == 1
    kept = strokes()
    np.testing.assert_array_equal(again.image[kept], first.image[kept])
    np.testing.assert_allclose(again.image.astype(int), fresh.image, atol=1)


def test_another_picture_has_a_scale_of_its_own():
    image = picture(np.uint16)
    first = fill(image, strokes(), method="biharmonic")
    other = image.copy()
    other[80:, 150:160] += 30
    other[0, 0] += 100
    again = fill(other, strokes(), method="biharmonic", after=first)
    assert again.provenance["value_range"][1] >= first.provenance["value_range"][1]
    fresh = fill(other, strokes(), method="biharmonic")
    np.testing.assert_array_equal(again.image, fresh.image)


def test_pictures_that_are_read_when_asked_for_are_compared_by_what_reads_them():
    image = picture(np.uint16)
    same, other = LazyPlane(image), LazyPlane(image.copy())
    assert same.same_as(LazyPlane(image))
    assert not same.same_as(other)
    masks = strokes(), strokes(more=[MORE])
    before, now = (read_picture(image, mask, FillOptions()) for mask in masks)
    assert Memory(None, before).on_same_scale(now).values == before.values


@pytest.mark.parametrize("wrong", [3, "result", np.zeros((4, 4))])
def test_what_is_no_result_is_a_sentence(wrong):
    with pytest.raises(BadParameterError, match="after takes"):
        fill(picture(), strokes(), after=wrong)


def test_of_a_stack_it_is_a_sentence():
    image = picture()
    first = fill(image, strokes(), method="biharmonic")
    with pytest.raises(BadParameterError, match="resume"):
        fill_steps(np.stack([image, image]), strokes(), after=first)


def test_keys_tell_arrays_and_numbers_apart():
    one, other = np.zeros((2, 3)), np.zeros((3, 2))
    keys = {
        key_of((1,), one),
        key_of((2,), one),
        key_of((1,), other),
        key_of((1,), one, None),
        key_of((1,), one.astype(np.float32)),
    }
    assert len(keys) == 5
    assert key_of((1,), one) == key_of((1,), one.copy())


def test_what_lies_elsewhere_now_is_moved_there():
    from napari_greyfill.image.picture import Patch

    earlier = Memory()
    earlier.keep(b"key", Done(Patch(Window(0, 2, 0, 2), np.ones((2, 2), np.float32))))
    memory = Memory(earlier)
    found = memory.find(b"key", Window(5, 7, 8, 10))
    assert found.patch.window == Window(5, 7, 8, 10)
    assert memory.find(b"other", Window(0, 2, 0, 2)) is None
    assert memory.counts == {"all": 2, "filled": 1}


def test_previews_come_of_what_is_kept_too():
    image = picture()
    first = fill(image, strokes(), method="biharmonic")
    events = list(one_fill(image, strokes(), method="biharmonic", after=first))
    assert any(isinstance(event, Preview) for event in events)
