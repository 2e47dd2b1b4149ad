"""DeepFill v2; that it computes what the references compute is in test_parity."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import BadCheckpointError, CancelledError
from napari_greyfill.image.colour import luma
from napari_greyfill.image.padding import fit_to_size
from napari_greyfill.inpaint.networks.deepfillv2 import NETWORK
from napari_greyfill.inpaint.networks.deepfillv2.attention import (
    ContextualAttention,
    picked,
    reduced,
    valid_patches,
)
from napari_greyfill.inpaint.networks.deepfillv2.description import build
from napari_greyfill.inpaint.networks.deepfillv2.inpainter import shown
from napari_greyfill.inpaint.networks.deepfillv2.layouts import LAYOUTS, OPENMMLAB, PT, TF, TF_PORT
from napari_greyfill.inpaint.networks.deepfillv2.network import DeepFillV2
from napari_greyfill.inpaint.networks.detection import detect, without_prefix
from tests import golden
from tests.checkpoints import as_published
from tests.networks import inpainter_of
from tests.parity import subjects

NAMES = [layout.name for layout in LAYOUTS]


def test_the_variants_differ_by_what_the_docstring_says(reference):
    arrays = reference.arrays("deepfillv2_tf", "b")
    _, hole = golden.picture(arrays, 8)
    default = subjects.tensorflow(reference, arrays)["composite"][hole]
    for variant in (subjects.fused, subjects.ported):
        other = variant(reference, arrays)["composite"][hole]
        assert np.abs(other - default).mean() > 2


def test_rows_are_picked_evenly_and_a_single_one_is_the_first():
    assert picked(16, 2, False).tolist() == [0, 8]
    assert picked(16, 2, True).tolist() == [0, 15]
    assert picked(8, 1, True).tolist() == picked(8, 1, False).tolist() == [0]


# What follows uses small networks with random weights, and small feature maps.


@pytest.fixture(scope="module")
def small():
    """Return small networks by layout, all of them different."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        networks = {
            layout.name: DeepFillV2(layout, width=4 + 2 * i, decoder_width=4 + 4 * i)
            for i, layout in enumerate(LAYOUTS)
        }
    return {name: network.eval().requires_grad_(False) for name, network in networks.items()}


@pytest.fixture(params=LAYOUTS, ids=NAMES)
def layout(request):
    return request.param


@pytest.fixture
def state(layout, small):
    return as_published(layout, small[layout.name])


@pytest.fixture
def inpainter(layout, small):
    return inpainter_of({layout.name: small[layout.name]})


def noise(*shape):
    return np.random.default_rng(shape).random(shape, dtype=np.float32)


@pytest.mark.parametrize("prefix", ["", "module."])
def test_a_saved_network_comes_back_whatever_its_width(layout, small, state, tmp_path, prefix):
    path = tmp_path / "saved.pth"
    torch.save({prefix + key: tensor for key, tensor in state.items()}, path)
    loaded = torch.load(path, weights_only=True)
    descriptor = detect(loaded)
    assert descriptor.name == layout.name
    network = descriptor.build(without_prefix(loaded))
    assert network.layout == layout
    assert not network.training
    for key, tensor in small[layout.name].state_dict().items():
        assert torch.equal(network.state_dict()[key], tensor)


def test_a_checkpoint_is_of_one_layout_only(layout, state):
    assert [d.name for d in NETWORK.descriptors if d.detect(state)] == [layout.name]


@pytest.mark.parametrize("change", ["planes", "colours", "no weights"])
def test_other_shapes_are_not_taken_for_a_layout(layout, state, change):
    first, last = (
        layout.names[part][i] for part, i in (("fine.encoder", 0), ("fine.decoder", -1))
    )
    changed = {
        "planes": {f"{layout.prefix}{first}.conv.weight": torch.zeros(8, 4, 5, 5)},
        "colours": {f"{layout.prefix}{last}.conv.weight": torch.zeros(4, 2, 3, 3)},
        "no weights": dict.fromkeys(state, torch.tensor(0.0)),
    }[change]
    assert not any(d.detect({**state, **changed}) for d in NETWORK.descriptors)


