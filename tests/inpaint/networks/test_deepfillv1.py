"""DeepFill v1; that it computes what the reference computes is in test_parity."""

import pytest
import torch

from napari_greyfill.errors import BadCheckpointError
from napari_greyfill.inpaint.networks.deepfillv1 import NETWORK
from napari_greyfill.inpaint.networks.deepfillv1.network import DeepFillV1
from napari_greyfill.inpaint.networks.detection import detect
from tests.checkpoints import of_layouts
from tests.networks import variant_of

KERNEL = "generator.stage2.contextual_attention_neck.contextual_attention.fuse_kernel"


@pytest.fixture(scope="module")
def state():
    return of_layouts()["deepfillv1-mm"]


def test_the_smallest_size_is_the_smallest(state):
    network = detect(state).build(state)
    assert network(torch.zeros(1, 5, 72, 72)).shape == (1, 3, 72, 72)
    with pytest.raises(RuntimeError, match=r"[Pp]adding"):
        network(torch.zeros(1, 5, 64, 72))
    _, variant = variant_of("deepfillv1-mm")
    assert (variant.minimum, variant.multiple_of) == (72, 8)


def test_known_pixels_go_into_the_refinement_as_they_are(state):
    network = detect(state).build(state)
    given = torch.rand(1, 5, 80, 88) * 2 - 1
    given[:, 3], given[:, 4] = 1, 0
    given[..., 4, 30:50, 30:50] = 1
    seen = []
    network.stage2.register_forward_hook(lambda _, inputs, out: seen.append((inputs[0], out)))
    out = network(given)
    ((refined, _),) = seen
    known = given[:, 4:] == 0
    assert torch.equal((refined * known)[:, :3], (given * known)[:, :3])
    assert torch.equal(refined[:, 3:], given[:, 3:])
    assert out.abs().max() <= 1


def test_the_kernel_may_be_there_but_only_as_the_identity(state):
    known = {**state, KERNEL: torch.eye(3)[None, None]}
    assert isinstance(detect(known).build(known), DeepFillV1)
    other = {**state, KERNEL: torch.ones(1, 1, 3, 3)}
    with pytest.raises(BadCheckpointError, match=r"by a kernel of its own; choose"):
        detect(other).build(other)


def test_a_picture_without_a_place_to_copy_from_is_filled_by_the_other_branch(state):
    network = detect(state).build(state)
    given = torch.rand(1, 5, 72, 72)
    given[:, 4] = 0
    given[:, 4, ::8, ::8] = 1
    assert torch.isfinite(network(given)).all()


def test_the_refined_picture_is_that_of_the_second_version_not():
    names = of_layouts()["deepfillv2-mm"]
    assert not any(layout.detect(names) for layout in NETWORK.descriptors)
