"""Stage 1: which windows go together, and what happens when memory runs out."""

import numpy as np
import pytest

from napari_greyfill import fill
from napari_greyfill.compute.registry import MethodInfo
from napari_greyfill.errors import GreyfillWarning, OutOfMemoryError
from napari_greyfill.image.picture import Picture
from napari_greyfill.image.regions import plan_regions
from napari_greyfill.inpaint import INPAINTERS, Fill, Inpainter
from napari_greyfill.pipeline import grey_stage as filling
from napari_greyfill.pipeline import job as job_module

CALLS: list[list[tuple[int, ...]]] = []  # the sizes of the windows of each call


class Together(Inpainter):
    """Fills with the mean of the known pixels, as many windows at a time as it is given."""

    device_limit = cpu_limit = 10**9  # pixels at a time, before memory runs out
    multiple_of = 4

    def most_pixels(self):
        return 10**6

    def run(self, plane, hole, unknown=None):
        (fill,) = yield from self.run_together([plane], [hole])
        return fill

    def run_together(self, planes, holes, unknown=None):
        CALLS.append([plane.shape for plane in planes])
        yield 0.5
        limit = self.cpu_limit if self.compute.device == "cpu" else self.device_limit
        if sum(hole.size for hole in holes) > limit:
            raise OutOfMemoryError("It is full; paint a smaller mask.")
        filled = []
        for plane, hole in zip(planes, holes, strict=True):
            assert not hole.all()
            full = plane.copy()
            full[hole] = plane[~hole].mean(axis=0)
            filled.append(Fill(full))
        return filled


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    CALLS.clear()
    monkeypatch.setattr(INPAINTERS, "_entries", dict(INPAINTERS._entries))
    info = MethodInfo("together", "Together", "inpainter", "Mine.", uses_torch=True)
    INPAINTERS.add(info, Together)
    monkeypatch.setattr(job_module, "choose_device", lambda _: ("cuda", ""))


def limits(monkeypatch, device, cpu=10**9):
    monkeypatch.setattr(Together, "device_limit", device)
    monkeypatch.setattr(Together, "cpu_limit", cpu)


def specks(*positions, shape=(700, 700)):
    image = np.random.default_rng(0).random(shape)
    mask = np.zeros(shape, dtype=bool)
    for row, column in positions:
        mask[row : row + 3, column : column + 5] = True
    return image, mask


FAR_APART = [(100, 100), (100, 500), (500, 100), (500, 500)]


def test_windows_that_do_not_meet_go_together():
    image, mask = specks(*FAR_APART)
    together = fill(image, mask, method="together")
    assert [len(call) for call in CALLS] == [4]
    assert len(set(CALLS[0])) == 1
    Together.most_pixels, most = lambda self: 0, Together.most_pixels
    try:
        alone = fill(image, mask, method="together")
    finally:
        Together.most_pixels = most
    assert [len(call) for call in CALLS[1:]] == [1, 1, 1, 1]
    np.testing.assert_array_equal(together.image, alone.image)


def test_no_more_go_together_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(Together, "most_pixels", lambda self: 2 * 136 * 136)
    fill(*specks(*FAR_APART), method="together")
    assert [len(call) for call in CALLS] == [2, 2]


def test_windows_of_very_different_size_do_not(monkeypatch):
    image, mask = specks((100, 100), (100, 500))
    mask[450:550, 250:350] = True
    fill(image, mask, method="together")
    assert [len(call) for call in CALLS] == [2, 1]
    assert CALLS[1][0][0] > 1.3 * CALLS[0][0][0]


def test_a_window_that_sees_anothers_hole_waits_for_it(monkeypatch):
    monkeypatch.setattr("napari_greyfill.image.regions.LIMIT", 100)
    image, mask = specks(shape=(700, 700))
    # one long scratch, cut into pieces whose windows overlap
    mask[np.arange(20, 680), np.arange(20, 680)] = True
    fill(image, mask, method="together")
    assert len(CALLS) > 2
    assert {len(call) for call in CALLS} == {1}


