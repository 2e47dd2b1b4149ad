"""GLCIC; that it computes what the references compute is in test_parity."""

import numpy as np
import pytest
import torch

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.detection import detect
from napari_greyfill.inpaint.networks.glcic.inpainter import network_input
from napari_greyfill.inpaint.networks.glcic.layouts import LAYOUTS, OPENMMLAB, OTENIM, T7
from napari_greyfill.inpaint.networks.glcic.network import GLCIC
from napari_greyfill.inpaint.networks.store import network_weights
from napari_greyfill.weights.loading import load_state_dict
from tests.checkpoints import lively, of_layouts
from tests.networks import inpainter_of
from tests.torch7_files import in_a_row, written

MEAN = (0.4, 0.5, 0.6)


@pytest.fixture(scope="module")
def states():
    return {colours: of_layouts(colours) for colours in (3, 1)}


@pytest.fixture
def picture():
    image = np.random.default_rng(0).random((4, 5, 3), dtype=np.float32)
    hole = np.zeros((4, 5), dtype=bool)
    hole[1, 2] = True
    return image, hole


def test_colours_go_in_as_the_layout_wants_them(picture):
    image, _ = picture
    mm, otenim, t7 = (network_input(*picture, layout, MEAN) for layout in LAYOUTS)
    np.testing.assert_allclose(mm[0, 0, :3], 2 * image[0, 0, ::-1] - 1)
    np.testing.assert_array_equal(mm[1, 2], [0, 0, 0, 1])
    np.testing.assert_array_equal(otenim[0, 0, :3], image[0, 0])
    np.testing.assert_allclose(otenim[1, 2], [*MEAN, 1])
    np.testing.assert_allclose(t7[0, 0, :3], image[0, 0] - MEAN, atol=1e-7)
    np.testing.assert_array_equal(t7[1, 2], [0, 0, 0, 1])


def test_the_mean_is_that_of_the_file(states):
    state = states[3]["glcic-t7"]
    assert detect(state).build(state).mean == pytest.approx((0.45, 0.45, 0.45))
    with pytest.raises(BadCheckpointError, match=r"lacks the mean colour, mean; choose"):
        detect(state).build({key: each for key, each in state.items() if key != "mean"})
    with pytest.raises(BadCheckpointError, match=r"a mean of 2 colours and layers for 3; choose"):
        detect(state).build({**state, "mean": torch.zeros(2)})


def test_without_one_in_the_file_it_is_that_of_the_training_data(states):
    state = states[3]["glcic-otenim"]
    assert detect(state).build(state).mean == OTENIM.mean
    told = {**state, "mpv": torch.tensor(MEAN)}
    assert detect(told).build(told).mean == pytest.approx(MEAN)
    grey = states[1]["glcic-otenim"]
    red, green, blue = OTENIM.mean
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    assert detect(grey).build(grey).mean == pytest.approx((luma,))
    mm = states[3]["glcic-mm"]
    assert detect(mm).build(mm).mean == ()


def test_counters_need_not_be_there(states):
    state = {k: v for k, v in states[3]["glcic-t7"].items() if not k.endswith("batches_tracked")}
    assert detect(state).build(state).layout == T7


def test_the_order_of_norm_and_activation_is_the_layouts(states):
    """The same tensors by the names of another layout make another picture."""
    theirs = states[3]["glcic-otenim"]
    ours = {own: name for name, own in T7.renaming.items()}
    renamed = {ours[OTENIM.renaming[key]]: tensor for key, tensor in theirs.items()}
    renamed["mean"] = torch.zeros(3)
    x = torch.rand(1, 4, 16, 16)
    # a shift of zero and a scale of one would hide the order
    for state, norms in ((theirs, OTENIM.norms), (renamed, T7.norms)):
        for name in norms:
            state[f"{name}.running_mean"] = torch.full_like(state[f"{name}.running_mean"], 0.1)
    one, other = (detect(state).build(state)(x) for state in (theirs, renamed))
    assert (one - other).abs().max() > 1e-3


def test_the_hole_takes_what_the_network_gives_in_colours_as_they_are(states):
    state = states[3]["glcic-mm"]
    module = detect(state).build(state)
    assert module.layout == OPENMMLAB
    module.register_forward_hook(lambda *_: torch.tensor([1.0, 0, -1])[None, :, None, None])
    picture = inpainter_of({"glcic-mm": module}).fill(
        np.zeros((4, 4, 3), np.float32), np.ones((4, 4), bool)
    )
    np.testing.assert_array_equal(picture.reshape(3), [0, 0.5, 1])


@pytest.fixture(scope="module")
def network():
    """Return a small network as the authors' files have it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return lively(GLCIC(T7, 4, mean=MEAN)).eval().requires_grad_(False)


@pytest.mark.parametrize(
    "mean", [np.array(MEAN), dict(enumerate(MEAN, 1))], ids=["tensor", "list"]
)
def test_a_file_of_the_authors_is_added_and_computes_the_same(network, tmp_path, mean):
    path = tmp_path / "completionnet.t7"
    path.write_bytes(written({"model": in_a_row(*network.row()), "mean": mean}))
    store = network_weights(tmp_path / "weights")
    added = store.add(path, "glcic-t7-places2")
    state = load_state_dict(added.path)
    assert detect(state).name == "glcic-t7"
    module = detect(state).build(state)
    assert module.mean == pytest.approx(MEAN)
    x = torch.rand(1, 4, 16, 20)
    assert torch.equal(module(x), network(x))


def test_other_modules_in_such_a_file_are_refused(network, tmp_path):
    row = network.row()
    for number, layer, words in (
        (2, torch.nn.ELU(), "has ELU as module 3 where .* has ReLU"),
        (49, torch.nn.Tanh(), "has Tanh as module 50 where .* has Sigmoid"),
        (18, torch.nn.Conv2d(16, 16, 3, padding=4, dilation=4), "in module 19"),
    ):
        changed = [layer if i == number else each for i, each in enumerate(row)]
        path = tmp_path / "other.t7"
        path.write_bytes(written({"model": in_a_row(*changed), "mean": np.array(MEAN)}))
        state = load_state_dict(path)
        with pytest.raises(BadCheckpointError, match=rf"{words}.*; choose the file"):
            detect(state).build(state)
