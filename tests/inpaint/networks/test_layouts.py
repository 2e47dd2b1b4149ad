"""What holds for every layout of a network that takes colours or, trained anew, grey alone."""

import numpy as np
import pytest
import torch

from napari_greyfill import compare, fill
from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import BadCheckpointError, CancelledError, UnsupportedImageError
from napari_greyfill.image.colour import luma
from napari_greyfill.image.padding import fit_to_size
from napari_greyfill.inpaint.networks.detection import DESCRIPTORS, detect
from napari_greyfill.inpaint.networks.loaded import LOADED
from napari_greyfill.inpaint.networks.trial import try_out
from napari_greyfill.weights.loading import load_state_dict
from tests.checkpoints import MAKERS, install_own, of_layouts
from tests.networks import inpainter_of, variant_of

NAMES = list(MAKERS)
NEW = [name for name in NAMES if name.startswith(("deepfillv1", "glcic", "pconv", "aotgan"))]
# all of them run in a second; of the older ones those that say how the others do
FILLING = [*NEW, "gmcnn", "edgeconnect-inpaint", "deepfillv2-pt", "deepfillv2-mm"]

of_both = pytest.mark.parametrize("colours", [3, 1], ids=["colours", "grey"])
of_any = pytest.mark.parametrize("name", FILLING)
of_new = pytest.mark.parametrize("name", NEW)


@pytest.fixture(scope="module")
def states():
    return {colours: of_layouts(colours) for colours in (3, 1)}


@pytest.fixture(scope="module")
def make(states):
    """Return a function that makes a layout's inpainter, of colours or of grey."""

    def inpainter(name, colours, compute=None):
        _, variant = variant_of(name)
        state = states[colours]
        modules = {each.name: each.build(state[each.name]) for each in variant.descriptors}
        return inpainter_of(modules, compute)

    return inpainter


def filled(inpainter, plane, hole):
    """Fill as a stage does: pad, run, crop."""
    size = {"minimum": inpainter.minimum, "multiple_of": inpainter.multiple_of}
    large = inpainter.fill(*fit_to_size(plane, hole, **size))
    return large[: hole.shape[0], : hole.shape[1]]


@of_both
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("prefix", ["", "module."])
def test_a_file_is_of_one_layout_and_comes_back(states, name, colours, prefix, tmp_path):
    state = states[colours][name]
    torch.save({prefix + key: tensor for key, tensor in state.items()}, tmp_path / "saved.pth")
    loaded = load_state_dict(tmp_path / "saved.pth")
    assert [each.name for each in DESCRIPTORS if each.detect(loaded)] == [name]
    assert detect(state).name == name
    module = detect(loaded).build(loaded)
    assert not module.training
    assert getattr(module, "colours", colours) == colours
    again = detect(state).build(state).state_dict()
    for key, tensor in module.state_dict().items():
        assert torch.equal(again[key], tensor)


@of_any
def test_it_can_be_tried_out(states, name):
    state = states[1][name]
    try_out(detect(state), state, "made_up.pth")
    first = next(key for key in state if key.endswith("weight"))
    spoilt = {**state, first: torch.full_like(state[first], 1e9)}
    with pytest.raises(BadCheckpointError, match=r"no numbers or explode"):
        try_out(detect(state), spoilt, "made_up.pth")


