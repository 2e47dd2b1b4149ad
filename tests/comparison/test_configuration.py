import pytest

from napari_greyfill.comparison.configuration import Choices, resolved_methods, usual_methods
from napari_greyfill.errors import MissingWeightsError
from napari_greyfill.inpaint import INPAINTERS


@pytest.fixture(autouse=True)
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("NAPARI_GREYFILL_WEIGHTS", str(tmp_path / "weights"))


def test_slow_methods_run_only_where_they_are_named():
    slow = {info.name for info in INPAINTERS.infos() if info.slow}
    assert slow == {"msnps", "msnps-vgg19-imagenet"}
    assert not slow & set(usual_methods())
    assert not slow & set(Choices.of().methods)
    assert Choices.of(["telea", "msnps"]).methods == ("telea", "msnps")
    assert set(Choices.of("all").methods) == {*usual_methods(), "msnps"}


def test_names_of_groups_and_of_methods_go_together():
    names = resolved_methods(["auto", "telea", "all"])
    assert names[:2] == ("auto", "telea")
    assert names.count("telea") == 1


def test_networks_are_those_with_weights():
    with pytest.raises(MissingWeightsError, match="get lama-places2"):
        Choices.of("networks")
