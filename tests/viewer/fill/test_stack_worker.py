import numpy as np
import pytest

from napari_greyfill.compute.device import never
from napari_greyfill.compute.events import Note, Preview, Progress, Result
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.stack.result import FilledPlane
from napari_greyfill.viewer.fill.stack_worker import (
    Canvas,
    StackRequest,
    fill_the_stack,
    stack_as_python,
    with_time_left,
)


def request(data, **options):
    mask = np.zeros(data.shape[-2:], np.uint8)
    mask[5:8, 5:9] = 1
    chosen = StackOptions(**options)
    fill = FillOptions(method="telea")
    return StackRequest(data, mask, axes_of(data, axes="ZYX"), chosen, fill, "pic", "mask")


@pytest.fixture
def stack():
    return np.arange(3 * 20 * 24, dtype=np.uint16).reshape(3, 20, 24)


def test_a_canvas_comes_first_then_planes_then_the_result(stack):
    before = stack.copy()
    events = list(fill_the_stack(request(stack), never))
    sources = [event.source for event in events if isinstance(event, Preview)]
    assert isinstance(sources[0], Canvas)
    assert [source.index for source in sources[1:]] == [(0,), (1,), (2,)]
    assert isinstance(events[-1], Result)
    for plane in sources[1:]:
        plane.paste(sources[0].image, sources[0].labels)
    np.testing.assert_array_equal(sources[0].image, events[-1].value.image)
    np.testing.assert_array_equal(stack, before)


def test_what_was_kept_is_on_the_canvas(stack):
    asked = request(stack)
    steps = fill_the_stack(asked, never)
    planes = (e.source for e in steps if isinstance(e, Preview))
    first = next(source for source in planes if isinstance(source, FilledPlane))
    kept = first.so_far
    steps.close()
    again = StackRequest(**{**vars(asked), "resume": kept})
    events = list(fill_the_stack(again, never))
    canvas = next(e.source for e in events if isinstance(e, Preview))
    assert (canvas.labels > 0).any(axis=(1, 2)).tolist() == [True, False, False]


def test_stacks_that_are_read_in_parts_have_no_canvas(stack):
    import dask.array

    events = list(fill_the_stack(request(dask.array.from_array(stack)), never))
    assert not any(isinstance(e, Preview) and isinstance(e.source, Canvas) for e in events)


def test_the_time_that_is_left_comes_after_a_while():
    clock = iter([0.0, 1.0, 10.0, 200.0]).__next__

    def steps():
        yield Note("a note")
        yield Progress("plane 1 of 4 (Z 0)", 0.0)
        yield Progress("plane 1 of 4 (Z 0)", 0.25)
        yield Preview("Z 0", 0.5, None)
        yield Progress("plane 3 of 4 (Z 2)", 0.5)

    texts = [event.text for event in with_time_left(steps(), clock)]
    assert texts == [
        "a note",
        "plane 1 of 4 (Z 0)",
        "plane 1 of 4 (Z 0)",
        "plane 1 of 4 (Z 0), about 10 s left",
        "plane 3 of 4 (Z 2), about 3 min left",
    ]


def test_lines_for_the_console(stack):
    lines = stack_as_python(request(stack, context="none"))
    assert "viewer.layers['pic']" in lines
    assert "context='none'" in lines
    assert "method='telea'" in lines
    compile(lines, "console", "exec")
