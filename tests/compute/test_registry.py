import json

import pytest

from napari_greyfill.compute import registry as methodinfo
from napari_greyfill.compute.device import Compute
from napari_greyfill.compute.registry import MethodInfo, Registry, installed
from napari_greyfill.errors import BadParameterError, MissingDependencyError, MissingWeightsError

NEEDS = ("no_such_module", "no-such-package")


@pytest.fixture
def registry():
    made = Registry(auto="plain")
    made.add(MethodInfo("plain", "Plain", "inpainter", "Does it."), lambda c: ("plain", c))
    made.add(
        MethodInfo("fancy", "Fancy", "inpainter", "More."),
        lambda c: ("fancy", c),
        installed(*NEEDS),
    )
    return made


def test_methods_are_listed_in_order_with_what_can_run(registry):
    assert [(info.name, info.available) for info in registry.infos()] == [
        ("plain", True),
        ("fancy", False),
    ]


def test_a_method_that_cannot_run_says_what_to_install(registry):
    assert registry.info("plain").why_not == ""
    assert registry.info("fancy").why_not.endswith("pip install no-such-package")
    with pytest.raises(MissingDependencyError, match=r"Fancy.*no_such_module.*no-such-package$"):
        registry.require("fancy")
    with pytest.raises(MissingDependencyError):
        registry.create("fancy", Compute())


def test_what_was_installed_meanwhile_can_run(registry, monkeypatch):
    monkeypatch.setattr(methodinfo, "find_spec", lambda name: name == NEEDS[0] or None)
    assert registry.require("fancy").available


def test_another_lack_is_another_error():
    made = Registry(auto="net")
    info = MethodInfo("net", "Net", "inpainter", "Fills.")
    made.add(info, lambda c: c, lambda: "it has no weights", lacking=MissingWeightsError)
    with pytest.raises(MissingWeightsError, match="Net cannot run: it has no weights"):
        made.create("net", Compute())


def test_auto_stands_for_one_of_them(registry):
    assert registry.info("auto") == registry.info("plain")
    compute = Compute(seed=3)
    assert registry.create("auto", compute) == ("plain", compute)


def test_an_unknown_name_is_refused_with_the_choices(registry):
    with pytest.raises(BadParameterError, match=r"inpainter 'plian'.*auto, plain, fancy"):
        registry.info("plian")


def test_information_goes_into_json(registry):
    known = json.loads(json.dumps(registry.info("fancy").to_dict()))
    assert (known["name"], known["available"]) == ("fancy", False)
