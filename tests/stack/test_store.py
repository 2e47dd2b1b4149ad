"""Only what was filled is on disk, where it belongs, and what is not there is not believed."""

import shutil

import numpy as np
import pytest

from napari_greyfill.errors import UnreadableFileError, UnsupportedImageError, UnwritablePathError
from napari_greyfill.image.geometry import Window
from napari_greyfill.stack.axes import Axes
from napari_greyfill.stack.ome import Place
from napari_greyfill.stack.store import PatchStore
from napari_greyfill.stack.tasks import StackPatch, TaskResult

zarr = pytest.importorskip("zarr")
pytest.importorskip("ome_zarr")

KINDS = {
    "ZYX": Axes(("Z", "Y", "X"), (5, 600, 700)),
    "TZCYX": Axes(("T", "Z", "C", "Y", "X"), (2, 3, 2, 600, 700)),
    "YXZ": Axes(("Y", "X", "Z"), (600, 700, 5)),
    "ZYXS": Axes(("Z", "Y", "X", "S"), (5, 600, 700, 3)),
    "SZXY": Axes(("S", "Z", "X", "Y"), (3, 5, 700, 600)),
    "??YX": Axes(("", "", "Y", "X"), (2, 5, 600, 700)),
    "YX": Axes(("Y", "X"), (600, 700)),
}


def patch_of(axes, seed=0, window=None, index=None):
    random = np.random.default_rng(seed)
    window = window or Window(240, 270, 500, 540)
    hole = np.zeros(window.shape, bool)
    hole[3:20, 4:30] = random.random((17, 26)) < 0.7
    colours = () if axes.colour is None else (axes.shape[axes.colour],)
    values = random.integers(0, 60000, (*window.shape, *colours)).astype(np.uint16)
    index = tuple(n - 1 for n in axes.stack_shape) if index is None else index
    return StackPatch(index, window, values, hole, 2, 3.5, 0.8, "80 % from neighbours")


@pytest.fixture(params=KINDS)
def axes(request):
    return KINDS[request.param]


@pytest.fixture
def store(tmp_path, axes):
    return PatchStore.create(tmp_path / "s.ome.zarr", axes, np.uint16)


def chunks_of(path):
    return sorted(
        str(file.relative_to(path))
        for file in path.rglob("*")
        if file.is_file() and "c" in file.parts
    )


class TestWhatIsWritten:
    def test_is_read_again(self, store, axes):
        patch = patch_of(axes)
        store.add(TaskResult("a", (patch,)))
        for again in (store, PatchStore.open(store.path, read_only=True)):
            values, codes = again.read(patch.index, patch.window)
            np.testing.assert_array_equal(codes, np.where(patch.hole, 2, 0))
            np.testing.assert_array_equal(values[patch.hole], patch.values[patch.hole])
            assert again.axes == axes

    def test_lies_where_it_belongs(self, store, axes):
        patch = patch_of(axes)
        store.add(TaskResult("a", (patch,)))
        whole = tuple(slice(None) for _ in axes.names)
        values, codes = store.values(whole), store.codes(whole)
        assert values.shape == axes.shape
        assert codes.shape == axes.without_colour().shape
        assert np.count_nonzero(codes) == np.count_nonzero(patch.hole)
        part = axes.upright(values[axes.place(patch.index, patch.window)])
        np.testing.assert_array_equal(part[patch.hole], patch.values[patch.hole])

    def test_takes_only_the_chunks_it_touches(self, store, axes):
        assert chunks_of(store.path) == []
        store.add(TaskResult("a", (patch_of(axes),)))
        assert 0 < len(chunks_of(store.path)) <= 8  # where four chunks meet, and their labels

    def test_patches_side_by_side_keep_each_other(self, store, axes):
        first = patch_of(axes, 0, Window(100, 130, 100, 140))
        second = patch_of(axes, 1, Window(110, 140, 128, 168))
        for patch in (first, second):
            store.add(TaskResult("a", (patch,)))
        values, codes = store.read(first.index, first.window)
        over = np.zeros(first.hole.shape, bool)
        over[10:, 28:] = second.hole[:20, :12]
        np.testing.assert_array_equal(codes > 0, first.hole | over)
        only = first.hole & ~over
        np.testing.assert_array_equal(values[only], first.values[only])

    def test_follows_the_specification(self, store, axes):
        models = pytest.importorskip("ome_zarr_models.v05")
        place = Place.of(axes, [0.5 + i for i in range(len(axes.names))], units=None)
        store = PatchStore.create(store.path.with_name("b.ome.zarr"), axes, np.uint16, place)
        image = models.Image.from_zarr(zarr.open_group(str(store.path), mode="r"))
        (scales,) = image.ome_attributes.multiscales
        own = {"S": "C"}
        for axis, length in zip(scales.axes, scales.datasets[0].coordinateTransformations[0].scale,
                                strict=True):  # fmt: skip
            names = [own.get(name, name).lower() for name in axes.names]
            if axis.name in names:
                assert length == place.scale[names.index(axis.name)]
        labels = models.ImageLabel.from_zarr(
            zarr.open_group(str(store.path / "labels" / "filled"), mode="r")
        )
        assert {p.label_value for p in labels.ome_attributes.image_label.properties} >= {1, 2, 5}