@pytest.mark.parametrize("name", ["gmcnn", "edgeconnect_edge", "edgeconnect_inpaint"])
def test_other_networks_are_not_taken_for_it(name):
    spec = json.loads((golden.FOLDER / f"{name}.json").read_text())
    state = {t["key"]: torch.empty(t["shape"], device="meta") for t in spec["tensors"]}
    assert not any(descriptor.detect(state) for descriptor in NETWORK.descriptors)


def test_the_kernel_may_be_there_but_only_as_the_identity():
    for layout in (PT, OPENMMLAB):
        network = DeepFillV2(layout, 2, 4)
        state = as_published(layout, network)
        key = layout.prefix + layout.identity
        assert detect({**state, key: torch.eye(3)[None, None]}).build(state).layout == layout
        assert not any(
            d.detect({**state, key: torch.eye(5)[None, None]}) for d in NETWORK.descriptors
        )
        with pytest.raises(BadCheckpointError, match=r"by a kernel of its own; choose"):
            build(layout, {**state, key: torch.ones(1, 1, 3, 3)})


def test_only_the_generator_of_a_file_matters():
    state = as_published(OPENMMLAB, DeepFillV2(OPENMMLAB, 2, 4))
    whole = {**state, "disc.conv1.conv.bias": torch.zeros(3)}
    bare = {key.removeprefix("generator."): tensor for key, tensor in state.items()}
    for given in (whole, bare):
        assert detect(given).build(given).layout == OPENMMLAB


@pytest.mark.parametrize("change", ["missing", "left over", "other width"])
def test_every_tensor_must_have_its_place(layout, state, change):
    changed = dict(state)
    key = f"{layout.prefix}{layout.names['coarse.neck'][1]}.conv.weight"
    if change == "left over":
        changed[f"{layout.prefix}more.conv.weight"] = changed[key]
    elif change == "missing":
        del changed[key]
    else:
        changed[key] = changed[key][:, 1:]
    with pytest.raises(BadCheckpointError, match=r"^This checkpoint of DeepFill v2 .*; choose"):
        detect(changed).build(changed)


def test_grey_comes_out_as_the_luma_of_grey_in_three_channels(inpainter):
    plane, hole = noise(80, 88), noise(80, 88, 1)[..., 0] < 0.1
    plane[hole] = 0
    filled = inpainter.fill(plane, hole)
    assert filled.shape == plane.shape
    colours = inpainter.fill(np.repeat(plane[..., None], 3, axis=-1), hole)
    np.testing.assert_array_equal(filled, luma(colours))
    assert colours.std(axis=-1).max() > 0


def test_odd_sizes_fit_after_padding(inpainter):
    image, hole = noise(75, 83, 3), np.zeros((75, 83), dtype=bool)
    hole[30:40, 50:70] = True
    sizes = {"minimum": inpainter.minimum, "multiple_of": inpainter.multiple_of}
    filled = inpainter.fill(*fit_to_size(image, hole, **sizes))
    assert filled.shape == (80, 88, 3)
    assert np.isfinite(filled).all()


def test_the_smallest_size_of_a_layout_is_enough(inpainter, layout):
    side = {OPENMMLAB.name: 72}.get(layout.name, 8)
    assert (inpainter.minimum, inpainter.multiple_of) == (side, 8)
    filled = inpainter.fill(noise(side, side + 8, 3), noise(side, side + 8) < 0.1)
    assert filled.shape == (side, side + 8, 3)
    assert np.isfinite(filled).all()


def test_openmmlabs_networks_need_more_than_64_pixels(small):
    network = small[OPENMMLAB.name]
    assert network(torch.zeros(1, 5, 72, 72)).shape == (1, 3, 72, 72)
    with pytest.raises(RuntimeError, match=r"[Pp]adding"):
        network(torch.zeros(1, 5, 64, 72))


