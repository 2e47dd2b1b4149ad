import pytest

from napari_greyfill import fill, methods
from napari_greyfill.compute import pytorch
from napari_greyfill.compute import registry as methodinfo_module
from napari_greyfill.compute.device import Compute
from napari_greyfill.errors import BadParameterError, MissingDependencyError
from napari_greyfill.inpaint import INPAINTERS, Inpainter
from napari_greyfill.inpaint.blend import Blend
from napari_greyfill.inpaint.correction import Correction
from napari_greyfill.inpaint.diffusion import Biharmonic, NavierStokes, Telea
from napari_greyfill.inpaint.selective import FrequencySelective
from napari_greyfill.inpaint.spectral import Spectral
from napari_greyfill.inpaint.texture import Texture, ThoroughTexture

KINDS = {
    "blend": Blend,
    "biharmonic": Biharmonic,
    "spectral": Spectral,
    "frequency-selective": FrequencySelective,
    "correction": Correction,
    "texture": Texture,
    "texture-thorough": ThoroughTexture,
    "telea": Telea,
    "navier-stokes": NavierStokes,
}
OPENCV = ["telea", "navier-stokes"]
IN_TORCH_ON_CUDA = ["blend", "spectral", "correction", "texture", "texture-thorough"]


@pytest.fixture
def nothing_installed(monkeypatch):
    for module in (methodinfo_module, pytorch):
        monkeypatch.setattr(module, "find_spec", lambda name: None)


def test_every_method_says_what_it_is():
    found = methods()
    assert [info.name for info in found[: len(KINDS)]] == list(KINDS)
    for info in found:
        assert info.kind == "inpainter"
        assert info.summary.endswith(".")
        assert info.citation
        assert info.licence
        assert info.uses_torch == (info.name not in KINDS)
        assert info.takes_cuda == (info.name in IN_TORCH_ON_CUDA)


@pytest.mark.parametrize("name", KINDS)
def test_every_method_is_made_by_its_name(name):
    if not INPAINTERS.info(name).available:
        pytest.skip(INPAINTERS.info(name).why_not)
    compute = Compute(seed=5)
    made = INPAINTERS.create(name, compute)
    assert isinstance(made, Inpainter)
    assert type(made) is KINDS[name]
    assert made.compute is compute


def test_auto_is_a_method_that_always_runs(nothing_installed):
    assert INPAINTERS.require("auto").name == "blend"


@pytest.mark.parametrize("name", OPENCV)
def test_without_opencv_its_methods_say_what_to_install(nothing_installed, name, cell, scratch):
    assert [info.name for info in methods() if info.available] == [
        name for name in KINDS if name not in OPENCV
    ]
    with pytest.raises(MissingDependencyError, match=r"cv2.*pip install opencv-python-headless$"):
        fill(cell, scratch, method=name)


def test_an_unknown_method_is_refused_with_the_names(cell, scratch):
    with pytest.raises(BadParameterError, match=r"'magic'.*auto, blend, biharmonic, spectral"):
        fill(cell, scratch, method="magic")
