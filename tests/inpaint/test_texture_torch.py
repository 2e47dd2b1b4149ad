"""The texture fill in torch, on the CPU unless a test says otherwise."""

import numpy as np
import pytest
from skimage import data

from benchmarks.judging import gradient_distance
from napari_greyfill.compute import device
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.progress import exhaust
from napari_greyfill.errors import CancelledError, OutOfMemoryError
from napari_greyfill.inpaint.texture import matching
from napari_greyfill.inpaint.texture.arrays import Arrays, Tensors
from napari_greyfill.inpaint.texture.level import Level
from napari_greyfill.inpaint.texture.matching import Field, Matcher
from napari_greyfill.inpaint.texture.votes import PatchVote

pytestmark = pytest.mark.torch


@pytest.fixture
def in_torch(monkeypatch):
    monkeypatch.setattr(device, "IN_TORCH", ("cpu", "cuda"))
    assert type(Arrays.of(Compute())) is Tensors


@pytest.fixture
def grass():
    return (data.grass()[100:196, 100:196] / 255).astype(np.float32)


def voted(plane, hole, compute=None):
    return exhaust(PatchVote(compute or Compute()).run(plane, hole)).plane


def block(shape=(96, 96), size=32):
    hole = np.zeros(shape, dtype=bool)
    y, x = ((length - size) // 2 for length in shape)
    hole[y : y + size, x : x + size] = True
    return hole


def strokes(shape=(96, 96)):
    """No patch is whole: only squares of 5 x 5 stay."""
    return (np.indices(shape) % 6 == 0).any(axis=0)


def both(monkeypatch, work):
    """Return what some work gives in numpy and in torch."""
    in_numpy = work()
    monkeypatch.setattr(device, "IN_TORCH", ("cpu", "cuda"))
    return in_numpy, work()


def searched(plane, hole, rounds=4):
    level = Level.of(hole, 1.2)
    features = level.padded(plane[..., None])
    matcher = Matcher(level, features, np.random.default_rng(0), Compute())
    exhaust(matcher.describe_sources(features))
    return exhaust(matcher.match(features, matcher.anywhere(), rounds))


def test_comparing_everything_finds_the_same(monkeypatch, grass):
    plane, hole = grass[:64, :64], block((64, 64), 16)
    first, second = both(monkeypatch, lambda: searched(plane, hole))
    np.testing.assert_array_equal(first.source, second.source)
    np.testing.assert_allclose(first.distance, second.distance, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("hole", [block(), strokes()], ids=["whole", "partly known"])
def test_searching_with_the_same_random_numbers_finds_the_same(monkeypatch, grass, hole):
    """All but single targets, where rounding decided between two candidates."""
    assert Level.of(hole, 1.2).partly == hole[0, 0]
    monkeypatch.setattr(matching, "EXACT", 0)
    first, second = both(monkeypatch, lambda: searched(grass, hole))
    assert np.mean(first.source == second.source) > 0.99
    assert second.distance.mean() == pytest.approx(first.distance.mean(), rel=1e-3)


def test_votes_are_the_same(monkeypatch, grass):
    hole = block()
    level = Level.of(hole, 1.2)
    random = np.random.default_rng(0)
    source = random.choice(level.sources, level.targets.size)
    field = Field(source, random.random(source.size, dtype=np.float32))
    image = level.padded(np.stack([grass, 1 - grass], axis=-1))
    filled = level.cropped(image)
    first, second = both(
        monkeypatch, lambda: PatchVote(Compute())._vote(level, image, field, filled, 2.0)
    )
    np.testing.assert_allclose(first, second, atol=1e-5)
    assert (first != filled)[hole].all()


@pytest.mark.parametrize("channels", [1, 3])
def test_a_fill_looks_like_that_of_numpy(monkeypatch, grass, channels):
    hole = block()
    truth = grass if channels == 1 else np.stack([grass, 1 - grass, grass / 2], axis=-1)
    given = truth.copy()
    given[hole] = 0
    first, second = both(monkeypatch, lambda: voted(given, hole))
    assert (first != second).any()
    np.testing.assert_array_equal(second[~hole], truth[~hole])
    eight_bits = [np.rint(255 * plane).astype(np.uint8) for plane in (first, second, truth)]
    off, again = (gradient_distance(each, eight_bits[2], hole) for each in eight_bits[:2])
    assert again == pytest.approx(off, abs=0.05)
    assert again < 0.25


def test_the_same_seed_gives_the_same_pixels_and_another_does_not(in_torch, grass):
    hole = block()
    first, again, other = (voted(grass, hole, Compute(seed=seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("asked", [250, 500, 850])
def test_it_can_be_cancelled_between_any_two_candidates(in_torch, grass, asked):
    count = []

    def cancelled():
        count.append(1)
        return len(count) > asked

    with pytest.raises(CancelledError):
        voted(grass, block(), Compute(cancelled=cancelled))
    assert len(count) == asked + 1


@pytest.mark.parametrize("where", ["_vote", "_copied"])
def test_a_full_device_is_an_error_with_a_next_step(in_torch, grass, monkeypatch, where):
    import torch

    def full(*_, **__):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(PatchVote, where, full)
    with pytest.raises(OutOfMemoryError, match="choose the CPU"):
        voted(grass, block())


@pytest.mark.gpu
@pytest.mark.parametrize("exact", [4_000_000, 0])
def test_cuda_finds_what_numpy_finds(monkeypatch, grass, exact):
    monkeypatch.setattr(matching, "EXACT", exact)
    level = Level.of(block(), 1.2)
    features = level.padded(grass[..., None])
    distances = []
    for name in ("cpu", "cuda"):
        matcher = Matcher(level, features, np.random.default_rng(0), Compute(name))
        exhaust(matcher.describe_sources(features))
        field = exhaust(matcher.match(features, matcher.anywhere(), 4))
        distances.append(field.distance.mean())
    assert distances[1] == pytest.approx(distances[0], rel=0.02)


@pytest.mark.gpu
def test_a_texture_fill_on_cuda(grass):
    hole = block()
    first, again = (voted(grass, hole, Compute("cuda")) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    eight_bits = [np.rint(255 * plane).astype(np.uint8) for plane in (first, grass)]
    assert gradient_distance(*eight_bits, hole) < 0.25
