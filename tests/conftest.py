"""Settings and small fixtures that many tests share."""

import numpy as np
import pytest
from hypothesis import settings
from skimage import data

from napari_greyfill.colorization.progressive import Progressive
from napari_greyfill.colorization.published import Published, Schedule
from napari_greyfill.compute.pytorch import lacking_torch

settings.register_profile("greyfill", deadline=None, max_examples=40)
settings.load_profile("greyfill")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Skip modules of tests that import torch where there is none.

    That no module of the package does so unasked is for `test_imports.py` to say.
    """
    report = yield
    missing = "No module named 'torch'" in str(report.longrepr)
    if report.failed and missing and isinstance(collector, pytest.Module) and lacking_torch():
        report.outcome, report.longrepr = "skipped", (str(collector.path), 0, "needs PyTorch")
    return report


def pytest_collection_modifyitems(items):
    if lacking_torch():
        for item in items:
            if item.get_closest_marker("torch") or item.get_closest_marker("gpu"):
                item.add_marker(pytest.mark.skip(reason="needs PyTorch"))
        return
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))


def _read_only(array):
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array


@pytest.fixture(scope="session")
def astronaut():
    return _read_only(data.astronaut()[60:156, 170:290])


@pytest.fixture(scope="session")
def tissue():
    return _read_only(data.immunohistochemistry()[200:296, 100:220])


@pytest.fixture(scope="session")
def cell():
    return _read_only(data.cell()[290:386, 220:340])


@pytest.fixture(scope="session")
def scratch():
    """A hole of some hundred pixels for pictures of 96 x 120."""
    hole = np.zeros((96, 120), dtype=bool)
    hole[40:46, 20:90] = True
    hole[60:75, 50:62] = True
    return _read_only(hole)


@pytest.fixture
def without_torch(monkeypatch):
    """Let the package believe that PyTorch is not installed."""
    monkeypatch.setattr("napari_greyfill.compute.pytorch.find_spec", lambda name: None)


@pytest.fixture(scope="module")
def short_schedules():
    """Let the networks train for two or three steps a level, on one processor core."""
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    short = {levels: Schedule((3, 2, 2)[:levels], (0.01,) * levels) for levels in (1, 2, 3)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Published, "SCHEDULES", short)
        patch.setattr(Progressive, "STEPS", (3, 2))
        yield short
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def small_networks(short_schedules):
    """Train networks of a hundredth of the size, that briefly."""
    from napari_greyfill.colorization import correction, network

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(correction, "_WIDTH", 4)
        patch.setattr(network, "_WIDTH", 4)
        patch.setattr(network, "_BLOCKS", 2)
        yield


@pytest.fixture(autouse=True)
def own_confirmations(tmp_path_factory, monkeypatch):
    """Let no test see or change which programs the user has confirmed."""
    file = tmp_path_factory.mktemp("confirmed") / "confirmed_programs.json"
    monkeypatch.setattr("napari_greyfill.weights.confirmed.confirmations_file", lambda: file)
    return file