def holes():
    corner, sides, rim = (np.zeros((80, 96), dtype=bool) for _ in range(3))
    corner[:24, 60:] = True
    sides[:, :10] = sides[70:] = True
    rim[2:-2, 2:-2] = True
    return {"in a corner": corner, "along two sides": sides, "all but a rim": rim}


@pytest.mark.parametrize("name", holes())
def test_any_hole_can_be_filled(inpainter, name):
    hole, image = holes()[name], noise(80, 96, 3)
    filled = inpainter.fill(np.where(hole[..., None], 0, image), hole)
    assert np.isfinite(filled).all()
    assert filled.min() >= 0
    assert filled.max() <= 1
    assert filled[hole].std() > 0


def test_the_same_again_and_whatever_is_under_the_hole(inpainter):
    image, hole = noise(72, 80, 3), noise(72, 80) < 0.1
    first = inpainter.fill(image, hole)
    np.testing.assert_array_equal(inpainter.fill(image, hole), first)
    other = np.where(hole[..., None], np.float32(0.7), image)
    np.testing.assert_array_equal(inpainter.fill(other, hole), first)


def test_colours_go_in_as_the_layout_wants_them():
    image, hole = noise(4, 5, 3), np.zeros((4, 5), dtype=bool)
    hole[1, 2] = True
    rgb, bgr = (shown(layout).given(image, hole) for layout in (PT, OPENMMLAB))
    np.testing.assert_array_equal(rgb[1, 2], [0, 0, 0, 1, 1])
    np.testing.assert_array_equal(rgb[0, 0, :3], 2 * image[0, 0] - 1)
    np.testing.assert_array_equal(bgr[..., :3], rgb[..., 2::-1])
    np.testing.assert_array_equal(bgr[..., 3:], rgb[..., 3:])


