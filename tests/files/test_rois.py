import numpy as np
import pytest

from napari_greyfill.errors import BadMaskError, MissingDependencyError, UnreadableFileError
from napari_greyfill.files import read_mask, rois

roifile = pytest.importorskip("roifile")

BOX = [(10, 5), (20, 5), (20, 12), (10, 12)]  # x, y of the corners


def expected():
    mask = np.zeros((40, 50), bool)
    mask[5:12, 10:20] = True
    return mask


def test_a_polygon_covers_the_pixels_inside(tmp_path):
    roifile.ImagejRoi.frompoints(np.array(BOX, np.float32)).tofile(tmp_path / "a.roi")
    assert np.array_equal(read_mask(tmp_path / "a.roi", (40, 50)) != 0, expected())


def rectangle(kind, top=5, left=10, bottom=12, right=20):
    roi = roifile.ImagejRoi()
    roi.roitype = kind
    roi.top, roi.left, roi.bottom, roi.right = top, left, bottom, right
    return roi


def test_a_rectangle(tmp_path):
    rectangle(roifile.ROI_TYPE.RECT).tofile(tmp_path / "a.roi")
    assert np.array_equal(read_mask(tmp_path / "a.roi", (40, 50)) != 0, expected())


def test_an_oval(tmp_path):
    rectangle(roifile.ROI_TYPE.OVAL, 5, 10, 25, 40).tofile(tmp_path / "a.roi")
    mask = read_mask(tmp_path / "a.roi", (40, 50)) != 0
    assert mask.sum() == pytest.approx(np.pi * 10 * 15, rel=0.03)  # the area of the ellipse
    assert mask[5:25, 10:40].sum() == mask.sum()
    assert np.array_equal(mask[5:25, 10:40], mask[5:25, 10:40][::-1, ::-1])


def test_a_set_of_regions_becomes_labels(tmp_path):
    first = roifile.ImagejRoi.frompoints(np.array(BOX, np.float32))
    second = rectangle(roifile.ROI_TYPE.RECT, 20, 20, 30, 30)
    first.name, second.name = "one", "two"
    roifile.roiwrite(tmp_path / "RoiSet.zip", [first, second])
    mask = read_mask(tmp_path / "RoiSet.zip", (40, 50))
    assert np.array_equal(mask == 1, expected())
    assert (mask == 2).sum() == 100


def test_what_cannot_be_a_mask(tmp_path):
    line = roifile.ImagejRoi.frompoints(np.array(BOX[:2], np.float32))
    line.roitype = roifile.ROI_TYPE.POLYLINE
    line.tofile(tmp_path / "line.roi")
    with pytest.raises(BadMaskError, match="draw a closed region"):
        read_mask(tmp_path / "line.roi", (40, 50))
    with pytest.raises(BadMaskError, match="need a picture"):
        read_mask(tmp_path / "line.roi")
    (tmp_path / "bad.zip").write_bytes(b"no zip at all")
    (tmp_path / "bad.roi").write_bytes(b"no region at all")
    for name in ("bad.zip", "bad.roi"):
        with pytest.raises(UnreadableFileError, match="damaged"):
            read_mask(tmp_path / name, (40, 50))
    with pytest.raises(UnreadableFileError, match="no file"):
        read_mask(tmp_path / "none.roi", (40, 50))


def test_without_the_package_it_is_said(tmp_path, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(rois, "import_module", missing)
    with pytest.raises(MissingDependencyError, match="pip install roifile"):
        read_mask(tmp_path / "a.roi", (40, 50))