class TestMemory:
    def test_a_full_device_takes_one_window_at_a_time(self, monkeypatch):
        limits(monkeypatch, 136 * 136)
        image, mask = specks(*FAR_APART, (300, 300))
        with pytest.warns(GreyfillWarning, match="cuda.*windows are filled one at a time"):
            result = fill(image, mask, method="together")
        assert [len(call) for call in CALLS] == [5, 1, 1, 1, 1, 1]
        assert len(result.notes) == 1
        assert result.provenance["device"] == "cuda"
        assert np.isfinite(result.image).all()

    def test_then_pieces(self, monkeypatch):
        image, mask = specks(shape=(600, 600))
        mask[100:500, 250:350] = True
        limits(monkeypatch, 300 * 300)
        with pytest.warns(GreyfillWarning, match="cuda.*the hole is filled in pieces instead"):
            result = fill(image, mask, method="together")
        assert len(result.notes) == 1
        assert result.provenance["device"] == "cuda"
        (whole,), *pieces = CALLS
        assert whole == (600, 300)
        assert len(pieces) >= 2
        np.testing.assert_array_equal(result.image[~mask], image[~mask])
        assert 0.3 < result.image[mask].min() <= result.image[mask].max() < 0.7

    def test_pieces_of_pieces_are_said_once(self, monkeypatch):
        image, mask = specks(shape=(900, 300))
        mask[50:850, 100:110] = True
        limits(monkeypatch, 350 * 140)
        with pytest.warns(GreyfillWarning, match="in pieces") as caught:
            result = fill(image, mask, method="together")
        assert len(caught) == 1
        assert sum(call[0][0] > 350 for call in CALLS) >= 2
        assert 0.3 < result.image[mask].min() <= result.image[mask].max() < 0.7

    def test_in_the_end_the_cpu(self, monkeypatch):
        limits(monkeypatch, 0)
        with pytest.warns(GreyfillWarning, match="cuda.*the CPU goes on instead"):
            result = fill(*specks((100, 100)), method="together")
        assert result.provenance["device"] == "cuda, cpu"

    def test_the_cpu_too_tries_pieces_before_it_gives_up(self, monkeypatch):
        image, mask = specks(shape=(600, 600))
        mask[100:500, 250:350] = True
        monkeypatch.setattr(job_module, "choose_device", lambda _: ("cpu", ""))
        limits(monkeypatch, 0, 300 * 300)
        with pytest.warns(GreyfillWarning, match=r"cpu has too little memory.*in pieces"):
            result = fill(image, mask, method="together")
        assert np.isfinite(result.image).all()

    def test_if_nothing_helps_it_is_an_error(self, monkeypatch):
        limits(monkeypatch, 0, 0)
        with pytest.raises(OutOfMemoryError, match="paint a smaller mask"):
            fill(*specks((100, 100)), method="together")


class TestScale:
    @pytest.fixture(autouse=True)
    def trained(self, monkeypatch):
        monkeypatch.setattr(Together, "training_scale", 256)

    @pytest.mark.parametrize(
        ("scale", "size"), [("native", (760, 760)), ("training", (256, 256)), ("auto", (256, 256))]
    )
    def test_the_method_sees_the_size_that_was_asked_for(self, scale, size):
        image, mask = specks(shape=(800, 800))
        mask[200:580, 200:580] = True
        result = fill(image, mask, method="together", scale=scale)
        assert [[size]] == CALLS
        np.testing.assert_array_equal(result.image[~mask], image[~mask])
        assert result.provenance["parameters"]["scale"] == scale

    def test_small_holes_are_seen_as_they_are(self):
        fill(*specks((100, 100)), method="together")
        assert CALLS == [[(132, 136)]]

    def test_colour_is_reduced_and_enlarged_as_well(self):
        image, mask = specks(shape=(500, 500))
        mask[100:360, 100:360] = True
        colour = np.stack([image, 0.5 * image, 0.2 * image], axis=-1)
        result = fill(colour, mask, method="together", pipeline="rgb-rgb")
        assert CALLS[0][0] == (164, 164, 3)
        np.testing.assert_allclose(result.image[mask].mean(axis=0), 0.28, atol=0.25)


def test_pieces_need_something_known():
    """A hole that fills its window from side to side is not cut where a piece shows only hole."""
    mask = np.zeros((400, 100), dtype=bool)
    mask[1:] = True
    regions = plan_regions(mask)
    task = filling._Task(regions[0], None, None, None, 1, None, None, (400, 100), ())

    class Stage(filling.Filling):
        def __init__(self):
            picture = Picture.from_array(mask * 1.0, mask)
            self.job = type("Job", (), {"picture": picture})

    assert Stage()._pieces(task) == []
