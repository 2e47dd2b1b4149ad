import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_greyfill.errors import (
    BadMaskError,
    EmptyMaskError,
    ShapeMismatchError,
    UnsupportedImageError,
)
from napari_greyfill.image.geometry import Window
from napari_greyfill.pipeline.healing import Healing
from napari_greyfill.pipeline.origin import Origin


def picture(dtype=np.uint16, colour=False, size=96):
    rng = np.random.default_rng(0)
    grey = (
        800 + 4 * np.add.outer(np.arange(size), np.arange(size)) + rng.normal(0, 5, (size, size))
    )
    scaled = grey / 2000 * (1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max)
    plane = scaled.astype(dtype)
    return np.stack([plane, plane // 2, plane[::-1]], axis=-1) if colour else plane


def square(y, x, side=6):
    return np.ones((side, side), bool), Window(y, y + side, x, x + side)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("colour", [False, True])
def test_a_stroke_changes_nothing_but_its_pixels_and_undo_brings_all_back(dtype, colour):
    image = picture(dtype, colour)
    if np.dtype(dtype).kind != "f" and colour:
        image = image.astype(dtype)
    healing = Healing(image)
    painted, window = square(30, 40)
    edit = healing.heal(painted, window)
    inside = np.zeros(image.shape[:2], bool)
    inside[window.slices] = True
    assert np.array_equal(healing.result[~inside], image[~inside])
    assert not np.array_equal(healing.result[inside], image[inside])
    assert healing.invented == 36
    assert healing.undo() is edit
    assert healing.result.tobytes() == image.tobytes()
    assert healing.invented == 0
    assert healing.undo() is None


def test_the_better_fill_is_that_of_fill():
    from napari_greyfill import fill

    image = picture(size=160)
    mask = np.zeros(image.shape, bool)
    mask[60:84, 70:88] = True
    healing = Healing(image)
    edit = healing.heal(mask)
    healing.settle(edit, healing.refinement(edit, "biharmonic").run(), "biharmonic")
    expected = fill(image, mask, method="biharmonic").image
    assert np.abs(healing.result.astype(int) - expected).max() <= 1


def test_redo_does_again_what_undo_took_back():
    healing = Healing(picture())
    healing.heal(*square(10, 10))
    after = healing.result.copy()
    healing.undo()
    assert healing.can_redo
    healing.redo()
    assert np.array_equal(healing.result, after)
    assert not healing.can_redo
    healing.undo()
    healing.restore(*square(40, 40))
    assert healing.redo() is None


def test_restoring_brings_the_original_back_where_it_is_painted():
    image = picture()
    healing = Healing(image)
    healing.heal(*square(10, 10, 12))
    healing.restore(*square(14, 14, 4))
    assert np.array_equal(healing.result[14:18, 14:18], image[14:18, 14:18])
    assert healing.invented == 144 - 16
    healing.undo()
    assert healing.invented == 144


def test_a_clone_has_the_texture_of_its_source_and_the_brightness_of_its_rim():
    rng = np.random.default_rng(1)
    texture = rng.normal(0, 0.05, (40, 40))
    image = np.full((40, 90), 0.2)
    image[:, 50:] = 0.7
    image[:, :40] += texture
    healing = Healing(image)
    painted, window = square(15, 65, 10)
    edit = healing.clone(painted, (0, -50), window)
    got, source = healing.result[window.slices], image[15:25, 15:25]
    assert np.corrcoef(got.ravel(), source.ravel())[0, 1] > 0.7
    assert got.mean() == pytest.approx(0.7, abs=0.05)
    assert (healing.origins[window.slices] == Origin.COPIED).all()
    healing.move_source(edit, (0, -15), blended=False)
    assert np.array_equal(healing.result[window.slices], image[15:25, 50:60])
    healing.undo()
    assert np.array_equal(healing.result, image)


def test_a_source_beyond_the_border_is_what_lies_at_it():
    image = picture()
    healing = Healing(image)
    painted, window = square(5, 5)
    healing.clone(painted, (-200, -200), window, blended=False)
    assert (healing.result[window.slices] == image[0, 0]).all()


def test_a_source_that_reaches_into_the_stroke_is_what_stood_there_before():
    image = picture()
    healing = Healing(image)
    painted, window = square(30, 30, 10)
    edit = healing.clone(painted, (40, 40), window)
    healing.move_source(edit, (0, 2), blended=False)
    assert np.array_equal(healing.result[window.slices], image[30:40, 32:42])


def test_pixels_that_come_late_go_below_later_strokes():
    image = picture()
    healing = Healing(image)
    first = healing.heal(*square(20, 20, 10))
    healing.heal(*square(25, 25, 10))
    above = healing.result[25:35, 25:35].copy()
    assert healing.settle(first, np.full(100, 7, image.dtype), Origin.CORRECTED)
    assert np.array_equal(healing.result[25:35, 25:35], above)
    assert (healing.result[20:25, 20:30] == 7).all()
    healing.undo()
    assert (healing.result[20:30, 20:30] == 7).all()
    healing.undo()
    assert healing.result.tobytes() == image.tobytes()


def test_pixels_for_a_stroke_that_was_taken_back_are_not_taken():
    healing = Healing(picture())
    edit = healing.heal(*square(20, 20))
    healing.undo()
    assert not healing.settle(edit, edit.old + 1, "correction")
    assert np.array_equal(healing.result, healing.original)
    assert not healing.remove(edit)


def test_a_stroke_below_others_can_be_taken_away():
    image = picture()
    healing = Healing(image)
    first = healing.heal(*square(20, 20, 10))
    healing.heal(*square(25, 25, 10))
    assert healing.remove(first)
    assert np.array_equal(healing.result[20:25, 20:25], image[20:25, 20:25])
    healing.undo()
    assert healing.result.tobytes() == image.tobytes()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 26)] * 2, *[st.integers(0, 3)] * 2), max_size=8))