class TestRestoring:
    def result(self, axes):
        return TaskResult("T1/r000", (patch_of(axes),), ("Something.",))

    def test_gives_the_same_result(self, store, axes):
        result = self.result(axes)
        record = store.add(result)
        again = PatchStore.open(store.path).restored("T1/r000", record)
        assert (again.key, again.notes) == (result.key, result.notes)
        (patch,), (before,) = again.patches, result.patches
        assert patch.words == before.words
        assert (patch.index, patch.source, patch.expected_error) == (before.index, 2, 3.5)
        box = patch.window.within(before.window)
        np.testing.assert_array_equal(patch.hole, before.hole[box])
        assert np.count_nonzero(patch.hole) == np.count_nonzero(before.hole)
        np.testing.assert_array_equal(patch.values[patch.hole], before.values[before.hole])

    def test_what_is_gone_or_changed_is_not_believed(self, store, axes):
        record = store.add(self.result(axes))
        assert store.restored("T1/r000", {"patches": [{}], "notes": []}) is None
        chunk = next(p for p in (store.path / "0").rglob("*") if p.is_file() and "c" in p.parts)
        chunk.write_bytes(chunk.read_bytes()[:-5])
        assert store.restored("T1/r000", record) is None
        shutil.rmtree(store.path / "0" / "c")
        assert store.restored("T1/r000", record) is None


ZYX = KINDS["ZYX"]


class TestBadPlaces:
    def test_nothing_is_overwritten(self, tmp_path):
        (tmp_path / "notes.txt").write_text("mine")
        for path in (tmp_path, tmp_path / "notes.txt"):
            with pytest.raises(UnwritablePathError, match="exists already"):
                PatchStore.create(path, ZYX, np.uint8)
        with pytest.raises(UnwritablePathError, match="cannot be written"):
            PatchStore.create(tmp_path / "notes.txt" / "inside", ZYX, np.uint8)
        assert (tmp_path / "notes.txt").read_text() == "mine"

    def test_what_is_no_store(self, tmp_path):
        zarr.open_group(str(tmp_path / "other"), mode="w")
        for name in ("missing", "other"):
            with pytest.raises(UnreadableFileError, match="holds no filled pixels"):
                PatchStore.open(tmp_path / name)

    def test_of_another_stack(self, tmp_path):
        store = PatchStore.create(tmp_path / "s", ZYX, ">u2")
        store.require_fit(ZYX, "<u2")
        for axes, dtype in ((ZYX, np.uint8), (KINDS["YXZ"], np.uint16)):
            with pytest.raises(UnreadableFileError, match="5 × 600 × 700 uint16; choose another"):
                store.require_fit(axes, dtype)

    def test_a_store_that_is_read_only(self, tmp_path):
        PatchStore.create(tmp_path / "s", ZYX, np.uint16)
        store = PatchStore.open(tmp_path / "s", read_only=True)
        with pytest.raises(UnwritablePathError, match="read-only"):
            store.add(TaskResult("a", (patch_of(ZYX),)))

    def test_a_full_disk_in_the_middle_costs_nothing_that_was_there(self, tmp_path, monkeypatch):
        store = PatchStore.create(tmp_path / "s", ZYX, np.uint16)
        record = store.add(TaskResult("a", (patch_of(ZYX),)))
        from zarr.storage import LocalStore

        async def full(self, key, value):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(LocalStore, "set", full)
            with pytest.raises(UnwritablePathError, match=r"No space left on device\); make room"):
                # other pixels than those of "a": chunks that are under way may still be written
                store.add(TaskResult("b", (patch_of(ZYX, 1, index=(0,)),)))
        assert store.restored("a", record) is not None
        store.add(TaskResult("b", (patch_of(ZYX, 1, index=(0,)),)))

    @pytest.mark.parametrize("names", [("", "T", "Z", "C", "Y", "X"), ("P", "Q", "Y", "X")])
    def test_axes_that_no_ome_zarr_has(self, tmp_path, names):
        if names[0] == "P":
            names = ("P", "Q", "R", "V", "W", "Y", "X")
        with pytest.raises(UnsupportedImageError, match="cannot have the axes"):
            PatchStore.create(tmp_path / "s", Axes(names, (2,) * len(names)), np.uint8)
        assert not list(tmp_path.iterdir())