@pytest.mark.gpu
def test_a_gpu_gives_nearly_the_same(layout, state, inpainter, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    image, hole = noise(80, 96, 3), holes()["in a corner"]
    on_gpu = inpainter_of({layout.name: build(layout, state)}, Compute("cuda"))
    np.testing.assert_allclose(on_gpu.fill(image, hole), inpainter.fill(image, hole), atol=1e-4)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_fill_can_be_cancelled_on_the_way(small, share):
    asked = []

    def cancelled(limit=float("inf")):
        asked.append(None)
        return len(asked) > limit

    network = {PT.name: small[PT.name]}
    image, hole = noise(16, 16, 3), np.eye(16, dtype=bool)
    inpainter_of(network, Compute(cancelled=cancelled)).fill(image, hole)
    limit = share * (len(asked) - 1)
    asked.clear()
    compute = Compute(cancelled=lambda: cancelled(limit))
    with pytest.raises(CancelledError):
        inpainter_of(network, compute).fill(image, hole)
    assert len(asked) == int(limit) + 1


# The attention


RULES = {
    "pt": PT.attention,
    "tf": TF.attention,
    "not fused": TF_PORT.attention,
    "exclusive": OPENMMLAB.attention,
}


@pytest.fixture
def features():
    """Return two maps of 10 x 14, and which of the 5 x 7 patches of each are valid."""
    values = torch.from_numpy(np.random.default_rng(1).standard_normal((2, 3, 10, 14)))
    valid = torch.from_numpy(np.random.default_rng(2).random((2, 35)) < 0.7)
    return values.float(), valid


def fused_by_permuting(scores, height, width):
    """Fuse as it is defined: convolve, number columns first, convolve, number rows first."""
    length = height * width
    columns_first = torch.arange(length).reshape(height, width).T.flatten()
    kernel = torch.eye(3, dtype=scores.dtype)[None, None]

    def convolved(square):
        return torch.nn.functional.conv2d(square[None, None], kernel, padding=1)[0, 0]

    rows_first = torch.argsort(columns_first)
    turned = convolved(scores)[columns_first][:, columns_first]
    return convolved(turned)[rows_first][:, rows_first]


def attention_as_defined(features, valid, rules):
    """Return the attention of one map, with everything in memory at once."""
    channels, height, width = features.shape
    size = height // 2, width // 2
    small = reduced(features, 2, rules.align_corners)
    patches = torch.nn.functional.unfold(small[None], 3, padding=1)[0]
    filters = (patches / patches.norm(dim=0).clamp(min=1e-4)).T.reshape(-1, channels, 3, 3)
    scores = torch.nn.functional.conv2d(small[None], filters, padding=1)[0].flatten(1)
    if rules.fuse:
        scores = fused_by_permuting(scores, *size)
    allowed = valid[:, None]
    if rules.exclusive:
        scores = scores.masked_fill(~allowed, -torch.inf)
    weights = (10 * scores * (allowed | rules.exclusive)).softmax(dim=0) * allowed
    pieces = torch.nn.functional.unfold(features[None], 4, padding=1, stride=2)[0]
    kernels = pieces.T.reshape(-1, channels, 4, 4)

    def pasted(weights, kernels):
        transposed = torch.nn.functional.conv_transpose2d
        return transposed(weights.reshape(1, -1, *size), kernels, stride=2, padding=1)[0]

    ones = pasted(torch.ones(1, height * width // 4), torch.ones(1, 1, 4, 4))
    return pasted(weights, kernels) / (ones if rules.exclusive else 4)


@pytest.mark.parametrize("block", [1, 500, 10**9], ids=["rows", "two rows", "all"])
@pytest.mark.parametrize("name", RULES)
def test_attention_in_blocks_is_the_attention_as_defined(features, name, block):
    values, valid = features
    rules = RULES[name]
    out = ContextualAttention(rules, block)(values, valid)
    pairs = zip(values, valid, strict=True)
    expected = torch.stack([attention_as_defined(item, own, rules) for item, own in pairs])
    torch.testing.assert_close(out, expected, rtol=0, atol=1e-5)


def test_blocks_are_as_large_as_asked(features):
    values, valid = features
    sizes = []
    for block in (1, 500, 10**9):
        attention = ContextualAttention(PT.attention, block)
        attention.softmax.register_forward_hook(lambda _, __, out: sizes.append(len(out)))
        attention(values[:1], valid[:1])
    assert sizes == [7] * 5 + [14, 14, 7] + [35]


@pytest.mark.parametrize("name", RULES)
def test_without_a_valid_patch_the_attention_is_nothing(features, name):
    values, valid = features
    out = ContextualAttention(RULES[name])(values, torch.zeros_like(valid))
    assert torch.equal(out, torch.zeros_like(values))


def test_patches_beside_the_hole_are_not_valid_but_those_at_the_border_are():
    mask = torch.zeros(3, 4)
    mask[0, 0] = 1
    assert valid_patches(mask).reshape(3, 4).tolist() == [
        [False, False, True, True],
        [False, False, True, True],
        [True, True, True, True],
    ]


@pytest.mark.parametrize(("two_steps", "beside"), [(False, [0, 1, 2]), (True, [])])
def test_the_mask_is_reduced_as_the_rules_say(two_steps, beside):
    mask = torch.zeros(40, 40)
    mask[:, 10] = 1
    # one step takes the columns 0, 10, 20, 29, 39; two take 0, 4, 9, 13, ..., and of these some
    rules = replace(TF.attention, mask_in_two_steps=two_steps)
    valid = ContextualAttention(rules).validity(mask).reshape(5, 5)
    assert torch.nonzero(~valid[2]).flatten().tolist() == beside


def test_importing_it_does_not_import_torch():
    code = (
        "import napari_greyfill.inpaint.networks.deepfillv2, sys; sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