def test_whatever_is_done_can_be_taken_back_bit_by_bit(steps):
    image = picture(np.float32, size=32)
    image[3, 4] = np.nan
    healing = Healing(image)
    for y, x, what, late in steps:
        stroke = square(y, x)
        if what == 0:
            healing.heal(*stroke)
        elif what == 1:
            healing.clone(stroke[0], (late, 5), stroke[1])
        elif what == 2:
            healing.restore(*stroke)
        else:
            healing.heal(*stroke, fill=False)
        edit = healing.edits[min(late, len(healing.edits) - 1)]
        healing.settle(edit, edit.old + 1, Origin.CORRECTED)
    assert healing.invented == np.count_nonzero(healing.origins)
    while healing.undo():
        pass
    assert healing.result.tobytes() == image.tobytes()
    assert healing.invented == 0


def test_the_memory_of_edits_is_bounded(monkeypatch):
    from napari_greyfill.pipeline import edits as module

    monkeypatch.setattr(module, "MEMORY", 1000)
    healing = Healing(picture())
    for step in range(20):
        healing.restore(*square(3 * step, 10))
    assert sum(edit.nbytes for edit in healing.edits) <= 1000
    assert len(healing.edits) < 20


def test_a_result_from_before_is_gone_on_with():
    image = picture(np.float32)
    image[50, 50] = np.nan
    result = image.copy()
    result[4:6, 4:6] += 1
    healing = Healing(image, result=result)
    assert healing.invented == 4
    assert healing.share == 4 / image.size
    healing.heal(*square(20, 20))
    assert result is healing.result


def test_values_that_are_known_are_not_looked_for_again():
    image = picture()
    first = Healing(image)
    second = Healing(image, values=first.values)
    assert second.values == first.values
    assert second.kind == first.kind == "grey"


def test_pixels_without_a_value_are_no_source_and_stay():
    image = picture(np.float64)
    image[29, 25:45] = np.nan
    healing = Healing(image)
    painted, window = square(30, 30)
    healing.heal(painted, window)
    healing.clone(painted, (-25, 0), window)
    assert np.isfinite(healing.result[window.slices]).all()
    assert np.isnan(healing.result[29, 25:45]).all()


def test_the_alpha_of_a_picture_stays():
    alpha = np.arange(96 * 96, dtype=np.uint8).reshape(96, 96, 1)
    image = np.concatenate([picture(np.uint8, colour=True), alpha], axis=-1)
    healing = Healing(image)
    healing.heal(*square(30, 30))
    healing.clone(*(square(50, 50)[0], (10, 10), square(50, 50)[1]))
    assert healing.kind == "rgba"
    assert np.array_equal(healing.result[..., 3], image[..., 3])


def test_the_outline_is_one_pixel_wide():
    healing = Healing(picture())
    healing.heal(*square(30, 30, 8))
    outline = healing.outline(Window(0, 96, 0, 96))
    assert outline.sum() == 4 * 7
    assert np.array_equal(outline[25:50, 25:50], healing.outline(Window(25, 50, 25, 50)))


def test_what_is_no_stroke_is_a_sentence():
    healing = Healing(picture())
    with pytest.raises(EmptyMaskError, match="paint over"):
        healing.heal(np.zeros((96, 96), bool))
    with pytest.raises(BadMaskError, match="within the picture"):
        healing.heal(np.ones((6, 6), bool), Window(94, 100, 0, 6))
    with pytest.raises(ShapeMismatchError, match="copy"):
        Healing(picture(), result=picture(np.uint8))
    with pytest.raises(UnsupportedImageError):
        Healing(np.zeros((3, 40, 40)))
