import numpy as np
import pytest

from napari_greyfill.compute.device import never
from napari_greyfill.compute.events import Note, Preview, Result
from napari_greyfill.errors import UnreadableFileError
from napari_greyfill.pipeline.options import FillOptions
from napari_greyfill.stack.about import found_at
from napari_greyfill.stack.axes import axes_of
from napari_greyfill.stack.options import StackOptions
from napari_greyfill.stack.result import FilledPlane
from napari_greyfill.viewer.fill.stack_worker import (
    Canvas,
    StackRequest,
    Stored,
    fill_the_stack,
    stack_as_python,
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
    texts = [event.text for event in events if isinstance(event, Preview)][1:]
    assert texts == [f"plane {n + 1} of 3 (Z {n})" for n in range(3)]
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


def test_what_is_kept_on_disk_is_told_with_its_store(stack, tmp_path):
    path = tmp_path / "filled.ome.zarr"
    asked = StackRequest(**{**vars(request(stack)), "path": path, "about": {"name": "pic"}})
    events = list(fill_the_stack(asked, never))
    sources = [event.source for event in events if isinstance(event, Preview)]
    assert isinstance(sources[0], Stored)
    assert sources[0].store.path == path
    assert events[-1].value.stored
    assert found_at(path).about == {"name": "pic", "complete": True}


def test_another_run_gets_a_name_of_its_own_unless_a_name_was_chosen(stack, tmp_path):
    path = tmp_path / "filled.ome.zarr"
    asked = StackRequest(**{**vars(request(stack)), "path": path, "exact": False})
    assert len(list(fill_the_stack(asked, never))) > 1
    other = StackRequest(**{**vars(request(stack[:, ::-1])), "path": path, "exact": False})
    other.mask[0, 0] = 1
    events = list(fill_the_stack(other, never))
    store = next(e.source.store for e in events if isinstance(e, Preview))
    assert store.path.name == "filled 2.ome.zarr"
    chosen = StackRequest(**{**vars(other), "exact": True})
    with pytest.raises(UnreadableFileError, match="another place"):
        list(fill_the_stack(chosen, never))


def test_what_was_kept_of_another_mask_is_filled_anew(stack):
    steps = fill_the_stack(request(stack), never)
    planes = (e.source for e in steps if isinstance(e, Preview))
    kept = next(source for source in planes if isinstance(source, FilledPlane)).so_far
    steps.close()
    again = StackRequest(**{**vars(request(stack)), "resume": kept})
    again.mask[15, 15] = 1
    events = list(fill_the_stack(again, never))
    assert any(isinstance(e, Note) and "filled anew" in e.text for e in events)
    assert events[-1].value.complete


def test_lines_for_the_console(stack):
    lines = stack_as_python(request(stack, context="none"))
    assert "viewer.layers['pic']" in lines
    assert "context='none'" in lines
    assert "method='telea'" in lines
    compile(lines, "console", "exec")
