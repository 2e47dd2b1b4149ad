import numpy as np
import pytest
from napari.components import ViewerModel

from napari_greyfill.errors import ShapeMismatchError
from napari_greyfill.viewer.layers import planes as layers
from napari_greyfill.viewer.layers.planes import Placement


@pytest.fixture
def viewer():
    return ViewerModel()


def test_plane_of_a_shifted_stack(viewer):
    stack = viewer.add_image(np.zeros((5, 8, 9)), scale=(2, 1, 1), translate=(10, 0, 0))
    viewer.dims.set_point(0, 14)
    assert layers.plane_index(stack, viewer) == (2,)
    plane = layers.plane_at(stack, (2,))
    assert plane.read().shape == (8, 9)


def test_plane_of_a_four_dimensional_colour_stack(viewer):
    data = np.random.default_rng(0).random((2, 3, 8, 9, 3))
    stack = viewer.add_image(data, rgb=True)
    viewer.dims.set_point((0, 1), (1, 2))
    index = layers.plane_index(stack, viewer)
    assert index == (1, 2)
    np.testing.assert_array_equal(layers.plane_at(stack, index).read(), data[1, 2])


def test_flat_mask_lies_on_every_plane(viewer):
    mask = viewer.add_labels(np.eye(4, dtype=int))
    np.testing.assert_array_equal(layers.plane_at(mask, (7,)).read(), np.eye(4))


def test_multiscale_image_is_read_at_full_resolution(viewer):
    pyramid = viewer.add_image([np.zeros((64, 64)), np.zeros((32, 32))], multiscale=True)
    assert layers.plane_at(pyramid, ()).read().shape == (64, 64)
    assert layers.new_mask(viewer, pyramid).data.shape == (64, 64)


def test_axes_must_be_the_stored_ones(viewer):
    image = viewer.add_image(np.zeros((5, 8, 9)))
    mask = viewer.add_labels(np.ones((5, 8, 9), int))
    assert layers.not_ready(viewer, image, mask) == ""
    viewer.dims.order = (1, 0, 2)
    assert "last two axes" in layers.not_ready(viewer, image, mask)


@pytest.mark.parametrize("shape", [(4, 8, 9), (8, 9, 5), (2, 5, 8, 9)])
def test_masks_of_other_stacks_are_refused(viewer, shape):
    image = viewer.add_image(np.zeros((5, 8, 9)))
    mask = viewer.add_labels(np.ones(shape, int))
    assert "differ in size" in layers.not_ready(viewer, image, mask)


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ((8, 9), (1, 8, 9)),
        ((1, 8, 9), (8, 9)),
        ((1, 8, 9), (1, 1, 8, 9)),
        ((4, 3, 8, 9), (3, 8, 9)),
        ((4, 3, 8, 9), (4, 1, 8, 9)),
        ((4, 3, 8, 9), (1, 8, 9)),
        ((4, 8, 9), (4, 1, 8, 9)),
        ((4, 1, 8, 9), (4, 8, 9)),
    ],
)
def test_axes_of_length_one_never_matter(viewer, image, mask):
    picture = viewer.add_image(np.zeros(image))
    labels = np.zeros(mask, int)
    painted = viewer.add_labels(labels)
    lengths = image[:-2]
    for index in np.ndindex(*lengths):
        # what an array of the mask's shape has there, axes of length 1 left out
        own = [i for i, length in zip(index, lengths, strict=True) if length != 1]
        wanted = [length for length in mask[:-2] if length != 1]
        if wanted == [3]:
            own = own[-1:]
        elif wanted == [4]:
            own = own[:1]
        elif not wanted:
            own = []
        squeezed = np.arange(labels.size).reshape(labels.shape).squeeze()
        painted.data = np.arange(labels.size).reshape(labels.shape)
        plane = layers.plane_at(painted, index, picture)
        np.testing.assert_array_equal(plane.read(), squeezed[tuple(own)])
        before = painted.data.copy()
        layers.edit_mask(painted, plane.index, np.zeros((8, 9), int))
        assert np.count_nonzero(painted.data != before) >= 71  # one pixel may be 0 before
    assert layers.not_ready(viewer, picture, painted) == ""


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ((4, 3, 8, 9), (2, 8, 9)),
        ((4, 3, 8, 9), (2, 3, 8, 9)),
        ((4, 3, 8, 9), (4, 8, 9)),
        ((1, 8, 9), (4, 8, 9)),
        ((8, 9), (2, 8, 9)),
        ((4, 8, 9), (4, 8, 8)),
    ],
)
def test_all_axes_are_compared(viewer, image, mask):
    picture = viewer.add_image(np.zeros(image))
    painted = viewer.add_labels(np.ones(mask, int))
    assert "differ in size" in layers.not_ready(viewer, picture, painted)
    if mask[-2:] == image[-2:]:
        with pytest.raises(ShapeMismatchError, match="axes of the image"):
            layers.plane_at(painted, (0,) * (len(image) - 2), picture)


