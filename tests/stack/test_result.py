"""What comes out of a stack."""

import numpy as np

from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.result import FilledPlane, StackResult
from napari_greyfill.stack.source import StackImage
from napari_greyfill.stack.tasks import Source, StackPatch, TaskResult


def result_of(stack=None, total=2):
    stack = np.zeros((4, 8, 9), np.uint8) if stack is None else stack
    hole = np.ones((2, 3), bool)
    first = StackPatch((1,), Window(0, 2, 0, 3), np.full((2, 3), 9, np.uint8), hole, 1, 3.0)
    second = StackPatch((2,), Window(4, 6, 0, 3), np.full((2, 3), 7, np.uint8), hole, 2, 4.0, 0.5)
    results = {"a": TaskResult("a", (first,)), "b": TaskResult("b", (second,))}
    image = StackImage(stack, axes_of(stack))
    return StackResult(image, results, total, (), "blend", "grey-rgb", "", {"seed": 0}, 1.0)


def test_it_is_the_stack_with_what_was_filled():
    stack = np.zeros((4, 8, 9), np.uint8)
    result = result_of(stack)
    assert result.image[1, 0, 0] == 9 and result.image[2, 5, 2] == 7 and not stack.any()
    assert result.image.sum() == 6 * 9 + 6 * 7
    assert result.filled[1, 0, 0] == Source.OWN and result.filled[2, 4, 0] == Source.Z
    assert result.hole.sum() == 12 and result.complete


def test_planes_say_how_they_were_filled():
    result = result_of()
    assert [plane.name for plane in result.planes] == ["Z 1", "Z 2"]
    assert result.worst_plane.index == (2,) and result.planes[1].share == 0.5
    assert np.isclose(result.expected_error, np.sqrt((9 + 16) / 2))
    assert sum(result.used.values()) == 12
    assert "12 pixels of 2 planes" in repr(result) and "tasks done" in repr(result_of(total=3))


def test_layers_are_the_stack_and_labels():
    (image, shown, kind), (labels, region, other) = result_of().to_layers()
    assert (kind, other) == ("image", "labels") and image.shape == labels.shape
    assert shown["metadata"]["greyfill"] == {"seed": 0} and not region["visible"]


def test_a_masked_array_is_known_where_it_was_filled():
    stack = np.ma.MaskedArray(np.zeros((4, 8, 9), np.uint8), mask=False)
    stack[1, 0, 0] = stack[3, 0, 0] = np.ma.masked
    image = result_of(stack).image
    assert not image.mask[1, 0, 0] and image.mask[3, 0, 0]


def test_large_stacks_are_put_together_where_they_are_read(monkeypatch):
    monkeypatch.setattr("napari_greyfill.stack.result.IN_MEMORY", 10)

    class Lazy:
        shape, dtype = (4, 8, 9), np.dtype(np.uint8)

        def __getitem__(self, key):
            return np.zeros(self.shape, np.uint8)[key]

    image = result_of(Lazy()).image
    assert not isinstance(image, np.ndarray) and np.asarray(image[1])[0, 0] == 9


def test_a_finished_plane_is_pasted_by_itself():
    result = result_of()
    patches = result.results["b"].patches
    plane = FilledPlane(result.stack, (2,), patches, lambda: result)
    shown, labels = np.zeros((4, 8, 9), np.uint8), np.zeros((4, 8, 9), np.uint8)
    plane.paste(shown, labels)
    assert shown[2, 4, 0] == 7 and shown.sum() == 42 and labels[2, 4, 0] == Source.Z
    assert plane.image[4, 0] == 7 and plane.name == "Z 2" and plane.so_far is result