@of_new
@pytest.mark.parametrize("change", ["missing", "left over", "other width"])
def test_every_tensor_must_have_its_place(states, name, change):
    state = dict(states[3][name])
    keys = [key for key in state if state[key].ndim == 4 and state[key].std() > 0]
    key = keys[len(keys) // 3]
    if change == "left over":
        state[f"{key.removesuffix('weight')}more.weight"] = state[key]
    elif change == "missing":
        del state[key]
    else:
        state[key] = state[key][:, 1:]
    with pytest.raises(BadCheckpointError, match=r"^This checkpoint of .*; choose the file"):
        detect(state).build(state)


@of_both
@of_new
def test_any_size_is_filled(make, noise, name, colours):
    inpainter = make(name, colours)
    for shape in [(1, 1), (13, 90), (75, 83), (70, 257)]:
        plane, hole = noise(*shape, *([3] if colours == 3 else []))
        result = filled(inpainter, plane, hole)
        assert result.shape == plane.shape
        assert result.dtype == np.float32
        assert np.isfinite(result).all()
        assert 0 <= result.min() <= result.max() <= 1


@of_new
def test_holes_may_reach_the_border(make, noise, name):
    image, _ = noise(80, 91, 3)
    for where in (np.s_[:9], np.s_[:, -9:], np.s_[-9:, :9], np.s_[1:], np.s_[2:-2, 2:-2]):
        plane, hole = image.copy(), np.zeros((80, 91), dtype=bool)
        hole[where] = True
        plane[where] = 0
        assert np.isfinite(filled(make(name, 3), plane, hole)).all()


@of_new
def test_the_smallest_size_is_enough(make, noise, name):
    inpainter = make(name, 3)
    side = inpainter.minimum
    plane, hole = noise(side, side + inpainter.multiple_of, 3)
    assert inpainter.fill(plane, hole).shape == plane.shape


@of_any
def test_grey_goes_in_as_three_channels_and_comes_out_as_luma(make, noise, name):
    inpainter = make(name, 3)
    plane, hole = noise(256, 256)
    colour = inpainter.fill(np.repeat(plane[..., None], 3, axis=-1), hole)
    np.testing.assert_array_equal(inpainter.fill(plane, hole), luma(colour))
    assert colour.std(axis=-1).max() > 0


@of_any
def test_weights_of_one_channel_see_and_give_grey_alone(make, noise, name):
    inpainter = make(name, 1)
    seen = []
    for module in inpainter.modules.values():
        module.register_forward_hook(lambda _, given, out: seen.append((given[0], out)))
    plane, hole = noise(256, 256)
    result = inpainter.fill(plane, hole)
    given, out = seen[-1]
    whole = make(name, 3).modules[name]
    wide = next(m for m in whole.modules() if isinstance(m, torch.nn.Conv2d)).in_channels
    assert given.shape[1] == (4 if name.startswith("pconv") else wide) - 2
    assert out.shape[1] == 1
    assert result.shape == plane.shape
    assert result.std() > 0


@of_any
def test_weights_of_one_channel_refuse_colours(make, noise, name):
    with pytest.raises(UnsupportedImageError, match=r"take grey alone.*; choose the pipeline"):
        make(name, 1).fill(*noise(256, 256, 3))


@of_both
@of_any
def test_only_known_pixels_count_and_they_do(make, noise, name, colours):
    inpainter = make(name, colours)
    plane, hole = noise(256, 256, *([3] if colours == 3 else []), hole_share=0.02)
    shown = hole if colours == 1 else hole[..., None]
    first = inpainter.fill(plane, hole)
    under = np.where(shown, np.float32(0.7), plane)
    np.testing.assert_array_equal(inpainter.fill(under, hole), first)
    assert not np.array_equal(inpainter.fill(np.where(shown, plane, 1 - plane), hole), first)


@of_new
def test_windows_that_go_together_give_what_they_give_alone(make, noise, name):
    inpainter = make(name, 3)
    planes, holes = zip(*[noise(128, 128, 3, hole_share=s) for s in (0.2, 0.4)], strict=True)
    together = inpainter.complete(np.stack(planes), np.stack(holes))
    for plane, hole, both in zip(planes, holes, together, strict=True):
        np.testing.assert_allclose(inpainter.fill(plane, hole), both, atol=1e-5)


@of_new
def test_a_fill_can_be_cancelled_on_the_way(make, noise, name):
    asked = []

    def cancelled(limit=float("inf")):
        asked.append(None)
        return len(asked) > limit

    plane, hole = noise(128, 128, 3)
    make(name, 3, Compute(cancelled=cancelled)).fill(plane, hole)
    assert len(asked) > 10
    limit = len(asked) // 2
    asked.clear()
    with pytest.raises(CancelledError):
        make(name, 3, Compute(cancelled=lambda: cancelled(limit))).fill(plane, hole)
    assert len(asked) == limit + 1


@pytest.mark.gpu
@of_both
@of_new
def test_a_gpu_gives_nearly_the_same(make, noise, name, colours, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    plane, hole = noise(128, 256, *([3] if colours == 3 else []))
    expected = make(name, colours).fill(plane, hole)
    on_gpu = make(name, colours, Compute("cuda")).fill(plane, hole)
    np.testing.assert_allclose(on_gpu, expected, atol=1e-3 if "aotgan" in name else 1e-4)


def test_all_of_them_fill_one_picture_in_one_comparison(states, tmp_path, monkeypatch):
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path / "weights"))
    LOADED.clear()
    new = {n: {k: s for k, s in states[n].items() if k in NEW} for n in (3, 1)}
    install_own(tmp_path / "weights", "made-up", new[3])
    install_own(tmp_path / "weights", "grey", new[1])
    image = np.random.default_rng(0).integers(0, 255, (70, 90, 3), dtype=np.uint8)
    mask = np.zeros((70, 90), dtype=bool)
    mask[20:30, 30:60] = True
    methods = [f"{name}@{own}" for own in ("made-up", "grey") for name in NEW]
    rows = compare(image, mask, methods=methods, pipelines="grey-rgb").rows
    assert [row.combination.method for row in rows] == methods
    for row in rows:
        assert row.error == ""
        np.testing.assert_array_equal(row.image[~mask], image[~mask])
    pictures = {row.image.tobytes() for row in rows}
    assert len(pictures) == len(methods)
    with pytest.raises(UnsupportedImageError, match=r"own_aotgan_grey.* take grey alone"):
        fill(image, mask, method="aotgan@grey", pipeline="rgb-rgb")
    LOADED.clear()