def spatial(layer):
    return [layer.data_to_world((*((0,) * (layer.ndim - 2)), *p))[-2:] for p in ((0, 0), (7, 3))]


class TestNewMask:
    def test_costs_one_plane_however_long_the_stack_is(self, viewer):
        import dask.array

        movie = dask.array.zeros((400, 60, 2048, 2048), dtype=np.uint16, chunks=(1, 1, 2048, 2048))
        image = viewer.add_image(
            movie,
            contrast_limits=(0, 1),
            scale=(5, 2, 0.5, 0.25),
            translate=(0, 1, 2, 3),
            units=("s", "um", "um", "um"),
            axis_labels=("t", "z", "y", "x"),
        )
        mask = layers.new_mask(viewer, image)
        assert mask.data.nbytes == 2048 * 2048
        assert mask.units == image.units[-2:]
        assert mask.axis_labels == ("y", "x")
        np.testing.assert_allclose(spatial(mask), spatial(image))
        assert layers.not_ready(viewer, image, mask) == ""

    def test_lies_on_a_stack_that_is_turned_and_sheared_in_its_planes(self, viewer):
        affine = np.eye(4)
        affine[:3, 3], affine[1, 1] = (1, 2, 3), 2
        image = viewer.add_image(
            np.zeros((5, 8, 9)),
            scale=(2, 0.5, 0.25),
            rotate=np.array([[1.0, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]]),
            shear=[0, 0, 0.3],
            translate=(7, 8, 9),
            affine=affine,
        )
        mask = layers.new_mask(viewer, image)
        np.testing.assert_allclose(spatial(mask), spatial(image))
        np.testing.assert_allclose(mask.scale, (0.5, 0.25))

    @pytest.mark.filterwarnings("ignore:Non-orthogonal slicing")
    def test_lies_on_the_plane_in_view_of_one_turned_out_of_them(self, viewer):
        image = viewer.add_image(np.zeros((5, 8, 9)), rotate=(10, 20, 30), scale=(2, 0.5, 0.25))
        viewer.dims.set_current_step(0, 2)
        mask = layers.new_mask(viewer, image)
        index = layers.plane_index(image, viewer)
        for point in ((0, 0), (7, 3)):
            expected = image.data_to_world((*index, *point))[-2:]
            np.testing.assert_allclose(mask.data_to_world(point), expected)


def test_edit_is_one_undo_and_keeps_other_planes(viewer):
    mask = viewer.add_labels(np.zeros((2, 6, 6), np.uint8))
    mask.data_setitem((np.array([0]), np.array([1]), np.array([1])), 3)
    before = mask.data.copy()
    wanted = np.arange(36, dtype=np.uint8).reshape(6, 6) % 4
    layers.edit_mask(mask, (1,), wanted)
    np.testing.assert_array_equal(mask.data[1], wanted)
    np.testing.assert_array_equal(mask.data[0], before[0])
    mask.undo()
    np.testing.assert_array_equal(mask.data, before)
    mask.redo()
    np.testing.assert_array_equal(mask.data[1], wanted)


@pytest.mark.parametrize("index", [(0,), (3,)])
def test_a_plane_lands_on_its_place_in_a_turned_stack(viewer, index):
    affine = np.eye(4)
    affine[:3, 3] = (1, 2, 3)
    stack = viewer.add_image(
        np.zeros((5, 8, 9)),
        scale=(2, 0.5, 0.5),
        rotate=np.array([[1.0, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]]),
        translate=(7, 8, 9),
        affine=affine,
    )
    placement = Placement.of(stack, index)
    plane = viewer.add_image(np.zeros((1, 8, 9)), **placement.spatial)
    for point in ((0, 0), (7, 8), (3, 2)):
        np.testing.assert_allclose(
            plane.data_to_world((0, *point)), stack.data_to_world((*index, *point))
        )
